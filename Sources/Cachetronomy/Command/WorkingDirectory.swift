internal import Glibc

/// The directory we are in, as a shell would call it.
public enum WorkingDirectory {
  /// `$PWD` if it names the directory we are in, else the physical path.
  ///
  /// - Throws: `Failure.file` if the directory is gone.
  public static func path(named candidate: [UInt8]?) throws(Failure) -> [UInt8] {
    if let candidate, candidate.first == UInt8(ascii: "/"), isPlain(candidate) {
      var (named, here) = (stat(), stat())
      let found = candidate.withCPath { stat($0, &named) == 0 } && stat(".", &here) == 0
      if found, named.st_dev == here.st_dev, named.st_ino == here.st_ino { return candidate }
    }
    guard let path = getcwd(nil, 0) else {
      throw .file(verb: "find", path: ".", reason: SystemError.text(errno))
    }
    defer { free(path) }
    return Array(
      UnsafeBufferPointer(start: path, count: strlen(path)).map { UInt8(bitPattern: $0) })
  }

  /// Without `.` and `..`, as POSIX wants of a logical path.
  private static func isPlain(_ path: [UInt8]) -> Bool {
    path.split(separator: UInt8(ascii: "/")).allSatisfy { part in
      !(part.elementsEqual([0x2e]) || part.elementsEqual([0x2e, 0x2e]))
    }
  }
}
