internal import ArgumentParser
internal import Cachetronomy
internal import Glibc

extension Tool {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract:
        "Run a command, or replay its recording (kept 1 h, or as --ttl says).",
      usage: "cachetronomy run [<options>] ([--] <command> [<argument> ...] | -c <pipeline>)",
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
