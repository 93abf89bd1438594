internal import Cachetronomy
internal import System

/// Numbers as people read them.
enum Formatting {
  /// `0 B`, `1.5 KiB`, `64 MiB`.
  static func size(_ bytes: Int64) -> String { ByteSize.text(bytes) }

  /// `67%` for 2 of 3; 0% and 100% only for none and all.
  static func percent(_ rate: Double) -> String {
    let rounded = Int((rate * 100).rounded())
    if rate > 0, rounded == 0 { return "<1%" }
    return "\(rate < 1 ? min(99, rounded) : rounded)%"
  }

  /// `40ms`, `1.2s`, `5m`, `3h20m`, `12d`.
  static func duration(_ microseconds: Int64) -> String {
    let value = max(0, microseconds)
    switch value {
    case ..<1000: return "\(value)us"
    case ..<1_000_000: return "\(value / 1000)ms"
    case ..<10_000_000: return "\(tenths(Double(value) / 1e6))s"
    default: break
    }
    let seconds = value / 1_000_000
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
    if days >= 10 { return "\(days)d" }
    if days > 0 { return hours > 0 ? "\(days)d\(hours)h" : "\(days)d" }
    if hours > 0 { return minutes > 0 ? "\(hours)h\(minutes)m" : "\(hours)h" }
    if minutes > 0 {
      return seconds % 60 > 0 && minutes < 10 ? "\(minutes)m\(seconds % 60)s" : "\(minutes)m"
    }
    return "\(seconds)s"
  }

  /// `1 entry`, `2 entries`, `0 files`, `3 misses`.
  static func count(_ number: some BinaryInteger, _ one: String) -> String {
    if number == 1 { return "1 \(one)" }
    if one.hasSuffix("y") { return "\(number) \(one.dropLast())ies" }
    return "\(number) \(one)\(one.hasSuffix("s") ? "es" : "s")"
  }

  /// A bar of blocks, exact to an eighth of a column.
  static func bar(_ count: Int64, of most: Int64, columns: Int) -> String {
    guard most > 0, count > 0 else { return "" }
    let eighths = max(1, Int(Double(columns * 8) * min(1, Double(count) / Double(most))))
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// A table: cells padded by column, the last one left unchanged; numbers to the right.
  static func table(_ rows: [[String]], rightAligned: Set<Int> = []) -> String {
    guard let columns = rows.map(\.count).max(), columns > 0 else { return "" }
    var widths = [Int](repeating: 0, count: columns)
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    return rows.map { row in
      row.enumerated().map { index, cell in
        let blanks = String(repeating: " ", count: widths[index] - cell.count)
        if rightAligned.contains(index) { return blanks + cell }
        return index == row.count - 1 ? cell : cell + blanks
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}
