internal import Glibc
internal import System

extension Store {
  /// Moves a damaged store out of the way, so that a new one can be made.
  ///
  /// To be asked for after a first sign of damage; it looks a second time with the WriterLock held,
  /// and only then renames the database, its log, and the index of that, in this order: a log that
  /// went first would bring deleted rows back.
  ///
  /// - Parameters:
  ///   - path: the store.
  ///   - isKnown: this process has had it open, so that it is a store; otherwise no connection to
  ///     it may
  ///     be open here.
  ///   - lockTimeout: how long to wait for the lock, in milliseconds.
  /// - Returns: its new path; nil if it is intact after all, or not a store.
  public static func setAside(
    _ path: String, isKnown: Bool, lockTimeout: Int32, ownsProcess: Bool, at now: Timestamp
  ) throws(Failure) -> String? {
    let path = try StoreFile.resolve(path)
    guard try StoreFile.inspect(path) == .database(foreign: false),
      isKnown || StoreFile.wasOurs(path)
    else { return nil }
    let lock = try WriterLock(store: path, waiting: ownsProcess ? .blocking : .polling)
    try lock.acquire(within: lockTimeout)
    defer { lock.release() }
    guard isDamaged(path) else { return nil }
    var new = "\(path).corrupt-\(now.compact)"
    while StoreFile.identity(new) != nil { new += "+" }
    for suffix in ["", "-wal", "-shm"] {
      if rename(path + suffix, new + suffix) != 0, errno != ENOENT {
        throw .file(verb: "rename", path: path + suffix, reason: SystemError.text(errno))
      }
    }
    return new
  }

  private static func isDamaged(_ path: String) -> Bool {
    do throws(Failure) {
      let connection = try Connection(path: path, writable: true, busyTimeout: 1000)
      _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
      return try connection.text("PRAGMA quick_check(1)") != "ok"
    } catch .store(_, .corrupt, _) {
      return true
    } catch .store(_, .notOurs, _) {
      return true
    } catch {
      return false
    }
  }
}

extension StoreFile {
  private static let magic = Array("SQLite format 3\0".utf8)

  /// Whether a file that cannot be opened was a store: by its header, or, where that is
  /// garbled, by the lock file next to it.
  ///
  /// No connection to it may be open in this process: to close this descriptor drops its locks.
  static func wasOurs(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var header = [UInt8](repeating: 0, count: 100)
    _ = pread(descriptor, &header, header.count, 0)
    let id = header[68..<72].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    if id == Schema.applicationID { return true }
    guard !header.starts(with: magic) else { return false }
    var lock = stat()
    return lstat(path + ".lock", &lock) == 0 && lock.st_mode == S_IFREG | 0o600
      && lock.st_size == 0 && lock.st_uid == geteuid()
  }
}

extension Timestamp {
  /// `20261122T161410Z`, for names of files.
  fileprivate var compact: String {
    description.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
  }
}
