import Glibc
import Testing

@testable import Cachetronomy

/// One pass of `gc` over a store: what leaves, in which order, and what it leaves alone.
@Suite struct SweepTests {
  private let scratch: Scratch
  private let store: Store
  private var profile = Profile(name: "p")

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
  }

  private func put(
    _ key: String, size: Int = 1, ttl: Int64 = 3600, at created: Timestamp = noon, cost: Int64 = 0
  ) throws {
    let expiry = created.plus(seconds: ttl)
    try store.put(
      Entry(
        key: Key(stored: key), data: try Payload.encode([UInt8](repeating: 0x61, count: size)),
        format: "msgpack", expiry: expiry, profile: "p",
        info: Entry.Info(
          created: created, keepUntil: expiry, size: Int64(size), cost: cost, origin: .set)))
  }

  private func read(_ key: String, _ count: Int64 = 1, at time: Timestamp) throws {
    try store.write { () throws(Failure) in
      try store.add([Key(stored: key): (count, time)], profile: "p")
    }
  }

  private func keys() throws -> String {
    try scratch.sqlite("SELECT group_concat(key, ' ') FROM (SELECT key FROM cache ORDER BY key)")
  }

  private func log() throws -> String {
    try scratch.sqlite("SELECT reason, count(*), count(DISTINCT key) FROM eviction_log GROUP BY 1")
  }

  // MARK: limits

  @Test mutating func storesAndReadsWithinOneSecondAreTold() throws {
    try put("early", at: noon.adding(microseconds: 100_000))
    try put("late", at: noon.adding(microseconds: 900_000))
    try read("early", at: noon.adding(microseconds: 500_000))
    profile.maxStoreItems = 1
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 100)).run()
    #expect(try keys() == "late\n")
  }

  @Test(arguments: [
    (Policy.lru, "a c\n"), (.lfu, "a b\n"), (.cost, "a d\n"),
  ]) mutating func overTheNumberOfEntriesThePolicyChooses(policy: Policy, left: String) throws {
    try put("a", at: noon.plus(seconds: 50), cost: 900)
    try put("b", at: noon, cost: 1)
    try put("c", at: noon.plus(seconds: 10), cost: 2)
    try put("d", at: noon.plus(seconds: 20), cost: 3)
    try read("a", 5, at: noon.plus(seconds: 60))
    try read("b", 9, at: noon.plus(seconds: 1))
    try read("c", 1, at: noon.plus(seconds: 40))
    profile.maxStoreItems = 2
    profile.evictionPolicy = policy
    let report = try GCPass(store, profile: profile, now: noon.plus(seconds: 100)).run()
    #expect(try keys() == left)
    #expect(report.removed == [.size: Store.Removed(2, 2)])
    #expect(try log() == "size_eviction|2|2\n")
  }

  @Test mutating func overItsSizeAStoreShrinksBelowTheLimitAndKeepsTheNewest() throws {
    for number in 0..<200 {
      try put("k\(1000 + number)", size: 20_000, at: noon.plus(seconds: Int64(number)))
    }
    profile.maxStoreSize = 2 << 20
    let report = try GCPass(store, profile: profile, now: noon.plus(seconds: 300)).run()
    let removed = try #require(report.removed[.size])
    #expect(report.bytesBefore > 4 << 20)
    #expect(report.bytesAfter <= 2 << 20 && report.bytesAfter > 3 << 19)
    #expect(try log() == "size_eviction|\(removed.entries)|\(removed.entries)\n")
    #expect(try scratch.sqlite("SELECT min(key) FROM cache") == "k\(1000 + removed.entries)\n")
    #expect(removed.bytes == removed.entries * 20_000)
  }

  @Test mutating func smallEntriesReadHereAndThereDoNotAllGoForTheGapsInTheirPages() throws {
    var random = FixedGenerator(seed: 6)
    for number in 0..<20_000 {
      // Nobody reads in the order of storing.
      let time = noon.plus(seconds: Int64.random(in: 0..<3000, using: &random))
      try store.connection.execute(
        """
        INSERT INTO cache VALUES ('k\(number)', X'c0', 'msgpack', '2030-01-01T00:00:00.000000+00:00', '[]', 1, 'p');
        INSERT INTO entry_info VALUES ('k\(number)', \(time.microseconds), \(time.microseconds), 1,
          0, 0, 0, \(Int64.max / 3), NULL, NULL, NULL)
        """)
      if number == 0 { try store.connection.execute("BEGIN") }
    }
    try store.connection.execute("COMMIT")
    let used = try store.usedBytes()
    profile.maxStoreSize = used - used / 20
    let report = try GCPass(store, profile: profile, now: noon.plus(seconds: 3600)).run()
    let left = try store.entryCount()
    #expect(report.removed[.size]?.entries == 20_000 - left)
    #expect(left > 8_000)
    #expect(left < 20_000)
    // Once thinned out so far, the next pass does not go on for ever.
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 3600)).run()
    #expect(try store.entryCount() >= left - 200)
  }

  @Test mutating func whatIsStoredAnewWhileAPassGoesOnStays() throws {
    try put("a")
    try put("b")
    _ = try store.list(.least(.lru, count: 2), at: noon)
    try put("a", at: noon.plus(seconds: 1))
    let least = Store.Due.least(.lru, count: 2)
    let due = try store.stillDue(least, after: 0, limit: 9, bytes: 99, at: noon)
    #expect(due.map(\.key) == ["b"])
    try put("c", ttl: 1)
    _ = try store.list(.expired, at: noon.plus(seconds: 5))
    try put("c", ttl: 10)
    #expect(
      try store.stillDue(.expired, after: 0, limit: 9, bytes: 99, at: noon.plus(seconds: 5)).isEmpty
    )
  }

  @Test mutating func aPlanNamesWhatThePassWouldTakeAndChangesNothing() throws {
    for number in 0..<100 {
      try put(
        "k\(100 + number)", ttl: number < 30 ? 1 : 3600, at: noon.plus(seconds: Int64(number)))
    }
    profile.maxStoreItems = 50
    let later = noon.plus(seconds: 500)
    let before = try scratch.inventory()
    var named: [String] = []
    let reader = try scratch.reopened()
    let plan = try GCPass(reader, profile: profile, now: later).plan {
      (key, reason, _) throws(Failure) in
      named.append("\(key) \(reason.rawValue)")
    }
    #expect(try scratch.inventory() == before)
    #expect(named.count == 50)
    let report = try GCPass(store, profile: profile, now: later).run()
    #expect(plan.removed == report.removed)
    let done = try scratch.sqlite("SELECT key || ' ' || reason FROM eviction_log ORDER BY id")
    #expect(named.sorted() == done.split(separator: "\n").map(String.init).sorted())
  }

  // MARK: nothing in vain

  @Test func aPassWithNothingToDoWritesNothing() throws {
    try put("a", ttl: 100_000)
    _ = try GCPass(store, profile: profile, now: noon).run()
    let before = try store.connection.integer("PRAGMA data_version")
    let watcher = try scratch.reopened()
    let version = try watcher.dataVersion()
    let report = try GCPass(store, profile: profile, now: noon.plus(seconds: 3600)).run()
    #expect(try watcher.dataVersion() == version)
    #expect(try store.connection.integer("PRAGMA data_version") == before)
    #expect(!report.didSomething && report.isComplete)
  }

  @Test func aPassThatIsStoppedEndsAfterItsTransactionAndTheNextGoesOn() throws {
    for number in 0..<500 { try put("k\(number)", ttl: 1) }
    var sweep = GCPass(store, profile: profile, now: noon.plus(seconds: 10))
    var asked = 0
    sweep.isStopping = {
      asked += 1
      return asked > 1
    }
    let first = try sweep.run()
    let taken = first.removed[.time]?.entries ?? 0
    #expect(!first.isComplete && taken > 0)
    #expect(GCLock.lastPass(store: store.path) != noon.plus(seconds: 10))
    let second = try GCPass(store, profile: profile, now: noon.plus(seconds: 10)).run()
    #expect(second.isComplete && second.removed[.time]?.entries ?? 0 == 500 - taken)
    #expect(try log() == "time_eviction|500|500\n")
    #expect(GCLock.lastPass(store: store.path) == noon.plus(seconds: 10))
  }

  @Test func aPassWithNoTimeTakesNothing() throws {
    try put("a", ttl: 1)
    var sweep = GCPass(store, profile: profile, now: noon.plus(seconds: 10))
    sweep.limit = TimeToLive(seconds: 0)
    #expect(try !sweep.run().isComplete)
    #expect(try keys() == "a\n")
  }

  @Test func ofTwoPassesOneSaysThatTheOtherIsAtWork() throws {
    let lock = try GCLock(store: store.path, .pass)
    #expect(lock.acquire(within: 0))
    let refused = failure { () throws(Failure) in
      try GCPass(store, profile: profile, now: noon).run()
    }
    #expect(refused?.storeProblem == .busy)
    lock.release()
    _ = try GCPass(store, profile: profile, now: noon).run()
  }

  // MARK: space

  @Test func aStoreOfOursGivesTheSpaceOfHalfItsEntriesBack() throws {
    for number in 0..<1000 { try put("k\(number)", size: 20_000, ttl: number % 2 == 0 ? 1 : 3600) }
    try store.checkpoint()
    let full = store.sizeOnDisk
    let report = try GCPass(store, profile: profile, now: noon.plus(seconds: 10)).run()
    #expect(report.removed[.time]?.entries == 500)
    #expect(Double(report.bytesAfter) < 1.2 * Double(full) / 2)
    #expect(try scratch.sqlite("PRAGMA integrity_check") == "ok\n")
  }

  @Test func aFileOfPythonsShrinksAfterAVacuumAndByItselfFromThenOn() throws {
    try scratch.sqlite("PRAGMA journal_mode = WAL; " + Schema.migrations[0], on: "python.db")
    try scratch.sqlite(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO cache SELECT 'k' || i, zeroblob(6000), 'msgpack',
        CASE WHEN i % 2 THEN '2020-01-01T00:00:00+00:00' ELSE '2030-01-01T00:00:00+00:00' END,
        '[]', 1, 'p' FROM n
      """, on: "python.db")
    let store = try #require(try Store.open(scratch("python.db"), for: .writing(create: false)))
    try store.checkpoint()
    let full = store.sizeOnDisk
    #expect(try GCPass(store, profile: profile, now: noon).run().bytesAfter >= full)
    var sweep = GCPass(store, profile: profile, now: noon)
    sweep.vacuums = true
    #expect(Double(try sweep.run().bytesAfter) < 0.6 * Double(full))
    try store.remove(.all, because: nil, profile: "p", at: noon)
    #expect(
      Double(try GCPass(store, profile: profile, now: noon).run().bytesAfter) < 0.1 * Double(full))
    #expect(try scratch.sqlite("PRAGMA integrity_check", on: "python.db") == "ok\n")
  }

  // MARK: logs

  @Test mutating func rowsOfTheLogsGoAfterTheirTime() throws {
    try put("kept", ttl: 100 * 86_400)
    try put("gone", ttl: 1)
    for key in ["kept", "gone"] { try read(key, at: noon) }
    func counts() throws -> String {
      try scratch.sqlite(
        "SELECT (SELECT count(*) FROM eviction_log), (SELECT group_concat(key) FROM access_log)")
    }
    profile.logRetention = TimeToLive(seconds: 2 * 86_400)
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 10)).run()
    #expect(try counts() == "1|gone,kept\n" || counts() == "1|kept,gone\n")
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 2 * 86_400)).run()
    #expect(try counts().hasPrefix("1|"))
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 4 * 86_400)).run()
    #expect(try counts() == "0|kept\n")
  }

  @Test mutating func aLogWithoutEndIsBoundedByTheSizeOfTheStore() throws {
    profile.maxStoreSize = 1 << 20
    try scratch.sqlite(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
      INSERT INTO eviction_log SELECT i, 'k', '2026-11-22T16:00:00.000000+00:00', 'x', 1, 'p' FROM n
      """)
    _ = try GCPass(store, profile: profile, now: noon).run()
    #expect(try scratch.sqlite("SELECT count(*), max(id) FROM eviction_log") == "1310|9000\n")
    profile.logRetention = .never
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 1_000_000_000)).run()
    #expect(try scratch.sqlite("SELECT count(*) FROM eviction_log") == "1310\n")
  }

  // MARK: memory

  @Test mutating func underPressureThePassAsksForTheMissingBytes() throws {
    var asked: [Int64] = []
    func pass(available: Int64) throws -> Store.Removed {
      var sweep = GCPass(store, profile: profile, now: noon)
      sweep.memory = { MemoryPressure.Reading(available: available, total: 4_000_000_000) }
      sweep.moveFromMemory = { (bytes) throws(Failure) in
        asked.append(bytes)
        return Store.Removed(3, 70)
      }
      return try sweep.run().moved
    }
    profile.freeMemoryTarget = 500
    #expect(try pass(available: 500_000_000) == Store.Removed())
    #expect(try pass(available: 499_999_000) == Store.Removed(3, 70))
    profile.freeMemoryTarget = 0.5
    #expect(try pass(available: 1_000_000_000) == Store.Removed(3, 70))
    profile.memoryBasedEviction = false
    #expect(try pass(available: 0) == Store.Removed())
    #expect(asked == [1000, 1_000_000_000])
  }

  // MARK: clocks

  @Test mutating func aClockThatIsSetBackTakesNothingBeforeItsTime() throws {
    try put("a", ttl: 60)
    try put("b", ttl: 7200)
    profile.logRetention = TimeToLive(seconds: 3600)
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 30)).run()
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: -3600)).run()
    #expect(try keys() == "a b\n")
    #expect(AutoGC.isWanted(store, profile: profile, at: noon.plus(seconds: -7200)))
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 3600)).run()
    #expect(try keys() == "b\n")
    // Back again: the row of the log that seems to come from the future stays for its time.
    _ = try GCPass(store, profile: profile, now: noon).run()
    #expect(try log() == "time_eviction|1|1\n")
  }

  // MARK: without being asked

  @Test mutating func aPassIsDueADayAfterTheLast() throws {
    let day: Int64 = 86_400
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: noon))
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: noon.plus(seconds: day)))
    #expect(AutoGC.isDue(store: store.path, profile: profile, at: noon.plus(seconds: day + 1)))
    #expect(AutoGC.isDue(store: store.path, profile: profile, at: noon.plus(seconds: -10)))
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: day)).run()
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: noon.plus(seconds: day + 9)))
    #expect(!AutoGC.isWanted(store, profile: profile, at: noon.plus(seconds: day + 3600)))
    #expect(AutoGC.isWanted(store, profile: profile, at: noon.plus(seconds: day + 3601)))
    // Over its limit by a sixteenth it is due at once.
    let soon = noon.plus(seconds: day + 10)
    let used = try store.usedBytes()
    profile.maxStoreSize = used - used / 20
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: soon))
    #expect(AutoGC.isWanted(store, profile: profile, at: soon))
    profile.maxStoreSize = 4096
    let watcher = try GCLock(store: store.path, .watch)
    #expect(watcher.acquire(within: 0))
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: soon))
    #expect(!AutoGC.isWanted(store, profile: profile, at: soon))
    watcher.release()
    profile.autoGC = false
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: soon))
    profile.autoGC = true
    let pass = try GCLock(store: store.path, .pass)
    #expect(pass.acquire(within: 0))
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: soon))
    pass.release()
    // One is started, not two; the time of the last pass that ended stays.
    #expect(AutoGC.isDue(store: store.path, profile: profile, at: soon))
    #expect(!AutoGC.isDue(store: store.path, profile: profile, at: soon))
    #expect(GCLock.lastPass(store: store.path) == noon.plus(seconds: day))
  }

  @Test mutating func aPassThatCannotReachTheLimitIsNotStartedForEachPut() throws {
    func isDue(after seconds: Int64) -> Bool {
      AutoGC.isDue(store: store.path, profile: profile, at: noon.plus(seconds: seconds))
    }
    // No entries, but the tables themselves: nothing can leave.
    profile.maxStoreSize = 64 << 10
    #expect(isDue(after: 0))
    _ = try GCPass(store, profile: profile, now: noon).run()
    #expect(!isDue(after: 1))
    try put("small")
    #expect(!isDue(after: 2))
    // A sixteenth more, and another time.
    try put("large", size: 8192)
    #expect(isDue(after: 3))
    #expect(!isDue(after: 4))
    #expect(isDue(after: 604))
    // With room again nothing is remembered.
    profile.maxStoreSize = 1 << 20
    _ = try GCPass(store, profile: profile, now: noon.plus(seconds: 605)).run()
    profile.maxStoreSize = 64 << 10
    #expect(isDue(after: 606))
  }
}
