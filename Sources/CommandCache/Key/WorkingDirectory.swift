package import Cachetronomy
internal import Glibc
internal import System

/// The working directory of this process, as a shell names it.
package enum WorkingDirectory {
  /// Returns `$PWD` if it names the working directory, else the physical path.
  ///
  /// - Throws: `Failure.file` if no path leads there: the directory was removed, its path is too
  ///   long, or a parent directory may not be searched.
  package static func path(named candidate: [UInt8]?) throws(Failure) -> [UInt8] {
    if let candidate, candidate.first == UInt8(ascii: "/"), isPlain(candidate),
      candidate.withCPath({ leadsHere($0) })
    {
      return candidate
    }
    errno = ENOENT
    guard let path = getcwd(nil, 0) else { throw unknown(errno) }
    defer { free(path) }
    errno = ENOENT
    guard leadsHere(path) else { throw unknown(errno) }
    let count = strlen(path)
    return path.withMemoryRebound(to: UInt8.self, capacity: count) {
      Array(UnsafeBufferPointer(start: $0, count: count))
    }
  }

  private static func leadsHere(_ path: UnsafePointer<CChar>) -> Bool {
    var (named, here) = (stat(), stat())
    guard stat(path, &named) == 0, stat(".", &here) == 0 else { return false }
    return named.st_dev == here.st_dev && named.st_ino == here.st_ino
  }

  private static func unknown(_ reason: Int32) -> Failure {
    .file(verb: "find the path of", path: ".", reason: SystemError.text(reason))
  }

  /// Runs `body` in another working directory, and returns to the current one.
  ///
  /// - Throws: `Failure.file` if either directory cannot be entered.
  package static func within<T>(
    _ directory: [UInt8], _ body: () throws(Failure) -> T
  ) throws(Failure) -> T {
    let home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard home >= 0 else {
      throw .file(verb: "return to", path: ".", reason: SystemError.text(errno))
    }
    defer { close(home) }
    guard directory.withCPath({ chdir($0) }) == 0 else {
      throw .file(
        verb: "change to", path: String(decoding: directory, as: UTF8.self),
        reason: SystemError.text(errno))
    }
    let result: Result<T, Failure> = Result { () throws(Failure) in try body() }
    guard fchdir(home) == 0 else {
      throw .file(verb: "return to", path: ".", reason: SystemError.text(errno))
    }
    return try result.get()
  }

  /// Whether a path has no `.` and `..`, as POSIX requires of a logical path.
  private static func isPlain(_ path: [UInt8]) -> Bool {
    var dots = 0
    var isDots = true
    for byte in path {
      if byte == UInt8(ascii: "/") {
        if isDots, dots == 1 || dots == 2 { return false }
        (dots, isDots) = (0, true)
      } else if byte == UInt8(ascii: ".") {
        dots += 1
      } else {
        isDots = false
      }
    }
    return !(isDots && (dots == 1 || dots == 2))
  }
}
