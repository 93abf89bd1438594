package import Cachetronomy
internal import System

/// Whether a command in a profile's `warm` list has a fresh result.
package struct Warming: Sendable {
  /// What to do for the command.
  package enum State: Sendable, Equatable {
    /// Nothing: its result is fresh.
    case fresh
    /// Run it: there is no result.
    case missing
    /// Run it and replace the result, which has expired or is about to.
    case due
    /// Do not run it, for this reason.
    case refused(String)
  }

  /// What to do for the command.
  package var state: State
  /// The command, with secrets redacted.
  package var shown: String
  /// Its working directory.
  package var directory: [UInt8]
  /// The age of its result, in microseconds; nil if there is none.
  package var age: Int64?
  private var settings: RunSettings

  /// Looks up the result of a command.
  ///
  /// - Parameters:
  ///   - before: a result with less time left is refreshed; nil is a tenth of its total time.
  ///   - isAnyway: also warm a command whose result no other caller may find.
  package init(
    _ command: Profile.WarmCommand, profile: Profile, store: Store?, environment: Environment,
    before: TimeToLive?, isAnyway: Bool, at now: Timestamp
  ) throws(Failure) {
    let words = command.words.map { Array($0.utf8) }
    let resolved = try ResolvedCommand(.words(words), profile: profile, flags: RunSettings())
    settings = resolved.settings
    shown = Redactor(environment, patterns: settings.redact).redacted(words)
      .map { ShellWords.quote($0) }.joined(separator: " ")
    directory = try WorkingDirectory.path(named: environment["PWD"])
    state = .fresh
    if let why = Self.refusal(command, resolved, isAnyway: isAnyway) {
      state = .refused(why)
      return
    }
    var environment = environment
    if let wanted = command.directory {
      directory = Self.expanded(wanted, home: environment["HOME"])
      environment.set("PWD", to: directory)
    }
    try look(resolved, profile, store, environment, before, now)
  }

  private mutating func look(
    _ resolved: ResolvedCommand, _ profile: Profile, _ store: Store?, _ environment: Environment,
    _ before: TimeToLive?, _ now: Timestamp
  ) throws(Failure) {
    // Relative file arguments are resolved in its working directory.
    let (call, found) = try WorkingDirectory.within(directory) {
      () throws(Failure) -> (Invocation, Explanation) in
      let call = try resolved.invocation(
        directory: try WorkingDirectory.path(named: environment["PWD"]), environment: environment)
      let run = CachedRun(
        call, profile: profile, store: store, sink: { _, _ in true }, now: { now }, warn: { _ in })
      return (call, run.explain())
    }
    age = found.age
    if let why = call.resolve().notes.obstacle {
      state = .refused(why)
      return
    }
    switch found.verdict {
    case .hit:
      guard let left = found.left, let age = found.age else { break }
      let whole = age.addingReportingOverflow(left)
      let limit = before?.microseconds ?? (whole.overflow ? 0 : whole.partialValue / 10)
      if left <= limit { state = .due }
    case .miss: state = .missing
    case .expired, .stale: state = .due
    case .notCached: state = .refused(found.why ?? "it is not cached")
    }
  }

  private static func refusal(
    _ command: Profile.WarmCommand, _ resolved: ResolvedCommand, isAnyway: Bool
  ) -> String? {
    let settings = resolved.settings
    let rule = resolved.rule.map { "rule \($0.source ?? $0.match.joined(separator: " "))" }
    if settings.cache == false { return "\(rule ?? "a rule") says 'cache: false'" }
    if settings.stdin == true { return "it reads stdin" }
    if isAnyway { return nil }
    let isWhole = settings.env?.contains { $0.utf8.allSatisfy { $0 == UInt8(ascii: "*") } } ?? true
    if isWhole {
      return "its key has the whole environment, which differs for every other caller "
        + "(give \(rule ?? "a rule for it") 'env')"
    }
    if settings.cwd ?? .path != .none, command.directory == nil {
      return "its key has the working directory (give it 'cwd', or \(rule ?? "a rule for it") "
        + "'cwd: false')"
    }
    return nil
  }

  private static func expanded(_ path: String, home: [UInt8]?) -> [UInt8] {
    var bytes = Array(path.utf8)
    if path == "~" || path.hasPrefix("~/"), let home { bytes = home + bytes.dropFirst() }
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    return bytes
  }

  /// Returns why a run was not successful; nil if there is now a result stored since it began.
  ///
  /// - Parameter wasMissing: whether any result suffices, including one from another machine.
  package func failure(
    _ end: WorkerPool.JobResult, wasMissing: Bool, since began: Timestamp, at now: Timestamp
  ) -> String? {
    let last = String(decoding: end.errors, as: UTF8.self).split(separator: "\n").last
    let detail = last.map { ": \($0.suffix(200))" } ?? ""
    guard settings.keeps(end.status) else { return "exit status \(end.status)\(detail)" }
    guard state == .fresh, let age, wasMissing || age <= now.since(began) else {
      return "it ran, but its result was not kept\(detail)"
    }
    return nil
  }
}
