internal import System

extension Store {
  /// Sums over lookups.
  public struct Tally: Sendable, Equatable {
    /// Lookups by what they were.
    public var counts: [AccessJournal.Kind: Int64] = [:]
    /// What hits saved, in microseconds.
    public var saved: Int64 = 0
    /// Bytes that hits gave back.
    public var bytes: Int64 = 0

    /// Nothing so far.
    public init() {}

    /// Hits, expired results included.
    public var hits: Int64 { counts[.hit, default: 0].plus(counts[.stale, default: 0]) }
    /// Misses.
    public var misses: Int64 {
      [.absent, .expired, .forced, .corrupt].reduce(0) { $0.plus(counts[$1, default: 0]) }
    }
    /// All of them.
    public var lookups: Int64 { hits.plus(misses) }
    /// Hits of all lookups; nil before the first.
    public var hitRate: Double? {
      // A process that can write to the store can write any number there.
      lookups > 0 ? max(0, min(1, Double(hits) / Double(lookups))) : nil
    }

    mutating func add(_ more: Tally) {
      for (kind, count) in more.counts { counts[kind] = counts[kind, default: 0].plus(count) }
      saved = saved.plus(more.saved)
      bytes = bytes.plus(more.bytes)
    }

    /// As a row of `state` holds it: the kinds in their order, then what was saved and served.
    fileprivate var text: String {
      (AccessJournal.Kind.lookups.map { counts[$0, default: 0] } + [saved, bytes])
        .map(\.description).joined(separator: " ")
    }

    fileprivate init?(text: String) {
      let numbers = text.split(separator: " ").map { Int64($0) ?? -1 }
      guard numbers.count == AccessJournal.Kind.lookups.count + 2, numbers.min() ?? -1 >= 0 else {
        return nil
      }
      for (kind, number) in zip(AccessJournal.Kind.lookups, numbers) { counts[kind] = number }
      (saved, bytes) = (numbers[numbers.count - 2], numbers[numbers.count - 1])
    }
  }

  /// What lookups are told apart by.
  public enum Grouping: String, Sendable, CaseIterable {
    /// The effective profile.
    case profile
    /// A tag of the entry.
    case tag
    /// The last component of a command's first word.
    case command
  }

  /// Where the lookups of further names go when there are many.
  public static let otherNames = "(other)"
  private static let namesLimit = 500

  /// The sums by profile, tag or command, those that saved most first.
  public func tallies(by grouping: Grouping) throws(Failure) -> [(name: String, tally: Tally)] {
    let prefix = "tally/\(grouping.rawValue)"
    var statement = try connection.prepare(
      "SELECT name, value FROM state WHERE name >= ?1 || '/' AND name < ?1 || '0'")
    statement.bind(1, prefix)
    var rows: [(name: String, tally: Tally)] = []
    while try statement.step() {
      guard let tally = Tally(text: statement.text(1)) else { continue }
      rows.append(
        (String(statement.text(0).unicodeScalars.dropFirst(prefix.utf8.count + 1)), tally))
    }
    return rows.sorted {
      ($0.tally.saved, $0.tally.hits, $1.name) > ($1.tally.saved, $1.tally.hits, $0.name)
    }
  }

  /// Adds lookups to the sums, inside a write transaction.
  ///
  /// What a record does not say is taken from the current entry: its tags and its size.
  func addTallies(_ records: [AccessJournal.Record]) throws(Failure) {
    var keys: [String: [String: Tally]] = [:]
    for record in records {
      var tally = keys[record.key]?[record.profile] ?? Tally()
      tally.counts[record.kind, default: 0] += 1
      tally.saved = tally.saved.plus(max(0, record.saved))
      keys[record.key, default: [:]][record.profile] = tally
    }
    var groups: [Grouping: [String: Tally]] = [:]
    var served: Int64 = 0
    for (key, profiles) in keys {
      let (tags, size) = try tagsAndSize(of: key)
      for (profile, tally) in profiles {
        var tally = tally
        let (bytes, overflow) = size.multipliedReportingOverflow(by: tally.hits)
        tally.bytes = overflow ? .max : bytes
        served = served.plus(tally.bytes)
        groups[.profile, default: [:]][profile, default: Tally()].add(tally)
        for tag in tags { groups[.tag, default: [:]][tag, default: Tally()].add(tally) }
        if let command = Key(stored: key).command {
          groups[.command, default: [:]][command, default: Tally()].add(tally)
        }
      }
    }
    if served > 0 { try count("served", by: served) }
    for (grouping, sums) in groups { try add(sums, by: grouping) }
  }

  private func tagsAndSize(of key: String) throws(Failure) -> (Set<String>, Int64) {
    var statement = try connection.prepare(
      .tagsAndSize,
      """
      SELECT CASE c.tags WHEN '[]' THEN NULL ELSE c.tags END, coalesce(i.size, length(c.data))
      FROM cache c LEFT JOIN entry_info i ON i.key = c.key WHERE c.key = ?
      """)
    statement.bind(1, key)
    guard try statement.step() else { return ([], 0) }
    var tags: Set<String> = []
    if !statement.isNull(0), case .array(let items)? = try? JSONReader.decode(statement.bytes(0)) {
      // A tag that is too long for a name of a sum has none.
      for item in items { if let tag = item.text, tag.utf8.count <= 256 { tags.insert(tag) } }
    }
    return (tags, max(0, statement.integer(1)))
  }

  private func add(_ sums: [String: Tally], by grouping: Grouping) throws(Failure) {
    var known: [String: Tally] = [:]
    for (name, tally) in try tallies(by: grouping) { known[name] = tally }
    var changed: [String: Tally] = [:]
    for (name, tally) in sums {
      let isNew = known[name] == nil && changed[name] == nil
      let place = isNew && known.count + changed.count >= Self.namesLimit ? Self.otherNames : name
      changed[place, default: known[place] ?? Tally()].add(tally)
    }
    for (name, tally) in changed { try setState("tally/\(grouping.rawValue)/\(name)", tally.text) }
  }
}

extension Key {
  /// The command that a recording is of: the last path component of its first word.
  var command: String? {
    guard digest != nil else { return nil }
    let words = text.dropFirst(4).dropLast(33)
    let typed = words.prefix { $0 != " " }
    // In $'...' what cannot be printed is written unchanged.
    let quoted = typed.hasPrefix("$'") ? words.dropFirst() : words
    let first =
      typed.contains { $0 == "'" } ? (try? ShellWords.split(String(quoted)))?.first : String(typed)
    let name = (first ?? String(typed)).split(separator: "/").last.map(String.init) ?? "/"
    return String(decoding: name.utf8.prefix(256), as: UTF8.self)
  }
}
