internal import Cachetronomy

/// `stats --html`: one page that asks nothing of any process, with charts of boxes.
struct StatsPage {
  private let view: StatsView
  private let now = Timestamp.now()

  init(_ view: StatsView) { self.view = view }

  private var all: Statistics { view.all }
  private var sums: Store.Tally { all.counters.all }

  var text: String {
    var body = header + "<section class=tiles>" + tiles + "</section>" + lookups
    for group in all.groups.reversed() where !group.rows.isEmpty { body += table(group) }
    if !all.hottest.isEmpty {
      body += section(
        "Most read keys", bars(all.hottest.map { ($0.key, $0.count, "\($0.count)") }, isKey: true))
    }
    if !all.evictions.isEmpty {
      body += section(
        "Evictions", bars(all.evictions.map { ($0.reason, $0.count, "\($0.count)") }))
    }
    if !all.cheapest.isEmpty { body += cheap }
    return """
      <!doctype html>
      <html lang=en><head><meta charset=utf-8>
      <meta name=viewport content="width=device-width, initial-scale=1">
      <meta name=color-scheme content="light dark">
      <meta http-equiv=Content-Security-Policy content="default-src 'none'; style-src 'unsafe-inline'">
      <title>cachetronomy: \(Self.escaped(all.path))</title>
      <style>\(Self.style)</style></head><body>
      \(body)<footer>cachetronomy \(Version.current), SQLite \(Store.libraryVersion)</footer>
      </body></html>

      """
  }

  private var header: String {
    "<header><h1>cachetronomy</h1><p><code>\(Self.escaped(all.path))</code><br>"
      + "\(Self.day(now)), counted since \(Self.day(all.counters.since))</p></header>\n"
  }

  /// To the second, which is enough for a person.
  private static func day(_ time: Timestamp) -> String {
    let text = time.description
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
  }

  private var tiles: String {
    func tile(_ name: String, _ value: String, _ more: String, _ part: Double? = nil) -> String {
      var text = "<div><h2>\(name)</h2><b>\(value)</b><span>\(more)</span>"
      if let part { text += Self.meter(part) }
      return text + "</div>\n"
    }
    let memory = all.memory
    return tile(
      "Hit rate", sums.hitRate == nil ? "–" : StatsView.percent(sums.hitRate),
      "\(sums.hits) of \(Formatting.count(sums.lookups, "lookup"))", sums.hitRate)
      + tile("Time saved", Formatting.duration(sums.saved), "by not running commands again")
      + tile("Served", Formatting.size(sums.bytes), "out of the cache")
      + tile(
        "Entries", "\(all.entries)",
        "\(Formatting.count(all.recordings, "recording")), \(Formatting.size(all.valueBytes))")
      + tile(
        "On disk", Formatting.size(all.diskBytes),
        view.limit.map { "of \(Formatting.size($0))" } ?? "no limit",
        view.limit.map { Double(all.diskBytes) / Double($0) })
      + tile(
        "In memory", Formatting.size(memory.bytes), Formatting.count(memory.entries, "entry"),
        memory.limit > 0 ? Double(memory.bytes) / Double(memory.limit) : nil)
  }

  private static func meter(_ part: Double) -> String {
    "<div class=meter><i style=\"width:\(width(part))\"></i></div>"
  }

  private static func width(_ part: Double) -> String {
    "\(Double(Int((part.isFinite ? max(0, min(1, part)) : 0) * 1000)) / 10)%"
  }

  private static let kinds: [(kind: AccessJournal.Kind, name: String)] = [
    (.hit, "hits"), (.stale, "stale hits"), (.absent, "absent"), (.expired, "expired"),
    (.forced, "forced"), (.corrupt, "damaged"),
  ]

  private var lookups: String {
    let total = sums.lookups
    guard total > 0 else { return section("Lookups", "<p>None yet.</p>") }
    let shown = Self.kinds.filter { view.count($0.kind) > 0 }
    let parts = shown.map {
      let share = Self.width(Double(view.count($0.kind)) / Double(total))
      return "<i class=\($0.kind.name) style=\"width:\(share)\"></i>"
    }
    let legend = shown.map {
      "<li><i class=\($0.kind.name)></i>\($0.name) <b>\(view.count($0.kind))</b></li>"
    }
    return section(
      "Lookups",
      "<div class=stack>\(parts.joined())</div><ul class=legend>\(legend.joined())</ul>")
  }

  private func table(_ group: Statistics.Group) -> String {
    let rows = group.rows.prefix(15)
    let most = max(1, rows.map(\.tally.saved).max() ?? 1)
    var text =
      "<div class=wide><table><thead><tr><th>\(group.grouping.rawValue)<th>saved<th class=chart>"
    text += "<th>hits<th>misses<th>rate<th>served</thead>\n"
    for (name, tally) in rows {
      let share = Double(tally.saved) / Double(most)
      text += "<tr><td class=name>\(Self.escaped(name))<td>\(Formatting.duration(tally.saved))"
      text += "<td class=chart>\(Self.meter(share))<td>\(tally.hits)<td>\(tally.misses)"
      text += "<td>\(StatsView.percent(tally.hitRate))<td>\(Formatting.size(tally.bytes))\n"
    }
    let rest = group.rows.count - rows.count
    text += "</table></div>"
    if rest > 0 { text += "<p>and \(rest) more</p>" }
    return section("By \(group.grouping.rawValue)", text)
  }

  private func bars(_ rows: [(name: String, count: Int64, text: String)], isKey: Bool = false)
    -> String
  {
    let most = Double(max(1, rows.map(\.count).max() ?? 1))
    let items = rows.map {
      let name = Self.escaped($0.name)
      return "<li><span>\(isKey ? "<code>\(name)</code>" : name)</span><b>\($0.text)</b>"
        + Self.meter(Double($0.count) / most) + "</li>\n"
    }
    return "<ol class=bars>\(items.joined())</ol>"
  }

  private var cheap: String {
    let rows = all.cheapest.map {
      "<tr><td>\(Formatting.duration($0.cost))<td class=name><code>\(Self.escaped($0.key.text))</code>\n"
    }
    return section(
      "Quicker than a hit",
      "<p>\(Formatting.count(all.cheapCount, "recording")) of commands that took less than the "
        + "\(Formatting.duration(Store.hitCost)) of a hit: <code>cache: false</code> in a rule leaves them "
        + "alone.</p><div class=wide><table>\(rows.joined())</table></div>")
  }

  private func section(_ title: String, _ content: String) -> String {
    "<section><h2>\(title)</h2>\(content)</section>\n"
  }

  /// Text as it stands, whatever is in it: nothing of a key may be taken for the page's own.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in Terminal.printable(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static let style = """
    :root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--line:#e3e6ea;--text:#1c2430;--soft:#5d6877;
    --bar:#2f6fde;--rail:#e8ecf1;--hit:#2f9e63;--stale:#8bc34a;--absent:#7b8794;--expired:#e0a100;
    --forced:#7d5fd3;--corrupt:#d64545}
    @media (prefers-color-scheme:dark){:root{--back:#12161c;--card:#1b2129;--line:#2a323d;--text:#e6eaf0;
    --soft:#97a3b3;--bar:#6ea0ff;--rail:#2a323d;--hit:#4cc488;--stale:#a8d468;--absent:#8894a3;
    --expired:#f0bd3a;--forced:#a78bfa;--corrupt:#f07178}}
    *{box-sizing:border-box}
    body{margin:0 auto;padding:1.25rem;max-width:64rem;background:var(--back);color:var(--text);
    font:15px/1.5 system-ui,"DejaVu Sans",sans-serif}
    h1{font-size:1.5rem;margin:0}h2{font-size:.95rem;margin:0 0 .75rem;font-weight:600}
    header p{margin:.15rem 0 1rem;color:var(--soft);overflow-wrap:anywhere}
    code{font:13px/1.45 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
    section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.1rem;
    margin:0 0 1rem}
    .tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:1rem;padding:0;border:0;
    background:none}
    .tiles>div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 1rem}
    .tiles h2{margin:0;color:var(--soft);font-weight:400}
    .tiles b{display:block;font-size:1.6rem;line-height:1.25}.tiles span{color:var(--soft);font-size:.85rem}
    .meter{height:8px;border-radius:4px;background:var(--rail);overflow:hidden;margin-top:.35rem}
    .meter i{display:block;height:100%;min-width:2px;border-radius:4px;background:var(--bar)}
    .stack{display:flex;height:22px;border-radius:6px;overflow:hidden;background:var(--rail);gap:1px}
    .stack i{min-width:2px}
    i.hit{background:var(--hit)}i.stale{background:var(--stale)}i.absent{background:var(--absent)}
    i.expired{background:var(--expired)}i.forced{background:var(--forced)}i.corrupt{background:var(--corrupt)}
    .legend{list-style:none;margin:.7rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;
    color:var(--soft)}
    .legend i{display:inline-block;width:.75rem;height:.75rem;border-radius:3px;margin-right:.4rem}
    .legend b{color:var(--text)}
    .wide{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    th{color:var(--soft);font-weight:400;font-size:.85rem}
    th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
    tr:last-child td{border-bottom:0}
    th:first-child,td:first-child{text-align:left;padding-left:0}
    td.name{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:6rem}
    .chart{width:30%;min-width:5rem}.chart .meter{margin:0}
    .bars{list-style:none;margin:0;padding:0}
    .bars li{display:grid;grid-template-columns:1fr auto;gap:0 1rem;margin-bottom:.6rem}
    .bars .meter{grid-column:1/3;margin-top:.15rem}
    .bars b{font-variant-numeric:tabular-nums}
    footer{color:var(--soft);font-size:.85rem;text-align:center}
    @media (max-width:34rem){body{padding:.8rem}.tiles{grid-template-columns:1fr 1fr;gap:.6rem}
    table .chart{display:none}th,td{padding:.3rem .4rem}}
    """
}
