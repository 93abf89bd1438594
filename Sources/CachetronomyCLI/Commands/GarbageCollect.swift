internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache

extension Tool {
  struct GarbageCollect: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gc",
      abstract: "Remove expired and excess entries and reclaim disk space.",
      discussion: """
        For example, from cron:
          17 * * * * cachetronomy gc
        """)

    @Flag(help: "Repeat passes until interrupted.")
    var watch = false

    @Flag(help: "Run a pass only if one is due and no watcher runs.")
    var auto = false

    @Flag(help: "Print what would be removed and why.")
    var dryRun = false

    @Flag(help: "Rebuild the file to reclaim free space.")
    var vacuum = false

    @Option(
      help: ArgumentHelp("Stop after this time; the next pass continues.", valueName: "duration"))
    var maxDuration: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let limit = try maxDuration.map { try TimeToLive($0) } ?? .never
      let modes = [(watch, "--watch"), (auto, "--auto"), (dryRun, "--dry-run")].filter(\.0)
      if modes.count > 1 {
        throw Failure.badSetting(
          "options", "\(modes[0].1) and \(modes[1].1) contradict each other")
      }
      if vacuum, let mode = modes.first {
        throw Failure.badSetting("options", "\(mode.1) and --vacuum contradict each other")
      }
      let environment = ArgumentBytes.environment()
      if watch {
        var watch = Watch(common: common.values, environment: environment, json: json)
        watch.limit = limit
        return try watch.run()
      }
      guard let store = try dryRun ? common.reading() : common.changing() else {
        guard let place = try StoreLocation.find(common.store, environment), place.isNamed else {
          return
        }
        throw Failure.missing(place.path)
      }
      let started = Timestamp.now()
      if auto { return try collect(store, at: started, environment) }
      let profile = try common.values.profile(in: store, environment)
      var sweep = GCPass(store, profile: profile, now: started)
      if dryRun { return try plan(sweep, from: started) }
      sweep.lockTimeout = CommonValues.lockTimeout
      sweep.limit = limit
      sweep.vacuums = vacuum
      var bar = ProgressBar(isShown: Terminal.isErrors && !common.quiet)
      sweep.progress = { bar.show($0, of: $1) }
      let report: GCPass.Report
      do {
        report = try sweep.run()
        bar.wipe()
      } catch {
        bar.wipe()
        throw error
      }
      let pass = GCReport(report, from: started)
      if json { return try Output.write(json: pass.value) }
      if Terminal.isOutput, !common.quiet { return try Output.write(pass.table) }
      if common.verbose { common.say(pass.line) }
    }

    /// The pass that a command which stored something started, without output.
    private func collect(_ store: Store, at now: Timestamp, _ environment: Environment) throws {
      var profile = Profile(name: Profile.defaultName)
      do {
        profile = try common.values.profile(in: store, environment)
      } catch Failure.unknownProfile {
        // No process would ever hear that it is gone.
      }
      guard AutoGC.isWanted(store, profile: profile, at: now) else { return }
      do {
        let pass = GCReport(try GCPass(store, profile: profile, now: now).run(), from: now)
        if json {
          try Output.write(json: pass.value)
        } else if common.verbose {
          common.say(pass.line)
        }
      } catch Failure.store(_, .busy, _) {
        // Another process is at it.
      }
    }

    private func plan(_ sweep: GCPass, from started: Timestamp) throws {
      let report = try sweep.plan { (key, reason, bytes) throws(Failure) in
        if json {
          try Output.write(
            json: Records.object([
              ("key", .string(key.text)), ("reason", .string(reason.rawValue)),
              ("size_bytes", .int(bytes)),
            ]))
        } else {
          let name = Terminal.isOutput ? Terminal.printable(key.text) : key.text
          try Output.write("\(reason.rawValue)\t\(bytes)\t\(name)\n")
        }
      }
      var pass = GCReport(report, from: started)
      pass.isPlan = true
      if json { try Output.write(json: pass.value) }
    }
  }
}
