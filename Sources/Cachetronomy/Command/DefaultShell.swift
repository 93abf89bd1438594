/// The shell that runs the pipeline of `-c` unless a setting names another.
public enum DefaultShell: Sendable, Equatable {
  /// `bash -o pipefail`: without it a failed producer, as `curl -f` before a `|`, is a success.
  case bash
  /// `/bin/sh`, where there is no bash.
  case sh

  /// The shell for an environment: the first `bash` in its `PATH`, else `/bin/sh`.
  public init(in environment: Environment) {
    let bash = try? Executable(Array("bash".utf8), in: environment, directory: [0x2f])
    self = bash == nil ? .sh : .bash
  }

  /// Whether a pipeline has the status of a command that failed in it.
  var hasPipefail: Bool { self == .bash }

  /// The words before `-c`.
  ///
  /// - Parameter name: the shell that a setting names, as words; nil for the default.
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
