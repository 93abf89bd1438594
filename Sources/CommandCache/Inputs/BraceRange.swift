internal import Cachetronomy
internal import System

/// A brace range such as `1..3`, `a..c` or `01..10..2`.
struct BraceRange: Equatable {
  private var (first, last, step): (Int, Int, Int)
  /// Minimum number of characters of each number; 0 if no bound has leading zeros.
  private var width = 0
  private var isLetters = false

  /// - Returns: nil if the text between the braces is not a range.
  init?(_ text: ArraySlice<UInt8>) {
    var parts: [ArraySlice<UInt8>] = []
    var rest = text
    while let dot = rest.firstIndex(of: 0x2e), parts.count < 3 {
      guard dot + 1 < rest.endIndex, rest[dot + 1] == 0x2e else { return nil }
      parts.append(rest[..<dot])
      rest = rest[(dot + 2)...]
    }
    parts.append(rest)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    step = 1
    if parts.count == 3 {
      guard let number = Self.number(parts[2]) else { return nil }
      step = max(1, abs(number))
    }
    if let first = Self.letter(parts[0]), let last = Self.letter(parts[1]) {
      (self.first, self.last, isLetters) = (first, last, true)
      return
    }
    guard let first = Self.number(parts[0]), let last = Self.number(parts[1]) else { return nil }
    (self.first, self.last) = (first, last)
    if parts[..<2].contains(where: Self.isPadded) { width = max(parts[0].count, parts[1].count) }
  }

  /// Returns the items in order.
  ///
  /// - Returns: nil if there are more than `limit`.
  func items(atMost limit: Int) -> [[UInt8]]? {
    let count = abs(last - first) / step + 1
    guard count <= limit else { return nil }
    return (0..<count).map { index in
      let item = first + (first <= last ? step : -step) * index
      if isLetters { return [UInt8(truncatingIfNeeded: item)] }
      let digits = String(abs(item))
      let sign = item < 0 ? "-" : ""
      let padding = max(0, width - digits.utf8.count - sign.utf8.count)
      return Array((sign + String(repeating: "0", count: padding) + digits).utf8)
    }
  }

  /// Reads a number of at most nine digits, so that the sum of two cannot overflow.
  private static func number(_ text: ArraySlice<UInt8>) -> Int? {
    let digits = text.first == 0x2d || text.first == 0x2b ? text.dropFirst() : text
    guard !digits.isEmpty, digits.count < 10, digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(String(decoding: text, as: UTF8.self))
  }

  private static func letter(_ text: ArraySlice<UInt8>) -> Int? {
    guard text.count == 1, let byte = text.first,
      (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    else { return nil }
    return Int(byte)
  }

  private static func isPadded(_ text: ArraySlice<UInt8>) -> Bool {
    let digits = text.first == 0x2d ? text.dropFirst() : text
    return digits.count > 1 && digits.first == 0x30
  }
}
