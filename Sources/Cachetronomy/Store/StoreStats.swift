extension Store {
  /// Counters of lookups since the store was made or they were reset.
  public struct Counters: Sendable, Equatable {
    /// When counting began.
    public var since: Timestamp
    /// Lookups by what they were.
    public var counts: [AccessJournal.Kind: Int64]
    /// What hits saved, in microseconds.
    public var saved: Int64
    /// Troubles with the cache that `run` met, told or not.
    public var warnings: Int64 = 0
    /// What was asked of the tier that machines share.
    public var remote = Remote()

    /// Questions to the remote, and what came of them.
    public struct Remote: Sendable, Equatable {
      /// Answers that it had.
      public var hits: Int64 = 0
      /// Questions to which it had none.
      public var misses: Int64 = 0
      /// What its answers saved, in microseconds.
      public var saved: Int64 = 0
      /// Bytes of its answers.
      public var bytes: Int64 = 0

      /// Nobody has asked it.
      public init() {}
    }

    /// Hits, old answers included, of all lookups; nil before the first.
    public var hitRate: Double? {
      let all = counts.values.reduce(0, +)
      guard all > 0 else { return nil }
      return Double(counts[.hit, default: 0] + counts[.stale, default: 0]) / Double(all)
    }
  }

  /// The counters as folded so far.
  public func counters() throws(Failure) -> Counters {
    var counters = Counters(
      since: Timestamp(microseconds: try number(of: "since")), counts: [:],
      saved: try number(of: "saved"), warnings: try number(of: "warnings"))
    counters.remote.hits = try number(of: AccessJournal.Kind.remoteHit.counter)
    counters.remote.misses = try number(of: AccessJournal.Kind.remoteMiss.counter)
    counters.remote.saved = try number(of: "remote_saved")
    counters.remote.bytes = try number(of: "remote_bytes")
    for kind in AccessJournal.Kind.lookups {
      counters.counts[kind] = try number(of: kind.counter)
    }
    return counters
  }

  /// Counts troubles, if nobody is writing just now.
  public func count(warnings: Int64) throws(Failure) {
    _ = try writeIfFree { () throws(Failure) in try count("warnings", by: warnings) }
  }

  /// How often and when a key was read.
  public struct AccessCount: Sendable, Equatable {
    /// The key.
    public var key: String
    /// How often.
    public var count: Int64
    /// When last, as the row says it.
    public var last: String
    /// Under which profile last.
    public var profile: String
  }

  /// The most read keys, hottest first.
  public func hottest(_ limit: Int) throws(Failure) -> [AccessCount] {
    var statement = try connection.prepare(
      """
      SELECT key, access_count, last_accessed, last_accessed_by_profile FROM access_log
      ORDER BY access_count DESC, last_accessed DESC LIMIT \(max(0, limit))
      """)
    return try statement.accesses()
  }

  /// The most read keys of those in memory, hottest first.
  public func hottest(_ limit: Int, in memory: Memory) throws(Failure) -> [AccessCount] {
    let all = try hottest(memory.names.isEmpty ? 0 : Int(Int32.max))
    return Array(all.filter { memory.holds(Key(stored: $0.key)) }.prefix(limit))
  }

  /// How often and when one key was read; nil if it never was.
  public func access(of key: Key) throws(Failure) -> AccessCount? {
    var statement = try connection.prepare(
      """
      SELECT key, access_count, last_accessed, last_accessed_by_profile FROM access_log
      WHERE key = ?
      """)
    statement.bind(1, key.text)
    return try statement.accesses().first
  }

  /// Rows of the eviction log by reason.
  public func evictions() throws(Failure) -> [(reason: String, count: Int64)] {
    var statement = try connection.prepare(
      "SELECT reason, count(*) FROM eviction_log GROUP BY reason ORDER BY reason")
    var rows: [(String, Int64)] = []
    while try statement.step() { rows.append((statement.text(0), statement.integer(1))) }
    return rows
  }
}

extension Statement {
  fileprivate mutating func accesses() throws(Failure) -> [Store.AccessCount] {
    var rows: [Store.AccessCount] = []
    while try step() {
      rows.append(
        Store.AccessCount(key: text(0), count: integer(1), last: text(2), profile: text(3)))
    }
    return rows
  }
}
