internal import Cachetronomy
internal import System

/// The properties of a call, other than its key, that decide whether a recording may be served.
package final class CallSurroundings {
  /// The stdin of the call.
  package let stdin: StandardInput
  /// The files that the command's script replaces.
  let outputs: ScriptOutputs
  /// Whether the caller's stdout and stderr are the same open file.
  package lazy var hasOneStream = OutputPair.isOneFile

  /// - Parameters:
  ///   - stdin: the stdin of the call.
  ///   - notes: the findings made while computing the key.
  package init(stdin: StandardInput, notes: KeyNotes) {
    self.stdin = stdin
    outputs = ScriptOutputs(notes.outputs)
  }
}

extension ServingTerms {
  /// Whether a caller may be served.
  package func admits(_ caller: CallSurroundings) -> Bool { objection(for: caller) == nil }

  /// Returns why a caller may not be served; nil if it may.
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
      // With --stdin the input is in the key; older recordings do not say that they used it.
      if stdin.isGiven || stdin.emptiness == kind { return nil }
      return "recorded with \(kind.rawValue) as stdin"
    }
  }
}
