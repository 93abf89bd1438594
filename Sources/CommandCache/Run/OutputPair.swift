internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Stdout and stderr of the caller, as a pair.
enum OutputPair {
  /// Whether both are the same open file, as after `2>&1`, so that writes to either are in order.
  ///
  /// `>f 2>f` is one file with two offsets, which overwrite each other with and without the cache.
  static var isOneFile: Bool {
    var (output, errors) = (stat(), stat())
    guard fstat(1, &output) == 0, fstat(2, &errors) == 0, output.st_dev == errors.st_dev,
      output.st_ino == errors.st_ino, output.st_rdev == errors.st_rdev
    else { return false }
    let kind = output.st_mode & S_IFMT
    if NamedFile.memoryDevice(output) == NamedFile.null { return false }
    switch cachetronomy_is_same_open_file(1, 2) {
    case 1: return true
    case 0 where kind == S_IFREG: return areAppended
    default: return kind != S_IFREG || areAppended
    }
  }

  private static var areAppended: Bool {
    fcntl(1, F_GETFL) & O_APPEND != 0 && fcntl(2, F_GETFL) & O_APPEND != 0
  }
}
