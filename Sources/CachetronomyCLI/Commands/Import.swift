internal import Archive
internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Import entries from exports, other stores or tables.",
      discussion: """
        For example:
          zcat cache.jsonl.gz | cachetronomy import -
        """)

    @Argument(help: ArgumentHelp("Files; '-' for stdin.", valueName: "file"))
    var files: [String]

    @Option(
      help: ArgumentHelp("Input format: jsonl, tsv or sqlite.", valueName: "name"))
    var format: String?

    @Option(
      help: ArgumentHelp(
        "For existing keys: newer, keep or replace (default: newer).", valueName: "how"))
    var onConflict = Store.Conflict.newer.rawValue

    @Option(
      help: ArgumentHelp("Time to live of imported entries.", valueName: "duration"))
    var ttl: String?

    @Flag(help: "Skip invalid lines.")
    var skipBad = false

    @Flag(help: "Check and count without importing.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      var settings = Archive.Import.Settings()
      settings.format = try format.map { text throws(Failure) in try choice(text, "--format") }
      settings.conflict = try choice(onConflict, "--on-conflict")
      settings.ttl = try ttl.map { try TimeToLive($0) }
      settings.skipsBad = skipBad
      settings.isDry = dryRun
      let files = try files.map { try ArgumentBytes.plain($0, "file") }
      let store = dryRun ? try common.reading() : try common.changing()
      let environment = ArgumentBytes.environment()
      let profile = try common.values.profile(in: store, environment)
      let values = common.values
      let start = Timestamp.now()
      let meter = Meter(isShown: Terminal.isErrors && !common.quiet, since: start)
      var job = Archive.Import(
        into: store, profile: profile, settings, at: start,
        make: { () throws(Failure) in try common.writing() },
        complain: { failure in
          meter.clear()
          common.say(failure.description)
        },
        progress: { seen, part in
          meter.show(seen, part)
          // An import can be many times the store's limit.
          if !dryRun, seen & 63 == 0 { values.collectIfDue(profile, environment) }
        })
      defer { meter.clear() }
      for file in files { try job.run(try ArchiveFile(file, beside: store)) }
      meter.clear()
      if !dryRun { values.collectIfDue(profile, environment) }
      guard Terminal.isErrors || common.verbose || dryRun else { return }
      let report = job.report
      var text =
        "\(dryRun ? "would import" : "imported") \(Formatting.count(report.stored, "entry"))"
      if report.kept > 0 { text += ", kept \(report.kept) existing" }
      if report.bad > 0 { text += ", left out \(report.bad)" }
      common.say(text + " in \(Formatting.duration(Timestamp.now().since(start)))")
    }

    private func choice<T: CaseIterable & RawRepresentable<String>>(
      _ text: String, _ option: String
    ) throws(Failure) -> T {
      guard let value = T(rawValue: text) else {
        throw .badSetting(
          "\(option) '\(text)'", "want \(T.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return value
    }
  }
}
