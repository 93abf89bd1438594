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
  /// - Returns: nil if it cannot be opened, with the reason in `errno`, or is not such a file: 0.
  package init?(_ path: String, _ flags: Int32 = O_RDONLY) {
    let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { return nil }
    guard let status = Self.status(ofOwned: descriptor) else {
      close(descriptor)
      errno = 0
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

  /// Whether it has no second name, through which a change would reach another file.
  package var hasOneName: Bool { status.st_nlink <= 1 }

  /// Whether a path still leads to it.
  package func isNamed(_ path: String) -> Bool { Self.isNamed(path, descriptor) }

  /// Whether a path leads to an open file.
  package static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
    var (mine, named) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && lstat(path, &named) == 0
      && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev
  }

  /// The size when it was opened, in bytes.
  package var size: Int { Int(status.st_size) }

  /// Reads the file from its start.
  ///
  /// - Parameter limit: the most bytes that it may have.
  /// - Returns: nil if it has more, or cannot be read.
  package func bytes(limit: Int) -> [UInt8]? {
    guard size <= limit else { return nil }
    var isRead = true
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      let count = pread(descriptor, buffer.baseAddress, size, 0)
      (isRead, filled) = (count >= 0, max(0, count))
    }
    return isRead ? bytes : nil
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
    var descriptor = open(temporary, flags, 0o600)
    if descriptor < 0, errno == EEXIST {
      // A process died here.
      unlink(temporary)
      descriptor = open(temporary, flags, 0o600)
    }
    guard descriptor >= 0 else { return false }
    let isWritten = writeAll(bytes, to: descriptor)
    close(descriptor)
    Fault.reach()
    guard isWritten, rename(temporary, path) == 0 else {
      unlink(temporary)
      return false
    }
    return true
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var left = bytes[...]
      while !left.isEmpty {
        let count = write(
          descriptor, UnsafeRawBufferPointer(rebasing: left).baseAddress, left.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        left = left.dropFirst(count)
      }
      return true
    }
  }
}
