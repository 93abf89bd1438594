internal import System

extension Store {
  /// What a recording saw before its command ran; `put` drops it if the world moved on since.
  public struct PutPrecondition: Sendable {
    /// The count of explicit removals at that time.
    public var removals: Int64
    /// When the command began.
    public var began: Timestamp
  }

  /// The count of explicit removals so far, to be handed to `put` later.
  public func witness(at began: Timestamp) throws(Failure) -> PutPrecondition {
    PutPrecondition(removals: try removals(), began: began)
  }

  /// The count of explicit removals so far.
  package func removals() throws(Failure) -> Int64 { try number(of: "removals") }

  /// Stores an entry in place of whatever has its key.
  ///
  /// - Parameters:
  ///   - entry: what to store.
  ///   - witness: for a recording, what was seen before the command ran.
  ///   - isShared: whether it also goes into the shared memory tier.
  ///   - remoteBytes: for a result of the remote's, what it gave, to be counted.
  /// - Returns: false if it was dropped because an explicit removal, or a recording that began
  ///   later, came in between.
  @discardableResult
  public func put(
    _ entry: Entry, unless witness: PutPrecondition? = nil, intoMemory isShared: Bool = true,
    remoteBytes: Int64 = 0
  ) throws(Failure) -> Bool {
    try write { () throws(Failure) in
      let isStored = try insert(entry, unless: witness)
      if remoteBytes > 0 { try count("remote_bytes", by: remoteBytes) }
      if isStored, isShared { pendingPublish = entry }
      return isStored
    }
  }

  /// The body of `put`, inside a write transaction.
  package func insert(_ entry: Entry, unless witness: PutPrecondition? = nil) throws(Failure)
    -> Bool
  {
    if let witness, try isOutdated(witness, entry.key, stored: entry.info?.created ?? .never) {
      return false
    }
    var entry = entry
    entry.version = max(1, entry.version)
    tier?.forget(entry.key)
    Fault.reach()
    // First: the entry that is replaced may be the only other one that uses the same contents.
    if let recording = entry.info?.recording {
      try insertOutputs(of: entry, recording: recording)
    }
    var row = try connection.prepare(
      .insert,
      """
      INSERT INTO cache (key, data, fmt, expire_at, tags, version, saved_by_profile)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      ON CONFLICT (key) DO UPDATE SET data = excluded.data, fmt = excluded.fmt,
        expire_at = excluded.expire_at, tags = excluded.tags, version = excluded.version,
        saved_by_profile = excluded.saved_by_profile
      """)
    row.bind(1, entry.key.text)
    row.bind(3, entry.format)
    // Batches give the same expiry and tags to row after row.
    let expiry: String
    if let lastExpiryText, lastExpiryText.expiry == entry.expiry {
      expiry = lastExpiryText.text
    } else {
      expiry = entry.expiry.description
      lastExpiryText = (entry.expiry, expiry)
    }
    let tags = entry.tags.isEmpty ? "[]" : JSONWriter.tags(entry.tags)
    row.bind(4, expiry)
    row.bind(5, tags)
    row.bind(6, entry.version)
    row.bind(7, entry.profile)
    let stored: Result<Void, Failure> = entry.data.withUnsafeBytes { bytes in
      Result { () throws(Failure) in
        try row.bind(2, borrowed: bytes)
        try row.run()
      }
    }
    try stored.get()
    if let info = entry.info {
      try insert(info, of: entry.key, checksum: Checksum.of(entry, expiry: expiry, tags: tags))
    }
    return true
  }

  private func insert(_ info: Entry.Info, of key: Key, checksum: Int64) throws(Failure) {
    var ours = try connection.prepare(
      .insertInfo,
      """
      INSERT INTO entry_info (key, created, keep_until, size, cost, origin, began, checksum,
        recording, rule, parts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    ours.bind(1, key.text)
    ours.bind(2, info.created.microseconds)
    ours.bind(3, info.keepUntil.microseconds)
    ours.bind(4, info.size)
    ours.bind(5, info.cost)
    ours.bind(6, info.origin.rawValue)
    ours.bind(7, info.began.microseconds)
    ours.bind(8, checksum)
    ours.bind(9, info.recording)
    ours.bind(10, info.rule)
    ours.bind(11, info.parts)
    try ours.run()
  }

  private func isOutdated(
    _ witness: PutPrecondition, _ key: Key, stored: Timestamp
  ) throws(Failure) -> Bool {
    if try removals() != witness.removals { return true }
    var statement = try connection.prepare("SELECT began FROM entry_info WHERE key = ?")
    statement.bind(1, key.text)
    guard try statement.step() else { return false }
    let began = statement.integer(0)
    // A run that began after this result was made is one of a clock that has been set back since.
    return began > witness.began.microseconds && began <= stored.microseconds
  }

  /// Stores chunks of a large recording, at most 4 MiB in one transaction.
  ///
  /// No process sees them until the row that names them is put.
  ///
  /// - Parameters:
  ///   - recording: the id they are stored under, 16 random bytes.
  ///   - next: gives one chunk after the other, nil at the end.
  package func putChunks(
    of recording: [UInt8], _ next: () throws(Failure) -> [UInt8]?
  ) throws(Failure) {
    var number: Int64 = 0
    var more = true
    while more {
      try write { () throws(Failure) in
        var statement = try connection.prepare("INSERT INTO chunk VALUES (?, ?, ?)")
        var bytes = 0
        while bytes < 4 << 20 {
          guard let chunk = try next() else {
            more = false
            return
          }
          bytes += chunk.count
          statement.bind(1, recording)
          statement.bind(2, number)
          statement.bind(3, chunk)
          try statement.run()
          number += 1
        }
      }
    }
  }

  /// Removes chunks that no row will name.
  package func dropChunks(of recording: [UInt8]) throws(Failure) {
    try write { () throws(Failure) in
      var statement = try connection.prepare("DELETE FROM chunk WHERE recording = ?")
      statement.bind(1, recording)
      try statement.run()
    }
  }

  /// A number kept in the state table; 0 if it is not there.
  func number(of name: String) throws(Failure) -> Int64 {
    var statement = try connection.prepare(.state, "SELECT value FROM state WHERE name = ?")
    statement.bind(1, name)
    return try statement.step() ? statement.integer(0) : 0
  }

  /// A text kept in the state table.
  func stateText(_ name: String) throws(Failure) -> String? {
    var statement = try connection.prepare("SELECT value FROM state WHERE name = ?")
    statement.bind(1, name)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Keeps a text in the state table, or removes it; inside a write transaction.
  func setState(_ name: String, _ value: String?) throws(Failure) {
    guard let value else {
      var statement = try connection.prepare("DELETE FROM state WHERE name = ?")
      statement.bind(1, name)
      return try statement.run()
    }
    var statement = try connection.prepare(
      "INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
    statement.bind(1, name)
    statement.bind(2, value)
    try statement.run()
  }

  /// Adds to a counter in the state table; inside a write transaction.
  func count(_ name: String, by more: Int64 = 1) throws(Failure) {
    var statement = try connection.prepare(
      """
      INSERT INTO state VALUES (?1, ?2)
      ON CONFLICT (name) DO UPDATE SET value = value + excluded.value
      """)
    statement.bind(1, name)
    statement.bind(2, more)
    try statement.run()
  }
}
