internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "log",
      abstract: "Print or clear the logs of reads and evictions.",
      discussion: """
        For example:
          cachetronomy log evictions --limit 20
        """,
      subcommands: [AccessLog.self, EvictionLog.self, ClearLog.self])
  }
}

extension Tool.Log {
  struct AccessLog: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "access", abstract: "Print reads of each key, most read first.",
      discussion: """
        For example:
          cachetronomy log access --json token-count
        """)

    @Argument(help: ArgumentHelp("Only this key.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("Maximum rows.", valueName: "number"))
    var limit: Int?

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      if let limit, limit < 0 { throw Failure.badSetting("--limit", "want 0 or more") }
      let store = try common.reading()
      if let store, store.isWritable { try store.foldJournal(at: .now()) }
      var rows: [Store.AccessCount] = []
      if let key {
        guard let found = try TargetOptions.resolve(key, store),
          let row = try store?.access(of: found)
        else { throw Status.exit(Status.miss) }
        rows = [row]
      } else {
        rows = try store?.hottest(limit ?? .max) ?? []
      }
      for row in rows {
        if json {
          try Output.write(
            json: Records.object(
              Records.reads(row) + [("last_accessed_by_profile", .string(row.profile))]))
        } else {
          let key = Terminal.isOutput ? Terminal.printable(row.key) : row.key
          try Output.write("\(row.count)\t\(row.last)\t\(row.profile)\t\(key)\n")
        }
      }
    }
  }

  struct EvictionLog: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "evictions",
      abstract: "Print removed entries with time and reason, newest first.",
      discussion: """
        For example:
          cachetronomy log evictions --json | jq -r .reason | sort | uniq -c
        """)

    @Option(help: ArgumentHelp("Maximum rows (default: 1000).", valueName: "number"))
    var limit = 1000

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      guard limit >= 0 else { throw Failure.badSetting("--limit", "want 0 or more") }
      for row in try common.reading()?.evictions(limit: limit) ?? [] {
        if json {
          try Output.write(
            json: Records.object([
              ("id", .int(row.id)), ("key", .string(row.key)), ("evicted_at", .string(row.time)),
              ("reason", .string(row.reason)), ("last_access_count", .int(row.accessCount)),
              ("evicted_by_profile", .string(row.profile)),
            ]))
        } else {
          let key = Terminal.isOutput ? Terminal.printable(row.key) : row.key
          try Output.write("\(row.time)\t\(row.reason)\t\(row.profile)\t\(key)\n")
        }
      }
    }
  }

  struct ClearLog: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "clear", abstract: "Clear a log, or one key of the access log.",
      discussion: """
        For example:
          cachetronomy log clear evictions
        """)

    @Argument(help: ArgumentHelp("Log: access or evictions.", valueName: "log"))
    var log: String

    @Argument(help: ArgumentHelp("Only this key (access log).", valueName: "key"))
    var key: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.changing()
      switch (log, key) {
      case ("access", let key):
        try store?.foldJournalIfRoom(at: .now())
        let found = try key.map { try TargetOptions.resolve($0, store) }
        if case .some(nil) = found { throw Status.exit(Status.miss) }
        try store?.clearAccesses(of: found ?? nil)
      case ("evictions", nil): try store?.clearEvictions()
      case ("evictions", _):
        throw Failure.badSetting("command line", "the eviction log is emptied as a whole")
      default: throw Failure.badSetting("log '\(log)'", "want access or evictions")
      }
    }
  }
}
