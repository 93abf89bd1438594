extension Array where Element == UInt8 {
  /// Where some other bytes stand first in these; nil if they do not.
  func firstPlace(of needle: [UInt8]) -> Int? {
    guard !needle.isEmpty, needle.count <= count else { return nil }
    return (0...count - needle.count).first {
      self[$0] == needle[0] && self[$0...].starts(with: needle)
    }
  }
}

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
