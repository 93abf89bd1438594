internal import Cachetronomy

/// `stats --format openmetrics`.
///
/// Both OpenMetrics and the older text format, which node_exporter's textfile collector reads, take
/// it: where they differ, in the names of counters, no type is said.
extension StatsView {
  var metrics: String {
    var text = ""
    func family(
      _ name: String, _ help: String, isGauge: Bool = true,
      _ samples: [([(String, String)], String)]
    ) {
      guard !samples.isEmpty else { return }
      text += "# HELP cachetronomy_\(name) \(help)\n"
      if isGauge { text += "# TYPE cachetronomy_\(name) gauge\n" }
      for (labels, value) in samples {
        let said = ([("store", all.path)] + labels)
          .map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += "cachetronomy_\(name){\(said)} \(value)\n"
      }
    }
    func gauge(_ name: String, _ help: String, _ value: Int64) {
      family(name, help, [([], "\(value)")])
    }
    func seconds(_ microseconds: Int64) -> String { "\(Double(microseconds) / 1e6)" }
    let kinds = AccessJournal.Kind.lookups
    let sums = all.counters.all
    family(
      "info", "Versions.",
      [([("version", Version.current), ("sqlite", Store.libraryVersion)], "1")])
    gauge("entries", "Entries in the store.", all.entries)
    gauge("recordings", "Recordings of commands among the entries.", all.recordings)
    gauge("value_bytes", "Bytes of all values.", all.valueBytes)
    gauge("outputs", "Contents of files that come back with results.", all.outputs.contents)
    gauge("output_bytes", "Bytes of these, each content once.", all.outputs.bytes)
    gauge("store_bytes", "Bytes of the database and its log.", all.diskBytes)
    if let limit { gauge("store_limit_bytes", "Bytes that the store may take.", limit) }
    gauge("memory_entries", "Entries in shared memory.", all.memory.entries)
    gauge("memory_bytes", "Bytes of shared memory.", all.memory.bytes)
    gauge(
      "cheap_recordings", "Recordings of commands that take less time than a hit.", all.cheapCount)
    family(
      "counters_start_time_seconds", "When counting began.",
      [([], seconds(all.counters.since.microseconds))])
    family(
      "lookups_total", "Lookups by what they were.", isGauge: false,
      kinds.map { ([("result", $0.name)], "\(sums.counts[$0, default: 0])") })
    family(
      "saved_seconds_total", "Time that hits saved.", isGauge: false, [([], seconds(sums.saved))])
    family(
      "served_bytes_total", "Bytes that hits gave back.", isGauge: false, [([], "\(sums.bytes)")])
    let remote = all.counters.remote
    family(
      "remote_lookups_total", "Lookups in the remote.", isGauge: false,
      [([("result", "hit")], "\(remote.hits)"), ([("result", "miss")], "\(remote.misses)")])
    family(
      "remote_saved_seconds_total", "Time that hits of the remote saved.", isGauge: false,
      [([], seconds(remote.saved))])
    family(
      "remote_served_bytes_total", "Bytes of the remote's hits.", isGauge: false,
      [([], "\(remote.bytes)")])
    family(
      "warnings_total", "Troubles with the cache.", isGauge: false,
      [([], "\(all.counters.warnings)")])
    family(
      "evictions_total", "Entries that left, by reason, as far as the log goes back.",
      isGauge: false, all.evictions.map { ([("reason", $0.reason)], "\($0.count)") })
    for group in all.groups {
      let name = group.grouping.rawValue
      family(
        "\(name)_lookups_total", "Lookups by \(name).", isGauge: false,
        group.rows.flatMap { row in
          kinds.map {
            ([(name, row.name), ("result", $0.name)], "\(row.tally.counts[$0, default: 0])")
          }
        })
      family(
        "\(name)_saved_seconds_total", "Time that hits saved, by \(name).", isGauge: false,
        group.rows.map { ([(name, $0.name)], seconds($0.tally.saved)) })
      family(
        "\(name)_served_bytes_total", "Bytes that hits gave back, by \(name).", isGauge: false,
        group.rows.map { ([(name, $0.name)], "\($0.tally.bytes)") })
    }
    return text + "# EOF\n"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension AccessJournal.Kind {
  /// Its name in labels.
  var name: String {
    switch self {
    case .hit: "hit"
    case .stale: "stale"
    case .absent: "absent"
    case .expired: "expired"
    case .forced: "forced"
    case .corrupt: "corrupt"
    case .remoteHit: "remote_hit"
    case .remoteMiss: "remote_miss"
    }
  }
}
