internal import System

extension Store {
  /// Which entries a removal is about.
  public enum Selection: Sendable {
    /// These keys.
    case keys([Key])
    /// Every entry.
    case all
    /// Those past the time they are kept.
    case expired
    /// Those with any of the tags, or with exactly this list.
    case tags([String], exact: Bool)
    /// Those saved under a profile.
    case savedBy(String)

    var isOfExpired: Bool { if case .expired = self { true } else { false } }
  }

  /// What a removal took.
  public struct Removed: Sendable, Equatable {
    /// How many entries.
    public var entries: Int64 = 0
    /// Bytes of their values.
    public var bytes: Int64 = 0

    /// Nothing so far.
    public init() {}

    init(_ entries: Int64, _ bytes: Int64) {
      self.entries = entries
      self.bytes = bytes
    }

    mutating func add(_ more: Removed) {
      entries = entries.plus(more.entries)
      bytes = bytes.plus(more.bytes)
    }
  }

  /// Removes entries, each with its row in the eviction log in the same transaction.
  ///
  /// - Parameters:
  ///   - selection: which.
  ///   - reason: why; nil leaves no rows in the log, as the seed's `clear_all`.
  ///   - profile: the effective profile, for the log.
  ///   - now: the time.
  /// - Returns: what went.
  @discardableResult
  public func remove(
    _ selection: Selection, because reason: Reason?, profile: String, at now: Timestamp
  ) throws(Failure) -> Removed {
    try foldJournalIfRoom(at: now)
    return try removing({ () throws(Failure) in
      try write { () throws(Failure) in
        try delete(selection, because: reason, profile: profile, at: now)
      }
    }) { () throws(Failure) in
      try removeInSteps(selection, because: reason, profile: profile, at: now)
    }
  }

  /// The body of `remove`, inside a write transaction.
  func delete(
    _ selection: Selection, because reason: Reason?, profile: String, at now: Timestamp
  ) throws(Failure) -> Removed {
    if !selection.isOfExpired { try count("removals") }
    var removed = Removed()
    if case .keys(let keys) = selection {
      for key in keys {
        removed.add(try remove(where: "c.key = ?1", [key.text], reason, profile, now))
      }
      return removed
    }
    let (condition, values) = Self.condition(selection, now)
    removed = try remove(where: condition, values, reason, profile, now)
    if case .all = selection {
      try connection.execute("DELETE FROM chunk; DELETE FROM output_chunk")
    }
    return removed
  }

  /// The same for one step of many, in which keys are one parameter.
  static func stepCondition(_ selection: Selection, _ now: Timestamp) -> (String, [String]) {
    guard case .keys(let keys) = selection else { return condition(selection, now) }
    return ("c.key IN (SELECT value FROM json_each(?1))", [JSONWriter.tags(keys.map(\.text))])
  }

  /// SQL for a selection, and the texts for its parameters.
  private static func condition(_ selection: Selection, _ now: Timestamp) -> (String, [String]) {
    switch selection {
    case .keys, .all: return ("1", [])
    case .expired: return (expired, [now.description, now.microseconds.description])
    case .tags(let tags, exact: true): return ("c.tags = ?1", [JSONWriter.tags(tags)])
    case .tags(let tags, exact: false):
      return (
        "EXISTS (SELECT 1 FROM json_each(\(soundTags)) t, json_each(?1) w "
          + "WHERE t.value = w.value)", [JSONWriter.tags(tags)]
      )
    case .savedBy(let name): return ("c.saved_by_profile = ?1", [name])
    }
  }

  /// Expired, and past the time for which it is kept for callers that accept expired results.
  static let expired = """
    c.expire_at <= ?1 AND NOT EXISTS (SELECT 1 FROM entry_info i
      WHERE i.key = c.key AND i.keep_until > CAST(?2 AS INTEGER))
    """

  private func remove(
    where condition: String, _ values: [String], _ reason: Reason?, _ profile: String,
    _ now: Timestamp
  ) throws(Failure) -> Removed {
    var sum = try connection.prepare(
      """
      SELECT count(*), CAST(total(coalesce(i.size, length(CAST(c.data AS BLOB)))) AS INTEGER)
      FROM cache c LEFT JOIN entry_info i ON i.key = c.key WHERE \(condition)
      """)
    for (index, value) in values.enumerated() { sum.bind(Int32(index + 1), value) }
    guard try sum.step() else { return Removed() }
    let removed = Removed(sum.integer(0), sum.integer(1))
    sum.reset()
    guard removed.entries > 0 else { return removed }
    try forget(where: condition, values, removed.entries)
    Fault.reach()
    if let reason {
      var log = try connection.prepare(
        """
        INSERT INTO eviction_log (key, evicted_at, reason, last_access_count, evicted_by_profile)
        SELECT c.key, ?7, ?8, coalesce(a.access_count, 0), ?9
        FROM cache c LEFT JOIN access_log a ON a.key = c.key WHERE \(condition)
        """)
      for (index, value) in values.enumerated() { log.bind(Int32(index + 1), value) }
      log.bind(7, now.description)
      log.bind(8, reason.rawValue)
      log.bind(9, profile)
      try log.run()
    }
    var delete = try connection.prepare("DELETE FROM cache AS c WHERE \(condition)")
    for (index, value) in values.enumerated() { delete.bind(Int32(index + 1), value) }
    try delete.run()
    return removed
  }
}

extension Store {
  /// Takes entries out of the shared memory before their rows go.
  private func forget(
    where condition: String, _ values: [String], _ count: Int64
  ) throws(Failure) {
    guard let tier, tier.isInUse else { return }
    // To name this many takes longer than to fill the memory again.
    if count > 10_000 { return tier.forgetAll() }
    var keys = try connection.prepare("SELECT c.key FROM cache c WHERE \(condition)")
    for (index, value) in values.enumerated() { keys.bind(Int32(index + 1), value) }
    while try keys.step() { tier.forget(Key(stored: keys.text(0))) }
  }
}

extension Store {
  /// Moves entries out of the memory of every process, and logs each; they stay in the store.
  ///
  /// A process that holds entries in memory examines every hit whether the file has changed: the
  /// log's own rows are enough to close it.
  ///
  /// - Returns: how many there are of those that were named.
  public func evict(
    _ keys: [Key], profile: String, at now: Timestamp
  ) throws(Failure) -> Int {
    try writeWhateverIsFull { () throws(Failure) in
      var known: [(key: String, count: Int64)] = []
      var statement = try connection.prepare("SELECT 1 FROM cache WHERE key = ?")
      for key in keys {
        tier?.forget(key)
        statement.bind(1, key.text)
        if try statement.step() { known.append((key.text, 0)) }
        statement.reset()
      }
      try logEvictions(known, because: .manual, profile: profile, at: now)
      return known.count
    }
  }
}
