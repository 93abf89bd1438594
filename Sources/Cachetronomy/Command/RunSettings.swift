/// What shapes the key, freshness and storage of a recording.
///
/// Nil: not said here.
///
/// A profile's `run:`, a rule and the command line each give one; they are overlaid on each other.
public struct RunSettings: Sendable, Equatable {
  /// `--ttl`: how old a result may be, and how long a new one is kept.
  public var timeToLive: TimeToLive?
  /// `--ttl-jitter`: by how much of it at most, in percent, a new one is kept shorter at random.
  public var ttlJitter: Int64?
  /// `--tag`: tags of new entries; they add up.
  public var tags: [String] = []
  /// `--env`: globs of the variables that count; nil counts all that are not ignored.
  public var env: [String]?
  /// `--env-ignore`: globs of more variables to ignore; they add up.
  public var envIgnore: [String] = []
  /// `--cwd`, `--no-cwd`: how the working directory enters the key.
  public var cwd: Directory?
  /// `--no-user`: false leaves UID and GID out of the key.
  public var user: Bool?
  /// `--no-remote`: false keeps the remote tier out of it.
  public var remote: Bool?
  /// `--scope`: a name that keeps entries apart.
  public var scope: String?
  /// `--shell`: what runs the pipeline of `-c`, as words.
  public var shell: String?
  /// `--cache-status`: the exit statuses that are kept.
  public var cacheStatus: [Int32]?
  /// `--executable`: how the program's file enters the key, and those of the programs in a script.
  ///
  /// Nil is by its contents, and by where links on its path lead.
  public var executable: Identity?
  /// `--arg-files`: how files named as arguments, and in a script, enter the key.
  ///
  /// Nil is by their contents, and directories by inode, mtime and ctime; files of a program that
  /// reads metadata, as `ls` does, by both.
  public var argFiles: Identity?
  /// `--content-limit`: the largest file that counts by its contents, in bytes; nil is 256 MiB for
  /// programs and 64 MiB for other files.
  public var contentLimit: Int64?
  /// `--stdin`: stdin is read, is in the key, and goes to the command.
  public var stdin: Bool?
  /// `--file`: files, trees and patterns whose contents are in the key; they add up.
  ///
  /// A path may begin with `~/`, `$NAME`, `${NAME}` or `${NAME:-path}`, or be `git:NAME`, a file of
  /// the Git repository; `literal(_:)` is for one whose `$` means itself. A leading `-` marks a
  /// file that need not exist.
  public var file: [String] = []
  /// `--mtime`: files whose inode, size, mtime and ctime are in the key, paths as in `file`; they
  /// add up.
  public var mtime: [String] = []
  /// Patterns of more secrets in arguments, which are hidden wherever these are written or printed;
  /// they add up.
  ///
  /// A glob that matches a text anywhere in an argument, or, with `=` at its end, a name whose
  /// values are hidden.
  public var redact: [String] = []
  /// `--timeout`: how long the command may run; zero is no limit.
  public var timeout: TimeToLive?
  /// `--failure-ttl`: how long results with other exit statuses are kept; zero is not at all.
  public var failureTimeToLive: TimeToLive?
  /// `--stale-while-revalidate`: how long an expired result is served during a refresh.
  public var staleWhileRevalidate: TimeToLive?
  /// `--stale-if-error`: how long an expired result is served in place of a failure.
  public var staleIfError: TimeToLive?
  /// A rule's `cache: false`: the command runs without the cache.
  public var cache: Bool?

  /// Nothing said.
  public init() {}

  /// Whether nothing is said.
  public var isEmpty: Bool {
    timeToLive == nil && tags.isEmpty && env == nil && envIgnore.isEmpty && cwd == nil
      && scope == nil && shell == nil && cacheStatus == nil && executable == nil
      && argFiles == nil && contentLimit == nil && stdin == nil && file.isEmpty && mtime.isEmpty
      && redact.isEmpty
      && timeout == nil
      && failureTimeToLive == nil && staleWhileRevalidate == nil && staleIfError == nil
      && cache == nil && ttlJitter == nil && user == nil && remote == nil
  }

  /// How the working directory enters the key.
  public enum Directory: String, Sendable, CaseIterable {
    /// By its path.
    case path = "true"
    /// Not at all.
    case none = "false"
    /// By which repository it is in, and where in it.
    case repository
  }

  /// How a file enters the key.
  public enum Identity: String, Sendable, CaseIterable {
    /// By inode, size, mtime and ctime.
    case stat
    /// By its bytes; an argument that is a directory by the names in it.
    case content
    /// By its name alone (`path` for the executable).
    case path
    /// Not at all beyond the word itself.
    case none
  }

  /// Whether results with this exit status are served.
  func keeps(_ status: Int32) -> Bool { (cacheStatus ?? [0]).contains(status) }

  /// How long results with other statuses are kept; nil if they are not.
  var failureLimit: TimeToLive? { failureTimeToLive.flatMap { $0.microseconds > 0 ? $0 : nil } }

  /// Whether a recording of this exit status may be given: failures only to who keeps them, within
  /// a separate limit.
  public func allows(status: Int32, _ info: Entry.Info, at now: Timestamp) -> Bool {
    if keeps(status) { return true }
    guard let limit = failureLimit else { return false }
    return now.since(info.created) <= limit.microseconds
  }

  /// These settings with others overlaid on them: scalars and `env` replace, the lists add up.
  public func overlaid(by other: RunSettings) -> RunSettings {
    // Most calls have nothing to lay over: to copy it all twice takes a tenth of a hit.
    if other.isEmpty { return self }
    if isEmpty { return other }
    var result = self
    result.timeToLive = other.timeToLive ?? timeToLive
    result.ttlJitter = other.ttlJitter ?? ttlJitter
    Self.add(other.tags, to: &result.tags)
    result.env = other.env ?? env
    Self.add(other.envIgnore, to: &result.envIgnore)
    result.cwd = other.cwd ?? cwd
    result.user = other.user ?? user
    result.remote = other.remote ?? remote
    result.scope = other.scope ?? scope
    result.shell = other.shell ?? shell
    result.cacheStatus = other.cacheStatus ?? cacheStatus
    result.executable = other.executable ?? executable
    result.argFiles = other.argFiles ?? argFiles
    result.contentLimit = other.contentLimit ?? contentLimit
    result.stdin = other.stdin ?? stdin
    Self.add(other.file, to: &result.file)
    Self.add(other.mtime, to: &result.mtime)
    Self.add(other.redact, to: &result.redact)
    result.timeout = other.timeout ?? timeout
    result.failureTimeToLive = other.failureTimeToLive ?? failureTimeToLive
    result.staleWhileRevalidate = other.staleWhileRevalidate ?? staleWhileRevalidate
    result.staleIfError = other.staleIfError ?? staleIfError
    result.cache = other.cache ?? cache
    return result
  }

  // A loop, not `filter`: most calls have nothing in most lists.
  private static func add(_ more: [String], to list: inout [String]) {
    for item in more where !list.contains(item) { list.append(item) }
  }
}
