/// The contents of a store, its hits, and the time they saved.
public struct Statistics: Sendable {
  /// The database.
  public var path: String
  /// Entries in all.
  public var entries: Int64
  /// How many of them are recordings of commands.
  public var recordings: Int64
  /// Bytes of all values.
  public var valueBytes: Int64
  /// Bytes of the database and its log on disk.
  public var diskBytes: Int64
  /// Files that come back with results: how many different contents, and their bytes.
  public var outputs: (contents: Int64, bytes: Int64)
  /// The shared memory tier.
  public var memory: Store.Memory
  /// All lookups, and since when.
  public var counters: Store.Counters
  /// Lookups by profile, tag and command, those first that saved most.
  public var groups: [Group] = []
  /// Entries that left, by reason.
  public var evictions: [(reason: String, count: Int64)]
  /// The keys that were read most.
  public var hottest: [Store.AccessCount]
  /// How many recordings are of commands that took less time than a hit takes.
  public var cheapCount: Int64
  /// The quickest of those, and the microseconds they took.
  public var cheapest: [(key: Key, cost: Int64)]

  /// Lookups by one of the things that tell them apart.
  public struct Group: Sendable {
    /// What tells them apart.
    public var grouping: Store.Grouping
    /// The sums by name.
    public var rows: [(name: String, tally: Store.Tally)]
  }
}

extension Store {
  /// All there is to say about the store.
  ///
  /// - Parameter top: how many of the keys that were read most, and of commands that were not worth
  ///   a recording.
  public func statistics(top: Int) throws(Failure) -> Statistics {
    let totals = try totals()
    let cheap = try cheap(top)
    var all = Statistics(
      path: path, entries: totals.entries, recordings: totals.recordings,
      valueBytes: totals.bytes, diskBytes: sizeOnDisk, outputs: try outputTotals(),
      memory: try memory(),
      counters: try counters(), evictions: try evictions(), hottest: try hottest(top),
      cheapCount: cheap.count, cheapest: cheap.first)
    for grouping in Grouping.allCases {
      all.groups.append(Statistics.Group(grouping: grouping, rows: try tallies(by: grouping)))
    }
    return all
  }
}
