internal import Cachetronomy
internal import System

/// The shell that runs the pipeline of `-c` unless a setting names another.
package enum DefaultShell: Sendable, Equatable {
  /// `bash -o pipefail`: without it a failed producer such as `curl -f` before a `|` is a success.
  case bash
  /// `/bin/sh`, for systems without bash.
  case sh

  /// Chooses the shell for an environment: the first `bash` in its `PATH`, else `/bin/sh`.
  package init(in environment: Environment) {
    let bash = try? Executable(Array("bash".utf8), in: environment, directory: [0x2f])
    self = bash == nil ? .sh : .bash
  }

  /// Whether a pipeline fails if any command in it fails.
  var hasPipefail: Bool { self == .bash }

  /// Returns the arguments before `-c`.
  ///
  /// - Parameter name: the shell that a setting names, with its options; nil for the default.
  func words(named name: String?) throws(Failure) -> [[UInt8]] {
    let words: [String]
    if let name {
      words = try ShellWords.split(name)
      guard !words.isEmpty else { throw .badSetting("shell", "it is empty") }
    } else {
      words = self == .bash ? ["bash", "-o", "pipefail"] : ["/bin/sh"]
    }
    return words.map { Array($0.utf8) }
  }
}
