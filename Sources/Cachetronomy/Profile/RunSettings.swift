/// Settings that shape the key, freshness and storage of a recording.
///
/// A profile's `run:`, a rule and the command line each provide one, and override in that order.
/// Nil means not set.
public struct RunSettings: Sendable, Equatable {
  /// `--ttl`: the maximum age of a result, and how long new ones are kept.
  public var timeToLive: TimeToLive?
  /// `--ttl-jitter`: the maximum percentage by which the ttl of a new entry is shortened at random.
  public var ttlJitter: Int64?
  /// `--tag`: tags of new entries; they accumulate.
  public var tags: [String] = []
  /// `--env`: globs of the variables in the key; nil includes all that are not ignored.
  public var env: [String]?
  /// `--env-ignore`: globs of additional variables to ignore; they accumulate.
  public var envIgnore: [String] = []
  /// `--cwd`, `--no-cwd`: how the working directory enters the key.
  public var cwd: Directory?
  /// `--no-user`: false leaves UID and GID out of the key.
  public var user: Bool?
  /// `--no-remote`: false disables the remote.
  public var remote: Bool?
  /// `--scope`: a name that separates entries.
  public var scope: String?
  /// `--shell`: the shell for the pipeline of `-c`, with its options.
  public var shell: String?
  /// `--cache-status`: the exit statuses whose results are stored.
  public var cacheStatus: [Int32]?
  /// `--executable`: what identifies the program's file, and the programs in a script, in the key.
  ///
  /// Nil is the contents, and the targets of the links on its path.
  public var executable: Identity?
  /// `--arg-files`: what identifies files named as arguments, and in a script, in the key.
  ///
  /// Nil is the contents for files, and inode, mtime and ctime for directories; files of a program
  /// that reads metadata, such as `ls`, are identified by both.
  public var argFiles: Identity?
  /// `--content-limit`: the maximum size of a file whose contents are in the key, in bytes; nil is
  /// 256 MiB for programs and 64 MiB for other files.
  public var contentLimit: Int64?
  /// `--stdin`: pass stdin to the command and include it in the key.
  public var stdin: Bool?
  /// `--file`: files, trees and patterns whose contents are in the key; they accumulate.
  ///
  /// A path may begin with `~/`, `$NAME`, `${NAME}` or `${NAME:-path}`, or be `git:NAME`, a file of
  /// the Git repository; `literal(_:)` escapes a leading `$`. A leading `-` marks a file that need
  /// not exist.
  public var file: [String] = []
  /// `--mtime`: files whose inode, size, mtime and ctime are in the key; they accumulate.
  public var mtime: [String] = []
  /// Patterns of additional secrets in arguments, redacted in all output; they accumulate.
  ///
  /// A glob matches text anywhere in an argument. With `=` at its end it matches a name whose value
  /// is redacted.
  public var redact: [String] = []
  /// `--timeout`: the maximum run time; zero is unlimited.
  public var timeout: TimeToLive?
  /// `--failure-ttl`: how long results with other exit statuses are kept; zero is not at all.
  public var failureTimeToLive: TimeToLive?
  /// `--stale-while-revalidate`: how long to serve an expired result while refreshing it.
  public var staleWhileRevalidate: TimeToLive?
  /// `--stale-if-error`: how long to serve an expired result if the command fails.
  public var staleIfError: TimeToLive?
  /// A rule's `cache: false`: run the command without the cache.
  public var cache: Bool?
  /// `--trace`, `--no-trace`: whether to find the inputs of the command by tracing it.
  public var trace: Bool?
  /// `--trace-times`: whether a new time of an input is a change, whichever program examined it.
  public var traceTimes: Bool?
  /// Globs of paths that are neither inputs nor outputs of a traced command; they accumulate.
  public var traceIgnore: [String] = []
  /// Directories whose files are not checked again; they accumulate.
  public var traceTrust: [String] = []
  /// How many results of one traced command are kept, each for other inputs; nil is 8.
  public var traceVariants: Int64?

  /// `--output`: files, directories and patterns that the command makes and that come back on a hit.
  ///
  /// `auto` is all that a traced command makes below its directory. They accumulate.
  public var output: [String] = []

  /// The path that means all that a traced command makes.
  package static let automaticOutput = "auto"

  /// Creates settings of which none is set.
  public init() {}

  /// Whether no setting is set.
  public var isEmpty: Bool {
    timeToLive == nil && tags.isEmpty && env == nil && envIgnore.isEmpty && cwd == nil
      && scope == nil && shell == nil && cacheStatus == nil && executable == nil
      && argFiles == nil && contentLimit == nil && stdin == nil && file.isEmpty && mtime.isEmpty
      && redact.isEmpty
      && timeout == nil
      && failureTimeToLive == nil && staleWhileRevalidate == nil && staleIfError == nil
      && cache == nil && ttlJitter == nil && user == nil && remote == nil
      && trace == nil && traceTimes == nil && traceIgnore.isEmpty && traceTrust.isEmpty
      && traceVariants == nil && output.isEmpty
  }

  /// How the working directory is included in the key.
  public enum Directory: String, Sendable, CaseIterable {
    /// By its path.
    case path = "true"
    /// Not at all.
    case none = "false"
    /// By its repository and its path in it.
    case repository
  }

  /// How a file is included in the key.
  public enum Identity: String, Sendable, CaseIterable {
    /// By inode, size, mtime and ctime.
    case stat
    /// By its contents; a directory among the arguments by the names in it.
    case content
    /// By its path alone (`path` for the executable).
    case path
    /// Not at all, except for the argument itself.
    case none
  }

  /// Whether results with this exit status are stored as successes.
  package func keeps(_ status: Int32) -> Bool { (cacheStatus ?? [0]).contains(status) }

  /// How long results with other statuses are kept; nil if they are not.
  package var failureLimit: TimeToLive? {
    failureTimeToLive.flatMap { $0.microseconds > 0 ? $0 : nil }
  }

  /// Whether a recording with this exit status may be served: failures only if this call keeps
  /// them, and within their own ttl.
  public func allows(status: Int32, _ times: Freshness, at now: Timestamp) -> Bool {
    keeps(status) || failureLimit.map { times.isWithin($0, at: now) } == true
  }

  /// Whether the inputs of the command are found by tracing it.
  public var isTraced: Bool { trace == true }

  /// Whether nothing is stored or served: `--ttl 0`.
  public var isUncached: Bool { timeToLive?.microseconds == 0 }

  /// Returns these settings overridden by others: scalars and `env` replace, lists accumulate.
  public func overlaid(by other: RunSettings) -> RunSettings {
    // Most calls override nothing, and copying all settings takes a tenth of a hit.
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
    result.trace = other.trace ?? trace
    result.traceTimes = other.traceTimes ?? traceTimes
    Self.add(other.traceIgnore, to: &result.traceIgnore)
    Self.add(other.traceTrust, to: &result.traceTrust)
    result.traceVariants = other.traceVariants ?? traceVariants
    Self.add(other.output, to: &result.output)
    return result
  }

  // A loop, not `filter`: in most calls most lists are empty.
  private static func add(_ more: [String], to list: inout [String]) {
    for item in more where !list.contains(item) { list.append(item) }
  }
}

extension RunSettings {
  /// What is wrong with a path of `output`; nil if nothing is.
  package static func outputError(_ path: String) -> String? {
    let names = path.split(separator: "/").filter { $0 != "." }
    if path.utf8.contains(0) || path.utf8.count > 4096 {
      return "want a path of at most 4096 bytes"
    }
    return names.isEmpty
      ? "want a file or directory, not '\(path)' as a whole" : nil
  }

  /// What is wrong with a pattern of `redact`; nil if nothing is.
  static func redactError(_ text: String) -> String? {
    let pattern = Array(text.utf8)
    if pattern.allSatisfy({ $0 == 0x2a || $0 == 0x3d }) {
      return "want a pattern with some text in it"
    }
    return pattern.count > 256 ? "want a pattern of at most 256 bytes" : nil
  }
}
