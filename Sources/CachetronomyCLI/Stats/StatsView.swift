internal import Cachetronomy

/// What `stats` found, as a table, a line or JSON.
struct StatsView {
  let all: Statistics
  /// Bytes that the store may take; nil if there is no limit.
  let limit: Int64?
  /// How many rows of each table to show.
  let top: Int

  init(_ all: Statistics, _ limit: Int64?, _ top: Int) {
    self.all = all
    self.limit = limit.flatMap { $0 > 0 ? $0 : nil }
    self.top = top
  }

  func count(_ kind: AccessJournal.Kind) -> Int64 { all.counters.all.counts[kind, default: 0] }

  /// `42%`, or nothing before the first lookup.
  static func percent(_ rate: Double?) -> String { rate.map { Formatting.percent($0) } ?? "" }

  /// `hits 913 (92%), misses 71, 3h20m saved, 41 entries`.
  var line: String {
    let sums = all.counters.all
    return "hits \(sums.hits)" + (sums.hitRate.map { " (\(Self.percent($0)))" } ?? "")
      + ", misses \(sums.misses), \(Formatting.duration(sums.saved)) saved, "
      + "\(Formatting.count(all.entries, "entry"))\n"
  }

  // MARK: the table

  var table: String {
    var text = Formatting.table(facts)
    for group in all.groups where !group.rows.isEmpty && top > 0 {
      var rows = [
        [group.grouping.rawValue.uppercased(), "HITS", "MISSES", "RATE", "SERVED", "SAVED"]
      ]
      for (name, tally) in group.rows.prefix(top) {
        rows.append([
          Terminal.key(name, columns: 40), "\(tally.hits)", "\(tally.misses)",
          Self.percent(tally.hitRate), Formatting.size(tally.bytes),
          Formatting.duration(tally.saved),
        ])
      }
      text += "\n" + Formatting.table(rows, rightAligned: [1, 2, 3, 4, 5])
    }
    if !all.hottest.isEmpty { text += "\n" + hottest }
    if !all.cheapest.isEmpty {
      text += "\n"
      text += Formatting.table(
        [["TOOK", "QUICKER THAN A HIT"]]
          + all.cheapest.map { [Formatting.duration($0.cost), key($0.key.text, beside: 8)] },
        rightAligned: [0])
    }
    return text
  }

  private var facts: [[String]] {
    let sums = all.counters.all
    var rows = [
      ["store", Terminal.printable(all.path)],
      [
        "entries",
        "\(all.entries) (\(Formatting.count(all.recordings, "recording"))), "
          + Formatting.size(all.valueBytes),
      ],
      [
        "on disk",
        Formatting.size(all.diskBytes) + (limit.map { " of \(Formatting.size($0))" } ?? ""),
      ],
      [
        "in memory",
        "\(all.memory.entries), \(Formatting.size(all.memory.bytes))"
          + (all.memory.limit > 0 ? " of \(Formatting.size(all.memory.limit))" : ""),
      ],
      ["since", all.counters.since.description],
      [
        "hits",
        "\(sums.hits)" + (sums.hitRate.map { " (\(Self.percent($0)))" } ?? "")
          + (count(.stale) > 0 ? ", \(count(.stale)) of them old" : ""),
      ],
      [
        "misses",
        "\(sums.misses)"
          + (sums.misses > 0
            ? " (\(count(.absent)) absent, \(count(.expired)) expired, "
              + "\(count(.forced)) forced, \(count(.corrupt)) damaged)" : ""),
      ],
      ["time saved", Formatting.duration(sums.saved)],
      ["served", Formatting.size(sums.bytes)],
    ]
    if all.outputs.contents > 0 {
      rows.insert(
        [
          "outputs",
          "\(Formatting.count(all.outputs.contents, "file")), \(Formatting.size(all.outputs.bytes))",
        ], at: 2)
    }
    if all.cheapCount > 0 {
      rows.append([
        "not worth it",
        "\(Formatting.count(all.cheapCount, "recording")) of what takes less than "
          + Formatting.duration(Store.hitCost),
      ])
    }
    let remote = all.counters.remote
    if remote.hits > 0 || remote.misses > 0 {
      rows.append([
        "remote",
        "\(Formatting.count(remote.hits, "hit")), \(Formatting.count(remote.misses, "miss")), "
          + "\(Formatting.size(remote.bytes)), "
          + "\(Formatting.duration(remote.saved)) saved",
      ])
    }
    for (reason, count) in all.evictions {
      rows.append([Terminal.printable(reason), "\(count)"])
    }
    return rows + [["sqlite", Store.libraryVersion]]
  }

  /// With bars for eyes; without, so that its lines can be taken apart.
  private var hottest: String {
    let most = all.hottest.map(\.count).max() ?? 0
    if !Terminal.isOutput {
      return Formatting.table(
        [["READS", "KEY"]] + all.hottest.map { ["\($0.count)", Terminal.printable($0.key)] },
        rightAligned: [0])
    }
    return Formatting.table(
      [["READS", "", "KEY"]]
        + all.hottest.map {
          ["\($0.count)", Formatting.bar($0.count, of: most, columns: 10), key($0.key, beside: 22)]
        }, rightAligned: [0])
  }

  private func key(_ text: String, beside columns: Int) -> String {
    Terminal.key(text, columns: Terminal.isOutput ? max(20, Terminal.width - columns) : .max)
  }

  // MARK: JSON

  var record: Value {
    func counted(_ tally: Store.Tally) -> [(String, Value)] {
      func count(_ kind: AccessJournal.Kind) -> Value { .int(tally.counts[kind, default: 0]) }
      return [
        ("hits", count(.hit)),
        ("stale_hits", count(.stale)),
        (
          "misses",
          Records.object([
            ("absent", count(.absent)), ("expired", count(.expired)), ("forced", count(.forced)),
            ("corrupt", count(.corrupt)),
          ])
        ),
        ("hit_rate", tally.hitRate.map { .double($0) } ?? .null),
        ("time_saved_seconds", Records.seconds(tally.saved)),
        ("served_bytes", .int(tally.bytes)),
      ]
    }
    var fields: [(String, Value)] = [
      (
        "store",
        Records.object([
          ("path", .string(all.path)), ("entries", .int(all.entries)),
          ("recordings", .int(all.recordings)), ("size_bytes", .int(all.diskBytes)),
          ("limit_bytes", limit.map { .int($0) } ?? .null),
          ("sqlite", .string(Store.libraryVersion)), ("value_bytes", .int(all.valueBytes)),
          ("outputs", .int(all.outputs.contents)), ("output_bytes", .int(all.outputs.bytes)),
        ])
      ),
      (
        "memory",
        Records.object([
          ("path", all.memory.path.map { .string($0) } ?? .null),
          ("entries", .int(all.memory.entries)), ("size_bytes", .int(all.memory.bytes)),
          ("limit_bytes", .int(all.memory.limit)), ("dropped", .int(all.memory.dropped)),
        ])
      ),
      ("since", .string(all.counters.since.description)),
    ]
    fields += counted(all.counters.all)
    fields += [
      ("evictions", Records.object(all.evictions.map { ($0.reason, .int($0.count)) })),
      ("warnings", .int(all.counters.warnings)),
      (
        "remote",
        Records.object([
          ("hits", .int(all.counters.remote.hits)), ("misses", .int(all.counters.remote.misses)),
          ("time_saved_seconds", Records.seconds(all.counters.remote.saved)),
          ("served_bytes", .int(all.counters.remote.bytes)),
        ])
      ),
      ("top", .array(all.hottest.map { Records.object(Records.reads($0)) })),
    ]
    for group in all.groups {
      let name = group.grouping.rawValue
      let rows = group.rows.map { Records.object([(name, .string($0.name))] + counted($0.tally)) }
      fields.append((name + "s", .array(rows)))
    }
    fields.append(
      (
        "cheap",
        Records.object([
          ("recordings", .int(all.cheapCount)), ("hit_seconds", Records.seconds(Store.hitCost)),
          (
            "top",
            .array(
              all.cheapest.map {
                Records.object([
                  ("key", .string($0.key.text)), ("duration_seconds", Records.seconds($0.cost)),
                ])
              })
          ),
        ])
      ))
    return Records.object(fields)
  }
}
