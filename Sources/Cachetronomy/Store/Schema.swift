/// All DDL: the seed's four tables unchanged, and this program's tables.
enum Schema {
  /// `PRAGMA application_id` of a store: "ctny".
  static let applicationID: Int64 = 0x6374_6e79

  /// The migrations in order.
  ///
  /// `PRAGMA user_version` counts those done. Never edit one: add one.
  static let migrations: [String] = [seed, ours, outputs]

  /// What a reader must find in `user_version`: the count of migrations, whose texts are only put
  /// together for a file that needs one.
  static let version: Int64 = 3

  /// Columns that show a file to be the seed's, table by table.
  static let seedColumns: [(table: String, columns: String)] = [
    ("cache", "key,data,fmt,expire_at,tags,version,saved_by_profile"),
    ("access_log", "key,access_count,last_accessed,last_accessed_by_profile"),
    (
      "profiles",
      "name,time_to_live,ttl_cleanup_interval,memory_based_eviction,free_memory_target,"
        + "memory_cleanup_interval,max_items_in_memory,tags"
    ),
    ("eviction_log", "id,key,evicted_at,reason,last_access_count,evicted_by_profile"),
  ]

  private static let seed = """
    CREATE TABLE IF NOT EXISTS cache (
                        key              TEXT     PRIMARY KEY,
                        data             BLOB     NOT NULL,
                        fmt              TEXT     NOT NULL DEFAULT 'json',
                        expire_at        DATETIME NOT NULL,
                        tags             TEXT     NOT NULL CHECK(json_valid(tags)),
                        version          INTEGER  NOT NULL DEFAULT 1,
                        saved_by_profile TEXT     NOT NULL
                    );
    CREATE TABLE IF NOT EXISTS access_log (
                        key                      TEXT     PRIMARY KEY,
                        access_count             INTEGER  NOT NULL DEFAULT 0,
                        last_accessed            DATETIME NOT NULL,
                        last_accessed_by_profile TEXT     NOT NULL
                    );
    CREATE TABLE IF NOT EXISTS profiles (
                        name                    TEXT    PRIMARY KEY,
                        time_to_live            INTEGER NOT NULL,
                        ttl_cleanup_interval    INTEGER NOT NULL,
                        memory_based_eviction   INTEGER NOT NULL,
                        free_memory_target      REAL    NOT NULL,
                        memory_cleanup_interval INTEGER NOT NULL,
                        max_items_in_memory     INTEGER NOT NULL,
                        tags                    TEXT    NOT NULL CHECK(json_valid(tags))
                    );
    CREATE TABLE IF NOT EXISTS eviction_log (
                        id                 INTEGER  PRIMARY KEY AUTOINCREMENT,
                        key                TEXT     NOT NULL,
                        evicted_at         DATETIME NOT NULL,
                        reason             TEXT     NOT NULL,
                        last_access_count  INTEGER  NOT NULL DEFAULT 1,
                        evicted_by_profile TEXT     NOT NULL
                    );
    CREATE INDEX IF NOT EXISTS idx_cache_expire_at 
                    ON cache(expire_at)
                    ;
    CREATE INDEX IF NOT EXISTS idx_access_log_count 
                    ON access_log(access_count)
                    ;
    CREATE INDEX IF NOT EXISTS idx_access_log_by_profile
                    ON access_log(last_accessed_by_profile)
                    ;
    CREATE INDEX IF NOT EXISTS idx_eviction_log_by_profile 
                    ON eviction_log(evicted_by_profile)
                    ;
    INSERT INTO profiles VALUES ('default', 3600, 60, 1, 500.0, 5, 100, '[]')
      ON CONFLICT(name) DO NOTHING;
    """

  /// This program's tables, empty, for a connection that may not write.
  static let temporary = """
    PRAGMA temp_store = MEMORY;
    CREATE TEMP TABLE entry_info (\(entryInfo)) WITHOUT ROWID;
    CREATE TEMP TABLE chunk (\(chunk)) WITHOUT ROWID;
    CREATE TEMP TABLE state (\(state)) WITHOUT ROWID;
    CREATE TEMP TABLE output (\(output)) WITHOUT ROWID;
    CREATE TEMP TABLE output_chunk (\(outputChunk));
    """

  private static let entryInfo = """
    key TEXT PRIMARY KEY,
      created INTEGER NOT NULL, keep_until INTEGER NOT NULL, size INTEGER NOT NULL,
      cost INTEGER NOT NULL, origin INTEGER NOT NULL, began INTEGER NOT NULL,
      checksum INTEGER NOT NULL, recording BLOB, rule TEXT, parts BLOB
    """
  private static let chunk = """
    recording BLOB NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (recording, n)
    """
  private static let output = """
    recording BLOB NOT NULL, content BLOB NOT NULL, PRIMARY KEY (recording, content)
    """
  /// With rowids: to find a place in the tree of `chunk`, SQLite reads whole chunks to compare them.
  private static let outputChunk = "content BLOB NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL"
  private static let state = "name TEXT PRIMARY KEY, value"

  /// The only triggers that may fire on this program's writes.
  ///
  /// They fire in Python's connections too: the metadata of an entry never stands next to a row
  /// that another program wrote. REPLACE fires no delete trigger, hence the one on insert.
  static let triggers = [
    // No IN (...): it builds its own table, of 86 KB, for each row.
    """
    CREATE TRIGGER cache_inserted AFTER INSERT ON cache BEGIN
      DELETE FROM chunk WHERE recording =
        (SELECT recording FROM entry_info WHERE key = NEW.key);
      DELETE FROM entry_info WHERE key = NEW.key;
    END
    """,
    """
    CREATE TRIGGER cache_updated AFTER UPDATE ON cache BEGIN
      DELETE FROM chunk WHERE recording =
        (SELECT recording FROM entry_info WHERE key = OLD.key);
      DELETE FROM entry_info WHERE key = OLD.key;
      DELETE FROM chunk WHERE NEW.key <> OLD.key AND recording =
        (SELECT recording FROM entry_info WHERE key = NEW.key);
      DELETE FROM entry_info WHERE NEW.key <> OLD.key AND key = NEW.key;
    END
    """,
    """
    CREATE TRIGGER cache_deleted AFTER DELETE ON cache BEGIN
      DELETE FROM chunk WHERE recording =
        (SELECT recording FROM entry_info WHERE key = OLD.key);
      DELETE FROM entry_info WHERE key = OLD.key;
    END
    """,
    // The contents of a file leave with the last entry that uses them.
    """
    CREATE TRIGGER info_deleted AFTER DELETE ON entry_info WHEN OLD.recording IS NOT NULL BEGIN
      DELETE FROM output WHERE recording = OLD.recording;
    END
    """,
    """
    CREATE TRIGGER output_deleted AFTER DELETE ON output BEGIN
      DELETE FROM output_chunk WHERE content = OLD.content
        AND NOT EXISTS (SELECT 1 FROM output WHERE content = OLD.content);
    END
    """,
  ]

  private static let outputs = """
    CREATE TABLE output (\(output)) WITHOUT ROWID;
    CREATE INDEX output_content ON output (content);
    CREATE TABLE output_chunk (\(outputChunk));
    CREATE UNIQUE INDEX output_chunk_place ON output_chunk (content, n);
    \(triggers[3]); \(triggers[4]);
    """

  private static let ours = """
    CREATE TABLE entry_info (\(entryInfo)) WITHOUT ROWID;
    CREATE TABLE chunk (\(chunk)) WITHOUT ROWID;
    CREATE TABLE state (\(state)) WITHOUT ROWID;
    \(triggers[0]); \(triggers[1]); \(triggers[2]);
    INSERT INTO state VALUES ('secret', randomblob(32)), ('removals', 0),
      ('since', CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
    PRAGMA application_id = \(applicationID);
    """
}
