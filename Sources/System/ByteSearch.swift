extension Collection where Element == UInt8, Self: RandomAccessCollection {
  /// Whether `needle` occurs in these bytes.
  package func holds(_ needle: [UInt8]) -> Bool { firstIndex(of: needle) != nil }

  /// Returns the index of the first occurrence of `needle`.
  ///
  /// Swift's own search over text costs a hundred times as much at start-up.
  ///
  /// - Returns: nil if it does not occur.
  package func firstIndex(of needle: [UInt8]) -> Index? {
    guard let first = needle.first, needle.count <= count else {
      return needle.isEmpty ? startIndex : nil
    }
    var at = startIndex
    let last = index(endIndex, offsetBy: -needle.count)
    while at <= last {
      if self[at] == first, self[at...].starts(with: needle) { return at }
      at = index(after: at)
    }
    return nil
  }
}
