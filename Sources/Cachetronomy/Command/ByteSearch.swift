extension Collection where Element == UInt8, Self: RandomAccessCollection {
  /// Whether some other bytes stand anywhere in these.
  ///
  /// Swift's own search over text costs a hundred times as much at start-up.
  func holds(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first, needle.count <= count else { return needle.isEmpty }
    var at = startIndex
    let last = index(endIndex, offsetBy: -needle.count)
    while at <= last {
      if self[at] == first, self[at...].starts(with: needle) { return true }
      at = index(after: at)
    }
    return false
  }
}
