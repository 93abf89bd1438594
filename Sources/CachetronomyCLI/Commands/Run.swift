internal import ArgumentParser
internal import Cachetronomy
internal import Glibc

extension Tool {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract:
        "Run a command, or replay its recording (kept 1 h, or as --ttl says).",
      usage: "cachetronomy run [<options>] [--] <command> [<argument> ...]\n"
        + "cachetronomy run [<options>] -c <pipeline>",
      discussion: """
        For example:
          cachetronomy run --ttl 10m -- curl -fsS https://example.com/rates.json
          cachetronomy run -c 'ps aux | sort -k4 | tail'
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var key: KeyOptions

    @Option(
      help: ArgumentHelp("Maximum age of a result (default: 1h).", valueName: "duration"))
    var ttl: String?

    @Option(
      help: ArgumentHelp(
        "Shorten the ttl at random by up to this: 10%.", valueName: "percent"))
    var ttlJitter: String?

    @Option(
      help: ArgumentHelp("Tag of a new entry (repeatable).", valueName: "tag"),
      completion: Completions.tags)
    var tag: [String] = []

    @Option(
      help: ArgumentHelp("Exit statuses to keep: 0,1 or 0-3 (default: 0).", valueName: "list"))
    var cacheStatus: String?

    @Option(
      help: ArgumentHelp(
        "Maximum wait for another process (10m).", valueName: "duration"))
    var wait: String?

    @Option(
      help: ArgumentHelp(
        "Stop it after this time, with status 124.", valueName: "duration"))
    var timeout: String?

    @Option(
      name: .customLong("failure-ttl"),
      help: ArgumentHelp(
        "Keep other exit statuses this long.", valueName: "time"))
    var failureTTL: String?

    @Option(
      help: ArgumentHelp(
        "Serve an expired result, refresh it.",
        valueName: "duration"))
    var staleWhileRevalidate: String?

    @Option(
      help: ArgumentHelp(
        "Serve an expired result on failure.", valueName: "time"))
    var staleIfError: String?

    @Flag(
      name: [.customLong("refresh"), .customLong("force")], help: "Run it and replace the result.")
    var refresh = false

    @Flag(help: "With --refresh: in the background.")
    var background = false

    @Flag(help: "Refresh in the background on a miss.")
    var warm = false

    @Flag(help: "Never run it; exit 1 on a miss.")
    var cachedOnly = false

    @Flag(help: "Report hit or miss and why; run nothing.")
    var explain = false

    @Flag(help: "Do not store the result.")
    var noStore = false

    @Flag(help: "Do not use the remote cache.")
    var noRemote = false

    @Flag(help: "Cache only commands that a rule matches.")
    var rulesOnly = false

    @Flag(help: "Give the command /dev/null as stdin.")
    var noStdin = false

    /// What was read, without the command's own words.
    var line: RunArguments {
      let line = RunArguments()
      line.common = common.values
      line.key = key.values
      line.ttl = ttl
      line.ttlJitter = ttlJitter
      line.tags = tag
      line.cacheStatus = cacheStatus
      line.wait = wait
      (line.timeout, line.failureTTL) = (timeout, failureTTL)
      (line.staleWhileRevalidate, line.staleIfError) = (staleWhileRevalidate, staleIfError)
      (line.refresh, line.background, line.warm) = (refresh, background, warm)
      line.explain = explain
      (line.cachedOnly, line.noStore, line.noStdin) = (cachedOnly, noStore, noStdin)
      (line.noRemote, line.rulesOnly) = (noRemote, rulesOnly)
      return line
    }
  }
}

extension [String?] {
  /// Those that are there.
  fileprivate var compacted: [String] { compactMap { $0 } }
}

/// `run` once its command line has been read.
enum RunVerb {
  /// Serves or runs a command.
  ///
  /// - Returns: the status, and the signal to die of, if the command died of one that this process
  ///   received.
  ///
  /// - Parameter prepared: the command and its key, if the memory tier's profiles were enough for
  ///   that.
  static func run(
    _ line: RunArguments, _ prepared: PreparedRun? = nil
  ) throws(Failure) -> (status: Int32, signal: Int32?) {
    CachedRun.blockFailedWrites()
    var environment = ArgumentBytes.environment()
    environment.probe = prepared?.call.environment.probe ?? Probe(keeps: true)
    let handedOver = CachedRun.handedOver(&environment)
    let flags = try line.settings()
    let patience = try line.wait.map { text throws(Failure) in try TimeToLive(text) }
    try line.check()
    guard let command = try line.key.command(line.words, in: environment) else {
      throw .badSetting("command line", "no command given (see 'cachetronomy run --help')")
    }
    for word in [line.common.store, line.common.profile].compacted {
      _ = try ArgumentBytes.plain(word, "command line")
    }
    // A wrong path on the command line is for the user to correct; one in the environment is a
    // warning.
    if line.common.store != nil { _ = try StoreLocation.find(line.common.store, environment) }
    // A command can run where no path leads to, but has no name to be known by.
    var (directory, nowhere) = ([UInt8(ascii: ".")], Failure?.none)
    do throws(Failure) {
      directory = try WorkingDirectory.path(named: environment["PWD"])
    } catch {
      nowhere = error
    }
    func invocation(_ profile: Profile) throws(Failure) -> (ResolvedCommand, Invocation) {
      let plan = try ResolvedCommand(command, profile: profile, flags: flags)
      if let prepared, prepared.isOf(plan) { return (plan, prepared.call) }
      return (plan, try plan.invocation(directory: directory, environment: environment))
    }
    let isSilent = line.background || line.warm
    let isOff = environment["CACHETRONOMY_DISABLE"].map { $0 != [UInt8(ascii: "0")] } ?? false
    if isOff, !line.explain {
      if line.cachedOnly { return (Status.miss, nil) }
      if isSilent { return (Status.done, nil) }
      let plain = Profile(name: Profile.defaultName)
      throw CachedRun.become(try invocation(plain).1)
    }
    let trouble = WarningReporter(line.common, environment)
    var (store, profile) = (Store?.none, Profile(name: Profile.defaultName))
    var isUsable = true
    func look() throws(Failure) {
      store = try line.common.reading(environment)
      if let store, !store.isTrusted {
        throw Failure.store(
          path: store.path, .notTrusted, detail: "it belongs to another user")
      }
      profile = try line.common.profile(in: store, environment)
      if try StoreLocation.find(line.common.store, environment) == nil {
        throw Failure.store(
          path: "", .missing, detail: "no HOME, and neither --db nor CACHETRONOMY_DB")
      }
    }
    do throws(Failure) {
      do throws(Failure) {
        try look()
      } catch {
        let isKnown = store != nil
        store = nil
        guard error.isDamage, trouble.setAside(isKnown: isKnown) else { throw error }
        try look()
      }
    } catch {
      // A wrong word on the command line is the user's to fix; all else must not stop the command.
      if case .unknownProfile = error, line.common.profile != nil { throw error }
      trouble.warn(error)
      (store, isUsable) = (nil, false)
    }
    let plan: ResolvedCommand
    var call: Invocation
    if let store { environment.probe.readDigests(beside: store.path) }
    (plan, call) = try invocation(profile)
    var resolved = prepared.flatMap { $0.isOf(plan) ? $0.command : nil } ?? call.resolve()
    let stdin: StandardInput =
      plan.settings.stdin == true ? .given : line.noStdin ? .null : .inherited(environment.probe)
    let isTalking = line.common.verbose && !line.common.quiet
    let obstacle = nowhere?.description ?? resolved.notes.obstacle ?? stdin.obstacle
    let notCached: String? =
      if isOff {
        "CACHETRONOMY_DISABLE is set"
      } else if line.rulesOnly, plan.rule == nil {
        "no rule of profile \(profile.name) matches"
      } else if plan.settings.cache == false {
        "rule \(plan.rule?.source ?? "") says so"
      } else {
        obstacle
      }
    if let notCached, !line.explain {
      if let nowhere, notCached == obstacle {
        trouble.warn(nowhere)
      } else if isTalking {
        Output.say("not cached: \(notCached)")
      }
      if line.cachedOnly { return (Status.miss, nil) }
      if isSilent { return (Status.done, nil) }
      // What the options ask for holds for a command too whose result cannot be stored.
      let isBounded = plan.settings.timeout.map { $0.microseconds > 0 } ?? false
      guard notCached == obstacle,
        nowhere != nil || isBounded || line.noStdin || call.hasPipefail
      else { throw CachedRun.become(call) }
      var memo = CachedRun(
        call, resolved, stdin: stdin, profile: profile, store: nil, sink: Output.pass,
        warn: trouble.warn)
      if stdin.isGiven { memo.input = try Input.spool(beside: store) }
      return try runUnstored(memo)
    }
    var input: CommandInput?
    if plan.settings.stdin == true {
      input = try Input.spool(beside: store)
      call.input = input?.digest
      resolved = call.resolve()
    }
    var memo = CachedRun(
      call, resolved, stdin: stdin, profile: profile, store: store, sink: Output.pass,
      warn: trouble.warn)
    memo.live = LiveOutput()
    memo.setAside = trouble.setAside
    if plan.settings.remote != false {
      do throws(Failure) {
        memo.remote = try RemotePlace.tier(of: profile, store: store, environment)
      } catch {
        trouble.warn(error)
      }
    }
    memo.rule = plan.rule?.source
    memo.refresh = line.refresh
    memo.input = input
    memo.handedOver = handedOver
    memo.refresher = ArgumentBytes.all()
    memo.background = isSilent
    memo.isComparing = isTalking
    if let patience { memo.patience = patience.microseconds }
    memo.cachedOnly = line.cachedOnly
    var stores = false
    if isUsable, !line.noStore {
      memo.storeForWriting = { () throws(Failure) in
        stores = true
        if let store, try store.beginWriting(patience: 3000) { return store }
        return try line.common.writing(environment, create: true, patience: 3000)
      }
    }
    if line.explain {
      let report = ExplainReport(memo.explain(notCached: notCached), plan)
      try report.write(json: line.json)
      return (report.status, nil)
    }
    // The process ends with this: what the system frees by itself is a tenth of a hit to take
    // apart.
    if let store { _ = Unmanaged.passRetained(store) }
    // Also where the output could not be written.
    defer { if stores { line.common.collectIfDue(profile, environment) } }
    let outcome = try memo.answer()
    trouble.count()
    if !line.common.quiet {
      if case .miss = outcome.verdict {
        for path in resolved.notes.missing {
          Output.say("warning: '\(path)' names no file: its absence is in the key")
        }
      }
      hint(outcome.notKept, call)
    }
    if case .fallback(let age, let why) = outcome.verdict, !line.common.quiet {
      Output.say("warning: \(why); serving the result of \(Formatting.duration(age)) ago")
    }
    if isTalking {
      Output.say(describe(outcome, plan))
      if let construct = resolved.notes.blindSpot {
        Output.say(
          "this script may read files that are not seen, by \(construct): --file names them")
      }
    }
    return (outcome.status, outcome.signal)
  }

  /// Runs a command whose result is not stored.
  private static func runUnstored(
    _ memo: CachedRun
  ) throws(Failure) -> (status: Int32, signal: Int32?) {
    var memo = memo
    memo.live = LiveOutput()
    memo.refresh = true
    let outcome = try memo.answer()
    return (outcome.status, outcome.signal)
  }

  /// Says how a result could have been kept.
  private static func hint(_ notKept: NotKept?, _ call: Invocation) {
    switch notKept {
    case .readInput:
      Output.say(
        "the command read its stdin, so its result is not kept "
          + "(--stdin puts it in the key, --no-stdin gives none)")
    case .status(let status) where call.hasPipefail:
      Output.say(
        "status \(status) of the pipeline is not kept (--cache-status keeps it; "
          + "with --shell sh only the last command counts)")
    default: break
    }
  }

  private static func describe(_ outcome: CachedRun.Outcome, _ plan: ResolvedCommand) -> String {
    let rule = plan.rule?.source.map { ", rule \($0)" } ?? ""
    let tail = "profile \(plan.profile.name)\(rule): \(outcome.key)"
    switch outcome.verdict {
    case .hit(let age, let left, let saved):
      let rest = left.map { "\(Formatting.duration($0)) left" } ?? "kept forever"
      return
        "HIT, \(Formatting.duration(age)) old, \(rest), \(Formatting.duration(saved)) saved, \(tail)"
    case .stale(let age, let overdue, let isRefreshing):
      return "STALE, \(Formatting.duration(age)) old, expired \(Formatting.duration(overdue)) ago, "
        + (isRefreshing ? "refreshing, " : "") + tail
    case .fallback(let age, let why):
      return "STALE, \(Formatting.duration(age)) old, instead of a failure: \(why), \(tail)"
    case .started: return "STARTED in the background, \(tail)"
    case .shared: return "SHARED with another call that ran it, \(tail)"
    case .remoteHit(let age, let left, let saved):
      let rest = left.map { "\(Formatting.duration($0)) left" } ?? "kept forever"
      return "HIT (remote), \(Formatting.duration(age)) old, \(rest), "
        + "\(Formatting.duration(saved)) saved, \(tail)"
    case .miss(let why):
      let word = why == .expired ? "EXPIRED" : "MISS (\(outcome.missDetail ?? why.rawValue))"
      let nearest = outcome.nearest.map { nearest in
        "; #\(nearest.key.digest?.prefix(8) ?? "") of \(Formatting.duration(nearest.age)) ago differs in "
          + nearest.differences.map(\.description).joined(separator: ", ")
      }
      return "\(word), \(outcome.notKept.map { "not kept: \($0)" } ?? "kept"), \(tail)"
        + (nearest ?? "")
    }
  }
}
