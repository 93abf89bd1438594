import Testing

@testable import Cachetronomy
@testable import CommandCache

/// Freshness and fingerprints of recordings, with the time passed in.
@Suite struct ExplanationTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func memo(
    _ store: Store, at now: Timestamp, _ variables: [Environment.Variable] = [],
    _ change: (inout RunSettings) -> Void = { _ in }
  ) throws -> CachedRun {
    var settings = RunSettings()
    change(&settings)
    let call = try Invocation(
      argv: [Array("/bin/echo".utf8), Array("x".utf8)], directory: Array("/d".utf8),
      environment: Environment(variables), settings: settings)
    var memo = CachedRun(
      call, profile: Profile(name: "default"), store: store, sink: { _, _ in true },
      now: { now }, warn: { Issue.record("\($0)") })
    memo.refresher = [[0x78]]
    memo.storeForWriting = { () throws(Failure) in store }
    return memo
  }

  /// Puts a recording of the command as if it had been run at noon.
  private func record(
    _ store: Store, ttl seconds: Int64, status: Int32 = 0, _ variables: [Environment.Variable] = []
  ) throws {
    let call = try memo(store, at: noon, variables).invocation
    let spool = OutputRecorder(directory: scratch.path, limit: .max)
    [UInt8]("out".utf8).withUnsafeBytes { spool.append(.output, $0) }
    let data = try Recording.encode(
      argv: call.argv, directory: call.directory, exitStatus: status, duration: 1, spool)
    let expiry = noon.plus(seconds: seconds)
    try store.put(
      Entry(
        key: call.key(), data: data, format: "msgpack", expiry: expiry,
        info: Entry.Info(
          created: noon, keepUntil: expiry, size: 3, origin: .run,
          parts: Fingerprints(
            of: call, call.resolve().parts, secret: try store.secret()
          ).encoded)))
  }

  @Test(
    arguments: [
      // Stored with, read with (nil: no --ttl), after so many seconds.
      (10, 20, 15, false), (20, 10, 15, false), (10, 20, 9, true), (20, 10, 9, true),
      (20, nil, 15, true), (20, nil, 21, false), (20, 10, 10, true), (10, 10, 10, false),
    ] as [(Int64, Int64?, Int64, Bool)])
  func theShorterTimeToLiveBinds(stored: Int64, read: Int64?, after: Int64, isHit: Bool) throws {
    let store = try scratch.store()
    try record(store, ttl: stored)
    let found = try memo(store, at: noon.plus(seconds: after)) {
      $0.timeToLive = read.map { TimeToLive(seconds: $0) }
    }.explain()
    #expect(found.verdict == (isHit ? .hit : .expired))
    #expect(found.age == after * 1_000_000)
  }

  @Test(
    arguments: [
      (11, nil, 5, Explanation.Verdict.stale), (15, nil, 5, .stale), (16, nil, 5, .expired),
      (9, 8, 5, .stale), (14, 8, 5, .expired), (9, nil, 5, .hit), (1000, nil, .max, .stale),
      (15, nil, 0, .expired),
    ] as [(Int64, Int64?, Int64, Explanation.Verdict)])
  func anOldAnswerServesForItsWindow(
    after: Int64, ttl: Int64?, window: Int64, verdict: Explanation.Verdict
  ) throws {
    let store = try scratch.store()
    try record(store, ttl: 10)
    let found = try memo(store, at: noon.plus(seconds: after)) {
      $0.timeToLive = ttl.map { TimeToLive(seconds: $0) }
      $0.staleWhileRevalidate = TimeToLive(seconds: window)
    }.explain()
    #expect(found.verdict == verdict)
  }

  @Test func aFailureThatWasKeptIsNoOldAnswer() throws {
    let store = try scratch.store()
    try record(store, ttl: 10, status: 3)
    let window = TimeToLive(seconds: 100)
    let late = try memo(store, at: noon.plus(seconds: 11)) { $0.staleWhileRevalidate = window }
    #expect(late.explain().verdict == .expired)
    let old = try memo(store, at: noon.plus(seconds: 8)) {
      $0.failureTimeToLive = TimeToLive(seconds: 5)
    }
    #expect(old.explain().verdict == .expired)
    // Nor an answer to who keeps no failures.
    #expect(try memo(store, at: noon.plus(seconds: 8)).explain().verdict == .expired)
  }

  @Test func whatIsKeptLongerIsKeptForTheLargerWindow() throws {
    let store = try scratch.store()
    let memo = try memo(store, at: noon) {
      $0.staleWhileRevalidate = TimeToLive(seconds: 5)
      $0.staleIfError = TimeToLive(seconds: 7)
    }
    #expect(memo.keepUntil(noon, 0) == noon.plus(seconds: 7))
    #expect(memo.keepUntil(noon, 1) == noon)
    #expect(memo.keepUntil(.never, 0) == .never)
  }

  @Test func differencesAreNamedAndNeverTold() throws {
    let store = try scratch.store()
    try record(store, ttl: 10, [.init("A", "1"), .init("B", "hush"), .init("SAME", "s")])
    let found = try memo(
      store, at: noon, [.init("B", "hash"), .init("C", ""), .init("SAME", "s")]
    ) { $0.scope = "s" }.explain()
    #expect(found.verdict == .miss)
    let words = found.nearest?.differences.map(\.description)
    #expect(words == ["env B changed", "env C added", "scope added", "env A removed"])
  }

  @Test func fingerprintsDependOnTheSecretAndSurviveTheirEncoding() throws {
    let store = try scratch.store()
    let call = try memo(store, at: noon, [.init("A", "1")]).invocation
    let parts = call.resolve().parts
    let (one, other) = (
      Fingerprints(of: call, parts, secret: [1]), Fingerprints(of: call, parts, secret: [2])
    )
    #expect(Fingerprints(decoding: one.encoded) == one)
    #expect(
      zip(one.items, other.items).allSatisfy { ($0.print == $1.print) == ($0.part == .cwd) })
    for count in 0..<one.encoded.count {
      #expect(Fingerprints(decoding: Array(one.encoded.prefix(count))) == nil)
    }
    var random = FixedGenerator(seed: 5)
    for _ in 0..<2000 { _ = Fingerprints(decoding: random.bytes(40)) }
  }
}
