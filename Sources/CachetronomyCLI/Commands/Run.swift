internal import ArgumentParser
internal import Cachetronomy
internal import Glibc

extension Tool {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract:
        "Run a command, or replay its output (kept 1 h unless a ttl says otherwise).",
      usage: "cachetronomy run [<options>] [--] <command> [<argument> ...]\n"
        + "cachetronomy run [<options>] -c <pipeline>",
      discussion: """
        For example:
          cachetronomy run --ttl 10m -- curl -fsS https://example.com/rates.json
          cachetronomy run --shell 'bash -o pipefail' -c 'ps aux | sort -k4 | tail'
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var key: KeyOptions

    @Option(
      help: ArgumentHelp("How old an answer may be: 90s, 1h30m, 2d, never.", valueName: "duration"))
    var ttl: String?

    @Option(help: ArgumentHelp("A tag for a new entry (may be repeated).", valueName: "tag"))
    var tag: [String] = []

    @Option(help: ArgumentHelp("The exit statuses that are kept (default: 0).", valueName: "list"))
    var cacheStatus: String?

    @Option(
      help: ArgumentHelp(
        "Wait so long for another call that runs it (default: 10m).", valueName: "duration"))
    var wait: String?

    @Flag(
      name: [.customLong("refresh"), .customLong("force")], help: "Run it, and replace the answer.")
    var refresh = false

    @Flag(help: "Never run it: without an answer the status is 1.")
    var cachedOnly = false

    @Flag(help: "Do not store what it prints.")
    var noStore = false

    @Flag(help: "It needs no input: keep the result though input was waiting.")
    var noStdin = false

    /// What was read, without the command's own words.
    var line: RunLine {
      var line = RunLine()
      line.common = common.values
      line.key = key.values
      line.ttl = ttl
      line.tags = tag
      line.cacheStatus = cacheStatus
      line.wait = wait
      line.refresh = refresh
      (line.cachedOnly, line.noStore, line.noStdin) = (cachedOnly, noStore, noStdin)
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
  /// Answers a command.
  ///
  /// - Returns: the status, and the signal to die of, if the command died of one that we got.
  static func run(_ line: RunLine) throws(Failure) -> (status: Int32, signal: Int32?) {
    let environment = Words.environment()
    let flags = try line.settings()
    let patience = try line.wait.map { text throws(Failure) in try TimeToLive(text) }
    if line.cachedOnly, line.refresh {
      throw .badSetting("options", "--cached-only and --refresh contradict each other")
    }
    guard let command = try line.key.command(line.words) else {
      throw .badSetting("command line", "no command given (see 'cachetronomy run --help')")
    }
    for word in [line.common.store, line.common.profile].compacted {
      _ = try Words.plain(word, "command line")
    }
    let directory: [UInt8]
    do throws(Failure) {
      directory = try WorkingDirectory.path(named: environment["PWD"])
    } catch {
      // Somebody removed it: a command can run there still, but has no name to be known by.
      if !line.common.quiet { Output.warn(error) }
      let plan = try Plan(command, profile: Profile(name: Profile.defaultName), flags: flags)
      throw Memo.become(
        try plan.invocation(directory: [UInt8(ascii: ".")], environment: environment))
    }
    func invocation(_ profile: Profile) throws(Failure) -> (Plan, Invocation) {
      let plan = try Plan(command, profile: profile, flags: flags)
      return (plan, try plan.invocation(directory: directory, environment: environment))
    }
    if let off = environment["CACHETRONOMY_DISABLE"], off != [UInt8(ascii: "0")] {
      let plain = Profile(name: Profile.defaultName)
      throw Memo.become(try invocation(plain).1)
    }
    var (store, profile) = (Store?.none, Profile(name: Profile.defaultName))
    var isUsable = true
    do throws(Failure) {
      store = try line.common.reading(environment)
      profile = try line.common.profile(in: store, environment)
      if try StoreLocation.find(line.common.store, environment) == nil {
        throw Failure.store(
          path: "", .missing, detail: "no HOME, and neither --db nor CACHETRONOMY_DB")
      }
    } catch {
      // A wrong word on the command line is the user's to mend; all else must not stop the command.
      if case .unknownProfile = error, line.common.profile != nil { throw error }
      if !line.common.quiet { Output.warn(error) }
      (store, isUsable) = (nil, false)
    }
    let (plan, call) = try invocation(profile)
    let isTalking = line.common.verbose && !line.common.quiet
    if plan.settings.cache == false {
      if isTalking { Output.say("not cached: rule \(plan.rule?.source ?? "") says so") }
      throw Memo.become(call)
    }
    if let word = call.unrepeatable {
      if isTalking { Output.say("not cached: \(word) is this call's alone") }
      throw Memo.become(call)
    }
    var memo = Memo(call, profile: profile, store: store, sink: Output.pass) { failure in
      if !line.common.quiet { Output.warn(failure) }
    }
    memo.rule = plan.rule?.source
    memo.refresh = line.refresh
    if let patience { memo.patience = patience.microseconds }
    memo.cachedOnly = line.cachedOnly
    if !line.noStdin { memo.isInputWaiting = { Input.isWaiting } }
    if isUsable, !line.noStore {
      memo.storeForWriting = { () throws(Failure) in
        try line.common.writing(environment, create: true, patience: 3000)
      }
    }
    let outcome = try memo.answer()
    if case .miss = outcome.verdict, outcome.notKept == nil {
      line.common.collectIfDue(profile, environment)
    }
    if outcome.notKept == Memo.unreadInput, !line.common.quiet {
      Output.say(
        "standard input was not given to the command, and its result is not kept "
          + "(see --no-stdin in 'cachetronomy run --help')")
    }
    if isTalking { Output.say(describe(outcome, plan)) }
    return (outcome.status, outcome.signal)
  }

  private static func describe(_ outcome: Memo.Outcome, _ plan: Plan) -> String {
    let rule = plan.rule?.source.map { ", rule \($0)" } ?? ""
    let tail = "profile \(plan.profile.name)\(rule): \(outcome.key)"
    switch outcome.verdict {
    case .hit(let age, let left, let saved):
      let rest = left.map { "\(Human.duration($0)) left" } ?? "kept for ever"
      return "HIT, \(Human.duration(age)) old, \(rest), \(Human.duration(saved)) saved, \(tail)"
    case .shared: return "SHARED with another call that ran it, \(tail)"
    case .miss(let why):
      let word = why == .expired ? "EXPIRED" : "MISS (\(why.rawValue))"
      return "\(word), \(outcome.notKept.map { "not kept: \($0)" } ?? "kept"), \(tail)"
    }
  }
}
