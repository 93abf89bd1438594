import Foundation
import Synchronization
import Testing

@testable import Cachetronomy

/// A directory that goes with the test.
final class Place: Sendable {
  let directory: String

  init() throws {
    var name = Array("/tmp/cachetronomy-lib-XXXXXX".utf8CString)
    let made = name.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    directory = String(cString: try #require(made))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  var database: String { directory + "/cache.db" }

  /// Runs SQL as another program would.
  @discardableResult
  func sqlite(_ sql: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments = [database, sql]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
  }
}

/// A clock that stands until it is moved.
final class HandClock: Sendable {
  private let moment = Mutex(Timestamp("2026-01-01T00:00:00.000000+00:00")?.microseconds ?? 0)

  var now: @Sendable () -> Timestamp {
    { self.moment.withLock { Timestamp(microseconds: $0) } }
  }

  func advance(seconds: Int64) { moment.withLock { $0 += seconds * 1_000_000 } }
}

/// Counts over threads.
final class Counter: Sendable {
  private let number = Mutex(0)
  var value: Int { number.withLock { $0 } }
  func add() { number.withLock { $0 += 1 } }
}

struct Film: Codable, Sendable, Equatable {
  var title: String
  var year: Int
  var cast: [String: [String]]
  var rating: Double?
  var poster: [UInt8]
}

@Suite struct CachetronautTests {
  let place: Place
  let clock = HandClock()

  init() throws { place = try Place() }

  private func cache(
    profile: String? = nil, formats: [Format] = [],
    memory: @escaping @Sendable () -> MemoryPressure.Reading? = { nil }
  ) throws -> Cachetronaut {
    try Cachetronaut(
      path: place.database, profile: profile, formats: formats, evicting: false, now: clock.now,
      memory: memory)
  }

  static let film = Film(
    title: "Action Jacksön", year: 1988, cast: ["lead": ["a", "b"], "none": []], rating: nil,
    poster: [0, 255])

  private func check(_ cache: Cachetronaut) throws {
    #expect(try cache.get("film", as: Film.self) == Self.film)
    #expect(try cache.get("int", as: Int?.self) == -5)
    #expect(try cache.get("int", as: Int.self) == -5)
    #expect(try cache.get("int", as: Double.self) == -5)
    #expect(try cache.get("big", as: UInt64.self) == .max)
    #expect(try cache.get("text", as: String.self) == "é")
    #expect(try cache.get("bytes", as: [UInt8].self) == [0, 255])
    #expect(try cache.get("flag", as: Bool.self) == false)
    #expect(try cache.get("double", as: Double.self) == 0.1)
    #expect(try cache.get("empty", as: [String].self) == [])
    #expect(try cache.get("nothing", as: Int?.self) == .some(nil))
    #expect(try cache.get("blank", as: String.self) == "")
    #expect(try cache.get("absent", as: Int.self) == nil)
  }

  @Test func `values of any kind come back, from memory and from the file`() throws {
    let first = try cache()
    try first.set("film", Self.film)
    try first.set("int", -5)
    try first.set("big", UInt64.max)
    try first.set("text", "é")
    try first.set("bytes", [UInt8]([0, 255]))
    try first.set("flag", false)
    try first.set("double", 0.1)
    try first.set("empty", [String]())
    try first.set("nothing", Int?.none)
    try first.set("blank", "")
    try check(first)
    try first.shutdown()
    let second = try cache()
    #expect(try second.memoryKeys() == [])
    try check(second)
    #expect(
      try second.memoryKeys().sorted() == [
        "big", "blank", "bytes", "double", "empty", "film", "flag", "int", "nothing", "text",
      ])
    try check(second)
  }

  @Test func `each format keeps what it can say and refuses the rest`() throws {
    let shout = Format(
      name: "shout", encode: { Array((($0.text ?? "") + "!").utf8) },
      decode: { .string(String(decoding: $0.dropLast(), as: UTF8.self)) })
    let cache = try cache(formats: [shout])
    for format in ["json", "orjson", "msgpack"] {
      try cache.set(format, ["a": [1, 2]], format: format)
      try cache.evictAll()
      #expect(try cache.get(format, as: [String: [Int]].self) == ["a": [1, 2]])
    }
    try cache.set("loud", "hey", format: "shout")
    try cache.evictAll()
    #expect(try cache.get("loud", as: String.self) == "hey")
    #expect(try place.sqlite("SELECT CAST(data AS TEXT) FROM cache WHERE key = 'loud'") == "hey!")
    #expect(throws: Failure.self) { try cache.set("x", [UInt8]([1]), format: "json") }
    #expect(throws: Failure.self) { try cache.set("x", Double.nan, format: "json") }
    #expect(throws: Failure.self) { try cache.set("x", 1, format: "pickle") }
    #expect(try cache.get("x", as: Int.self) == nil)
  }

  @Test func `what is of another type or damaged is a typed error and nothing else`() throws {
    let cache = try cache()
    try cache.set("text", "abc")
    #expect(throws: Failure.self) { try cache.get("text", as: Int.self) }
    try cache.evictAll()
    #expect(throws: Failure.self) { try cache.get("text", as: Film.self) }
    #expect(try cache.get("text", as: String.self) == "abc")
    #expect(throws: Failure.self) { try cache.set("", 1) }
    #expect(throws: Failure.self) { try cache.set("k", 1, version: 0) }
    #expect(try cache.storeKeys() == ["text"])
    try place.sqlite(
      """
      INSERT INTO cache VALUES ('garbled', X'c1', 'msgpack', '2090-01-01T00:00:00+00:00', '[]', 1, 'p'),
        ('format', X'00', 'pickle', '2090-01-01T00:00:00+00:00', '[]', 1, 'p'),
        ('date', X'01', 'msgpack', 'soon', '[]', 1, 'p')
      """)
    #expect(throws: Failure.self) { try cache.get("garbled", as: Int.self) }
    #expect(throws: Failure.self) { try cache.get("format", as: Int.self) }
    #expect(try cache.get("date", as: Int.self) == nil)
    #expect(try cache.items().count == 4)
    #expect(try cache.storeMetadata().filter(\.isSound).count == 3)
    try cache.set("good", 1)
    #expect(try cache.get("good", as: Int.self) == 1)
    #expect(try cache.clearExpired() == 0)
  }

  @Test func `a time to live binds in memory too, zero included`() throws {
    let cache = try cache()
    try cache.set("a", 1, ttl: TimeToLive(seconds: 10))
    try cache.set("zero", 1, ttl: TimeToLive(seconds: 0))
    try cache.set("never", 1, ttl: .never)
    try cache.set("default", 1)
    #expect(try cache.get("zero", as: Int.self) == nil)
    clock.advance(seconds: 9)
    #expect(try cache.get("a", as: Int.self) == 1)
    clock.advance(seconds: 1)
    #expect(try cache.get("a", as: Int.self) == nil)
    clock.advance(seconds: 3600)
    #expect(try cache.get("default", as: Int.self) == nil)
    #expect(try cache.get("never", as: Int.self) == 1)
    #expect(try cache.clearExpired() == 3)
    #expect(try cache.evictionLogs().allSatisfy { $0.reason == "time_eviction" })
    #expect(try cache.storeKeys() == ["never"])
  }

  @Test func `another program's write is seen by the next read`() throws {
    let (one, other) = (try cache(), try cache())
    try one.set("k", 1)
    #expect(try one.get("k", as: Int.self) == 1)
    try other.set("k", 2)
    #expect(try one.get("k", as: Int.self) == 2)
    try other.delete("k")
    #expect(try one.get("k", as: Int.self) == nil)
    try one.set("k", 3)
    try place.sqlite("UPDATE cache SET data = X'04'")
    #expect(try one.get("k", as: Int.self) == 4)
    try place.sqlite("PRAGMA wal_checkpoint(TRUNCATE); UPDATE cache SET data = X'05'")
    #expect(try one.get("k", as: Int.self) == 5)
    #expect(try other.get("k", as: Int.self) == 5)
  }

  @Test func `a file that was removed or replaced is followed`() throws {
    let cache = try cache()
    try cache.set("k", 1)
    #expect(try cache.get("k", as: Int.self) == 1)
    let elsewhere = try Place()
    let second = try Cachetronaut(path: elsewhere.database, evicting: false, now: clock.now)
    try second.set("k", 2)
    try second.shutdown()
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: place.database + suffix)
    }
    try FileManager.default.copyItem(atPath: elsewhere.database, toPath: place.database)
    clock.advance(seconds: 1)
    #expect(try cache.get("k", as: Int.self) == 2)
    #expect(try cache.get("k", as: Int.self) == 2)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: place.database + suffix)
    }
    try cache.set("k", 3)
    #expect(try cache.get("k", as: Int.self) == 3)
    #expect(try place.sqlite("SELECT count(*) FROM cache") == "1")
  }

  @Test func `a set that failed leaves nothing behind, and all is well afterwards`() throws {
    let cache = try Cachetronaut(path: place.database, evicting: false, lockTimeout: 20)
    try cache.set("k", 1)
    let other = try #require(try Store.open(place.database, for: .writing(create: false)))
    try other.write { () throws(Failure) in
      #expect(throws: Failure.self) { try cache.set("k", 2) }
      #expect(throws: Failure.self) { try cache.delete("k") }
      #expect((try? cache.get("k", as: Int.self)) == 1)
    }
    #expect(try cache.get("k", as: Int.self) == 1)
    try cache.set("k", 3)
    #expect(try cache.get("k", as: Int.self) == 3)
    #expect(try cache.keyAccessLogs("k")?.count == 3)
  }

  @Test func `a value that was changed by its reader is not changed in the cache`() throws {
    let cache = try cache()
    try cache.set("list", [1])
    var list = try #require(try cache.get("list", as: [Int].self))
    list.append(2)
    #expect(try cache.get("list", as: [Int].self) == [1])
  }

  @Test func `the least used leave memory first and stay in the file`() throws {
    let cache = try cache()
    try cache.updateActiveProfile { $0.maxItemsInMemory = 3 }
    for key in ["a", "b", "c"] { try cache.set(key, key) }
    for key in ["a", "a", "c"] { _ = try cache.get(key, as: String.self) }
    try cache.set("d", "d")
    #expect(try Set(cache.memoryKeys()) == ["a", "c", "d"])
    try cache.set("e", "e")
    #expect(try Set(cache.memoryKeys()) == ["a", "c", "e"])
    #expect(try cache.memoryStats().map(\.key) == ["a", "c", "e"])
    #expect(try cache.get("b", as: String.self) == "b")
    try cache.updateActiveProfile { $0.maxItemsInMemory = 1 }
    #expect(try cache.memoryKeys() == ["a"])
    try cache.updateActiveProfile { $0.maxItemsInMemory = 0 }
    #expect(try cache.memoryKeys() == [])
    #expect(try cache.get("a", as: String.self) == "a")
    #expect(try cache.evictionLogs().isEmpty)
  }

  @Test func `evict logs, delete removes, clear removes by kind`() throws {
    let cache = try cache()
    try cache.set("a", 1, tags: ["x"])
    try cache.set("b", 1, tags: ["x", "it's, \"quoted\"\n"])
    try cache.set("c", 1)
    #expect(try cache.evict("a"))
    #expect(try !cache.evict("a"))
    #expect(try cache.get("a", as: Int.self) == 1)
    #expect(try cache.clear(tags: ["it's, \"quoted\"\n"]) == 1)
    #expect(try cache.clear(tags: ["x", "y"], exact: true) == 0)
    #expect(try cache.clear(tags: ["x"], exact: true) == 1)
    #expect(try cache.delete("c"))
    #expect(try !cache.delete("c"))
    try cache.set("d", 1)
    #expect(try cache.clear(profile: "default") == 1)
    try cache.set("e", 1)
    try cache.evictAll()
    try cache.clearAll()
    #expect(try cache.allKeys() == [])
    #expect(
      try cache.evictionLogs().map(\.reason) == [
        "manual_eviction", "profile_eviction", "user_eviction", "tag_eviction", "tag_eviction",
        "manual_eviction",
      ])
    #expect(try cache.evictionLogs(limit: 2).count == 2)
    try cache.clearEvictionLogs()
    #expect(try cache.evictionLogs() == [])
  }

  @Test func `memory pressure moves the least used out and logs each`() throws {
    let free = Mutex<Int64>(100_000_000_000)
    let cache = try cache(memory: {
      free.withLock { left in
        defer { if left < 1_000_000_000 { left += 200_000_000 } }
        return MemoryPressure.Reading(available: left, total: 200_000_000_000)
      }
    })
    for key in ["a", "b", "c", "d"] { try cache.set(key, 1) }
    for key in ["a", "a", "b"] { _ = try cache.get(key, as: Int.self) }
    #expect(
      try cache.with { state, now throws(Failure) in try state.evictUnderPressure(at: now) } == 0)
    free.withLock { $0 = 150_000_000 }
    // 150, 350 and 550 MB free at three looks: two must leave before 500 are.
    #expect(
      try cache.with { state, now throws(Failure) in try state.evictUnderPressure(at: now) } == 2)
    #expect(try Set(cache.memoryKeys()) == ["a", "b"])
    #expect(try cache.evictionLogs().map(\.reason) == ["memory_eviction", "memory_eviction"])
    #expect(try cache.storeKeys().count == 4)
  }

  @Test func `access counts are exact over threads, memory and file`() throws {
    let cache = try cache()
    try cache.set("hot", 1)
    let (threads, reads) = (8, 2000)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      for round in 0..<reads {
        _ = try? cache.get("hot", as: Int.self)
        if round % 500 == 0 { _ = try? cache.evict("hot") }
      }
    }
    #expect(try cache.keyAccessLogs("hot")?.count == Int64(threads * reads))
    #expect(try cache.storeStats().first?.count == Int64(threads * reads))
    _ = try cache.get("hot", as: Int.self)
    try cache.shutdown()
    try cache.shutdown()
    #expect(throws: Failure.self) { try cache.get("hot", as: Int.self) }
    #expect(try place.sqlite("SELECT access_count FROM access_log") == "\(threads * reads + 1)")
  }

  @Test func `two caches in one process share nothing but the file`() throws {
    let (one, other) = (try cache(), try cache())
    try one.set("k", 1)
    for _ in 0..<3 { _ = try one.get("k", as: Int.self) }
    #expect(try other.memoryStats().isEmpty)
    _ = try other.get("k", as: Int.self)
    try one.shutdown()
    #expect(try other.get("k", as: Int.self) == 1)
    #expect(try other.keyAccessLogs("k")?.count == 5)
    try other.deleteAccessLogs("k")
    #expect(try other.keyAccessLogs("k") == nil)
    _ = try other.get("k", as: Int.self)
    try other.clearAccessLogs()
    #expect(try other.accessLogs().isEmpty)
  }

  @Test func `profiles are made, switched, changed, listed and deleted`() throws {
    let cache = try cache(profile: "mine")
    #expect(try cache.profile.name == "mine")
    try cache.updateActiveProfile {
      $0.timeToLive = TimeToLive(seconds: 5)
      $0.tags = ["t"]
    }
    try cache.set("k", 1)
    #expect(try cache.keyMetadata("k")?.tags == ["t"])
    #expect(try cache.keyMetadata("k")?.profile == "mine")
    #expect(try cache.keyMetadata("absent") == nil)
    #expect(throws: Failure.self) {
      try cache.updateActiveProfile { $0.timeToLive = TimeToLive(seconds: 0) }
    }
    #expect(try cache.profile.timeToLive == TimeToLive(seconds: 5))
    #expect(try cache.getProfile("other") == nil)
    try cache.use(profile: "other")
    #expect(try cache.listProfiles().map(\.name) == ["default", "mine", "other"])
    #expect(try cache.deleteProfile("other"))
    #expect(try !cache.deleteProfile("other"))
    // Deleted while in force: it stays in force here, and writing goes on.
    try cache.set("k", 2)
    #expect(try cache.get("k", as: Int.self) == 2)
    try cache.use(profile: "other")
    #expect(try cache.getProfile("other") != nil)
    #expect(throws: Failure.self) { try cache.use(profile: "") }
  }

  @Test func `the thread sweeps at the profile's interval and stops`() throws {
    let cache = try Cachetronaut(path: place.database)
    try cache.set("old", 1, ttl: TimeToLive(seconds: 0))
    #expect(try cache.storeKeys() == ["old"])
    try cache.updateActiveProfile { $0.ttlCleanupInterval = 1 }
    // Waits for the log, with a bound that only a broken thread reaches.
    for _ in 0..<400 where try cache.evictionLogs().isEmpty { usleep(20_000) }
    #expect(try cache.evictionLogs().map(\.reason) == ["time_eviction"])
    try cache.shutdown()
  }

  @Test func `a put over the limit of bytes brings the thread's pass forward`() throws {
    let cache = try Cachetronaut(path: place.database)
    try cache.updateActiveProfile {
      ($0.ttlCleanupInterval, $0.maxStoreSize) = (86_400, 1 << 20)
      $0.memoryBasedEviction = false
    }
    for number in 0..<30 { try cache.set("k\(number)", [UInt8](repeating: 7, count: 50_000)) }
    for _ in 0..<400 where try cache.evictionLogs().isEmpty { usleep(20_000) }
    #expect(try cache.evictionLogs().contains { $0.reason == "size_eviction" })
    try cache.shutdown()
  }
}

@Suite struct MemoizeTests {
  let place: Place

  init() throws { place = try Place() }

  private func cache() throws -> Cachetronaut {
    try Cachetronaut(path: place.database, evicting: false)
  }

  @Test func `keys are readable, in the seed's spelling and without order`() throws {
    let cache = try cache()
    #expect(
      try cache.key(for: "quote", ["film": "Action Jackson", "actor": "Samuel L. Cacheson"])
        == "quote(actor='Samuel L. Cacheson', film='Action Jackson')")
    #expect(
      try cache.key(
        for: "f", ["s": "it's", "b": true, "n": Int?.none, "d": 1.0, "l": [1, 2], "q": "\"'\n"])
        == #"f(b=True, d=1.0, l=[1, 2], n=None, q='"\'\n', s="it's")"#)
    #expect(try cache.key(for: "f") == "f()")
    #expect(
      try cache.key(for: "f", ["d": ["b": 1, "a": 2]]) == "f(d={'a': 2, 'b': 1})")
  }

  @Test func `a call is computed once, also when it gave nothing`() throws {
    let cache = try cache()
    let runs = Counter()
    func compute<T>(_ value: T) -> T {
      runs.add()
      return value
    }
    for _ in 0..<2 {
      #expect(try cache.memoize("f", ["n": 1]) { compute(7) } == 7)
      #expect(try cache.memoize("nil") { compute(Int?.none) } == nil)
      #expect(try cache.memoize("empty") { compute("") } == "")
      #expect(try cache.memoize("false") { compute(false) } == false)
      #expect(try cache.memoize("none") { compute([Int]()) } == [])
      #expect(try cache.memoize("zero") { compute(0) } == 0)
    }
    #expect(runs.value == 6)
    try cache.evictAll()
    #expect(try cache.memoize("nil") { compute(Int?.none) } == nil)
    #expect(runs.value == 6)
    #expect(try cache.memoize("f", ["n": 1], version: 2) { compute(8) } == 8)
    #expect(try cache.memoize("f", ["n": 1], version: 2) { compute(9) } == 8)
    #expect(try cache.get("f(n=1)", as: Int.self) == 8)
  }

  @Test func `an error is thrown on and not kept`() throws {
    struct WarningReporter: Error {}
    let cache = try cache()
    #expect(throws: WarningReporter.self) {
      try cache.memoize("f") { () throws -> Int in throw WarningReporter() }
    }
    #expect(try cache.memoize("f") { 1 } == 1)
  }

  @Test func `many threads that miss one key compute it once`() throws {
    let cache = try cache()
    let runs = Counter()
    let answers = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      let value = try? cache.memoize("slow") {
        runs.add()
        usleep(50_000)
        return 42
      }
      answers.withLock { $0.append(value ?? 0) }
    }
    #expect(runs.value == 1)
    #expect(answers.withLock { $0 } == Array(repeating: 42, count: 16))
  }

  @Test func `tasks too, and the pool is not blocked`() async throws {
    let cache = try await AsyncCachetronaut(path: place.database, evicting: false)
    let runs = Counter()
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<32 {
        group.addTask {
          try await cache.memoize("slow", ["n": 1]) {
            runs.add()
            try await Task.sleep(for: .milliseconds(50))
            return 2
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sum == 64)
    #expect(runs.value == 1)
    #expect(try await cache.get("slow(n=1)", as: Int.self) == 2)
    #expect(try await cache.evict("slow(n=1)"))
    try await cache.set("k", "v", tags: ["t"])
    #expect(try await cache.keyMetadata("k")?.tags == ["t"])
    #expect(try await cache.clear(tags: ["t"]) == 1)
    #expect(try await cache.profile.name == "default")
    try await cache.shutdown()
    await #expect(throws: Failure.self) { try await cache.get("k", as: Int.self) }
  }
}
