import Glibc
import Testing

@testable import Cachetronomy

/// The four tables of the seed as Python makes them.
let seedSchema = """
  CREATE TABLE cache (
                      key              TEXT     PRIMARY KEY,
                      data             BLOB     NOT NULL,
                      fmt              TEXT     NOT NULL DEFAULT 'json',
                      expire_at        DATETIME NOT NULL,
                      tags             TEXT     NOT NULL CHECK(json_valid(tags)),
                      version          INTEGER  NOT NULL DEFAULT 1,
                      saved_by_profile TEXT     NOT NULL
                  );
  CREATE TABLE access_log (
                      key                      TEXT     PRIMARY KEY,
                      access_count             INTEGER  NOT NULL DEFAULT 0,
                      last_accessed            DATETIME NOT NULL,
                      last_accessed_by_profile TEXT     NOT NULL
                  );
  CREATE TABLE profiles (
                      name                    TEXT    PRIMARY KEY,
                      time_to_live            INTEGER NOT NULL,
                      ttl_cleanup_interval    INTEGER NOT NULL,
                      memory_based_eviction   INTEGER NOT NULL,
                      free_memory_target      REAL    NOT NULL,
                      memory_cleanup_interval INTEGER NOT NULL,
                      max_items_in_memory     INTEGER NOT NULL,
                      tags                    TEXT    NOT NULL CHECK(json_valid(tags))
                  );
  CREATE TABLE eviction_log (
                      id                 INTEGER  PRIMARY KEY AUTOINCREMENT,
                      key                TEXT     NOT NULL,
                      evicted_at         DATETIME NOT NULL,
                      reason             TEXT     NOT NULL,
                      last_access_count  INTEGER  NOT NULL DEFAULT 1,
                      evicted_by_profile TEXT     NOT NULL
                  );
  CREATE INDEX idx_cache_expire_at ON cache(expire_at);
  CREATE INDEX idx_access_log_count ON access_log(access_count);
  CREATE INDEX idx_access_log_by_profile ON access_log(last_accessed_by_profile);
  CREATE INDEX idx_eviction_log_by_profile ON eviction_log(evicted_by_profile);

  """

/// Rows as Python writes them.
let seedRows = """
  INSERT INTO profiles VALUES ('default', 3600, 60, 1, 500.0, 5, 100, '[]');
  INSERT INTO profiles VALUES ('mine', 60, 30, 0, 0.5, 7, 42, '["a", "\\u00e9"]');
  INSERT INTO cache VALUES ('k', X'a568656c6c6f', 'msgpack', '2026-11-22T17:14:10.738373+00:00',
    '["a", "\\u00e9"]', 3, 'mine');
  INSERT INTO cache VALUES ('j', CAST('{"a": 1}' AS BLOB), 'json', '2090-01-01T00:00:00+00:00',
    '[]', 1, 'default');
  INSERT INTO access_log VALUES ('k', 5, '2026-11-22T16:00:00.000001+00:00', 'mine');
  INSERT INTO eviction_log (key, evicted_at, reason, last_access_count, evicted_by_profile)
    VALUES ('gone', '2026-11-22T16:00:00+00:00', 'tag_invalidation', 2, 'mine');

  """

@Suite struct StoreFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func refusal(_ path: String, _ access: Store.Access = .writing(create: true)) -> Failure?
  {
    failure { () throws(Failure) in _ = try Store.open(path, for: access, lockTimeout: 50) }
  }

  // MARK: schema

  @Test(arguments: [
    // The tables, letter by letter.
    """
    SELECT name, sql FROM sqlite_schema WHERE type = 'table'
      AND name IN ('cache', 'access_log', 'profiles', 'eviction_log', 'sqlite_sequence') ORDER BY 1
    """,
    // Their columns.
    """
    SELECT m.name, i.* FROM sqlite_schema m JOIN pragma_table_info(m.name) i
      WHERE m.name IN ('cache', 'access_log', 'profiles', 'eviction_log') ORDER BY 1, 2
    """,
    // Their indexes.
    """
    SELECT m.name, m.tbl_name, x.* FROM sqlite_schema m JOIN pragma_index_xinfo(m.name) x
      WHERE m.type = 'index' AND m.tbl_name NOT LIKE 'output%' ORDER BY 1, 3
    """,
    // The one row of a new file.
    "SELECT * FROM profiles", "SELECT count(*) FROM cache",
  ]) func theSeedsTablesAreTheSeedsToTheLetter(query: String) throws {
    do { _ = try scratch.store() }
    let row = "INSERT INTO profiles VALUES ('default', 3600, 60, 1, 500.0, 5, 100, '[]');"
    try scratch.sqlite(seedSchema + row, on: "seed.db")
    let ours = try scratch.sqlite(query)
    #expect(ours == (try scratch.sqlite(query, on: "seed.db")))
    #expect(!ours.isEmpty)
  }

  @Test func aNewStoreHasOurMarksAndTheSeedsWayOfWriting() throws {
    do { _ = try scratch.store() }
    let pragmas = """
      PRAGMA application_id; PRAGMA user_version; PRAGMA journal_mode; PRAGMA auto_vacuum;
      PRAGMA encoding; PRAGMA page_size; PRAGMA integrity_check; PRAGMA foreign_key_check;
      """
    #expect(try scratch.sqlite(pragmas) == "1668574841\n3\nwal\n2\nUTF-8\n4096\nok\n")
    #expect(
      try scratch.sqlite("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1")
        == "cache_deleted\ncache_inserted\ncache_updated\ninfo_deleted\noutput_deleted\n")
    #expect(try scratch.sqlite("SELECT length(value) FROM state WHERE name = 'secret'") == "32\n")
  }

  @Test func openingAgainChangesNothing() throws {
    do { _ = try scratch.store() }
    let before = try scratch.sqlite(".dump")
    do { _ = try scratch.store() }
    do { _ = try scratch.reopened() }
    #expect(try scratch.sqlite(".dump") == before)
  }

  // MARK: adoption

  @Test(arguments: [false, true]) func aFileMadeByPythonIsAdoptedWithoutAChangeToItsRows(
    forReading: Bool
  ) throws {
    try scratch.sqlite("PRAGMA journal_mode = WAL;" + seedSchema + seedRows)
    let rows = """
      SELECT *, rowid FROM cache; SELECT *, rowid FROM access_log; SELECT * FROM profiles;
      SELECT * FROM eviction_log; SELECT * FROM sqlite_sequence;
      """
    let before = try scratch.sqlite(rows)
    let access = forReading ? Store.Access.reading : .writing(create: true)
    let store = try #require(try Store.open(scratch.database, for: access))
    let entry = try #require(try store.entry(try Key("k")))
    #expect(entry.data == hex("a568656c6c6f"))
    #expect((entry.format, entry.version, entry.profile) == ("msgpack", 3, "mine"))
    #expect(entry.tags == ["a", "é"])
    #expect(entry.expiry == noon.plus(seconds: 3600))
    #expect(entry.info == nil)
    #expect(try store.lookup(try Key("j"), at: noon) != .miss(.absent))
    #expect(try store.access(of: try Key("k"))?.count == 5)
    let mine = try #require(try store.profile("mine"))
    #expect(mine.timeToLive == TimeToLive(seconds: 60))
    #expect((mine.ttlCleanupInterval, mine.memoryCleanupInterval) == (30, 7))
    #expect((mine.memoryBasedEviction, mine.freeMemoryTarget) == (false, 0.5))
    #expect((mine.maxItemsInMemory, mine.tags) == (42, ["a", "é"]))
    #expect(try scratch.sqlite(rows) == before)
    #expect(try scratch.sqlite("PRAGMA user_version; PRAGMA application_id") == "3\n1668574841\n")
  }

  @Test func aFileOfTheAsyncClientWithItsOwnIndexNamesIsAdopted() throws {
    let schema = seedSchema.split(separator: "\n")
      .map {
        $0.contains("idx_access_log_count")
          ? "CREATE INDEX idx_access_count ON access_log(access_count);" : String($0)
      }
      .joined(separator: "\n")
    try scratch.sqlite(schema + seedRows)
    #expect(try scratch.store().entry(try Key("k")) != nil)
  }

  @Test func aFileOfALaterPythonWithOneMoreTableIsAdopted() throws {
    try scratch.sqlite(
      seedSchema + seedRows
        + "CREATE TABLE cli_config (key TEXT PRIMARY KEY, value TEXT NOT NULL, db_path TEXT NOT NULL);"
    )
    #expect(try scratch.store().entry(try Key("k")) != nil)
  }

  @Test func rowsThatAreOnlyInTheLogOfAKilledPythonAreSeen() throws {
    // The shell is killed, so that nothing is folded into the database.
    let script = "PRAGMA journal_mode = WAL;\n\(seedSchema)\(seedRows).shell kill -9 $PPID\n"
    let killed = try Shell.run(["sqlite3", "-batch", scratch.database], input: Array(script.utf8))
    #expect(killed.status == 137)
    #expect(try scratch.read("cache.db-wal").count > 4096)
    #expect(try scratch.store().entry(try Key("k")) != nil)
  }

  // MARK: refusal

  @Test(arguments: [
    ("a database of another application", "CREATE TABLE t (x); INSERT INTO t VALUES (1);"),
    ("one with its own id", "PRAGMA application_id = 5; CREATE TABLE t (x);"),
    ("one with its own version", "PRAGMA user_version = 1; CREATE TABLE t (x);"),
    ("one with a log", "PRAGMA journal_mode = WAL; CREATE TABLE t (x);"),
    ("one with a table of the same name", "CREATE TABLE cache (key TEXT PRIMARY KEY, value);"),
    ("the seed's with its own id", seedSchema + "PRAGMA application_id = 5;"),
    ("the seed's with a column missing", seedSchema + "ALTER TABLE cache DROP COLUMN version;"),
    ("the seed's without a table", seedSchema + "DROP TABLE eviction_log;"),
  ]) func anotherApplicationsDatabaseIsRefusedAndLeftAlone(name: String, sql: String) throws {
    try scratch.sqlite(sql)
    let before = try scratch.inventory()
    for access in [Store.Access.writing(create: true), .writing(create: false), .reading] {
      #expect(refusal(scratch.database, access)?.storeProblem == .notOurs, "\(name)")
      #expect(try scratch.inventory() == before, "\(name)")
    }
  }

  @Test func aStoreMadeByALaterVersionIsRefusedAndLeftAlone() throws {
    do { _ = try scratch.store() }
    try scratch.sqlite("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)")
    let before = try scratch.inventory()
    for access in [Store.Access.writing(create: true), .reading] {
      let refusal = try #require(self.refusal(scratch.database, access))
      #expect(refusal.storeProblem == .newer)
      #expect(refusal.description.contains("format 99, this one knows 3"))
      #expect(try scratch.inventory() == before)
    }
  }

  @Test(arguments: ["hello\n", "SQLite format 3", String(repeating: "x", count: 10_000)])
  func aTextFileIsRefusedAndLeftAlone(text: String) throws {
    try scratch.write("cache.db", text)
    let before = try scratch.inventory()
    for access in [Store.Access.writing(create: true), .reading] {
      #expect(refusal(scratch.database, access)?.storeProblem == .notOurs)
      #expect(try scratch.inventory() == before)
    }
  }

  @Test func aDirectoryOrDeviceIsRefusedAndLeftAlone() throws {
    try #require(mkdir(scratch.database, 0o700) == 0)
    try #require(mkfifo(scratch("pipe"), 0o600) == 0)
    let before = try scratch.inventory()
    for path in [
      scratch.database, scratch("pipe"), "/dev/null", scratch.path, scratch("cache.db/"),
    ] {
      for access in [Store.Access.writing(create: true), .reading] {
        #expect(refusal(path, access)?.storeProblem == .notOurs, "\(path)")
      }
    }
    #expect(try scratch.inventory() == before)
  }

  @Test func aFileWithASecondNameIsRefusedAndLeftAlone() throws {
    do { _ = try scratch.store() }
    try #require(link(scratch.database, scratch("second.db")) == 0)
    let before = try scratch.inventory()
    for path in [scratch.database, scratch("second.db")] {
      for access in [Store.Access.writing(create: true), .reading] {
        #expect(refusal(path, access)?.storeProblem == .notTrusted)
      }
    }
    #expect(try scratch.inventory() == before)
  }

  @Test(.enabled(if: geteuid() == 0)) func aStoreOfAnotherUserIsReadButNotWritten() throws {
    try scratch.sqlite(seedSchema + seedRows)
    try #require(chown(scratch.database, 65_534, 65_534) == 0)
    let before = try scratch.inventory()
    #expect(refusal(scratch.database)?.storeProblem == .notTrusted)
    do {
      let store = try scratch.reopened()
      #expect(!store.isWritable)
      #expect(try store.entry(try Key("k"))?.tags == ["a", "é"])
      #expect(try store.page(after: nil).count == 2)
      #expect(try store.totals().entries == 2)
      #expect(try store.profiles().map(\.name) == ["default", "mine"])
      #expect(try store.activeProfileName() == "default")
      let refused = failure { () throws(Failure) in
        try store.remove(.all, because: .user, profile: "p", at: noon)
      }
      #expect(refused?.storeProblem == .readOnly)
    }
    #expect(try scratch.inventory() == before)
  }

  // MARK: making

  @Test func nothingIsMadeWhereNothingWasAskedFor() throws {
    #expect(try Store.open(scratch.database, for: .reading) == nil)
    #expect(try Store.open(scratch.database, for: .writing(create: false)) == nil)
    try scratch.write("empty.db", [])
    #expect(try Store.open(scratch("empty.db"), for: .reading) == nil)
    #expect(try scratch.inventory().map { $0.prefix(8) } == ["empty.db"])
  }

  @Test func anEmptyFileBecomesAStore() throws {
    try scratch.write("cache.db", [])
    #expect(try scratch.store().totals().entries == 0)
  }

  @Test func whatIsMadeIsReadableByItsOwnerAlone() throws {
    let mask = umask(0)
    defer { umask(mask) }
    let path = scratch("a/b/cache.db")
    let store = try #require(try Store.open(path, for: .writing(create: true)))
    let key = try Key("k")
    try store.put(Entry(key: key, data: [0xc0], format: "msgpack", expiry: .never))
    AccessJournal(store: store.path).append(.hit, key, profile: "p", at: noon)
    for name in ["cache.db", "cache.db-wal", "cache.db-shm", "cache.db.lock", "cache.db-access"] {
      #expect(try scratch.mode("a/b/\(name)") == 0o600, "\(name)")
    }
    #expect(try scratch.mode("a") == 0o700)
    #expect(try scratch.mode("a/b") == 0o700)
  }

  @Test func everyNameOfAStoreLeadsToOnePath() throws {
    do { _ = try scratch.store() }
    try #require(symlink("cache.db", scratch("link.db")) == 0)
    try #require(symlink(".", scratch("here")) == 0)
    let path = try scratch.reopened().path
    for name in ["link.db", "here/cache.db", "here/here/link.db", "./cache.db"] {
      #expect(try Store.open(scratch(name), for: .reading)?.path == path)
    }
    // Also before the file is there.
    let new = try #require(try Store.open(scratch("here/new.db"), for: .writing(create: true)))
    #expect(new.path == path.dropLast("cache.db".count) + "new.db")
    let deep = try #require(try Store.open(scratch("here/x/y.db"), for: .writing(create: true)))
    #expect(deep.path == path.dropLast("cache.db".count) + "x/y.db")
  }

  @Test func aDirectoryThatCannotBeMadeIsSaid() throws {
    try scratch.write("file", "x")
    #expect(refusal(scratch("file/cache.db")) != nil)
    #expect(refusal("/proc/cachetronomy/cache.db") != nil)
    #expect(refusal(scratch("a/..")) != nil)
  }

  @Test func aDamagedStoreIsCorruptAndLeftAsItIs() throws {
    do { _ = try scratch.store() }
    try scratch.sqlite("PRAGMA wal_checkpoint(TRUNCATE)")
    var bytes = try scratch.read("cache.db")
    for index in 100..<4096 { bytes[index] = 0xff }
    try scratch.write("cache.db", bytes)
    #expect(refusal(scratch.database)?.storeProblem == .corrupt)
    #expect(try scratch.read("cache.db") == bytes)
  }
}
