internal import System

/// Everything that can go wrong in the library, with the data that says what and where.
public enum Failure: Error, Equatable, Sendable {
  /// A file to import is not what it should be: its name, the line or 0, and what is wrong.
  case badArchive(file: String, line: Int, String)
  /// A duration is not digits with `ms s m h d w`, plain seconds, or `never`.
  case badDuration(String)
  /// A key is empty, too long or not text.
  case badKey(String)
  /// A list, pattern, number or size given by the user cannot be read: what it was for, and why.
  case badSetting(String, String)
  /// A value is not what its format says: the format, and where it fails.
  case badValue(format: String, detail: String)
  /// The command cannot be started.
  case cannotRun(RunProblem)
  /// A file cannot be used: what was tried, its path, the system's reason.
  case file(verb: String, path: String, reason: String)
  /// A profile file says something that is not allowed.
  case profileFile(Diagnostic)
  /// The server of a profile's remote cannot be used: its URL without a password, the kind of
  /// trouble, and the detail in words.
  case remote(String, RemoteProblem, detail: String)
  /// The store cannot be used: its path, the kind of trouble, and the detail in words.
  case store(path: String, StoreProblem, detail: String)
  /// A value is over the limit of what one entry can hold, in bytes.
  case tooLarge(Int, limit: Int)
  /// No profile has that name; the nearest name that exists, if one is near.
  case unknownProfile(String, near: String?)
}

/// The kinds of trouble with a store, as far as a caller acts on them differently.
public enum StoreProblem: Sendable, Equatable {
  /// Locked by another process for longer than the timeout.
  case busy
  /// The file is damaged.
  case corrupt
  /// No room on the device.
  case full
  /// Any other refusal by the system or by SQLite.
  case io
  /// The file is not there.
  case missing
  /// Made by a later version of this tool.
  case newer
  /// Not a store: text, a directory, another application's database.
  case notOurs
  /// It belongs to another user, or can be reached by a second name.
  case notTrusted
  /// It may be read but not written.
  case readOnly
}

/// The kinds of trouble with a remote, as far as a caller acts on them differently.
public enum RemoteProblem: Sendable, Equatable {
  /// The value was not written with the team's key.
  case authenticationFailed
  /// It failed a moment ago and is not asked.
  case backingOff
  /// It does not speak the protocol.
  case protocolError
  /// This build has no remotes.
  case notBuiltIn
  /// It refuses the command.
  case refusal
  /// It cannot be reached in time.
  case unreachable

  /// Whether the server is to be left alone for a while.
  package var isOfServer: Bool {
    switch self {
    case .protocolError, .refusal, .unreachable: true
    case .authenticationFailed, .backingOff, .notBuiltIn: false
    }
  }
}

/// Why a command could not be started, as a shell would put it.
public enum RunProblem: Sendable, Equatable {
  /// Nothing of that name on the search path, or no such file.
  case notFound(name: String, reason: String)
  /// It is there but may not or cannot be executed.
  case notExecutable(name: String, reason: String)
  /// The kernel or another tracer refuses to have it traced; it was not started.
  case notTraceable(reason: String)
}

/// A complaint about a place in a text file.
public struct Diagnostic: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  /// The line, from 1; 0 if the complaint is about the whole file.
  public var line: Int
  /// The column, from 1.
  public var column: Int
  /// What is wrong, and what to write instead where that is known.
  public var message: String

  /// A complaint about a place, or about the whole file when no line is given.
  public init(file: String, line: Int = 0, column: Int = 0, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `file:line:column: message`.
  public var description: String {
    line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
  }
}

extension Failure {
  /// A store that is damaged, or looks like none although it was one.
  public var isDamage: Bool {
    switch self {
    case .store(_, .corrupt, _), .store(_, .notOurs, _): true
    default: false
    }
  }
}

extension Failure: CustomStringConvertible {
  /// One line in git's voice: what failed first, then the thing.
  public var description: String {
    switch self {
    case .badArchive(let file, let line, let why):
      "cannot import '\(file)': " + (line > 0 ? "line \(line): " : "") + why
    case .badDuration(let text):
      "bad duration '\(text)': want digits with ms, s, m, h, d, w or y, largest first "
        + "(as 90s, 1h30m or 2 days), plain seconds, or never"
    case .badKey(let why): "bad key: \(why)"
    case .badSetting(let what, let why): "bad \(what): \(why)"
    case .badValue(let format, let detail): "value is not valid \(format): \(detail)"
    case .cannotRun(.notFound(let name, let reason)),
      .cannotRun(.notExecutable(let name, let reason)):
      "\(name): \(reason)"
    case .cannotRun(.notTraceable(let reason)): "cannot trace here (\(reason))"
    case .file(let verb, let path, let reason): "cannot \(verb) '\(path)': \(reason)"
    case .profileFile(let complaint): complaint.description
    case .remote(let server, .backingOff, let detail):
      "remote '\(server)' is left alone for a while: \(detail)"
    case .remote(let server, _, let detail): "cannot use remote '\(server)': \(detail)"
    case .store("", _, let detail): "no store: \(detail)"
    case .store(let path, _, let detail): "cannot open store '\(path)': \(detail)"
    case .tooLarge(let bytes, let limit):
      "value of \(bytes) bytes is over the limit of \(ByteSize.text(Int64(limit)))"
    case .unknownProfile(let name, let near):
      "no profile '\(name)'" + (near.map { " (did you mean '\($0)'?)" } ?? "")
    }
  }
}
