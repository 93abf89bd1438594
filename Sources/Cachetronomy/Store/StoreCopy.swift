/// What a dry run reads and computes without a change to the store.
extension Store {
  /// A copy of the database in temporary space, which goes with its last reference.
  ///
  /// What is written to it takes no lock and reaches no other process.
  func copy() throws(Failure) -> Store { try Store(copyOf: self) }

  /// A table of this connection alone: the access log with reads that are not folded yet.
  ///
  /// - Returns: its name.
  func tableOfReads(with records: [AccessJournal.Record]) throws(Failure) -> String {
    let sums = AccessJournal.sums(of: records)
    guard !sums.isEmpty else { return "access_log" }
    try connection.execute(
      """
      CREATE TEMP TABLE IF NOT EXISTS reads
        (key TEXT PRIMARY KEY, access_count INTEGER NOT NULL, last_accessed NOT NULL);
      DELETE FROM temp.reads;
      INSERT INTO temp.reads SELECT key, access_count, last_accessed FROM access_log
        WHERE key IS NOT NULL
      """)
    var add = try connection.prepare(
      """
      INSERT INTO temp.reads VALUES (?1, ?2, ?3)
      ON CONFLICT (key) DO UPDATE SET access_count = access_count + excluded.access_count,
        last_accessed = max(last_accessed, excluded.last_accessed)
      """)
    for (key, sum) in sums {
      add.bind(1, key.text)
      add.bind(2, sum.count)
      add.bind(3, sum.last.time.description)
      try add.run()
    }
    return "temp.reads"
  }
}
