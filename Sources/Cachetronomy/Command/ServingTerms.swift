/// What a recording's command had as stdin, as far as that limits which callers may be served.
public enum RecordedInput: Sendable, Equatable {
  /// Nothing to read. The kind matters: `rg word` searches the directory with `/dev/null` as input,
  /// and prints nothing with a closed pipe.
  case nothing(EmptyInput)
  /// Input that the command left untouched.
  case unread
  /// The rest of a regular file that its caller was reading, which the command left untouched. It
  /// may have asked for its size, which no watch sees: calls with other input are not served.
  case unreadFile
  /// A regular file whose contents are in the key; the command moved its offset by that many bytes.
  case file(moved: Int64)
  /// Input given with `--stdin`, which is in the key.
  case given
}

/// Kinds of stdin with nothing to read.
public enum EmptyInput: String, Sendable, CaseIterable {
  /// `/dev/null`, which also stands for a terminal and for no input.
  case null = "/dev/null"
  /// A pipe or socket whose other end is closed.
  case stream = "a closed pipe"
  /// A regular file at its end.
  case file = "an empty file"
}

/// The conditions, next to its key and age, under which a recording may be served.
public struct ServingTerms: Sendable, Equatable {
  /// What the command had as stdin.
  public var input = RecordedInput.nothing(.null)
  /// Whether one pipe was used for both streams, so that they cannot be told apart.
  public var isMerged = false
  /// For each file that the command's script replaces, a print of the file as the command left it;
  /// 0 for one that it did not make.
  var outputs: [UInt64] = []

  /// Conditions that hold for a caller without input and with two streams.
  public init() {}

  /// Whether a caller may be served.
  public func admits(_ caller: CallSurroundings) -> Bool { objection(for: caller) == nil }

  /// Why a caller may not be served; nil if it may.
  func objection(for caller: CallSurroundings) -> String? {
    if isMerged, !caller.hasOneStream { return "both streams were recorded in one" }
    if let why = inputObjection(for: caller.stdin) { return why }
    return caller.outputs.objection(to: outputs)
  }

  private func inputObjection(for stdin: StandardInput) -> String? {
    switch input {
    case .unread, .file, .given: return nil
    case .unreadFile:
      if stdin.isGiven || stdin.isShared && stdin.emptiness == nil { return nil }
      return "recorded in the middle of a file as stdin"
    case .nothing(let kind):
      // With --stdin the input is in the key, and older recordings do not say so.
      if stdin.isGiven || stdin.emptiness == kind { return nil }
      return "recorded with \(kind.rawValue) as stdin"
    }
  }
}

/// What of a call, next to its key, decides whether a recording may be served.
public final class CallSurroundings {
  /// The stdin of the call.
  public let stdin: StandardInput
  /// The files that the command's script replaces.
  let outputs: ScriptOutputs
  /// Whether the caller's stdout and stderr are one open file.
  public lazy var hasOneStream = OutputPair.isOneFile

  /// - Parameters:
  ///   - stdin: the stdin of the call.
  ///   - notes: what making the key found out.
  public init(stdin: StandardInput, notes: KeyNotes) {
    self.stdin = stdin
    outputs = ScriptOutputs(notes.outputs)
  }
}

extension RecordedInput {
  /// Whether the input is in the key, so that to have read it is no reason not to store the result.
  var isInKey: Bool {
    switch self {
    case .file, .given: true
    case .nothing, .unread, .unreadFile: false
    }
  }
}
