internal import Glibc
internal import System

/// What tells one state of a store from every other without opening it: the identity, size and time
/// of database and log, and the log's last frame from the header that all processes share.
///
/// Sizes and times alone miss most commits into a log that was begun again, where a clock ticks
/// every 4 ms; with the header none was missed.
struct StoreVersion: Equatable {
  var database: File
  var log: File
  var header: SharedHeader.Version

  /// What the file system knows of a file.
  struct File: Equatable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    /// Nanoseconds since 1970.
    var changed: Int64

    /// A database, by the time at which anything of it changed.
    init(_ status: stat) { self.init(status, status.st_ctim) }

    /// The same; nil if no regular file has that name.
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      self.init(status)
    }

    /// A log, by the time at which its bytes changed: to root's processes SQLite gives it again at
    /// every opening (`fchown`), which counts as a change of the rest.
    init?(log path: String) {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      self.init(status, status.st_mtim)
    }

    private init(_ status: stat, _ time: timespec) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      changed = time.nanoseconds
    }

    fileprivate init(device: UInt64, inode: UInt64, size: Int64, changed: Int64) {
      self.device = device
      self.inode = inode
      self.size = size
      self.changed = changed
    }
  }

  /// The state of a store that this process has open.
  ///
  /// - Returns: nil if there is no log, or another process is writing its header.
  init?(store path: String, _ header: SharedHeader) {
    guard let now = header.stamp(), let database = File(path), let log = File(log: path + "-wal")
    else { return nil }
    (self.database, self.log, self.header) = (database, log, now)
  }

  /// The state of a store that this process has not opened and has no descriptor of.
  ///
  /// - Returns: nil if there is no log, or another process is writing its header.
  init?(unopened path: String, _ database: File) {
    guard let log = File(log: path + "-wal"), let header = SharedHeader.Version(unopened: path)
    else {
      return nil
    }
    (self.database, self.log, self.header) = (database, log, header)
  }

  static let size = 88

  func append(to bytes: inout [UInt8]) {
    for file in [database, log] {
      bytes.append(little: file.device)
      bytes.append(little: file.inode)
      bytes.append(little: file.size)
      bytes.append(little: file.changed)
    }
    bytes.append(little: UInt64(header.frames) | UInt64(header.pages) << 32)
    bytes.append(little: header.checksum)
    bytes.append(little: header.salt)
  }

  init?(_ reader: inout FieldReader) {
    func file() -> File? {
      guard let device = reader.number(UInt64.self), let inode = reader.number(UInt64.self),
        let size = reader.number(Int64.self), let changed = reader.number(Int64.self)
      else { return nil }
      return File(device: device, inode: inode, size: size, changed: changed)
    }
    guard let database = file(), let log = file(), let count = reader.number(UInt64.self),
      let checksum = reader.number(UInt64.self), let salt = reader.number(UInt64.self)
    else { return nil }
    (self.database, self.log) = (database, log)
    header = SharedHeader.Version(
      frames: UInt32(truncatingIfNeeded: count), pages: UInt32(truncatingIfNeeded: count >> 32),
      checksum: checksum, salt: salt)
  }
}
