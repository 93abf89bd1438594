internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stats",
      abstract: "Print what the cache holds, what it answered and what that saved.",
      discussion: """
        For example:
          cachetronomy stats --json | jq .hit_rate
        """)

    @Option(help: ArgumentHelp("Only the most read keys in memory or store.", valueName: "tier"))
    var tier: Tier?

    @Option(help: ArgumentHelp("How many of the most read keys to print.", valueName: "number"))
    var top = 5

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      guard top >= 0 else { throw Failure.badSetting("--top", "want 0 or more") }
      guard let store = try common.reading() else {
        if json { return try Output.write(json: .map([(.string("store"), .null)])) }
        common.say("there is no store yet")
        return
      }
      if store.isWritable { try store.foldJournal(at: .now()) }
      if let tier { return try hottest(of: tier, in: store) }
      let limit = try? common.values.profile(in: store, Words.environment()).maxStoreSize
      let totals = try store.totals()
      let counters = try store.counters()
      let evictions = try store.evictions()
      let hottest = try store.hottest(top)
      let memory = try store.memory()
      if json {
        return try Output.write(
          json: Self.record(store, limit, memory, totals, counters, evictions, hottest))
      }
      func count(_ kind: AccessJournal.Kind) -> Int64 { counters.counts[kind, default: 0] }
      let misses = count(.absent) + count(.expired) + count(.forced) + count(.corrupt)
      var rows = [
        ["store", Terminal.printable(store.path)],
        [
          "entries",
          "\(totals.entries) (\(totals.recordings) recordings), \(Human.size(totals.bytes))",
        ],
        ["on disk", Human.size(store.sizeOnDisk)],
        [
          "in memory",
          "\(memory.entries), \(Human.size(memory.bytes))"
            + (memory.limit > 0 ? " of \(Human.size(memory.limit))" : ""),
        ],
        ["since", counters.since.description],
        ["hits", "\(count(.hit))" + (counters.hitRate.map { " (\(Int($0 * 100))%)" } ?? "")],
        [
          "misses",
          "\(misses)"
            + (misses > 0
              ? " (\(count(.absent)) absent, \(count(.expired)) expired, "
                + "\(count(.forced)) forced, \(count(.corrupt)) damaged)" : ""),
        ],
        ["time saved", Human.duration(counters.saved)],
      ]
      for (reason, count) in evictions { rows.append([Terminal.printable(reason), "\(count)"]) }
      rows.append(["sqlite", Store.libraryVersion])
      try Output.write(Human.table(rows))
      guard !hottest.isEmpty else { return }
      try Output.write("\n")
      let width = Terminal.isOutput ? max(20, Terminal.width - 10) : Int.max
      try Output.write(
        Human.table(
          [["READS", "KEY"]]
            + hottest.map { ["\($0.count)", Terminal.key($0.key, columns: width)] },
          rightAligned: [0]))
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

    private static func record(
      _ store: Store, _ limit: Int64?, _ memory: Store.Memory,
      _ totals: (entries: Int64, recordings: Int64, bytes: Int64),
      _ counters: Store.Counters, _ evictions: [(reason: String, count: Int64)],
      _ hottest: [Store.AccessCount]
    ) -> Value {
      func count(_ kind: AccessJournal.Kind) -> Value { .int(counters.counts[kind, default: 0]) }
      return Records.object([
        (
          "store",
          Records.object([
            ("path", .string(store.path)), ("entries", .int(totals.entries)),
            ("recordings", .int(totals.recordings)), ("size_bytes", .int(store.sizeOnDisk)),
            ("limit_bytes", limit.flatMap { $0 > 0 ? .int($0) : nil } ?? .null),
            ("sqlite", .string(Store.libraryVersion)),
          ])
        ),
        (
          "memory",
          Records.object([
            ("path", memory.path.map { .string($0) } ?? .null),
            ("entries", .int(memory.entries)), ("size_bytes", .int(memory.bytes)),
            ("limit_bytes", .int(memory.limit)), ("dropped", .int(memory.dropped)),
          ])
        ),
        ("since", .string(counters.since.description)),
        ("hits", count(.hit)),
        ("stale_hits", count(.stale)),
        (
          "misses",
          Records.object([
            ("absent", count(.absent)), ("expired", count(.expired)), ("forced", count(.forced)),
            ("corrupt", count(.corrupt)),
          ])
        ),
        ("hit_rate", counters.hitRate.map { .double($0) } ?? .null),
        ("time_saved_seconds", Records.seconds(counters.saved)),
        ("evictions", Records.object(evictions.map { ($0.reason, .int($0.count)) })),
        ("warnings", .int(counters.warnings)),
        (
          "top",
          .array(
            hottest.map { Records.object(Records.reads($0)) })
        ),
      ])
    }
  }
}
