internal import Glibc

/// The files that `--file` and `--mtime` put into the key.
struct WatchedFiles {
  /// For paths that begin with `~/` or a variable.
  let environment: Environment

  /// What stands for the contents of a file.
  ///
  /// A file that is not there is a value too. What has no contents that could be read, as a directory
  /// or a file of somebody else's, is known by why, and by its size and time of change.
  func contents(_ path: String, _ notes: inout KeyNotes) -> [[UInt8]] { each(path, contents) }

  /// What stands for the time of change of a file, to the nanosecond; nothing if there is none.
  func modified(_ path: String, _ notes: inout KeyNotes) -> [[UInt8]] { each(path, modified) }

  private func each(_ path: String, _ parts: ([UInt8]) -> [[UInt8]]) -> [[UInt8]] {
    let paths = WatchedPath.expand(Array(path.utf8)[...], environment)
    if paths.count == 1 { return parts(paths[0]) }
    return paths.flatMap { path in
      let parts = parts(path)
      return [Invocation.bytes(Int64(parts.count))] + parts
    }
  }

  private func contents(_ path: [UInt8]) -> [[UInt8]] {
    var status = stat()
    guard path.withCPath({ stat($0, &status) }) == 0 else { return Self.refusal(errno, nil) }
    guard status.st_mode & S_IFMT == S_IFREG else { return Self.refusal(EISDIR, status) }
    guard let digest = FileStamp.digest(path) else { return Self.refusal(errno, status) }
    return [digest]
  }

  private func modified(_ path: [UInt8]) -> [[UInt8]] {
    var status = stat()
    guard path.withCPath({ stat($0, &status) }) == 0 else { return [] }
    return [status.modified]
  }

  private static func refusal(_ reason: Int32, _ status: stat?) -> [[UInt8]] {
    let why = Invocation.bytes(Int64(reason))
    guard let status else { return [why] }
    return [why, Invocation.bytes(Int64(status.st_size)), status.modified]
  }
}

extension stat {
  fileprivate var modified: [UInt8] {
    Invocation.bytes(Int64(st_mtim.tv_sec)) + Invocation.bytes(Int64(st_mtim.tv_nsec))
  }
}
