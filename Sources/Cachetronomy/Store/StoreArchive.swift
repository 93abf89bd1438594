/// What `import` and `export` ask of a store next to entries.
extension Store {
  /// The two logs, as an archive names their lines.
  package enum LogKind: String, CaseIterable {
    case access, eviction

    /// The members of a line, in their order.
    package var members: [String] {
      switch self {
      case .access: ["key", "count", "last_accessed", "profile"]
      case .eviction: ["id", "key", "evicted_at", "reason", "count", "profile"]
      }
    }
  }

  /// Some rows of a log, in the order in which they were made.
  ///
  /// - Parameter last: the number of the last row of the page before.
  /// - Returns: the rows and the number of the last of them; nil at the end.
  package func logPage(
    _ kind: LogKind, after last: Int64?
  ) throws(Failure) -> (rows: [Value], last: Int64)? {
    let sql =
      switch kind {
      case .access:
        """
        SELECT rowid, key, access_count, last_accessed, last_accessed_by_profile FROM access_log
        WHERE rowid > ?1 ORDER BY rowid LIMIT 500
        """
      case .eviction:
        """
        SELECT id, id, key, evicted_at, reason, last_access_count, evicted_by_profile
        FROM eviction_log WHERE id > ?1 ORDER BY id LIMIT 500
        """
      }
    var statement = try connection.prepare(sql)
    statement.bind(1, last ?? .min)
    var rows: [Value] = []
    var number = last
    while try statement.step() {
      let next = statement.integer(0)
      // A damaged table leads round and round.
      if let number, next <= number { throw connection.damage("a log is not in order") }
      number = next
      var row: [(Value, Value)] = []
      for (column, name) in zip(Int32(1)..., kind.members) {
        let isNumber = name == "id" || name == "count"
        let value: Value =
          isNumber ? .int(statement.integer(column)) : .string(statement.text(column))
        row.append((.string(name), value))
      }
      rows.append(.map(row))
    }
    return number.flatMap { rows.isEmpty ? nil : (rows, $0) }
  }

  /// What to do with an entry whose key is there already.
  public enum Conflict: String, Sendable, CaseIterable {
    /// The one stored later stays; where that is not known, the one that expires later.
    case newer
    /// What is there stays.
    case keep
    /// What comes replaces what is there.
    case replace
  }

  /// Whether an entry may be put in place of what is there.
  package func admits(_ entry: Entry, _ conflict: Conflict) throws(Failure) -> Bool {
    if conflict == .replace { return true }
    var statement = try connection.prepare(
      .standing,
      """
      SELECT i.created, c.expire_at FROM cache c LEFT JOIN entry_info i ON i.key = c.key
      WHERE c.key = ?
      """)
    statement.bind(1, entry.key.text)
    guard try statement.step() else { return true }
    if conflict == .keep { return false }
    guard let created = entry.info?.created.microseconds, !statement.isNull(0) else {
      if entry.info != nil { return true }
      guard statement.isNull(0), let expiry = Timestamp(statement.text(1)) else { return false }
      return entry.expiry > expiry
    }
    return created > statement.integer(0)
  }

  /// Saves a profile that an archive holds, inside a write transaction.
  package func bring(_ profile: Profile, _ conflict: Conflict) throws(Failure) {
    if conflict != .replace, try self.profile(profile.name) != nil { return }
    tier?.forgetProfiles()
    try save(profile, nil)
  }

  /// Makes a profile that an archive names the one in use, if none was chosen here.
  package func bring(active name: String, _ conflict: Conflict) throws(Failure) {
    if conflict != .replace, try stateText("active_profile") != nil { return }
    guard try profile(name) != nil else { return }
    tier?.forgetProfiles()
    try setState("active_profile", name == Profile.defaultName ? nil : name)
  }

  /// Adds a checked row of an archive to a log, inside a write transaction.
  ///
  /// A row that is there already is not added again, so that an import can be repeated.
  package func bring(_ kind: LogKind, _ row: Value) throws(Failure) {
    guard case .map(let pairs) = row else { return }
    func text(_ name: String) -> String? { pairs.first { $0.key.text == name }?.value.text }
    func number(_ name: String) -> Int64 {
      pairs.first { $0.key.text == name }?.value.integer ?? 0
    }
    var statement: Statement
    switch kind {
    case .access:
      statement = try connection.prepare(
        """
        INSERT INTO access_log VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE SET
          access_count = max(access_count, excluded.access_count),
          last_accessed = max(last_accessed, excluded.last_accessed)
        """)
      statement.bind(1, text("key"))
      statement.bind(2, number("count"))
      statement.bind(3, text("last_accessed"))
      statement.bind(4, text("profile"))
    case .eviction:
      try connection.execute(
        """
        CREATE TEMP TABLE IF NOT EXISTS brought AS
          SELECT evicted_at, key, reason FROM eviction_log;
        CREATE INDEX IF NOT EXISTS temp.brought_by_time ON brought (evicted_at, key, reason);
        """)
      statement = try connection.prepare(
        """
        INSERT INTO eviction_log (key, evicted_at, reason, last_access_count, evicted_by_profile)
        SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM brought b
          WHERE b.evicted_at = ?2 AND b.key = ?1 AND b.reason = ?3)
        """)
      statement.bind(1, text("key"))
      statement.bind(2, text("evicted_at"))
      statement.bind(3, text("reason"))
      statement.bind(4, number("count"))
      statement.bind(5, text("profile"))
    }
    try statement.run()
  }
}
