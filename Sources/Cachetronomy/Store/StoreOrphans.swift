internal import Glibc
internal import System

/// What is left behind and belongs to no entry: rows of old logs, chunks, temporary files.
extension Store {
  private static let day: Int64 = 86_400_000_000

  /// Whether a examine all that is left behind is due: once a day, since it reads whole tables.
  func isLookDue(at now: Timestamp) throws(Failure) -> Bool {
    let passed = now.microseconds.subtractingReportingOverflow(try number(of: "looked_at"))
    if passed.overflow || passed.partialValue < 0 || passed.partialValue >= Self.day { return true }
    return try hasMarks()
  }

  /// Remembers the look; inside a write transaction.
  func noteLook(at now: Timestamp) throws(Failure) {
    try setState("looked_at", nil)
    try count("looked_at", by: now.microseconds)
  }

  // MARK: logs

  /// Removes some of the oldest rows of the eviction log; inside a write transaction.
  ///
  /// - Parameters:
  ///   - time: rows from before it go, and those that were written before such a row.
  ///   - most: this many rows may stay.
  /// - Returns: how many went.
  func trimEvictionLog(before time: Timestamp, leaving most: Int64) throws(Failure) -> Int {
    var rows = try connection.prepare(
      """
      SELECT max(id) FROM (SELECT id, evicted_at FROM eviction_log ORDER BY id LIMIT 1000)
      WHERE evicted_at < ?1 OR id <= (SELECT max(id) FROM eviction_log) - ?2
      """)
    rows.bind(1, time.description)
    rows.bind(2, most)
    guard try rows.step(), !rows.isNull(0) else { return 0 }
    let last = rows.integer(0)
    rows.reset()
    try connection.execute("DELETE FROM eviction_log WHERE id <= \(last)")
    return connection.changes
  }

  /// Whether the eviction log has rows to trim.
  func isEvictionLogLong(before time: Timestamp, leaving most: Int64) throws(Failure) -> Bool {
    var row = try connection.prepare(
      """
      SELECT evicted_at < ?1 OR id <= (SELECT max(id) FROM eviction_log) - ?2
      FROM eviction_log ORDER BY id LIMIT 1
      """)
    row.bind(1, time.description)
    row.bind(2, most)
    return try row.step() && row.integer(0) != 0
  }

  /// Lists rows of the access log whose keys have left the store and were not read since.
  func listForgotten(before time: Timestamp) throws(Failure) -> Int64 {
    try connection.execute(
      """
      CREATE TEMP TABLE IF NOT EXISTS forgotten (n INTEGER PRIMARY KEY, key TEXT NOT NULL);
      DELETE FROM temp.forgotten
      """)
    var insert = try connection.prepare(
      """
      INSERT INTO temp.forgotten (key) SELECT key FROM access_log a
      WHERE key IS NOT NULL AND last_accessed < ?1
      AND NOT EXISTS (SELECT 1 FROM cache c WHERE c.key = a.key)
      """)
    insert.bind(1, time.description)
    try insert.run()
    return Int64(connection.changes)
  }

  /// Removes some rows of the access log that were listed; inside a write transaction.
  func removeForgotten(
    from first: Int64, count: Int64, before time: Timestamp
  ) throws(Failure) {
    var delete = try connection.prepare(
      """
      DELETE FROM access_log WHERE last_accessed < ?3 AND key IN
        (SELECT key FROM temp.forgotten WHERE n >= ?1 AND n < ?1 + ?2)
      AND NOT EXISTS (SELECT 1 FROM cache c WHERE c.key = access_log.key)
      """)
    delete.bind(1, first)
    delete.bind(2, count)
    delete.bind(3, time.description)
    try delete.run()
  }

  // MARK: chunks

  private func hasMarks() throws(Failure) -> Bool {
    try connection.integer("SELECT 1 FROM state WHERE name GLOB 'orphan/*' LIMIT 1") != nil
  }

  /// Notes chunks that no entry names, of output and of files.
  ///
  /// A recording under way has chunks without a row: they get a day from when they were first seen.
  ///
  /// - Returns: recordings and contents whose day is over.
  func orphans(at now: Timestamp) throws(Failure) -> [[UInt8]] {
    let anyChunk =
      try connection.integer("SELECT 1 FROM chunk UNION ALL SELECT 1 FROM output_chunk LIMIT 1")
      != nil
    guard try hasMarks() || anyChunk else { return [] }
    var statement = try connection.prepare(
      """
      SELECT DISTINCT recording FROM chunk
      WHERE recording NOT IN (SELECT recording FROM entry_info WHERE recording IS NOT NULL)
      UNION ALL
      SELECT DISTINCT content FROM output_chunk WHERE content NOT IN (SELECT content FROM output)
      """)
    var found: [[UInt8]] = []
    while try statement.step() { found.append(statement.bytes(0)) }
    statement.reset()
    let names = try names(of: "orphan/*")
    guard !found.isEmpty || !names.isEmpty else { return [] }
    let marks = found.map { "orphan/" + Digest.hex($0) }
    return try write { () throws(Failure) in
      var over: [[UInt8]] = []
      for name in names where !marks.contains(name) { try setState(name, nil) }
      for (orphan, mark) in zip(found, marks) {
        let seen = try number(of: mark)
        if seen == 0 {
          try count(mark, by: now.microseconds)
        } else if now.microseconds.minus(seen) > Self.day {
          over.append(orphan)
        }
      }
      return over
    }
  }

  private func names(of pattern: String) throws(Failure) -> [String] {
    var statement = try connection.prepare("SELECT name FROM state WHERE name GLOB ?")
    statement.bind(1, pattern)
    var names: [String] = []
    while try statement.step() { names.append(statement.text(0)) }
    return names
  }

  /// Removes 4 MiB of a recording that no entry names; inside a write transaction.
  ///
  /// - Returns: true if there is more of it.
  func removeOrphan(_ recording: [UInt8]) throws(Failure) -> Bool {
    var contents = try connection.prepare(
      """
      DELETE FROM output_chunk WHERE content = ?1 AND n < (
        SELECT min(n) FROM output_chunk WHERE content = ?1) + 16
        AND content NOT IN (SELECT content FROM output)
      """)
    contents.bind(1, recording)
    try contents.run()
    if connection.changes > 0 { return true }
    var delete = try connection.prepare(
      """
      DELETE FROM chunk WHERE recording = ?1
        AND n < (SELECT min(n) FROM chunk WHERE recording = ?1) + 16
      """)
    delete.bind(1, recording)
    try delete.run()
    if connection.changes > 0 { return true }
    try setState("orphan/" + Digest.hex(recording), nil)
    return false
  }

  // MARK: files

  /// Removes temporary files whose makers died before they could take the name away.
  func removeTemporaryFiles(at now: Timestamp) {
    let parent = directory == "/" ? "/" : directory + "/"
    for name in StoreFile.names(in: directory)
    where name.hasPrefix(".cachetronomy-") && name.utf8.count == 20 {
      var status = stat()
      guard lstat(parent + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        status.st_uid == geteuid(),
        now.since(Timestamp(status.st_mtim)) > Self.day
      else { continue }
      unlink(parent + name)
    }
  }
}
