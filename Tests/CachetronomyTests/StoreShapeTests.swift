import Testing

@testable import Cachetronomy

/// A file whose schema was made to hang or to compute something is refused before it is asked.
@Suite struct StoreShapeTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let endless =
    "WITH RECURSIVE r(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM r) SELECT"
  private static let heavy = "hex(zeroblob(200000000))"

  private static let tables = [
    "access_log", "cache", "chunk", "entry_info", "eviction_log", "profiles", "state",
  ]

  /// What is made of a store.
  private static let hostile: [(name: String, sql: String)] =
    tables.map { ("\($0) is a view", "DROP TABLE \($0); CREATE VIEW \($0) AS \(endless) x FROM r") }
    + tables.flatMap { table in
      ["INSERT", "UPDATE", "DELETE"].map { event in
        (
          "a trigger on \(event) of \(table)",
          "CREATE TRIGGER foreign_one AFTER \(event) ON \(table) BEGIN \(endless) count(*) FROM r; END"
        )
      }
    } + [
      (
        "the view's name in capitals",
        "DROP TABLE cache; CREATE VIEW CACHE AS \(endless) x AS key FROM r"
      ),
      (
        "a trigger under our name",
        """
        DROP TRIGGER cache_inserted; CREATE TRIGGER cache_inserted AFTER INSERT ON cache BEGIN
          \(endless) count(*) FROM r; END
        """
      ),
      (
        "a virtual table",
        """
        DROP TABLE cache; CREATE VIRTUAL TABLE cache
          USING fts5(key, data, fmt, expire_at, tags, version, saved_by_profile)
        """
      ),
      ("a generated column", "ALTER TABLE cache ADD COLUMN g AS (\(heavy))"),
      (
        "a default that computes",
        "ALTER TABLE state RENAME TO old; CREATE TABLE state"
          + "(name TEXT PRIMARY KEY, value, z DEFAULT (\(heavy)))"
      ),
      (
        "a check",
        "DROP TABLE state; CREATE TABLE state"
          + "(name TEXT PRIMARY KEY, value CHECK(length(\(heavy)) > 1))"
      ),
      ("an index of an expression", "CREATE INDEX i ON cache(length(key), \(heavy))"),
      ("a partial index", "CREATE INDEX i ON cache(key) WHERE length(key) > 5"),
      ("a table that is gone", "DROP TABLE eviction_log"),
    ]

  @Test(arguments: hostile.indices) func aStoreThatComputesIsRefusedAndLeftAlone(index: Int) throws
  {
    let (name, sql) = Self.hostile[index]
    do { _ = try scratch.store() }
    try scratch.sqlite(sql + "; PRAGMA wal_checkpoint(TRUNCATE)")
    let before = try scratch.read("cache.db")
    for access in [Store.Access.reading, .inspecting, .writing(create: true)] {
      let refusal = failure { () throws(Failure) in
        _ = try Store.open(scratch.database, for: access, lockTimeout: 50)
      }
      #expect(refusal?.storeProblem == .notOurs, "\(name)")
      #expect(refusal?.description.contains("not a cachetronomy store") == true, "\(name)")
    }
    #expect(
      try Store.setAside(
        scratch.database, isKnown: false, lockTimeout: 50, ownsProcess: false, at: noon) == nil)
    #expect(try scratch.read("cache.db") == before, "\(name)")
  }

  @Test func aFileOfPythonWithAViewIsRefused() throws {
    let view =
      "CREATE VIEW cache AS SELECT 1 AS key, 2 AS data, 3 AS fmt, 4 AS expire_at, "
      + "5 AS tags, 6 AS version, 7 AS saved_by_profile"
    try scratch.sqlite(seedSchema + "DROP TABLE cache; " + view)
    for access in [Store.Access.reading, .writing(create: true)] {
      let refusal = failure { () throws(Failure) in
        _ = try Store.open(scratch.database, for: access, lockTimeout: 50)
      }
      #expect(refusal?.storeProblem == .notOurs)
    }
  }

  @Test func whatOthersAddBesideOurTablesIsNoReasonToRefuse() throws {
    do { _ = try scratch.store() }
    try scratch.sqlite(
      """
      CREATE INDEX mine ON cache(saved_by_profile, fmt DESC);
      CREATE TABLE other (a CHECK (a > 1), b AS (a + 1));
      CREATE VIEW seen AS SELECT key FROM cache;
      CREATE TRIGGER t AFTER INSERT ON other BEGIN DELETE FROM other; END;
      ANALYZE
      """)
    try scratch.store().put(
      Entry(key: try Key("k"), data: [0xc0], format: "msgpack", expiry: .never))
    #expect(try scratch.reopened().entry(try Key("k")) != nil)
  }

  @Test func theConstantsAreThoseOfANewStore() throws {
    #expect(Schema.version == Int64(Schema.migrations.count))
    #expect(try scratch.store().schemaSum() == Schema.sum)
  }

  @Test func aQueryThatDoesNotEndIsEnded() throws {
    let store = try scratch.store()
    let refusal = failure { () throws(Failure) in
      _ = try store.connection.integer("\(Self.endless) count(*) FROM r")
    }
    #expect(refusal?.description.hasSuffix("a query of it does not end") == true)
    // The next is counted from nothing.
    #expect(try store.entryCount() == 0)
  }
}
