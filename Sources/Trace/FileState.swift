package import Glibc
internal import System

/// What is known of a file at one time.
package struct FileState: Equatable, Sendable {
  /// `errno`; 0 if there is one.
  package private(set) var error: Int32 = 0
  /// Type and permissions.
  package private(set) var mode: UInt32 = 0
  private var device: UInt64 = 0
  package private(set) var inode: UInt64 = 0
  private var size: Int64 = 0
  /// Nanoseconds since 1970.
  package private(set) var modified: Int64 = 0
  /// Nanoseconds since 1970.
  package private(set) var changed: Int64 = 0

  /// What is there now.
  ///
  /// - Parameter itself: whether a link is not followed.
  init(_ path: UnsafePointer<CChar>, itself: Bool) {
    // Zeros if there is nothing.
    var status = stat()
    let code = itself ? lstat(path, &status) : stat(path, &status)
    let reason = code == 0 ? 0 : errno
    self.init(status)
    error = reason
  }

  package init(_ status: stat) {
    (mode, device, inode) = (status.st_mode, UInt64(status.st_dev), UInt64(status.st_ino))
    size = Int64(status.st_size)
    (modified, changed) = (status.st_mtim.nanoseconds, status.st_ctim.nanoseconds)
  }

  package var type: UInt32 { mode & S_IFMT }
  package var isDirectory: Bool { error == 0 && type == S_IFDIR }
  package var isFile: Bool { error == 0 && type == S_IFREG }
  package var isLink: Bool { error == 0 && type == S_IFLNK }

  /// Appends the state as the report has it.
  func append(to bytes: inout [UInt8]) {
    bytes.append(little: error)
    bytes.append(little: mode)
    bytes.append(little: device)
    bytes.append(little: inode)
    bytes.append(little: size)
    bytes.append(little: modified)
    bytes.append(little: changed)
  }

  init?(_ reader: inout FieldReader) {
    guard let error = reader.number(Int32.self), let mode = reader.number(UInt32.self),
      let device = reader.number(UInt64.self), let inode = reader.number(UInt64.self),
      let size = reader.number(Int64.self), let modified = reader.number(Int64.self),
      let changed = reader.number(Int64.self)
    else { return nil }
    (self.error, self.mode, self.device, self.inode) = (error, mode, device, inode)
    (self.size, self.modified, self.changed) = (size, modified, changed)
  }
}
