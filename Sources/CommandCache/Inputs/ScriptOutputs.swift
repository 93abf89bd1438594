internal import Cachetronomy
internal import Glibc
internal import System

/// The files that a command's script replaces, checked before and after its run, and before a hit.
///
/// The text of a script only suggests that it replaces a file: the file's metadata shows it.
struct ScriptOutputs {
  private let files: [ScriptOutput]

  init(_ files: [ScriptOutput]) { self.files = files }

  /// Returns a stamp of the current state of each file; 0 if it is not a regular file.
  func prints() -> [UInt64] { files.map { Self.print($0.path) } }

  /// Returns inode, size, mode, mtime and ctime, digested to a number other than 0.
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
  /// - Returns: the stamps to store, 0 for a file that the run did not replace; or why the result
  ///   may not be stored, since a file that was expected to be replaced is an input.
  func judge(before: [UInt64], after: [UInt64]) -> Result<[UInt64], NotMade> {
    var made: [UInt64] = []
    for (index, file) in files.enumerated() {
      let isChanged = before[index] != after[index]
      // Absent before and after the run: a temporary file, or never created.
      if file.isCertain, !isChanged, after[index] != 0 {
        return .failure(NotMade(path: file.path))
      }
      made.append(isChanged ? after[index] : 0)
    }
    return .success(made)
  }

  /// A file that a script names as its output and did not change.
  struct NotMade: Error { var path: [UInt8] }

  /// Returns why a recording with these stamps may not be served; nil if all files are unchanged.
  func objection(to recorded: [UInt64]) -> String? {
    guard recorded.contains(where: { $0 != 0 }) else { return nil }
    guard recorded.count == files.count else { return "its script writes other files" }
    for (file, print) in zip(files, recorded) where print != 0 {
      let now = Self.print(file.path)
      if now == print { continue }
      let shown = file.shown.isEmpty ? Array(FileGlob.last(file.path)) : file.shown
      return "\(ShellWords.quote(shown)) is \(now == 0 ? "gone" : "changed")"
    }
    return nil
  }
}
