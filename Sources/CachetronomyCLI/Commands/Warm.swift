internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache
internal import Glibc

extension Tool {
  struct Warm: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "warm",
      abstract: "Refresh the commands listed in a profile before they expire.",
      discussion: """
        For example, from cron:
          */5 * * * * cachetronomy warm --quiet --profile kubernetes
        """)

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp(
        "Parallel jobs (default: one per processor).", valueName: "number"))
    var jobs: Int?

    @Option(
      help: ArgumentHelp(
        "Refresh entries with less time left (default: a tenth).", valueName: "duration"))
    var before: String?

    @Flag(help: "Include commands whose key depends on this session.")
    var anyway = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let before = try before.map { try TimeToLive($0) }
      let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      let jobs = jobs ?? max(1, processors)
      guard (1...1024).contains(jobs) else { throw Failure.badSetting("--jobs", "want 1 to 1024") }
      let environment = ArgumentBytes.environment()
      if let off = environment["CACHETRONOMY_DISABLE"], off != [UInt8(ascii: "0")] {
        return common.say("nothing to warm: CACHETRONOMY_DISABLE is set")
      }
      let store = try common.reading()
      let profile = try common.values.profile(in: store, environment)
      var round = WarmRound(profile: profile, environment: environment, common: common)
      round.before = before
      round.isAnyway = anyway
      let signal = try round.run(store, atOnce: jobs)
      if let signal { throw Status.exit(128 + signal) }
      if round.failed > 0 { throw Status.exit(Status.miss) }
    }
  }
}
