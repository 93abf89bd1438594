extension Store {
  /// A row of the eviction log.
  public struct Eviction: Sendable, Equatable {
    /// Its number.
    public var id: Int64
    /// What left.
    public var key: String
    /// When, as the row says it.
    public var time: String
    /// Why, as the row says it.
    public var reason: String
    /// How often it had been read.
    public var accessCount: Int64
    /// The effective profile.
    public var profile: String
  }

  /// The eviction log, newest first.
  public func evictions(limit: Int?) throws(Failure) -> [Eviction] {
    var statement = try connection.prepare(
      """
      SELECT id, key, evicted_at, reason, last_access_count, evicted_by_profile FROM eviction_log
      ORDER BY evicted_at DESC, id DESC LIMIT \(limit.map { max(0, $0) } ?? -1)
      """)
    var rows: [Eviction] = []
    while try statement.step() {
      rows.append(
        Eviction(
          id: statement.integer(0), key: statement.text(1), time: statement.text(2),
          reason: statement.text(3), accessCount: statement.integer(4),
          profile: statement.text(5)))
    }
    return rows
  }

  /// Writes that entries left memory for the store; inside a write transaction.
  func logEvictions(
    _ keys: [(key: String, count: Int64)], because reason: Reason, profile: String,
    at now: Timestamp
  ) throws(Failure) {
    var row = try connection.prepare(
      """
      INSERT INTO eviction_log (key, evicted_at, reason, last_access_count, evicted_by_profile)
      VALUES (?1, ?2, ?3,
        coalesce((SELECT access_count FROM access_log WHERE key = ?1), 0) + ?4, ?5)
      """)
    for (key, count) in keys {
      row.bind(1, key)
      row.bind(2, now.description)
      row.bind(3, reason.rawValue)
      row.bind(4, count)
      row.bind(5, profile)
      try row.run()
    }
  }

  /// Empties the eviction log.
  public func clearEvictions() throws(Failure) {
    try writeWhateverIsFull { () throws(Failure) in
      try connection.execute("DELETE FROM eviction_log")
    }
  }

  /// Empties the access log, or removes the row of one key.
  public func clearAccesses(of key: Key? = nil) throws(Failure) {
    try writeWhateverIsFull { () throws(Failure) in
      guard let key else { return try connection.execute("DELETE FROM access_log") }
      var statement = try connection.prepare("DELETE FROM access_log WHERE key = ?")
      statement.bind(1, key.text)
      try statement.run()
    }
  }
}
