internal import ArgumentParser
internal import Cachetronomy

/// The exit statuses, in one table.
enum Status {
  static let done: Int32 = 0
  /// A miss, said silently.
  static let miss: Int32 = 1
  /// An expired result, reported by `explain`.
  static let stale: Int32 = 3
  static let usage: Int32 = 64
  static let badData: Int32 = 65
  static let noInput: Int32 = 66
  static let io: Int32 = 74
  static let busy: Int32 = 75
  /// A mistake in `run`'s options, or output that cannot be written.
  static let runFailed: Int32 = 125
  static let notExecutable: Int32 = 126
  static let notFound: Int32 = 127

  /// The status for a failure, outside `run`.
  static func of(_ failure: Failure) -> Int32 {
    switch failure {
    case .badDuration, .badKey, .badSetting: usage
    case .badArchive, .badValue, .profileFile, .tooLarge: badData
    case .cannotRun(.notFound): notFound
    case .cannotRun(.notExecutable), .cannotRun(.notTraceable): notExecutable
    case .file(verb: "read", _, _): noInput
    case .file: io
    case .remote(_, .notBuiltIn, _): usage
    case .remote: io
    case .store(_, .busy, _): busy
    case .store(_, .missing, _): noInput
    case .store: io
    case .unknownProfile: noInput
    }
  }

  /// The status for a failure of `run`'s own.
  static func ofRun(_ failure: Failure) -> Int32 {
    if case .cannotRun = failure { return of(failure) }
    return runFailed
  }

  /// Ends a command with a status and no words.
  static func exit(_ status: Int32) -> ExitCode { ExitCode(status) }
}
