internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gc",
      abstract: "Remove expired entries and give their space back.",
      discussion: """
        For example, from cron:
          17 * * * * cachetronomy gc
        """)

    @Flag(help: "Print what was done as JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = Words.environment()
      guard let store = try common.changing() else {
        guard let place = try StoreLocation.find(common.store, environment), place.isNamed else {
          return
        }
        throw Failure.store(
          path: place.path, .missing, detail: "No such file or directory")
      }
      let profile = try common.values.profile(in: store, environment)
      let started = Timestamp.now()
      let report = try Sweep(store, profile: profile, now: started).run()
      let taken = Timestamp.now().since(started)
      if json { return try Output.write(json: Self.record(report, started, taken)) }
      let removed = report.removed[.time] ?? Store.Removed()
      if Terminal.isOutput || common.verbose {
        let freed = max(0, report.bytesBefore - report.bytesAfter)
        common.say(
          "removed \(removed.entries) expired, \(Human.size(removed.bytes)); "
            + "freed \(Human.size(freed)) on disk in \(Human.duration(taken))")
      }
    }

    private static func record(
      _ report: Sweep.Report, _ started: Timestamp, _ taken: Int64
    ) -> Value {
      func sums(_ removed: Store.Removed) -> Value {
        Records.object([
          ("entries", .int(removed.entries)), ("size_bytes", .int(removed.bytes)),
        ])
      }
      return Records.object([
        ("pass", .int(1)), ("started_at", .string(started.description)),
        ("duration_seconds", Records.seconds(taken)), ("dry_run", .bool(false)),
        (
          "removed",
          Records.object(
            Reason.allCases.compactMap { reason in
              report.removed[reason].map { (reason.rawValue, sums($0)) }
            })
        ),
        ("moved_from_memory", sums(Store.Removed())),
        ("store_bytes_before", .int(report.bytesBefore)),
        ("store_bytes_after", .int(report.bytesAfter)), ("complete", .bool(true)),
      ])
    }
  }
}
