extension RunSettings {
  /// Reads a list of exit statuses and ranges: `0`, `0,1`, `0-3`, `0,2-4`.
  ///
  /// - Throws: `Failure.badSetting` for `--cache-status`.
  package static func statuses(_ text: String) throws(Failure) -> [Int32] {
    var statuses: [Int32] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      if let problem = add(part, to: &statuses) {
        throw .badSetting("--cache-status '\(text)'", problem)
      }
    }
    return statuses
  }

  /// Adds the statuses of an item such as `1` or `2-4` that are not in the list yet.
  ///
  /// - Returns: the error in the item; nil if it is valid.
  static func add(_ item: Substring, to statuses: inout [Int32]) -> String? {
    let ends = item.split(separator: "-", omittingEmptySubsequences: false)
    var range: [Int32] = []
    for end in ends {
      guard !end.isEmpty, ends.count <= 2, end.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
        return "want exit statuses, as 0, 0,1 or 0,2-4"
      }
      guard let status = Int32(end), status <= 255 else { return "an exit status is 0 to 255" }
      range.append(status)
    }
    guard let first = range.first, let last = range.last else {
      return "want exit statuses, as 0, 0,1 or 0,2-4"
    }
    guard first <= last else { return "the range \(item) is empty (write \(last)-\(first))" }
    for status in first...last where !statuses.contains(status) { statuses.append(status) }
    return nil
  }
}
