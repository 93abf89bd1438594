internal import Glibc

/// What is known of a store's files before one of them is opened.
public struct StoreFiles: Sendable, Equatable {
  /// The file, every link resolved.
  public var path: String
  /// Whether it is there and not empty.
  public var isThere: Bool
  /// Whether it belongs to another user.
  public var isForeign = false
  /// Whether users next to its owner may read or write it, or list its directory and make files
  /// there.
  public var isOpen = false
  /// Whether this process may write it.
  public var isWritable = false
  /// Bytes of its log.
  public var logBytes: Int64 = 0
  /// Bytes of reads that have not been folded.
  public var journalBytes: Int64 = 0
  /// Runs of commands that are under way, and files of such whose process is dead.
  public var (flights, deadFlights) = (0, 0)
  /// Damaged stores that were set aside.
  public var setAside: [String] = []

  /// Checks the files; opens no database.
  ///
  /// - Throws: `Failure.store` for a file that is not a store.
  public init(of path: String) throws(Failure) {
    let path = try StoreFile.resolve(path)
    self.path = path
    setAside = StoreFile.siblings(of: path, mark: ".corrupt-")
      .filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
    let found = try StoreFile.inspect(path)
    guard case .database(let foreign) = found else {
      isThere = false
      return
    }
    (isThere, isForeign) = (true, foreign)
    isWritable = !foreign && access(path, W_OK) == 0
    var (file, directory) = (stat(), stat())
    if stat(path, &file) == 0, stat(StoreFile.directory(of: path), &directory) == 0 {
      // A sticky directory protects these names from other users.
      let isLoose = directory.st_mode & 0o022 != 0 && directory.st_mode & UInt32(S_ISVTX) == 0
      isOpen = file.st_mode & 0o077 != 0 || isLoose
    }
    logBytes = StoreFile.walSize(path)
    var journal = stat()
    if stat(path + "-access", &journal) == 0 { journalBytes = Int64(journal.st_size) }
    (flights, deadFlights) = RunLock.count(beside: path)
  }
}

extension Store {
  /// What is in the database, as far as `doctor` asks.
  public struct Examination: Sendable, Equatable {
    /// What SQLite finds wrong; empty if nothing.
    public var damage: [String] = []
    /// Entries that say they were stored more than a minute from now.
    public var fromFuture: Int64 = 0
    /// Entries that another program wrote.
    public var foreign: Int64 = 0
    /// All entries.
    public var entries: Int64 = 0
    /// Bytes of the database.
    public var bytes: Int64 = 0
    /// Whether the file gives back what it no longer needs.
    public var shrinks = false
    /// Entries that are not as they were stored, and are not served.
    public var unsound: Int64 = 0
    /// Keys of the first of them.
    public var unsoundKeys: [Key] = []
  }

  /// Examines the database; changes nothing.
  ///
  /// - Parameters:
  ///   - isDeep: whether each entry of each index is examined too, and each value.
  ///   - now: the time.
  ///   - progress: takes how many entries were examined, and what part of all that is.
  public func examine(
    isDeep: Bool, at now: Timestamp, _ progress: (Int64, Double) -> Void = { _, _ in }
  ) throws(Failure) -> Examination {
    var found = Examination()
    var check = try connection.prepare(
      isDeep ? "PRAGMA integrity_check(8)" : "PRAGMA quick_check(8)")
    while try check.step() {
      let line = check.text(0)
      if line != "ok" { found.damage.append(line) }
    }
    var rows = try connection.prepare(
      """
      SELECT count(*), count(*) FILTER (WHERE i.key IS NULL), count(*) FILTER (WHERE i.created > ?)
      FROM cache c LEFT JOIN entry_info i ON i.key = c.key
      """)
    rows.bind(1, now.adding(microseconds: 60_000_000).microseconds)
    if try rows.step() {
      (found.entries, found.foreign) = (rows.integer(0), rows.integer(1))
      found.fromFuture = rows.integer(2)
    }
    let pages = try connection.integer("PRAGMA page_count") ?? 0
    let size = try connection.integer("PRAGMA page_size") ?? 0
    found.bytes = pages.multipliedReportingOverflow(by: size).partialValue
    found.shrinks = try connection.integer("PRAGMA auto_vacuum") != 0
    if isDeep, found.damage.isEmpty { try compare(&found, progress) }
    return found
  }

  /// Compares each entry with the sum it was stored with.
  private func compare(
    _ found: inout Examination, _ progress: (Int64, Double) -> Void
  ) throws(Failure) {
    var (seen, last): (Int64, Listed?) = (0, nil)
    repeat {
      // A page at a time, so that the log can be put back between them.
      last = try reading { () throws(Failure) in
        let page = try page(after: last, key: nil, limit: 500, values: 128 << 10)
        for listed in page where try !isWhole(listed) {
          found.unsound += 1
          if found.unsoundKeys.count < 3 { found.unsoundKeys.append(listed.entry.key) }
        }
        seen += Int64(page.count)
        return page.last
      }
      progress(seen, Double(seen) / Double(max(1, found.entries)))
    } while last != nil
  }

  private func isWhole(_ listed: Listed) throws(Failure) -> Bool {
    guard listed.isSound, listed.entry.info?.origin == .run else { return listed.isSound }
    guard let recording = try? Recording(listed.entry.data) else { return false }
    if case .chunks = recording.body {
      guard let id = listed.entry.info?.recording, try chunks(of: id, recording, { _ in }) else {
        return false
      }
    }
    guard let list = OutputList(decoding: recording.files) else { return false }
    for content in list.contents where try !chunks(of: content, { _, _ in }) { return false }
    return true
  }
}
