import Testing

@testable import Cachetronomy

@Suite struct StoreTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
  }

  private func entry(
    _ key: String, _ text: String = "v", ttl: Int64 = 60, stale: Int64 = 0, tags: [String] = [],
    profile: String = "default", info: Bool = true
  ) throws -> Entry {
    let expiry = noon.plus(seconds: ttl)
    return Entry(
      key: Key(stored: key), data: try Payload.encode(Array(text.utf8)), format: "msgpack",
      expiry: expiry, tags: tags, profile: profile,
      info: info
        ? Entry.Info(
          created: noon, keepUntil: expiry.plus(seconds: stale), size: Int64(text.utf8.count),
          origin: .set) : nil)
  }

  private func keys(_ filter: Store.Filter = Store.Filter(), limit: Int = 500) throws -> [String] {
    var (keys, last): ([String], Store.Listed?) = ([], nil)
    // As many rounds as any of these stores can need: one that goes in a circle ends here.
    for _ in 0..<2000 {
      let page = try store.page(after: last, filter, limit: limit)
      guard let end = page.last else { return keys }
      keys += page.map(\.entry.key.text)
      last = end
    }
    Issue.record("the listing does not end")
    return keys
  }

  // MARK: put and lookup

  @Test func whatIsPutIsFoundWithEverythingThatWasSaid() throws {
    var entry = try entry("k", "value", tags: ["a", "é"], profile: "p")
    entry.version = 7
    entry.info?.cost = 5
    entry.info?.rule = "f.yaml:3"
    entry.info?.began = noon
    #expect(try store.put(entry))
    #expect(try store.entry(entry.key) == entry)
    #expect(try store.lookup(entry.key, at: noon) == .hit(entry))
    #expect(
      try scratch.sqlite(
        "SELECT key, hex(data), fmt, expire_at, tags, version, saved_by_profile FROM cache")
        == "k|A576616C7565|msgpack|2026-11-22T16:15:10.738373+00:00|[\"a\", \"\\u00e9\"]|7|p\n")
  }

  @Test func anEntryIsFreshThenStaleThenExpired() throws {
    let entry = try entry("k", ttl: 60, stale: 30)
    try store.put(entry)
    #expect(
      try store.lookup(entry.key, at: noon.plus(seconds: 60).adding(microseconds: -1))
        == .hit(entry))
    #expect(try store.lookup(entry.key, at: noon.plus(seconds: 60)) == .stale(entry))
    #expect(
      try store.lookup(entry.key, at: noon.plus(seconds: 90).adding(microseconds: -1))
        == .stale(entry))
    #expect(try store.lookup(entry.key, at: noon.plus(seconds: 90)) == .miss(.expired))
    #expect(try store.lookup(Key(stored: "x"), at: noon) == .miss(.absent))
  }

  @Test func anEntryMadeInTheFutureIsStale() throws {
    let entry = try entry("k", ttl: 3600)
    try store.put(entry)
    #expect(try store.lookup(entry.key, at: noon.plus(seconds: -1)) == .hit(entry))
    #expect(try store.lookup(entry.key, at: noon.plus(seconds: -2)) == .stale(entry))
  }

  @Test func anAnswerMayBeRequiredToBeYounger() throws {
    let entry = try entry("k", ttl: 3600)
    try store.put(entry)
    let limit = TimeToLive(seconds: 10)
    #expect(try store.lookup(entry.key, at: noon.plus(seconds: 10), within: limit) == .hit(entry))
    #expect(
      try store.lookup(entry.key, at: noon.plus(seconds: 11), within: limit) == .miss(.expired))
    #expect(
      try store.lookup(entry.key, at: noon.plus(seconds: 11), within: .never) == .hit(entry))
  }

  @Test func aRowOfAnotherProgramGoesByItsOwnColumns() throws {
    let entry = try entry("k", info: false)
    try store.put(entry)
    #expect(try store.lookup(entry.key, at: noon) == .hit(entry))
    #expect(try store.lookup(entry.key, at: noon.plus(seconds: 60)) == .miss(.expired))
  }

  @Test func aSecondPutReplacesTheFirst() throws {
    try store.put(try entry("k", "one", tags: ["a"]))
    let second = try entry("k", "two")
    try store.put(second)
    #expect(try store.entry(second.key) == second)
    #expect(try store.totals().entries == 1)
    #expect(try scratch.sqlite("SELECT count(*) FROM entry_info") == "1\n")
  }

  @Test func oddKeysAndValuesAreKeptByteForByte() throws {
    for key in ["", "a\0b", "é", "e\u{301}", "😀", "a\nb", String(repeating: "k", count: 65_536)] {
      for text in ["", "\0", "x"] {
        let entry = try entry(key, text)
        try store.put(entry)
        #expect(try store.entry(Key(stored: key)) == entry)
      }
    }
    #expect(try store.totals().entries == 7)
    let empty = Entry(key: Key(stored: "none"), data: [], format: "json", expiry: .never)
    try store.put(empty)
    #expect(try store.entry(empty.key) == empty)
    #expect(try scratch.sqlite("SELECT typeof(data) FROM cache WHERE key = 'none'") == "blob\n")
  }

  @Test func composedAndDecomposedKeysAreTwo() throws {
    try store.put(try entry("é", "composed"))
    try store.put(try entry("e\u{301}", "decomposed"))
    #expect(try store.entry(Key(stored: "é"))?.data == Payload.encode(Array("composed".utf8)))
    #expect(
      try store.entry(Key(stored: "e\u{301}"))?.data == Payload.encode(Array("decomposed".utf8)))
    try store.remove(.keys([Key(stored: "é")]), because: .user, profile: "p", at: noon)
    #expect(try store.entry(Key(stored: "e\u{301}")) != nil)
  }

  @Test func digitsFindARecordingIfTheyAreEnough() throws {
    let digits = ["0123456789abcdef0123456789abcdef", "012345ff89abcdef0123456789abcdef"]
    for digit in digits { try store.put(try entry("run:ls#\(digit)")) }
    try store.put(try entry("ls#fedcba9876543210fedcba9876543210"))
    #expect(try store.key(digits: "01234567")?.digest == digits[0])
    #expect(try store.key(digits: "012345FF")?.digest == digits[1])
    #expect(try store.key(digits: digits[1])?.digest == digits[1])
    #expect(try store.key(digits: "fedcba") == nil)
    for bad in ["012345", "01234", "", "01234g", "0123456789abcdef0123456789abcdef0", "01234５"] {
      #expect(failure { () throws(Failure) in try store.key(digits: bad) } != nil, "\(bad)")
    }
  }

  // MARK: remove

  @Test(arguments: [
    (Reason.user, "user_eviction"), (.tag, "tag_eviction"), (.profile, "profile_eviction"),
    (.time, "time_eviction"), (.size, "size_eviction"), (.memory, "memory_eviction"),
    (.manual, "manual_eviction"),
  ]) func everyRemovalIsLoggedWithItsReason(reason: Reason, name: String) throws {
    try store.put(try entry("k", "four"))
    try scratch.sqlite("INSERT INTO access_log VALUES ('k', 5, '2026', 'p')")
    let removed = try store.remove(
      .keys([Key(stored: "k"), Key(stored: "none")]), because: reason, profile: "mine", at: noon)
    #expect((removed.entries, removed.bytes) == (1, 4))
    #expect(
      try scratch.sqlite("SELECT * FROM eviction_log")
        == "1|k|2026-11-22T16:14:10.738373+00:00|\(name)|5|mine\n")
    #expect(try store.entry(Key(stored: "k")) == nil)
    #expect(try scratch.sqlite("SELECT count(*) FROM entry_info") == "0\n")
    #expect(try store.evictions(limit: nil).map(\.reason) == [name])
  }

  @Test func withoutAReasonNothingIsLogged() throws {
    try store.put(try entry("k"))
    try store.remove(.all, because: nil, profile: "p", at: noon)
    #expect(try store.totals().entries == 0)
    #expect(try scratch.sqlite("SELECT count(*) FROM eviction_log") == "0\n")
  }

  @Test func aRemovalTakesWhatItNamesAndNothingElse() throws {
    func left(_ selection: Store.Selection, at now: Timestamp = noon) throws -> [String] {
      try store.remove(.all, because: nil, profile: "p", at: noon)
      try store.put(try entry("a", tags: ["x", "é"], profile: "one"))
      try store.put(try entry("b", ttl: 10, tags: ["é", "x"]))
      try store.put(try entry("c", ttl: 10, stale: 50))
      try store.put(try entry("d", ttl: 10, tags: ["y"], info: false))
      try store.remove(selection, because: .user, profile: "p", at: now)
      return try keys()
    }
    #expect(try left(.keys([Key(stored: "a"), Key(stored: "c")])) == ["b", "d"])
    #expect(try left(.all) == [])
    #expect(try left(.tags(["é"], exact: false)) == ["c", "d"])
    #expect(try left(.tags(["y", "x"], exact: false)) == ["c"])
    #expect(try left(.tags([], exact: false)) == ["a", "b", "c", "d"])
    #expect(try left(.tags(["x", "é"], exact: true)) == ["b", "c", "d"])
    #expect(try left(.tags([], exact: true)) == ["a", "b", "d"])
    #expect(try left(.savedBy("one")) == ["b", "c", "d"])
    #expect(try left(.expired, at: noon.plus(seconds: 10)) == ["a", "c"])
    #expect(try left(.expired, at: noon.plus(seconds: 9)) == ["a", "b", "c", "d"])
    #expect(try left(.expired, at: noon.plus(seconds: 60)) == [])
  }

  @Test func aSweepTakesWhatIsPastTheTimeItIsKept() throws {
    for number in 0..<300 { try store.put(try entry("k\(number)", ttl: 10)) }
    try store.put(try entry("stale", ttl: 10, stale: 50))
    try store.put(try entry("fresh", ttl: 60))
    let report = try GCPass(store, profile: Profile(name: "p"), now: noon.plus(seconds: 10)).run()
    #expect(report.removed[.time]?.entries == 300)
    #expect(report.removed[.time]?.bytes == 300)
    #expect(try keys() == ["fresh", "stale"])
    #expect(
      try scratch.sqlite("SELECT reason, count(*) FROM eviction_log GROUP BY 1")
        == "time_eviction|300\n")
  }

  // MARK: neighbours

  @Test(arguments: [
    "UPDATE cache SET data = X'c0' WHERE key = 'k'", "DELETE FROM cache WHERE key = 'k'",
    "UPDATE cache SET key = 'other' WHERE key = 'k'",
    "UPDATE cache SET key = 'k' WHERE key = 'other'",
    """
    INSERT OR REPLACE INTO cache VALUES ('k', X'c0', 'msgpack', '2030-01-01T00:00:00+00:00', '[]', 1,
      'p')
    """,
  ]) func aForeignChangeOfARowDropsWhatOnlyWeKnew(sql: String) throws {
    var entry = try entry("k")
    entry.info?.recording = [1, 2, 3]
    try store.putChunks(of: [1, 2, 3], Self.pieces([[9]]))
    try store.put(entry)
    try store.put(try self.entry("bystander"))
    if sql.contains("WHERE key = 'other'") {
      try scratch.sqlite("PRAGMA foreign_keys = OFF; DELETE FROM cache WHERE key = 'k';")
      try store.put(entry)
      try store.put(try self.entry("other"))
      try scratch.sqlite("DELETE FROM cache WHERE key = 'k'")
      try scratch.sqlite(
        "INSERT INTO entry_info SELECT 'k', created, keep_until, size, cost, origin, began, checksum, recording, rule, parts FROM entry_info WHERE key = 'other'"
      )
    } else {
      #expect(try scratch.sqlite("SELECT count(*) FROM chunk") == "1\n")
    }
    try scratch.sqlite(sql)
    #expect(
      try scratch.sqlite("SELECT key FROM entry_info ORDER BY 1") == "bystander\n")
    #expect(try scratch.sqlite("SELECT count(*) FROM chunk") == "0\n")
    if let found = try store.entry(entry.key) { #expect(found.info == nil) }
  }

  private static func pieces(_ chunks: [[UInt8]]) -> () throws(Failure) -> [UInt8]? {
    var left = chunks[...]
    return { () throws(Failure) in left.popFirst() }
  }

  @Test func aPutIsDroppedIfAnythingWasRemovedSinceItBegan() throws {
    let witness = try store.witness(at: noon)
    try store.remove(.keys([Key(stored: "x")]), because: .user, profile: "p", at: noon)
    #expect(try store.put(try entry("k"), unless: witness) == false)
    #expect(try store.totals().entries == 0)
    #expect(try store.put(try entry("k"), unless: try store.witness(at: noon)))
  }

  @Test func aSweepIsNoExplicitRemoval() throws {
    try store.put(try entry("old", ttl: 1))
    let witness = try store.witness(at: noon)
    try store.remove(.expired, because: .time, profile: "p", at: noon.plus(seconds: 5))
    #expect(try store.put(try entry("k"), unless: witness))
  }

  @Test func aPutIsDroppedIfOneThatBeganLaterIsThere() throws {
    var (early, late) = (try entry("k", "early"), try entry("k", "late"))
    early.info?.began = noon
    late.info?.began = noon.plus(seconds: 1)
    early.info?.created = noon.plus(seconds: 3)
    late.info?.created = noon.plus(seconds: 2)
    let witness = try store.witness(at: noon)
    try store.put(late, unless: try store.witness(at: noon.plus(seconds: 1)))
    #expect(try store.put(early, unless: witness) == false)
    #expect(try store.entry(early.key) == late)
    // The clock was set back: any result made now wins over what began in the future.
    early.info?.created = noon
    #expect(try store.put(early, unless: witness))
    #expect(try store.entry(early.key) == early)
  }

  // MARK: chunks

  @Test func chunksAreGivenBackInTheirOrderAndLeaveWithTheirEntry() throws {
    var random = FixedGenerator(seed: 13)
    let chunks = (0..<40).map { _ in random.bytes(256 << 10) }
    try store.putChunks(of: [7], Self.pieces(chunks))
    var entry = try entry("k")
    entry.info?.recording = [7]
    try store.put(entry)
    for (number, chunk) in chunks.enumerated() {
      var same = false
      #expect(try store.chunk(of: [7], number: number) { same = $0.elementsEqual(chunk) })
      #expect(same)
    }
    #expect(try store.chunk(of: [7], number: 40) { _ in } == false)
    #expect(try store.chunk(of: [8], number: 0) { _ in } == false)
    try store.remove(.keys([entry.key]), because: .user, profile: "p", at: noon)
    #expect(try scratch.sqlite("SELECT count(*) FROM chunk") == "0\n")
  }

  @Test func chunksThatNoEntryNamesAreSweptAfterADay() throws {
    try store.putChunks(of: [7], Self.pieces([[1], [2]]))
    var kept = try entry("k", ttl: 1_000_000)
    kept.info?.recording = [8]
    try store.putChunks(of: [8], Self.pieces([[3]]))
    try store.put(kept)
    for (seconds, count) in [(0, 3), (86_400, 3), (86_401, 1), (90_000, 1)] as [(Int64, Int)] {
      _ = try GCPass(store, profile: Profile(name: "p"), now: noon.plus(seconds: seconds)).run()
      #expect(try scratch.sqlite("SELECT count(*) FROM chunk") == "\(count)\n", "\(seconds)")
    }
    #expect(try scratch.sqlite("SELECT count(*) FROM state WHERE name GLOB 'orphan/*'") == "0\n")
  }

  // MARK: damage

  @Test(arguments: [
    "UPDATE cache SET expire_at = 'tomorrow' WHERE key = 'b'",
    "PRAGMA ignore_check_constraints = ON; UPDATE cache SET tags = 'a,b' WHERE key = 'b'",
    "UPDATE cache SET tags = '{\"a\": 1}' WHERE key = 'b'",
    "UPDATE cache SET tags = '[1]' WHERE key = 'b'",
    "UPDATE cache SET tags = '[\"\\ud800\"]' WHERE key = 'b'",
    "UPDATE cache SET expire_at = '' WHERE key = 'b'",
  ]) func aDamagedRowIsAMissAndDoesNotHideTheOthers(sql: String) throws {
    for key in ["a", "b", "c"] { try store.put(try entry(key, tags: ["t"])) }
    try scratch.sqlite(sql)
    #expect(try store.entry(Key(stored: "b")) == nil)
    #expect(try store.lookup(Key(stored: "b"), at: noon) == .miss(.corrupt))
    let page = try store.page(after: nil)
    #expect(page.map(\.entry.key.text) == ["a", "b", "c"])
    #expect(page.map(\.isSound) == [true, false, true])
    #expect(try store.totals().entries == 3)
    var filter = Store.Filter()
    filter.tags = ["t"]
    #expect(try keys(filter).filter { $0 != "b" } == ["a", "c"])
    _ = try store.remove(.tags(["t"], exact: false), because: .tag, profile: "p", at: noon)
    _ = try store.remove(.keys([Key(stored: "b")]), because: .user, profile: "p", at: noon)
    #expect(try store.totals().entries == 0)
  }

  @Test func aValueThatIsNotWhatWasPutIsCorrupt() throws {
    let entry = try entry("k")
    try store.put(entry)
    // The triggers are off while the disk rots.
    try scratch.sqlite("DROP TRIGGER cache_updated; UPDATE cache SET data = X'a177'")
    #expect(try store.lookup(entry.key, at: noon) == .miss(.corrupt))
  }

  @Test func aListingEndsWhateverTheKeysAre() throws {
    for key in ["", "a", "é", "z"] { try store.put(try entry(key)) }
    try scratch.sqlite(
      """
      INSERT INTO cache SELECT column1, X'c0', 'msgpack', '2030-01-01T00:00:00+00:00', '[]', 1, 'p'
      FROM (VALUES (CAST(X'ff61' AS TEXT)), (CAST(X'f0' AS TEXT)), (CAST(X'61ff' AS TEXT)), (X'61'),
        (X'ff'), (X''), (NULL), (CAST(X'610062' AS TEXT)), (5))
      """)
    for limit in [1, 2, 3, 500] { #expect(try keys(limit: limit).count == 13, "\(limit)") }
  }

  // MARK: listing

  @Test func thousandsOfEntriesAreListedPageByPageOnceEachInTheirOrder() throws {
    try scratch.sqlite(
      """
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
      INSERT INTO cache SELECT printf('key-%05d', i * 7919 % 5000), X'c0', 'msgpack',
        '2030-01-01T00:00:00+00:00', '[]', 1, 'p' FROM n
      """)
    let all = try keys()
    #expect(all.count == 5000)
    #expect(all == all.sorted())
    #expect(try keys(limit: 77) == all)
    let totals = try store.totals()
    #expect((totals.entries, totals.recordings, totals.bytes) == (5000, 0, 5000))
  }

  @Test func aListingCanBeNarrowed() throws {
    try store.put(try entry("ab", tags: ["x", "é"], profile: "one"))
    try store.put(try entry("ac", tags: ["y"]))
    try store.put(try entry("bc", tags: ["x"]))
    func keys(_ tags: [String] = [], _ match: String? = nil, _ saved: String? = nil) throws
      -> [String]
    {
      var filter = Store.Filter()
      (filter.tags, filter.match, filter.savedBy) = (tags, match, saved)
      return try self.keys(filter)
    }
    #expect(try keys(["x"]) == ["ab", "bc"])
    #expect(try keys(["é", "y"]) == ["ab", "ac"])
    #expect(try keys(["X"]) == [])
    #expect(try keys([], "a*") == ["ab", "ac"])
    #expect(try keys([], "?c") == ["ac", "bc"])
    #expect(try keys([], "[!a]*") == ["bc"])
    #expect(try keys([], "[ab]b") == ["ab"])
    #expect(try keys([], nil, "one") == ["ab"])
    #expect(try keys(["x"], "*c", "default") == ["bc"])
  }

  // MARK: profiles

  @Test func profilesAreKeptWithAllTheirSettings() throws {
    let text = """
      ci:
        time_to_live: 5m
        tags: [a, é]
        max_entry_size: 1 MiB
        run: {env_ignore: [A], cache_status: [0, 1], shell: bash -e}
        rules: [{match: "a ** b", env: [], cwd: no, time_to_live: 5s}, {match: [x], cache: false}]
      """
    let file = try ProfileFile(Array(text.utf8), path: "ci.yaml")
    let profile = try #require(try ProfileFile.flatten([file]).first)
    try store.save([profile], from: ["ci": (path: "/ci.yaml", digest: file.digest)])
    #expect(try store.profile("ci") == profile)
    #expect(try store.profiles().map(\.name) == ["ci", "default"])
    #expect(try store.source(of: "ci")?.path == "/ci.yaml")
    #expect(try store.source(of: "ci")?.digest == file.digest)
    #expect(
      try scratch.sqlite("SELECT * FROM profiles WHERE name = 'ci'")
        == "ci|300|60|1|500.0|5|100|[\"a\", \"\\u00e9\"]\n")
    // Saved again without its extras it has none.
    try store.save([Profile(name: "ci")])
    #expect(try store.profile("ci") == Profile(name: "ci"))
  }

  @Test func theActiveProfileIsTheOneInUse() throws {
    #expect(try store.activeProfileName() == "default")
    try store.save([Profile(name: "ci")])
    try store.use(profile: "ci")
    #expect(try store.profile(nil)?.name == "ci")
    #expect(try store.profile(.active).name == "ci")
    #expect(try store.delete(profile: "ci"))
    #expect(try store.delete(profile: "ci") == false)
    #expect(try store.activeProfileName() == "default")
    #expect(
      failure { () throws(Failure) in try store.use(profile: "defalt") }
        == .unknownProfile("defalt", near: "default"))
    #expect(
      failure { () throws(Failure) in try store.profile(.flag("zzz")) }
        == .unknownProfile("zzz", near: nil))
  }

  @Test func neverIsAHundredYearsInTheColumn() throws {
    var profile = Profile(name: "p")
    profile.timeToLive = .never
    try store.save([profile])
    #expect(
      try scratch.sqlite("SELECT time_to_live FROM profiles WHERE name = 'p'") == "3153600000\n")
    #expect(try store.profile("p")?.timeToLive == .never)
  }

  @Test func aRowThatPythonWouldRefuseCountsAsNotSaid() throws {
    try scratch.sqlite(
      """
      PRAGMA ignore_check_constraints = ON;
      INSERT INTO profiles VALUES ('bad', -1, -5, 7, -2.5, -1, -1, 'x');
      """)
    let bad = try #require(try store.profile("bad"))
    #expect(bad.timeToLive == TimeToLive(seconds: 3600))
    #expect((bad.ttlCleanupInterval, bad.memoryCleanupInterval, bad.maxItemsInMemory) == (0, 0, 0))
    #expect((bad.freeMemoryTarget, bad.memoryBasedEviction, bad.tags) == (0, true, []))
    #expect(try store.profiles().count == 2)
  }
}
