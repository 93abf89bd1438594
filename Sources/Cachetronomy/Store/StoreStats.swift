extension Store {
  /// Counters of lookups since the store was made or they were reset.
  public struct Counters: Sendable, Equatable {
    /// When counting began.
    public var since: Timestamp
    /// All lookups.
    public var all = Tally()
    /// Troubles with the cache that `run` met, told or not.
    public var warnings: Int64 = 0
    /// What was asked of the remote tier.
    public var remote = Remote()

    /// Questions to the remote, and what came of them.
    public struct Remote: Sendable, Equatable {
      /// Hits.
      public var hits: Int64 = 0
      /// Questions to which it had none.
      public var misses: Int64 = 0
      /// Time that its hits saved, in microseconds.
      public var saved: Int64 = 0
      /// Bytes of its hits.
      public var bytes: Int64 = 0

      /// No process has asked it.
      public init() {}
    }

    /// Lookups by what they were.
    public var counts: [AccessJournal.Kind: Int64] { all.counts }
    /// What hits saved, in microseconds.
    public var saved: Int64 { all.saved }
    /// Hits, expired results included, of all lookups; nil before the first.
    public var hitRate: Double? { all.hitRate }
  }

  /// The counters as folded so far.
  public func counters() throws(Failure) -> Counters {
    var counters = Counters(since: Timestamp(microseconds: try number(of: "since")))
    counters.warnings = try number(of: "warnings")
    counters.all.saved = try number(of: "saved")
    counters.all.bytes = try number(of: "served")
    counters.remote.hits = try number(of: AccessJournal.Kind.remoteHit.counter)
    counters.remote.misses = try number(of: AccessJournal.Kind.remoteMiss.counter)
    counters.remote.saved = try number(of: "remote_saved")
    counters.remote.bytes = try number(of: "remote_bytes")
    for kind in AccessJournal.Kind.lookups {
      counters.all.counts[kind] = try number(of: kind.counter)
    }
    return counters
  }

  /// Sets all counters to zero; entries, and how often each was read, stay.
  public func resetCounters(at now: Timestamp) throws(Failure) {
    // What was read before now is not to be counted after it.
    try foldJournal(at: now)
    try write { () throws(Failure) in
      for name in AccessJournal.Kind.allCases.map(\.counter) + [
        "saved", "served", "remote_saved", "remote_bytes", "warnings",
      ] {
        try setState(name, nil)
      }
      try connection.execute("DELETE FROM state WHERE name >= 'tally/' AND name < 'tally0'")
      for name in ["since", "reset"] {
        try setState(name, nil)
        try count(name, by: now.microseconds)
      }
    }
  }

  /// Counts warnings, if no process is writing.
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

  /// Recordings of commands that took less time than it takes to look them up: how many, and the
  /// quickest of them.
  public func cheap(_ limit: Int) throws(Failure) -> (
    count: Int64, first: [(key: Key, cost: Int64)]
  ) {
    var statement = try connection.prepare(
      """
      SELECT key, cost, count(*) OVER () FROM entry_info WHERE origin = 1 AND cost < ?1
      ORDER BY cost, key LIMIT ?2
      """)
    statement.bind(1, Self.hitCost)
    statement.bind(2, Int64(max(1, limit)))
    var (count, rows): (Int64, [(key: Key, cost: Int64)]) = (0, [])
    while try statement.step() {
      count = statement.integer(2)
      rows.append((Key(stored: statement.text(0)), statement.integer(1)))
    }
    return (count, Array(rows.prefix(max(0, limit))))
  }

  /// What a hit costs, in microseconds: docs/decisions.md has what was measured.
  public static let hitCost: Int64 = 1000

  /// Rows of the eviction log by reason, without those from before the last reset.
  public func evictions() throws(Failure) -> [(reason: String, count: Int64)] {
    let reset = try number(of: "reset")
    var statement = try connection.prepare(
      """
      SELECT reason, count(*) FROM eviction_log WHERE ?1 = '' OR evicted_at >= ?1
      GROUP BY reason ORDER BY reason
      """)
    statement.bind(1, reset == 0 ? "" : Timestamp(microseconds: reset).description)
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
