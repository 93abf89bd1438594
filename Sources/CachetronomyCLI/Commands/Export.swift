internal import Archive
internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Write the store as JSON Lines, for import.",
      discussion: """
        For example:
          cachetronomy export | gzip > cache.jsonl.gz
        """)

    @OptionGroup var filter: FilterOptions

    @Option(
      help: ArgumentHelp("Entries stored within this time: 90s, 2d.", valueName: "duration"))
    var since: String?

    @Flag(help: "Include profiles and logs.")
    var all = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let now = Timestamp.now()
      var filter = filter.filter
      if let since {
        let length = try TimeToLive(since).microseconds
        filter.since = now.adding(microseconds: -length)
      }
      let store = try common.reading()
      if all, let store, store.isWritable { try store.foldJournal(at: now) }
      var export = Archive.Export(store, filter, everything: all, at: now) {
        bytes throws(Failure) in try Output.write(bytes)
      }
      let report = try export.run()
      if report.damaged > 0 {
        common.say("warning: left out \(Formatting.count(report.damaged, "damaged entry"))")
      }
      if common.verbose { common.say("exported \(Formatting.count(report.entries, "entry"))") }
    }
  }
}
