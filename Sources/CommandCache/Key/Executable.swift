package import Cachetronomy
internal import Glibc
internal import System

/// The program that a command's first argument names.
package struct Executable: Sendable, Equatable {
  /// Its absolute path as found, with symbolic links not resolved.
  package var path: [UInt8]
  /// The path to execute, as a shell passes it: a script sees it as `$0`.
  package var program: [UInt8]

  /// Finds a program as a shell does: a name with a slash is a path, others are searched for in the
  /// directories of `PATH`.
  ///
  /// - Throws: `Failure.cannotRun` with a shell's wording, secrets redacted.
  package init(
    _ name: [UInt8], in environment: Environment, directory: [UInt8]
  ) throws(Failure) {
    var shown: String {
      ShellWords.quote(Redactor(environment).redacted(name))
    }
    if name.contains(UInt8(ascii: "/")) {
      program = name
      path = Self.absolute(name, in: directory)
      switch Self.judge(name, environment.probe) {
      case .runnable: return
      case .refused(EACCES):
        throw .cannotRun(.notExecutable(name: shown, reason: "Permission denied"))
      case .refused(EISDIR): throw .cannotRun(.notExecutable(name: shown, reason: "Is a directory"))
      case .refused(let number):
        throw .cannotRun(.notFound(name: shown, reason: SystemError.text(number)))
      }
    }
    var left = Int.max
    let (found, isRefused) = Self.search(
      name, path: environment["PATH"], environment.probe, &left)
    if let found {
      program = found
      path = Self.absolute(found, in: directory)
      return
    }
    if isRefused {
      throw .cannotRun(.notExecutable(name: shown, reason: "Permission denied"))
    }
    throw .cannotRun(.notFound(name: shown, reason: "command not found"))
  }

  /// Returns the absolute path of a program as found.
  ///
  /// - Parameters:
  ///   - searchPath: the value of `PATH`, for a name without a slash.
  ///   - left: how many more files may be checked; the search fails when it is below zero.
  /// - Returns: nil if there is no such program.
  static func path(
    of name: [UInt8], searchPath: [UInt8]?, directory: [UInt8], _ probe: Probe, left: inout Int
  ) -> [UInt8]? {
    guard name.contains(UInt8(ascii: "/")) else {
      return search(name, path: searchPath, probe, &left).found.map { absolute($0, in: directory) }
    }
    left -= 1
    if left < 0 { return nil }
    let path = absolute(name, in: directory)
    if case .runnable = judge(path, probe) { return path }
    return nil
  }

  /// Searches for a name in the directories of `PATH`.
  ///
  /// - Returns: the first executable path; whether a file was found that is not executable.
  private static func search(
    _ name: [UInt8], path: [UInt8]?, _ probe: Probe, _ left: inout Int
  ) -> (found: [UInt8]?, isRefused: Bool) {
    // Longer than NAME_MAX of any file system.
    if name.isEmpty || name.count > 255 { return (nil, false) }
    let directories = path ?? Array("/usr/local/bin:/bin:/usr/bin".utf8)
    var isRefused = false
    var start = 0
    while start <= directories.count {
      left -= 1
      if left < 0 { break }
      var end = start
      while end < directories.count, directories[end] != UInt8(ascii: ":") { end += 1 }
      // An empty element means the working directory.
      var candidate = end == start ? [0x2e] : Array(directories[start..<end])
      candidate.append(UInt8(ascii: "/"))
      candidate.append(contentsOf: name)
      start = end + 1
      switch judge(candidate, probe) {
      case .runnable: return (candidate, false)
      case .refused(let number): isRefused = isRefused || number == EACCES
      }
    }
    return (nil, isRefused)
  }

  private enum Verdict { case runnable, refused(Int32) }

  private static func judge(_ path: [UInt8], _ probe: Probe) -> Verdict {
    var status = stat()
    guard probe.status(path, &status, .type) else { return .refused(errno) }
    if status.st_mode & S_IFMT == S_IFDIR { return .refused(EISDIR) }
    return path.withCPath { probe.isAllowed($0, X_OK) } ? .runnable : .refused(errno)
  }

  private static func absolute(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
    if path.first == UInt8(ascii: "/") { return path }
    return directory + (directory.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]) + path
  }
}
