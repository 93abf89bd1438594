internal import CSQLite
internal import Glibc

/// One SQLite connection, closed when the last reference goes.
final class Connection {
  let path: String
  private let handle: OpaquePointer
  /// Frames in the log after this connection's last commit; SQLite writes it from within `COMMIT`.
  private let committed = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
  private let effort: UnsafeMutablePointer<Effort>
  private var kept = [OpaquePointer?](repeating: nil, count: Kept.allCases.count)

  /// Statements that are compiled once for each connection.
  enum Kept: Int, CaseIterable {
    case begin, commit, dataVersion, insert, insertInfo, insertOutput, lookup, outputChunk,
      rollback,
      standing, state, tagsAndSize
  }

  /// Opens a file that exists.
  ///
  /// A connection never checkpoints on its own, not even when it closes: that is for a writer who
  /// holds the WriterLock.
  init(path: String, writable: Bool, busyTimeout: Int32) throws(Failure) {
    self.path = path
    var opened: OpaquePointer?
    let flags = (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard let opened else {
      throw .store(path: path, .io, detail: "out of memory")
    }
    guard code == SQLITE_OK else {
      let failure = Self.failure(code, path: path, handle: opened)
      sqlite3_close_v2(opened)
      throw failure
    }
    (handle, effort) = (opened, .allocate(capacity: 1))
    begin(busyTimeout: busyTimeout)
  }

  /// Copies a whole database into temporary space, which goes with this connection.
  init(copyOf source: Connection) throws(Failure) {
    path = source.path
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2("", &opened, flags, nil) == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw .store(path: source.path, .io, detail: "out of memory")
    }
    (handle, effort) = (opened, .allocate(capacity: 1))
    begin(busyTimeout: 0)
    guard let backup = sqlite3_backup_init(handle, "main", source.handle, "main") else {
      throw failure(sqlite3_errcode(handle))
    }
    sqlite3_backup_step(backup, -1)
    let code = sqlite3_backup_finish(backup)
    guard code == SQLITE_OK else { throw failure(code) }
  }

  private func begin(busyTimeout: Int32) {
    effort.initialize(to: Effort(path: path))
    sqlite3_busy_timeout(handle, busyTimeout)
    _ = cachetronomy_no_checkpoint_on_close(handle)
    cachetronomy_distrust_schema(handle)
    sqlite3_wal_autocheckpoint(handle, 0)
    committed.initialize(to: -1)
    _ = sqlite3_wal_hook(
      handle,
      { context, _, _, frames in
        context?.assumingMemoryBound(to: Int32.self).pointee = frames
        return SQLITE_OK
      }, committed)
    sqlite3_progress_handler(
      handle, Effort.unit,
      { $0?.assumingMemoryBound(to: Effort.self).pointee.isSpent() == true ? 1 : 0 }, effort)
  }

  /// Frames in the log after this connection's last commit; -1 before the first and once the log is
  /// cut off.
  var committedFrames: Int32 { committed.pointee }

  /// The log is empty.
  func forgetFrames() { committed.pointee = -1 }

  deinit {
    for statement in kept { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
    committed.deallocate()
    effort.deinitialize(count: 1)
    effort.deallocate()
  }

  /// The version of the SQLite library in use.
  static var libraryNumber: Int32 { sqlite3_libversion_number() }

  static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  /// Rows changed by the last statement.
  var changes: Int { Int(sqlite3_changes(handle)) }

  func busyTimeout(_ milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

  /// Lets SQLite fold and remove the log when this connection closes, as it does by itself.
  func cleansUpOnClose() { _ = cachetronomy_checkpoint_on_close(handle) }

  /// Compiles one statement.
  func prepare(_ sql: String) throws(Failure) -> Statement {
    effort.pointee.units = 0
    var compiled: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &compiled, nil)
    guard code == SQLITE_OK, let compiled else { throw failure(code) }
    return Statement(compiled, of: self)
  }

  /// The statement kept under a name, compiled at its first use.
  func prepare(_ name: Kept, _ sql: @autoclosure () -> String) throws(Failure) -> Statement {
    effort.pointee.units = 0
    if let handle = kept[name.rawValue] { return Statement(handle, of: self, isKept: true) }
    var compiled: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, sql(), -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
    guard code == SQLITE_OK, let compiled else { throw failure(code) }
    kept[name.rawValue] = compiled
    return Statement(compiled, of: self, isKept: true)
  }

  /// Runs statements whose rows are not needed.
  func execute(_ sql: String) throws(Failure) {
    effort.pointee.units = 0
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code) }
  }

  /// The first column of the first row as a whole number.
  func integer(_ sql: String) throws(Failure) -> Int64? {
    var statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : nil
  }

  /// The first column of the first row as text.
  func text(_ sql: String) throws(Failure) -> String? {
    var statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Damage that SQLite does not see.
  func damage(_ detail: String) -> Failure { .store(path: path, .corrupt, detail: detail) }

  func failure(_ code: Int32) -> Failure { Self.failure(code, path: path, handle: handle) }

  /// `SQLITE_IOERR_SHMSIZE`, a macro that Swift cannot import: no room for the index of the log.
  private static let indexDoesNotFit = SQLITE_IOERR | 19 << 8

  private static func failure(_ code: Int32, path: String, handle: OpaquePointer) -> Failure {
    let problem: StoreProblem =
      switch code & 0xff {
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      case SQLITE_CORRUPT: .corrupt
      case SQLITE_NOTADB: .notOurs
      case SQLITE_FULL: .full
      case SQLITE_IOERR where sqlite3_extended_errcode(handle) == indexDoesNotFit: .full
      case SQLITE_IOERR, SQLITE_CANTOPEN:
        // A quota or a limit on the size of files.
        [ENOSPC, EDQUOT, EFBIG].contains(sqlite3_system_errno(handle)) ? .full : .io
      case SQLITE_READONLY, SQLITE_PERM: .readOnly
      case SQLITE_ERROR: .notOurs
      default: .io
      }
    let detail =
      switch code & 0xff {
      case SQLITE_NOTADB: "not a cachetronomy store"
      case SQLITE_INTERRUPT: "a query of it does not end"
      default: String(cString: sqlite3_errmsg(handle))
      }
    return .store(path: path, problem, detail: detail)
  }
}

/// What a statement may take of the processor: a file may be made so that a query of it never ends.
private struct Effort {
  /// Instructions of SQLite's machine between two looks: about 10 ms.
  static let unit: Int32 = 1_000_000
  /// Units for a statement whatever the size of the file.
  private static let least: Int64 = 100
  /// Bytes of the file for one more unit.
  ///
  /// A million small entries are listed, sorted and removed, all
  /// by one statement, with a tenth of what this gives.
  private static let bytes: Int64 = 200_000

  /// Units since the statement that runs was made.
  var units: Int64 = 0
  private let path: String
  private var limit = least

  init(path: String) { self.path = path }

  /// Counts one unit; true if the statement is to end.
  mutating func isSpent() -> Bool {
    units += 1
    guard units > limit else { return false }
    var status = stat()
    guard stat(path, &status) == 0 else { return true }
    limit = Self.least + Int64(status.st_size) / Self.bytes
    return units > limit
  }
}
