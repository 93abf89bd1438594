internal import System

/// What a pass of `gc` asks of the store.
///
/// A pass first lists what is due, outside any transaction that keeps others waiting, in a table of
/// this connection alone; then it takes that away in small transactions, each of which looks again.
extension Store {
  /// Which entries a pass is about.
  enum Due {
    /// Those past the time they are kept.
    case expired
    /// This many that the policy gives up first.
    case least(Policy, count: Int64)
  }

  /// Lists what is due.
  ///
  /// - Parameter reads: the table of how often and when keys were read.
  /// - Returns: how many entries that are.
  func list(
    _ due: Due, by reads: String = "access_log", at now: Timestamp
  ) throws(Failure) -> Int64 {
    try connection.execute(
      """
      CREATE TEMP TABLE IF NOT EXISTS due (n INTEGER PRIMARY KEY, key TEXT NOT NULL, created);
      DELETE FROM temp.due
      """)
    switch due {
    case .expired:
      var insert = try connection.prepare(
        // In the order of two of the three trees that a row stands in: neighbours share pages.
        """
        INSERT INTO temp.due (key) SELECT c.key FROM cache c
        WHERE c.key IS NOT NULL AND \(Self.expired) ORDER BY c.key
        """)
      insert.bind(1, now.description)
      insert.bind(2, now.microseconds.description)
      try insert.run()
    case .least(let policy, let count):
      try connection.execute(
        """
        INSERT INTO temp.due (key, created) SELECT c.key, i.created
        FROM cache c LEFT JOIN entry_info i ON i.key = c.key LEFT JOIN \(reads) a ON a.key = c.key
        WHERE c.key IS NOT NULL ORDER BY \(policy.order) LIMIT \(max(0, count))
        """)
    }
    return Int64(connection.changes)
  }

  /// Whether anything is past the time it is kept.
  func isAnyExpired(at now: Timestamp) throws(Failure) -> Bool {
    var statement = try connection.prepare(
      "SELECT 1 FROM cache c WHERE \(Self.expired) ORDER BY c.expire_at LIMIT 1")
    statement.bind(1, now.description)
    statement.bind(2, now.microseconds.description)
    return try statement.step()
  }

  /// Whether one entry is past the time it is kept.
  func isExpired(_ key: Key, at now: Timestamp) throws(Failure) -> Bool {
    var statement = try connection.prepare(
      "SELECT 1 FROM cache c WHERE c.key = ?3 AND \(Self.expired)")
    statement.bind(1, now.description)
    statement.bind(2, now.microseconds.description)
    statement.bind(3, key.text)
    return try statement.step()
  }

  /// An entry of the list that is still due.
  struct Doomed {
    var number: Int64
    var key: String
    var size: Int64
  }

  /// The next entries of the list that are still due.
  ///
  /// - Parameters:
  ///   - number: the last of those taken before.
  ///   - limit: how many at most.
  ///   - bytes: stop once this many are named; there is always one.
  func stillDue(
    _ due: Due, after number: Int64, limit: Int64, bytes: Int64, at now: Timestamp
  ) throws(Failure) -> [Doomed] {
    let condition =
      switch due {
      case .expired: Self.expired
      // One that was stored again since is not the one that the policy chose.
      case .least: "i.created IS d.created"
      }
    var statement = try connection.prepare(
      """
      SELECT d.n, c.key, coalesce(i.size, length(CAST(c.data AS BLOB)))
      FROM temp.due d CROSS JOIN cache c ON c.key = d.key LEFT JOIN entry_info i ON i.key = c.key
      WHERE d.n > ?3 AND \(condition) ORDER BY d.n LIMIT ?4
      """)
    if case .expired = due {
      statement.bind(1, now.description)
      statement.bind(2, now.microseconds.description)
    }
    statement.bind(3, number)
    statement.bind(4, limit)
    var found: [Doomed] = []
    var sum: Int64 = 0
    while sum < bytes, try statement.step() {
      let size = max(0, statement.integer(2))
      found.append(Doomed(number: statement.integer(0), key: statement.text(1), size: size))
      sum = sum.plus(size)
    }
    return found
  }

  /// Removes entries that were found due, each with its row in the log; inside a write transaction.
  ///
  /// - Returns: what went.
  func remove(
    _ doomed: [Doomed], because reason: Reason, profile: String, at now: Timestamp
  ) throws(Failure) -> Removed {
    for entry in doomed { tier?.forget(Key(stored: entry.key)) }
    Fault.reach()
    // By the list's own copy: a key that is no text, or no UTF-8, is repaired in names.
    var delete = try connection.prepare(
      "DELETE FROM cache WHERE key = (SELECT key FROM temp.due WHERE n = ?)")
    var removed = Removed()
    for entry in doomed {
      if isScarce { try setChunksApart("(SELECT key FROM temp.due WHERE n = \(entry.number))") }
      delete.bind(1, entry.number)
      try delete.run()
      if connection.changes > 0 { removed.add(Removed(1, entry.size)) }
    }
    Fault.reach()
    // Into pages that are free by now: on a full disk the file cannot grow.
    try logEvictions(doomed.map { ($0.key, 0) }, because: reason, profile: profile, at: now)
    return removed
  }

  /// Makes room for more pages in memory than one command needs, or takes it back.
  func keepPages(_ kibibytes: Int) throws(Failure) {
    try connection.execute("PRAGMA cache_size = -\(kibibytes)")
  }

  /// Gives back what the list took of temporary space.
  func dropList() throws(Failure) { try connection.execute("DROP TABLE IF EXISTS temp.due") }

  // MARK: sizes

  /// Bytes of the pages that hold something.
  public func usedBytes() throws(Failure) -> Int64 {
    let size = try connection.integer("PRAGMA page_size") ?? 4096
    let pages = try connection.integer("PRAGMA page_count") ?? 0
    return (pages - (try freePages())) * size
  }

  /// Pages that hold nothing.
  func freePages() throws(Failure) -> Int64 {
    try connection.integer("PRAGMA freelist_count") ?? 0
  }

  /// How many entries there are.
  func entryCount() throws(Failure) -> Int64 {
    try connection.integer("SELECT count(*) FROM cache") ?? 0
  }

  /// What all entries would take if no page had a gap: of rows of Python's a guess.
  func contentBytes(of entries: Int64, used: Int64) throws(Failure) -> Int64 {
    var statement = try connection.prepare(
      "SELECT count(*), CAST(total(size + \(Self.overhead) + 3 * length(key)) AS INTEGER) "
        + "FROM entry_info"
    )
    guard try statement.step() else { return 0 }
    let foreign = max(0, entries - statement.integer(0))
    return max(0, statement.integer(1)).plus(entries > 0 ? used / max(1, entries) * foreign : 0)
  }

  /// Bytes that an entry takes at least next to its value and its key, which stands in three
  /// places.
  static let overhead: Int64 = 160

  // MARK: the space itself

  /// Gives free pages back to the file system for a while; inside a write transaction.
  ///
  /// - Returns: true if there are more.
  func shrink(until deadline: Int64) throws(Failure) -> Bool {
    // It frees one page a step.
    var statement = try connection.prepare("PRAGMA incremental_vacuum")
    while try statement.step() { if MonotonicClock.now() >= deadline { return true } }
    return false
  }

  /// Whether free pages are worth giving back, and can be without a `VACUUM`.
  func canShrink() throws(Failure) -> Bool {
    let free = try freePages()
    guard free > 0, try connection.integer("PRAGMA auto_vacuum") == 2 else { return false }
    // A few are left to the next who store.
    return free > (try connection.integer("PRAGMA page_count") ?? 0) / 64
  }

  /// Writes the whole file again, without gaps, and so that it shrinks by itself from then on.
  func vacuum() throws(Failure) {
    try alone { () throws(Failure) in
      try connection.execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
    }
    try checkpoint()
  }
}

extension Policy {
  /// SQL for the order in which entries leave: of cache `c`, entry_info `i` and access_log `a`.
  fileprivate var order: String {
    // Without metadata and never read: no time is known, and it is removed first.
    let used = """
      max(coalesce(a.last_accessed, ''), coalesce(
        strftime('%Y-%m-%dT%H:%M:%S', i.created / 1000000, 'unixepoch')
          || printf('.%06d', i.created % 1000000), '')), c.rowid
      """
    return switch self {
    case .lru: used
    case .lfu: "coalesce(a.access_count, 0), " + used
    case .cost: "coalesce(i.cost, 0) / max(1.0, i.size), " + used
    }
  }
}
