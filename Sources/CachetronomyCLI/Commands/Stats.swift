internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stats",
      abstract: "Print the contents of the cache, the hit rate and the time saved.",
      discussion: """
        For example:
          cachetronomy stats --json | jq .hit_rate
        """)

    @Option(
      help: ArgumentHelp("Print only the most read keys: memory or store.", valueName: "tier"))
    var tier: Tier?

    @Option(help: ArgumentHelp("Maximum rows of each table.", valueName: "number"))
    var top = 5

    @Option(
      help: ArgumentHelp("Output format: table, json or openmetrics.", valueName: "name"))
    var format: StatsFormat?

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write a page with charts to this file.", valueName: "file"))
    var html: String?

    @Flag(help: "Refresh the output until interrupted.")
    var watch = false

    @Option(help: ArgumentHelp("Interval of --watch (default: 2s).", valueName: "duration"))
    var interval: String?

    @Flag(help: "Set the counters to zero; keep entries.")
    var reset = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
      guard top >= 0 else { throw Failure.badSetting("--top", "want 0 or more") }
      let modes = [
        (json, "--json"), (format != nil, "--format"), (html != nil, "--html"),
        (tier != nil, "--tier"), (watch, "--watch"), (reset, "--reset"),
      ].filter(\.0).map(\.1)
      let allowed: [[String]] = [
        ["--json", "--tier"], ["--json", "--watch"], ["--format", "--watch"],
      ]
      if modes.count > 1, !allowed.contains(modes) || (watch && format == .openmetrics) {
        throw Failure.badSetting("options", "\(modes[0]) and \(modes[1]) contradict each other")
      }
      if interval != nil, !watch { throw Failure.badSetting("--interval", "want --watch with it") }
    }

    func run() throws {
      if watch {
        let pause = try interval.map { try TimeToLive($0) } ?? TimeToLive(seconds: 2)
        return try StatsWatch(interval: pause).run(tick)
      }
      if reset {
        guard let store = try common.changing() else { return common.say("there is no store yet") }
        return try store.resetCounters(at: .now())
      }
      guard let view = try view() else {
        if json || format == .json {
          return try Output.write(json: .map([(.string("store"), .null)]))
        }
        guard html == nil else {
          throw Failure.missing(
            try StoreLocation.find(common.store, ArgumentBytes.environment())?.path)
        }
        // A collector reads a file without an end as one that was cut short.
        if format == .openmetrics { return try Output.write("# EOF\n") }
        return common.say("there is no store yet")
      }
      if let html {
        let page = Array(StatsPage(view).text.utf8)
        if html == "-" { return try Output.write(page) }
        return try AtomicFile(try ArgumentBytes.plain(html, "file")).write(page)
      }
      switch json ? .json : format ?? .table {
      case .table: try Output.write(view.table)
      case .json: try Output.write(json: view.record)
      case .openmetrics: try Output.write(view.metrics)
      }
    }

    /// What is said at one beat of `--watch`.
    private func tick() throws -> String {
      guard let view = try view() else { return "there is no store yet\n" }
      if json || format == .json { return JSONWriter.text(view.record) + "\n" }
      return Terminal.isOutput ? view.table : view.line
    }

    private func view() throws -> StatsView? {
      guard let store = try common.reading() else { return nil }
      if store.isWritable { try store.foldJournal(at: .now()) }
      if let tier {
        try hottest(of: tier, in: store)
        throw ExitCode.success
      }
      let limit = try? common.values.profile(in: store, ArgumentBytes.environment()).maxStoreSize
      return StatsView(try store.statistics(top: html == nil ? top : max(top, 15)), limit, top)
    }

    /// The most read keys alone: the seed's `memory_stats` and `store_stats`.
    private func hottest(of tier: Tier, in store: Store) throws {
      let rows =
        tier == .memory
        ? try store.hottest(top, in: try store.memory()) : try store.hottest(top)
      for row in rows {
        if json {
          try Output.write(
            json: Records.object(Records.reads(row)))
        } else {
          let key = Terminal.isOutput ? Terminal.printable(row.key) : row.key
          try Output.write("\(row.count)\t\(key)\n")
        }
      }
    }
  }
}

/// How `stats` prints.
enum StatsFormat: String, CaseIterable, ExpressibleByArgument {
  case table, json, openmetrics
}
