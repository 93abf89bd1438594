/// Sizes as people read them.
package enum ByteSize {
  /// Formats a number of bytes: `0 B`, `1.5 KiB`, `12.3 MiB`, `64 MiB`, `213 KiB`.
  package static func text(_ bytes: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
    if unit == 0 || value >= 99.95 || value == value.rounded() {
      return "\(Int64(value.rounded())) \(units[unit])"
    }
    let tenths = Int64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
