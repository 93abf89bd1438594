internal import Glibc

/// The files that `--file` and `--mtime` put into the key.
struct WatchedFiles {
  /// `HOME`, for paths that begin with `~/`.
  let home: [UInt8]?

  /// What stands for the contents of a file.
  ///
  /// A file that is not there is a value too. What has no contents that could be read, as a directory
  /// or a file of somebody else's, is known by why, and by its size and time of change.
  func contents(_ path: String) -> [[UInt8]] {
    let path = expand(path)
    var status = stat()
    guard path.withCPath({ stat($0, &status) }) == 0 else { return Self.refusal(errno, nil) }
    guard status.st_mode & S_IFMT == S_IFREG else { return Self.refusal(EISDIR, status) }
    guard let digest = FileStamp.digest(path) else { return Self.refusal(errno, status) }
    return [digest]
  }

  /// What stands for the time of change of a file, to the nanosecond; nothing if there is none.
  func modified(_ path: String) -> [[UInt8]] {
    var status = stat()
    guard expand(path).withCPath({ stat($0, &status) }) == 0 else { return [] }
    return [status.modified]
  }

  private static func refusal(_ reason: Int32, _ status: stat?) -> [[UInt8]] {
    let why = Invocation.bytes(Int64(reason))
    guard let status else { return [why] }
    return [why, Invocation.bytes(Int64(status.st_size)), status.modified]
  }

  private func expand(_ path: String) -> [UInt8] {
    let bytes = Array(path.utf8)
    guard let home, bytes.starts(with: [0x7e, 0x2f]) else { return bytes }
    return home + bytes.dropFirst()
  }
}

extension stat {
  fileprivate var modified: [UInt8] {
    Invocation.bytes(Int64(st_mtim.tv_sec)) + Invocation.bytes(Int64(st_mtim.tv_nsec))
  }
}
