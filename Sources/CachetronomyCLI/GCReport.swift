internal import Cachetronomy

/// What a pass of `gc` did, as a line, a table or JSON.
struct GCReport {
  let report: GCPass.Report
  let started: Timestamp
  let taken: Int64
  /// Which pass of a watcher.
  var number: Int64 = 1
  /// Whether it only says what would be done.
  var isPlan = false

  init(_ report: GCPass.Report, from started: Timestamp) {
    self.report = report
    self.started = started
    taken = Timestamp.now().since(started)
  }

  private var removed: [(reason: Reason, sum: Store.Removed)] {
    Reason.allCases.compactMap { reason in
      let sum = reason == .memory ? report.moved : report.removed[reason] ?? Store.Removed()
      return sum.entries > 0 ? (reason, sum) : nil
    }
  }

  private var freed: Int64 { max(0, report.bytesBefore - report.bytesAfter) }

  /// `31 time_eviction, 2 size_eviction, 820 KiB; 1.1 MiB of disk freed in 12ms`.
  var line: String {
    let parts = removed.map { "\($0.sum.entries) \($0.reason.rawValue)" }
    let bytes = removed.reduce(0) { $0 + $1.sum.bytes }
    let what = parts.isEmpty ? "nothing to remove" : parts.joined(separator: ", ")
    return "\(what), \(Formatting.size(bytes)); \(Formatting.size(freed)) of disk freed in "
      + Formatting.duration(taken) + (report.isComplete ? "" : "; stopped before the end")
  }

  /// The same by reason, for a terminal.
  var table: String {
    var rows = [["REASON", "ENTRIES", "BYTES", "TIME"]]
    for (reason, sum) in removed {
      let time = report.taken[reason].map { Formatting.duration($0) } ?? ""
      rows.append([reason.rawValue, "\(sum.entries)", Formatting.size(sum.bytes), time])
    }
    rows.append([
      report.isComplete ? "all" : "stopped", "\(removed.reduce(0) { $0 + $1.sum.entries })",
      Formatting.size(removed.reduce(0) { $0 + $1.sum.bytes }), Formatting.duration(taken),
    ])
    return Formatting.table(rows, rightAligned: [1, 2, 3])
      + "\(Formatting.size(freed)) of disk freed, \(Formatting.size(report.bytesAfter)) in use\n"
  }

  /// The same as JSON.
  var value: Value {
    func sums(_ removed: Store.Removed) -> Value {
      Records.object([("entries", .int(removed.entries)), ("size_bytes", .int(removed.bytes))])
    }
    return Records.object([
      ("pass", .int(number)), ("started_at", .string(started.description)),
      ("duration_seconds", Records.seconds(taken)), ("dry_run", .bool(isPlan)),
      (
        "removed",
        Records.object(
          [Reason.time, .size].map { reason in
            (reason.rawValue, sums(report.removed[reason] ?? Store.Removed()))
          })
      ),
      ("moved_from_memory", sums(report.moved)),
      ("store_bytes_before", .int(report.bytesBefore)),
      ("store_bytes_after", .int(report.bytesAfter)), ("complete", .bool(report.isComplete)),
    ])
  }
}

/// How far a long pass has come, in the last line of a terminal.
struct ProgressBar {
  let isShown: Bool
  private let began = Timestamp.now()
  private var drawn: Timestamp?

  init(isShown: Bool) { self.isShown = isShown }

  /// Nothing for half a second, then ten times a second.
  mutating func show(_ done: Int64, of due: Int64) {
    let now = Timestamp.now()
    guard isShown, due > 0, now.since(drawn ?? began) > (drawn == nil ? 500_000 : 100_000) else {
      return
    }
    drawn = now
    let part = min(1, Double(done) / Double(due))
    let filled = Int(part * 20)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
    Output.draw("[\(bar)] \(Int(part * 100))%, \(done) of \(due)")
  }

  func wipe() { if drawn != nil { Output.draw("") } }
}
