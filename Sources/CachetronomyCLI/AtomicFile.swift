internal import Cachetronomy
internal import Glibc

/// A file that is there whole or not at all.
struct AtomicFile {
  private let path: String

  init(_ path: String) { self.path = path }

  /// Puts bytes in place of what was there; a device or a pipe just gets them.
  func write(_ bytes: [UInt8]) throws(Failure) {
    guard !Self.isPlanted(path) else {
      throw .file(verb: "write to", path: path, reason: "it is another user's link")
    }
    // A link stays one: what it leads to is replaced.
    let path = Self.resolved(path)
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT != S_IFREG {
      return try fill(open(path, O_WRONLY | O_CLOEXEC), bytes)
    }
    let temporary = path + ".new-" + getpid().description
    unlink(temporary)
    do throws(Failure) {
      let descriptor = open(
        temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if isThere, status.st_uid == geteuid() { fchmod(descriptor, status.st_mode & 0o777) }
      try fill(descriptor, bytes)
      guard rename(temporary, path) == 0 else { throw failure }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private var failure: Failure {
    .file(verb: "write to", path: path, reason: String(cString: strerror(errno)))
  }

  private func fill(_ descriptor: Int32, _ bytes: [UInt8]) throws(Failure) {
    guard descriptor >= 0 else { throw failure }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = failure
        close(descriptor)
        throw failure
      }
      done += count
    }
    guard close(descriptor) == 0 else { throw failure }
  }

  /// Whether a path is a link that another user laid in a directory for all, as the kernel judges
  /// it where `fs.protected_symlinks` is set.
  private static func isPlanted(_ path: String) -> Bool {
    var (link, directory) = (stat(), stat())
    guard lstat(path, &link) == 0, link.st_mode & S_IFMT == S_IFLNK, link.st_uid != geteuid(),
      stat(parent(of: path), &directory) == 0
    else { return false }
    return directory.st_mode & 0o1002 == 0o1002 && directory.st_uid != link.st_uid
  }

  private static func parent(of path: String) -> String {
    guard let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return cut == path.startIndex ? "/" : String(path[..<cut])
  }

  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }
}
