import Glibc
import Testing

@testable import Cachetronomy
@testable import Archive

/// The database itself with damaged bytes: of its header, its pages, its log.
///
/// What is served must be what was stored, and all else a miss or a typed error.
@Suite struct StoreFuzzTests {
  @Test func `damaged stores`() throws {
    let bench = try DamageBench()
    var mutator = Mutator(seed: Fuzzing.seed, words: [])
    let clock = ContinuousClock()
    let rounds = Fuzzing.count(usual: 800)
    for round in 0..<rounds {
      let damage = try bench.damage(&mutator)
      let taken = try clock.measure {
        if let wrong = try bench.use(round % 32 == 0 ? .writing : round % 4 == 0 ? .all : .lookups)
        {
          Issue.record("\(wrong), after \(damage)")
        }
      }
      #expect(taken < .seconds(1), "\(taken) after \(damage)")
    }
    // A store without damage is served whole.
    try bench.restore()
    #expect(try bench.use(.all) == nil)
    #expect(bench.served > rounds, "most damage leaves something to be served")
    print("damaged stores: \(bench.served) answers, \(bench.refused) refusals")
  }

  /// What whoever can write to the file might put there: no number may end the process.
  @Test(arguments: [
    "9223372036854775807", "-9223372036854775808", "-1", "0", "1e300", "-1e300", "''", "'x'",
    "'9223372036854775807'", "'-9223372036854775808'", "x''", "x'ff'", "NULL",
    "CAST(x'fffe41' AS TEXT)", "'2026-11-22T16:14:10+23:59'", "'[1,null]'", "zeroblob(5000)",
  ]) func `odd values in every column`(value: String) throws {
    let bench = try DamageBench()
    let clock = ContinuousClock()
    for column in try bench.columns() {
      try bench.restore()
      try bench.change("UPDATE OR IGNORE \(column.table) SET \(column.name) = \(value)")
      let taken = try clock.measure { _ = try bench.use(.writing, checked: false) }
      #expect(taken < .seconds(1), "\(taken) with \(column)")
    }
  }
}

/// A store whose bytes are damaged and mended again, in the memory of the machine.
private final class DamageBench {
  private let scratch: Scratch
  private let main: [UInt8]
  private let log: [UInt8]
  private var entries: [Entry] = []
  /// What stands in the database under the log.
  private var older: [Entry] = []
  private var large: (entry: Entry, output: [UInt8])
  private(set) var (served, refused) = (0, 0)

  init() throws {
    scratch = try Scratch(in: "/dev/shm")
    let store = try scratch.store()
    store.isLongLived = true
    var random = FixedGenerator(seed: 7)
    for number in 0..<12 {
      let value = random.bytes(number * 400)
      let entry = Entry(
        key: try Key("k\(number)"), data: try Payload.encode(value), format: "msgpack",
        expiry: noon.plus(seconds: number < 4 ? -60 : 3600), tags: number % 3 == 0 ? ["t"] : [],
        info: Entry.Info(
          created: noon.plus(seconds: -300), keepUntil: noon.plus(seconds: 3600),
          size: Int64(value.count), origin: .set))
      try store.put(entry)
      entries.append(entry)
    }
    large = try Self.recording(into: store, output: random.bytes(6000))
    try store.checkpoint("TRUNCATE")
    // What is in the log stands over what is in the database.
    for at in [5, 9] {
      older.append(entries[at])
      entries[at].data = try Payload.encode(random.bytes(900))
      try store.put(entries[at])
    }
    (main, log) = (try scratch.read("cache.db"), try scratch.read("cache.db-wal"))
    try #require(log.count > 4096 && main.count > 80_000)
  }

  /// A recording in three chunks, far smaller than those that are chunked by themselves.
  private static func recording(
    into store: Store, output: [UInt8]
  ) throws -> (entry: Entry, output: [UInt8]) {
    let size = output.count / 3
    let chunks = (0..<3).map { number in
      Frames.head(.output, size) + output[number * size..<(number + 1) * size]
    }
    var sum = ChunkSum()
    for chunk in chunks where !sum.add(chunk) { Issue.record("no whole frames") }
    var left = chunks[...]
    try store.putChunks(of: [7]) { left.popFirst() }
    var writer = MessagePackWriter(capacity: 200)
    writer.write(
      .map([
        (.string("argv"), .array([.string("a")])), (.string("cwd"), .string("/")),
        (.string("exit_status"), .int(0)), (.string("duration"), .double(1)),
        (.string("chunks"), .int(3)), (.string("chunks_sum"), .int(sum.value)),
        (.string("stdout_bytes"), .int(Int64(output.count))), (.string("stderr_bytes"), .int(0)),
      ]))
    let entry = Entry(
      key: Key(stored: "run:large#0"), data: writer.bytes,
      format: "msgpack", expiry: noon.plus(seconds: 3600),
      info: Entry.Info(
        created: noon.plus(seconds: -300), keepUntil: noon.plus(seconds: 3600),
        size: Int64(output.count), origin: .run, recording: [7], began: noon.plus(seconds: -301)))
    try store.put(entry)
    return (entry, output)
  }

  func restore() throws {
    try scratch.write("cache.db", main)
    try scratch.write("cache.db-wal", log)
    unlink(scratch("cache.db-access"))
  }

  /// Mends the store and damages it anew; what was done, for who looks for the reason.
  func damage(_ mutator: inout Mutator) throws -> String {
    try restore()
    let inLog = mutator.below(4) == 0
    var bytes = inLog ? log : main
    if mutator.below(12) == 0 {
      bytes.removeLast(bytes.count - mutator.below(bytes.count))
      try scratch.write(inLog ? "cache.db-wal" : "cache.db", bytes)
      return "\(inLog ? "log" : "database") cut to \(bytes.count)"
    }
    // The header, the schema's page, the first pages, anywhere.
    let bound = [100, 4096, 65_536, bytes.count][mutator.below(4)]
    var places: [Int] = []
    for _ in 0...[0, 0, 3, 30][mutator.below(4)] {
      let place = mutator.below(min(bound, bytes.count))
      bytes[place] =
        mutator.below(3) == 0
        ? UInt8(mutator.below(256)) : bytes[place] ^ (1 << UInt8(mutator.below(8)))
      places.append(place)
    }
    if inLog, mutator.below(2) == 0 { Self.seal(&bytes) }
    try scratch.write(inLog ? "cache.db-wal" : "cache.db", bytes)
    return "\(inLog ? "log" : "database") \(places)"
  }

  /// Makes the sums of a log fit, so that its reader goes on to what is in it.
  private static func seal(_ log: inout [UInt8]) {
    func word(_ at: Int, big: Bool) -> UInt32 {
      let word = log.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
      return big ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }
    let big = log[3] & 1 == 1
    var (one, two): (UInt32, UInt32) = (0, 0)
    func add(_ range: Range<Int>) {
      for at in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
        one = one &+ word(at, big: big) &+ two
        two = two &+ word(at + 4, big: big) &+ one
      }
    }
    func put(at place: Int) {
      for (offset, sum) in [(0, one), (4, two)] {
        for byte in 0..<4 { log[place + offset + byte] = UInt8(sum >> UInt32(24 - 8 * byte) & 255) }
      }
    }
    add(0..<24)
    put(at: 24)
    var at = 32
    while at + 24 + 4096 <= log.count {
      // Of the log's own salts.
      log.replaceSubrange(at + 8..<at + 16, with: log[16..<24])
      add(at..<at + 8)
      add(at + 24..<at + 24 + 4096)
      put(at: at + 16)
      at += 24 + 4096
    }
  }

  /// The columns of all tables.
  func columns() throws -> [(table: String, name: String)] {
    try restore()
    return try scratch.sqlite(
      """
      SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
      WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'
      """
    ).split(separator: "\n").map { line in
      let names = line.split(separator: "|").map(String.init)
      return (names[0], names[1])
    }
  }

  /// Changes the store as another program would that holds to no rule.
  func change(_ sql: String) throws {
    let connection = try Connection(path: scratch.database, writable: true, busyTimeout: 0)
    // The trigger would take away what is to be changed beside it.
    let trigger = try #require(
      try connection.text("SELECT sql FROM sqlite_schema WHERE name = 'cache_updated'"))
    try connection.execute(
      "PRAGMA ignore_check_constraints = 1; DROP TRIGGER cache_updated; \(sql); \(trigger)")
  }

  /// How much is done with a store: the rest takes ten times as long.
  enum Extent {
    case lookups, all, writing
  }

  /// Reads, and writes if asked to; what was served and never stored, if anything.
  ///
  /// - Parameter checked: whether all that is served has its sum still.
  func use(_ extent: Extent, checked: Bool = true) throws -> String? {
    var wrong: String?
    do throws(Failure) {
      wrong = try read(extent)
      if !checked { wrong = nil }
      if wrong == nil, extent == .writing { try write() }
    } catch {
      refused += 1
    }
    return wrong
  }

  private func read(_ extent: Extent) throws(Failure) -> String? {
    guard let store = try Store.open(scratch.database, for: .reading, lockTimeout: 0) else {
      return nil
    }
    var wrong: String?
    /// One reader's refusal is no reason to ask no other.
    func attempt(_ body: () throws(Failure) -> String?) {
      do throws(Failure) { wrong = try body() ?? wrong } catch { refused += 1 }
    }
    for entry in entries + [large.entry] {
      attempt { () throws(Failure) in
        switch try store.lookup(entry.key, at: noon) {
        case .hit(let found), .stale(let found):
          served += 1
          return isStored(found) ? nil : "\(entry.key) is served as \(found)"
        case .miss: return nil
        }
      }
    }
    attempt { () throws(Failure) in
      guard case .hit(let entry) = try store.lookup(large.entry.key, at: noon), entry.info != nil
      else { return nil }
      let replay = try Replay(entry, from: store)
      var output: [UInt8] = []
      try replay.write { _, bytes in
        output += bytes
        return true
      }
      served += 1
      return output == large.output ? nil : "the large recording is damaged"
    }
    attempt { () throws(Failure) in
      var last: Store.Listed?
      repeat {
        let page = try store.page(after: last, key: nil, limit: 5, values: 1 << 16)
        for listed in page where listed.isSound && !isStored(listed.entry) {
          return "\(listed.entry) is listed"
        }
        last = page.last
      } while last != nil
      return nil
    }
    if extent == .lookups { return wrong }
    attempt { () throws(Failure) in
      _ = try store.statistics(top: 5)
      return nil
    }
    attempt { () throws(Failure) in
      for profile in try store.profiles() { _ = try store.origins(of: profile.name) }
      return nil
    }
    attempt { () throws(Failure) in
      _ = try store.evictions(limit: nil)
      _ = try store.hottest(5)
      return nil
    }
    attempt { () throws(Failure) in
      var export = Export(store, Store.Filter(), everything: true, at: noon) { _ in }
      _ = try export.run()
      return nil
    }
    attempt { () throws(Failure) in
      _ = try store.examine(isDeep: true, at: noon)
      return nil
    }
    return wrong
  }

  /// Whether an entry is as it was stored, now or before.
  ///
  /// A row that lost what only our table knows of it cannot be told from another program's: `get`
  /// gives its value, `run` does not.
  private func isStored(_ found: Entry) -> Bool {
    found.info == nil || entries.contains(found) || older.contains(found) || large.entry == found
  }

  private func write() throws(Failure) {
    guard
      let store = try Store.open(scratch.database, for: .writing(create: false), lockTimeout: 0)
    else { return }
    var new = entries[3]
    new.data += [1]
    try store.put(new)
    try store.remove(.keys([entries[7].key]), because: .user, profile: "p", at: noon)
    let journal = AccessJournal(store: store.path)
    for entry in entries { journal.append(.hit, entry.key, profile: "p", saved: 5, at: noon) }
    for (size, items) in [(0, 0), (0, 6), (40_000, 0)] as [(Int64, Int64)] {
      var profile = Profile(name: "p")
      (profile.maxStoreSize, profile.maxStoreItems) = (size, items)
      profile.logRetention = TimeToLive(seconds: 60)
      do throws(Failure) {
        let sweep = GCPass(store, profile: profile, now: noon)
        _ = try sweep.plan { _, _, _ in }
        _ = try sweep.run()
      } catch {
        refused += 1
      }
    }
    try store.resetCounters(at: noon)
    try store.foldJournal(at: noon)
    try store.checkpoint()
  }
}
