import Testing

/// The same file under other programs.
@Suite struct NeighbourTests {
  /// A file as Python cachetronomy 0.1.5 leaves it, its log not folded.
  static let python = """
    sqlite3 py.db "
      PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
      CREATE TABLE cache (key TEXT PRIMARY KEY, data BLOB NOT NULL, fmt TEXT NOT NULL DEFAULT 'json',
        expire_at DATETIME NOT NULL, tags TEXT NOT NULL CHECK(json_valid(tags)),
        version INTEGER NOT NULL DEFAULT 1, saved_by_profile TEXT NOT NULL);
      CREATE TABLE access_log (key TEXT PRIMARY KEY, access_count INTEGER NOT NULL DEFAULT 0,
        last_accessed DATETIME NOT NULL, last_accessed_by_profile TEXT NOT NULL);
      CREATE TABLE profiles (name TEXT PRIMARY KEY, time_to_live INTEGER NOT NULL,
        ttl_cleanup_interval INTEGER NOT NULL, memory_based_eviction INTEGER NOT NULL,
        free_memory_target REAL NOT NULL, memory_cleanup_interval INTEGER NOT NULL,
        max_items_in_memory INTEGER NOT NULL, tags TEXT NOT NULL CHECK(json_valid(tags)));
      CREATE TABLE eviction_log (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL,
        evicted_at DATETIME NOT NULL, reason TEXT NOT NULL,
        last_access_count INTEGER NOT NULL DEFAULT 1, evicted_by_profile TEXT NOT NULL);
      INSERT INTO profiles VALUES ('default', 60, 60, 1, 500.0, 5, 100, '[]');
      INSERT INTO cache VALUES
        ('a', CAST('{\\"x\\":1}' AS BLOB), 'orjson', '2090-01-01T00:00:00+00:00', '[\\"t\\"]', 1, 'default'),
        ('b', X'c40200ff', 'msgpack', '2090-01-01T00:00:00.000001+00:00', '[]', 1, 'default'),
        ('old', X'a176', 'msgpack', '2020-01-01T00:00:00+00:00', '[]', 1, 'default');
    " > /dev/null
    """

  @Test func `a file of Python's is adopted without a change to its rows`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      \(Self.python)
      dump() { sqlite3 py.db 'SELECT *, hex(data) FROM cache ORDER BY key; SELECT * FROM profiles'; }
      dump > before; export CACHETRONOMY_DB=py.db
      cachetronomy get a; echo; cachetronomy get b | od -An -tx1; cachetronomy get old; echo $?
      dump | diff before - && echo same
      cachetronomy run -- echo hi; cachetronomy show a --json | grep -o '"stored_at":null'
      cachetronomy gc; cachetronomy keys | head -2 | xargs
      sqlite3 py.db 'SELECT key, reason FROM eviction_log; PRAGMA integrity_check'
      """)
    #expect(
      outcome.lines == [
        #"{"x":1}"#, " 00 ff", "1", "same", "hi", "\"stored_at\":null", "a b",
        "old|time_eviction", "ok",
      ])
  }

  @Test func `a read-only file of Python's can be read`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      \(Self.python)
      sqlite3 py.db 'PRAGMA journal_mode = DELETE' >/dev/null; chmod 400 py.db
      as() { if [ $(id -u) = 0 ]; then chown -R nobody . ; chmod 755 .; setpriv --reuid nobody --clear-groups "$@"; else "$@"; fi; }
      as cachetronomy get --db py.db a
      as cachetronomy set --db py.db k v; echo " $?"
      """)
    #expect(outcome.lines == [#"{"x":1} 74"#])
    #expect(outcome.errors.contains("read-only"))
  }

  @Test func `a foreign write to a row drops what we knew of it`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- sh -c 'echo x >> n; cat ${U-n} | wc -l'
      sqlite3 store/cache.db "UPDATE cache SET data = randomblob(100)"
      cachetronomy run -- sh -c 'echo x >> n; cat ${U-n} | wc -l'
      cachetronomy run -- sh -c 'echo x >> n; cat ${U-n} | wc -l'
      sqlite3 store/cache.db 'SELECT count(*) FROM entry_info'
      cachetronomy set k v
      sqlite3 store/cache.db "REPLACE INTO cache SELECT key, X'a177', fmt, expire_at, tags, version, saved_by_profile FROM cache WHERE key = 'k'; SELECT count(*) FROM entry_info"
      cachetronomy get k
      """)
    #expect(outcome.lines == ["1", "2", "2", "1", "1", "w"])
  }

  @Test func `a damaged row breaks nothing but itself`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set good v
      sqlite3 store/cache.db "
        INSERT INTO cache VALUES ('garbled', X'c1ff', 'msgpack', '2090-01-01T00:00:00+00:00', '[]', 1, 'p');
        INSERT INTO cache VALUES ('format', X'00', 'pickle', '2090-01-01T00:00:00+00:00', '[]', 1, 'p');
        INSERT INTO cache VALUES ('date', X'a176', 'msgpack', 'tomorrow', '[]', 1, 'p');
        PRAGMA ignore_check_constraints = 1;
        INSERT INTO cache VALUES ('tags', X'a176', 'msgpack', '2090-01-01T00:00:00+00:00', '[1,', 1, 'p');"
      cachetronomy keys | xargs; cachetronomy list --json | wc -l; cachetronomy list | wc -l
      for k in good garbled format date tags; do cachetronomy get $k; echo " $?"; done
      cachetronomy clear --tag x; cachetronomy gc; cachetronomy stats > /dev/null; echo $?
      """)
    #expect(
      outcome.lines.prefix(8) == [
        "date format garbled good tags", "5", "5", "v 0", " 65", " 65", " 1", " 1",
      ])
    #expect(outcome.lines.last == "0")
  }

  @Test func `our library has no Foundation in it`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for target in System Cachetronomy Trace CommandCache Archive Remotes; do
        echo $target $(nm -u \(Sandbox.products)/$target.build/*.o | tee all | grep -ci foundation) $(test -s all; echo $?)
      done
      """)
    #expect(
      outcome.lines
        == ["System", "Cachetronomy", "Trace", "CommandCache", "Archive", "Remotes"].map {
          "\($0) 0 0"
        })
  }
}
