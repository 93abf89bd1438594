internal import System

extension Store {
  private static let columns = """
    c.key, c.fmt, c.expire_at, c.tags, c.version, c.saved_by_profile, i.created, i.keep_until, \
    i.size, i.cost, i.origin, i.began, i.checksum, i.recording, i.rule
    """

  /// Looks a key up.
  ///
  /// - Parameters:
  ///   - key: its name.
  ///   - now: the time.
  ///   - limit: how old a result may be, whatever its own expiry says.
  public func lookup(
    _ key: Key, at now: Timestamp, within limit: TimeToLive? = nil
  ) throws(Failure) -> Lookup {
    guard let entry = try entry(key) else {
      return .miss(try connection.contains(key) ? .corrupt : .absent)
    }
    let times = entry.freshness
    if times.isFresh(at: now, within: limit) { return .hit(entry) }
    return times.state(at: now) == .stale ? .stale(entry) : .miss(.expired)
  }

  /// The entry as it stands, whatever its age; nil if there is none that can be read.
  public func entry(_ key: Key) throws(Failure) -> Entry? {
    var statement = try connection.prepare(
      .lookup,
      """
      SELECT \(Self.columns), c.data FROM cache c LEFT JOIN entry_info i ON i.key = c.key
      WHERE c.key = ?
      """)
    statement.bind(1, key.text)
    guard try statement.step(), var entry = Self.read(statement) else { return nil }
    entry.data = statement.bytes(15)
    return Self.isSound(entry, statement) ? entry : nil
  }

  /// The key that the digits of a digest mean.
  ///
  /// - Returns: nil if no recording has them.
  /// - Throws: `Failure.badKey` if they are not 6 to 32 hexadecimal digits, or more than one has.
  public func key(digits: String) throws(Failure) -> Key? {
    let lower = digits.lowercased()
    guard (6...32).contains(lower.utf8.count), lower.allSatisfy({ $0.isHexDigit && $0.isASCII })
    else { throw .badKey("'#\(digits)' is not '#' and 6 to 32 hexadecimal digits") }
    var statement = try connection.prepare(
      """
      SELECT c.key FROM cache c LEFT JOIN entry_info i ON i.key = c.key
      WHERE c.key >= 'run:' AND c.key < 'run;'
      AND substr(c.key, -33, \(lower.utf8.count + 1)) = '#' || ?1 ORDER BY i.created DESC LIMIT 2
      """)
    statement.bind(1, lower)
    guard try statement.step() else { return nil }
    let key = Key(stored: statement.text(0))
    // One command may be shown in two ways, with a secret hidden and without.
    if lower.utf8.count < 32, try statement.step() {
      throw .badKey("'#\(digits)' begins more than one digest")
    }
    return key
  }

  /// Which entries a listing is about; all conditions must hold.
  public struct Filter: Sendable {
    /// Any of these tags; none given: all entries.
    public var tags: [String] = []
    /// A glob that the key matches, as the shell's `*`, `?` and `[...]`.
    public var match: String?
    /// The profile it was saved under.
    public var savedBy: String?
    /// Stored at this time or later; rows that do not say when are none of them.
    public var since: Timestamp?

    /// All entries.
    public init() {}
  }

  /// An entry without its value.
  public struct Listed: Sendable {
    /// The entry; its `data` is empty unless it was asked for.
    public var entry: Entry
    /// Bytes of the value.
    public var size: Int64
    /// False if the row's key, date or tags cannot be read or, with values, its sum is another.
    public var isSound: Bool
    /// The key as the row has it, where the next page begins: a key that is not UTF-8 is repaired
    /// in `entry`, and would lead back to itself.
    fileprivate let place: Place

    fileprivate enum Place: Sendable, Comparable {
      case null
      case text([UInt8])
      case blob([UInt8])

      /// As SQLite orders keys.
      static func < (one: Place, other: Place) -> Bool {
        switch (one, other) {
        case (.text(let one), .text(let other)), (.blob(let one), .blob(let other)):
          one.lexicographicallyPrecedes(other)
        case (.null, .text), (.null, .blob), (.text, .blob): true
        default: false
        }
      }

      /// Whether it is this key's text, not repaired.
      fileprivate func isText(_ key: Key) -> Bool {
        if case .text(let bytes) = self { bytes.elementsEqual(key.text.utf8) } else { false }
      }
    }
  }

  /// One page of entries in the order of their keys, so that no transaction stays open meanwhile.
  ///
  /// - Parameters:
  ///   - last: the last entry of the page before; nil for the first page.
  ///   - filter: which entries.
  ///   - limit: how many at most.
  public func page(after last: Listed?, _ filter: Filter = Filter(), limit: Int = 500)
    throws(Failure) -> [Listed]
  {
    try page(after: last, key: nil, filter, limit: limit)
  }

  /// The same, or one key alone.
  ///
  /// - Parameter budget: above 0 the values too, until they are this many bytes together.
  package func page(
    after last: Listed?, key: Key?, _ filter: Filter = Filter(), limit: Int = 500,
    values budget: Int = 0
  ) throws(Failure) -> [Listed] {
    var conditions: [String]
    var place: [UInt8]?
    switch last?.place {
    case .none: conditions = ["1"]
    case .null?: conditions = ["c.key IS NOT NULL"]
    case .text(let bytes)?: (conditions, place) = (["c.key > CAST(?1 AS TEXT)"], bytes)
    case .blob(let bytes)?: (conditions, place) = (["c.key > ?1"], bytes)
    }
    if key != nil { conditions = ["c.key = ?5"] }
    if !filter.tags.isEmpty {
      conditions.append(
        "EXISTS (SELECT 1 FROM json_each(\(Self.soundTags)) t, json_each(?2) w "
          + "WHERE t.value = w.value)")
    }
    if filter.match != nil { conditions.append("c.key GLOB ?3") }
    if filter.savedBy != nil { conditions.append("c.saved_by_profile = ?4") }
    if filter.since != nil { conditions.append("i.created >= ?6") }
    var statement = try connection.prepare(
      """
      SELECT \(Self.columns), length(CAST(c.data AS BLOB))\(budget > 0 ? ", c.data" : "")
      FROM cache c LEFT JOIN entry_info i ON i.key = c.key
      WHERE \(conditions.joined(separator: " AND ")) ORDER BY c.key LIMIT \(limit)
      """)
    statement.bind(1, place)
    statement.bind(2, JSONWriter.tags(filter.tags))
    statement.bind(3, filter.match.map { Self.sqliteGlob($0) })
    statement.bind(4, filter.savedBy)
    statement.bind(5, key?.text)
    if let since = filter.since { statement.bind(6, since.microseconds) }
    var page: [Listed] = []
    var bytes = 0
    while try statement.step() {
      let listed = Self.listed(statement, withValue: budget > 0)
      // A damaged index leads round and round.
      if let before = page.last?.place ?? last?.place, listed.place <= before, listed.place != .null
      {
        throw connection.damage("keys are not in order")
      }
      page.append(listed)
      if budget > 0 {
        bytes += listed.entry.data.count + 200
        if bytes >= budget { break }
      }
    }
    return page
  }

  private static func listed(_ statement: borrowing Statement, withValue: Bool) -> Listed {
    let size = statement.integer(15)
    let place = Self.place(statement)
    guard var entry = read(statement) else {
      let entry = Entry(
        key: Key(stored: statement.text(0)), data: [], format: statement.text(1),
        expiry: .earliest, profile: statement.text(5))
      return Listed(entry: entry, size: size, isSound: false, place: place)
    }
    var isSound = true
    if withValue {
      entry.data = statement.bytes(16)
      isSound = self.isSound(entry, statement) && place.isText(entry.key)
    }
    return Listed(entry: entry, size: entry.info?.size ?? size, isSound: isSound, place: place)
  }

  /// A shell negates a set by `!`, SQLite by `^` alone.
  private static func sqliteGlob(_ glob: String) -> String {
    var bytes = Array(glob.utf8)
    for at in bytes.indices.dropFirst() where bytes[at] == 0x21 && bytes[at - 1] == 0x5b {
      bytes[at] = 0x5e
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func place(_ row: borrowing Statement) -> Listed.Place {
    if row.isNull(0) { return .null }
    return row.isBlob(0) ? .blob(row.bytes(0)) : .text(row.bytes(0))
  }

  /// A row's tags, or none where they are no JSON: another program may have switched the check off.
  static let soundTags = "CASE WHEN json_valid(c.tags) THEN c.tags ELSE '[]' END"

  /// How many entries, how many of them recordings, and the bytes of all values.
  public func totals() throws(Failure) -> (entries: Int64, recordings: Int64, bytes: Int64) {
    var statement = try connection.prepare(
      """
      SELECT count(*), count(i.began) FILTER (WHERE i.origin = 1),
        CAST(total(coalesce(i.size, length(CAST(c.data AS BLOB)))) AS INTEGER)
      FROM cache c LEFT JOIN entry_info i ON i.key = c.key
      """)
    guard try statement.step() else { return (0, 0, 0) }
    return (statement.integer(0), statement.integer(1), statement.integer(2))
  }

  /// The chunk of a large recording, handed over in place; false if it is not there.
  package func chunk(
    of recording: [UInt8], number: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    var statement = try connection.prepare(
      "SELECT data FROM chunk WHERE recording = ? AND n = ?")
    statement.bind(1, recording)
    statement.bind(2, Int64(number))
    guard try statement.step() else { return false }
    let result: Result<Void, Failure> = statement.withBytes(0) { bytes in
      Result { () throws(Failure) in try body(bytes) }
    }
    try result.get()
    return true
  }

  /// Runs several reads on one state of the database.
  package func reading<T>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
    try connection.execute("BEGIN")
    defer { try? connection.execute("COMMIT") }
    return try body()
  }

  private static func read(_ row: borrowing Statement) -> Entry? {
    guard let expiry = Timestamp(row.text(2)), let tags = self.tags(row.text(3)) else {
      return nil
    }
    var entry = Entry(
      key: Key(stored: row.text(0)), data: [], format: row.text(1), expiry: expiry, tags: tags,
      version: row.integer(4), profile: row.text(5))
    guard !row.isNull(6) else { return entry }
    entry.info = Entry.Info(
      created: Timestamp(microseconds: row.integer(6)),
      keepUntil: Timestamp(microseconds: row.integer(7)), size: row.integer(8),
      cost: row.integer(9), origin: Entry.Origin(rawValue: row.integer(10)) ?? .set,
      rule: row.isNull(14) ? nil : row.text(14),
      recording: row.isNull(13) ? nil : row.bytes(13),
      began: Timestamp(microseconds: row.integer(11)))
    return entry
  }

  /// Whether a row is unchanged since it was stored; rows of other programs have no sum.
  private static func isSound(_ entry: Entry, _ row: borrowing Statement) -> Bool {
    guard entry.info != nil else { return true }
    let sum = row.integer(12)
    // The first stores had sums of the value alone.
    return sum == Checksum.of(entry, expiry: row.text(2), tags: row.text(3))
      || sum == Checksum.of(entry.data)
  }

  private static func tags(_ text: String) -> [String]? {
    if text == "[]" { return [] }
    guard case .array(let items)? = try? JSONReader.decode(Array(text.utf8)) else { return nil }
    var tags: [String] = []
    for item in items {
      guard let tag = item.text else { return nil }
      tags.append(tag)
    }
    return tags
  }
}

extension Connection {
  fileprivate func contains(_ key: Key) throws(Failure) -> Bool {
    var statement = try prepare("SELECT 1 FROM cache WHERE key = ?")
    statement.bind(1, key.text)
    return try statement.step()
  }
}
