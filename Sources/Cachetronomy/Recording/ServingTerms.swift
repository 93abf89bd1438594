/// The stdin of a recorded command, as far as it limits which calls may be served.
public enum RecordedInput: Sendable, Equatable {
  /// Empty input. The kind matters: `rg word` searches the directory with `/dev/null` as input, and
  /// prints nothing with a closed pipe.
  case nothing(EmptyInput)
  /// Input that the command did not read.
  case unread
  /// The rest of a regular file that its caller was reading, which the command did not read. Since
  /// it may have used the file's size unnoticed, calls with other input are not served.
  case unreadFile
  /// A regular file whose contents are in the key; the command moved its offset by this many bytes.
  case file(moved: Int64)
  /// Input read with `--stdin`, which is in the key.
  case given
}

/// The kinds of empty stdin.
public enum EmptyInput: String, Sendable, CaseIterable {
  /// `/dev/null`, which also represents a terminal and a closed descriptor.
  case null = "/dev/null"
  /// A pipe or socket whose other end is closed.
  case stream = "a closed pipe"
  /// A regular file at its end.
  case file = "an empty file"
}

/// The conditions, other than its key and age, under which a recording may be served.
public struct ServingTerms: Sendable, Equatable {
  /// The stdin of the command.
  public var input = RecordedInput.nothing(.null)
  /// Whether one pipe carried both streams, so that they cannot be separated.
  public var isMerged = false
  /// For each file that the command's script replaces, a stamp of the file after the run; 0 if the
  /// run did not replace it.
  package var outputs: [UInt64] = []

  /// The conditions for a caller with empty stdin and two separate streams.
  public init() {}
}

extension RecordedInput {
  /// Whether the input is in the key, so that a result may be stored even if the command read it.
  package var isInKey: Bool {
    switch self {
    case .file, .given: true
    case .nothing, .unread, .unreadFile: false
    }
  }
}
