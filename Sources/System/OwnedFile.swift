package import Glibc

/// A regular file of the effective user, opened without following a link and without waiting.
///
/// The one place where a file that this program made earlier is trusted: what another user planted
/// under its name, or a link, a device or a pipe, is as if it were absent.
package struct OwnedFile: ~Copyable {
  /// The open file, closed with this instance.
  package let descriptor: Int32
  /// What `fstat` said after it was opened.
  package let status: stat

  /// Opens the file at a path.
  ///
  /// - Parameters:
  ///   - path: its path.
  ///   - flags: the access mode, and `O_CREAT` if it may be created, with mode 0600.
  /// - Returns: nil if it cannot be opened, with the reason in `errno`, or is not such a file: `EPERM`.
  package init?(_ path: String, _ flags: Int32 = O_RDONLY) {
    let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { return nil }
    guard let status = Self.status(ofOwned: descriptor) else {
      close(descriptor)
      errno = EPERM
      return nil
    }
    (self.descriptor, self.status) = (descriptor, status)
  }

  deinit { close(descriptor) }

  /// What `fstat` says of an open file; nil unless it is a regular file of the effective user.
  package static func status(ofOwned descriptor: Int32) -> stat? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid()
    else { return nil }
    return status
  }

  /// The size when it was opened, in bytes.
  package var size: Int { Int(status.st_size) }

  /// Reads the file from its start.
  ///
  /// - Parameter limit: the most bytes that it may have.
  /// - Returns: nil if it has more, or cannot be read.
  package func bytes(limit: Int) -> [UInt8]? {
    guard size <= limit else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count < 0 ? nil : Array(bytes[..<count])
  }

  /// Replaces the contents of a path: a reader sees the old file or the new one, complete.
  ///
  /// - Parameters:
  ///   - bytes: the contents of the new file, whose mode is 0600.
  ///   - path: the name that the file gets.
  ///   - temporary: its name while it is written, on the same file system.
  /// - Returns: false if it was not written; nothing is left of it.
  package static func replace(_ path: String, with bytes: [UInt8], by temporary: String) -> Bool {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(temporary, flags, 0o600)
    guard descriptor >= 0 else { return false }
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    Fault.reach()
    guard written == bytes.count, rename(temporary, path) == 0 else {
      unlink(temporary)
      return false
    }
    return true
  }
}
