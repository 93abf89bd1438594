/// An option of the verbs whose plain lines are read without the argument parser: the one table of
/// them.
struct LineOption: Sendable {
  /// Verbs that take an option.
  struct Verbs: OptionSet, Sendable {
    let rawValue: UInt8

    static let run = Verbs(rawValue: 1)
    static let set = Verbs(rawValue: 2)
    static let get = Verbs(rawValue: 4)
    static let has = Verbs(rawValue: 8)
    static let delete = Verbs(rawValue: 16)

    /// Those that take the options which make a key.
    static let keyed: Verbs = [.run, .get, .has, .delete]
    /// Those that take keys on stdin.
    static let listed: Verbs = [.get, .has, .delete]
    static let all: Verbs = [.run, .set, .get, .has, .delete]
  }

  enum Kind: Sendable {
    case flag(@Sendable (RunArguments) -> Void)
    /// Returns false for a value that only the argument parser can judge.
    case value(@Sendable (RunArguments, String) -> Bool)
  }

  let names: [String]
  let verbs: Verbs
  let kind: Kind

  /// The option of a name with its dashes; nil if the verb has none of that name.
  static func find(_ name: Substring, _ verb: Verbs) -> LineOption? {
    for option in table where option.verbs.contains(verb) {
      for known in option.names where known == name { return option }
    }
    return nil
  }

  /// The names of options with a value that a verb takes, each with its dashes.
  static func names(takingValuesOf verb: Verbs) -> [String] {
    table.filter { option in
      guard case .value = option.kind else { return false }
      return option.verbs.contains(verb) || option.verbs.contains(.run)
    }.flatMap(\.names)
  }

  private static func flag(
    _ names: String..., of verbs: Verbs, set: @escaping @Sendable (RunArguments) -> Void
  ) -> LineOption { LineOption(names: names, verbs: verbs, kind: .flag(set)) }

  private static func value(
    _ name: String, of verbs: Verbs, set: @escaping @Sendable (RunArguments, String) -> Void
  ) -> LineOption {
    LineOption(
      names: [name], verbs: verbs,
      kind: .value { line, text in
        set(line, text)
        return true
      })
  }

  private static let table: [LineOption] = common + key + run + values

  private static let common: [LineOption] = [
    value("--db", of: .all) { $0.common.store = $1 },
    value("--profile", of: .all) { $0.common.profile = $1 },
    flag("-q", "--quiet", of: .all) { $0.common.quiet = true },
    flag("-v", "--verbose", of: .all) { $0.common.verbose = true },
  ]

  private static let key: [LineOption] = [
    LineOption(
      names: ["-c"], verbs: .keyed,
      kind: .value { line, text in
        line.key.pipeline = text
        return true
      }),
    value("--shell", of: .keyed) { $0.key.shell = $1 },
    value("--env", of: .keyed) { $0.key.env.append($1) },
    value("--env-ignore", of: .keyed) { $0.key.envIgnore.append($1) },
    flag("--no-env", of: .keyed) { $0.key.noEnv = true },
    flag("--no-cwd", of: .keyed) { $0.key.noCwd = true },
    value("--cwd", of: .keyed) { $0.key.cwd = $1 },
    flag("--no-user", of: .keyed) { $0.key.noUser = true },
    value("--scope", of: .keyed) { $0.key.scope = $1 },
    value("--executable", of: .keyed) { $0.key.executable = $1 },
    value("--arg-files", of: .keyed) { $0.key.argFiles = $1 },
    value("--content-limit", of: .keyed) { $0.key.contentLimit = $1 },
    flag("--stdin", of: .keyed) { $0.key.stdin = true },
    value("--file", of: .all) { $0.key.file.append($1) },
    value("--mtime", of: .keyed) { $0.key.mtime.append($1) },
    value("--output", of: .keyed) { $0.key.output.append($1) },
    flag("--trace", of: .keyed) { $0.key.trace = true },
    flag("--no-trace", of: .keyed) { $0.key.trace = false },
    flag("--trace-times", of: .keyed) { $0.key.traceTimes = true },
  ]

  private static let run: [LineOption] = [
    value("--ttl", of: [.run, .set]) { $0.ttl = $1 },
    value("--ttl-jitter", of: .run) { $0.ttlJitter = $1 },
    value("--tag", of: [.run, .set]) { $0.tags.append($1) },
    value("--cache-status", of: .run) { $0.cacheStatus = $1 },
    value("--wait", of: .run) { $0.wait = $1 },
    value("--timeout", of: .run) { $0.timeout = $1 },
    value("--failure-ttl", of: .run) { $0.failureTTL = $1 },
    value("--stale-while-revalidate", of: .run) { $0.staleWhileRevalidate = $1 },
    value("--stale-if-error", of: .run) { $0.staleIfError = $1 },
    flag("--refresh", "--force", of: .run) { $0.refresh = true },
    flag("--background", of: .run) { $0.background = true },
    flag("--warm", of: .run) { $0.warm = true },
    flag("--cached-only", of: .run) { $0.cachedOnly = true },
    flag("--explain", of: .run) { $0.explain = true },
    flag("--no-store", of: .run) { $0.noStore = true },
    flag("--no-remote", of: .run) { $0.noRemote = true },
    flag("--rules-only", of: .run) { $0.rulesOnly = true },
    flag("--no-stdin", of: .run) { $0.noStdin = true },
  ]

  private static let values: [LineOption] = [
    value("--format", of: .set) { $0.format = $1 },
    LineOption(
      names: ["--entry-version"], verbs: .set,
      kind: .value { line, text in
        line.entryVersion = Int64(text)
        return line.entryVersion != nil
      }),
    flag("--remote", of: [.set, .get, .delete]) { $0.remote = true },
    flag("-r", "--raw", of: .get) { $0.raw = true },
    flag("--stderr", of: .get) { $0.stderr = true },
    flag("--json", of: .get) { $0.json = true },
    flag("-z", of: .listed) { $0.zero = true },
  ]
}
