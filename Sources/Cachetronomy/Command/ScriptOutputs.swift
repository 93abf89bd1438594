internal import Glibc

/// The files that a command's script replaces, examined before and after its run, and before a hit.
///
/// A script is only believed to make a file: whether it did is seen by the file's identity.
struct ScriptOutputs {
  private let files: [ScriptOutput]

  init(_ files: [ScriptOutput]) { self.files = files }

  /// A fingerprint of the current state of each file; 0 where there is no regular file.
  func prints() -> [UInt64] { files.map { Self.print($0.path) } }

  /// Inode, size, mode, mtime and ctime in one number that is not 0.
  private static func print(_ path: [UInt8]) -> UInt64 {
    var status = stat()
    guard path.withCPath({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return 0
    }
    let parts = (
      UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size),
      status.st_mtim.nanoseconds, status.st_ctim.nanoseconds, UInt64(status.st_mode)
    )
    var sum = Checksum()
    withUnsafeBytes(of: parts) { sum.update($0) }
    return max(1, sum.value)
  }

  /// Compares the files before and after a run.
  ///
  /// - Returns: the prints to store: 0 for a file that the run did not make; or why the result may
  ///   not be stored, since a file that was believed to be made is an input.
  func judge(before: [UInt64], after: [UInt64]) -> Result<[UInt64], NotMade> {
    var made: [UInt64] = []
    for (index, file) in files.enumerated() {
      let isChanged = before[index] != after[index]
      // Absent before and after: a temporary file, or none.
      if file.isCertain, !isChanged, after[index] != 0 {
        return .failure(NotMade(path: file.path))
      }
      made.append(isChanged ? after[index] : 0)
    }
    return .success(made)
  }

  /// A file that a script names as its output and left unchanged.
  struct NotMade: Error { var path: [UInt8] }

  /// Why a recording that left these prints may not be served; nil if all files are as it left
  /// them.
  func objection(to recorded: [UInt64]) -> String? {
    guard recorded.contains(where: { $0 != 0 }) else { return nil }
    guard recorded.count == files.count else { return "its script makes other files" }
    for (file, print) in zip(files, recorded) where print != 0 {
      let now = Self.print(file.path)
      if now == print { continue }
      let shown = file.shown.isEmpty ? Array(FileGlob.last(file.path)) : file.shown
      return "\(ShellWords.quote(shown)) is \(now == 0 ? "gone" : "not as it left it")"
    }
    return nil
  }
}
