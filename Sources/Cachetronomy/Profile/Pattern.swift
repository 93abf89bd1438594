/// A shell glob over bytes: `*`, `?`, `[a-z]`, `[!a]`; `\` escapes the next byte.
public struct Pattern: Sendable, Hashable, CustomStringConvertible {
  private let bytes: [UInt8]

  /// Creates a pattern from its text.
  public init(_ text: String) { bytes = Array(text.utf8) }

  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// The text of the pattern.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether it matches exactly one name.
  public var isLiteral: Bool { !bytes.contains { [0x2a, 0x3f, 0x5b, 0x5c].contains($0) } }

  /// Whether the pattern matches the whole name.
  @inlinable
  public func matches(_ name: some RandomAccessCollection<UInt8>) -> Bool {
    matches(bytes: Array(name))
  }

  @usableFromInline
  func matches(bytes name: [UInt8]) -> Bool {
    // Backtracks only to the last '*', so that no pattern takes exponential time.
    var (p, n) = (0, 0)
    var star: (p: Int, n: Int)?
    while n < name.count {
      if p < bytes.count, bytes[p] == 0x2a {
        star = (p, n)
        p += 1
      } else if let next = match(at: p, name[n]) {
        (p, n) = (next, n + 1)
      } else if let last = star {
        star = (last.p, last.n + 1)
        (p, n) = (last.p + 1, last.n + 1)
      } else {
        return false
      }
    }
    while p < bytes.count, bytes[p] == 0x2a { p += 1 }
    return p == bytes.count
  }

  /// Returns the index after the one-byte pattern at `p` if it matches the byte.
  private func match(at p: Int, _ byte: UInt8) -> Int? {
    guard p < bytes.count else { return nil }
    switch bytes[p] {
    case 0x3f: return p + 1
    case 0x5c where p + 1 < bytes.count: return bytes[p + 1] == byte ? p + 2 : nil
    case 0x5b:
      let inverted = p + 1 < bytes.count && (bytes[p + 1] == 0x21 || bytes[p + 1] == 0x5e)
      let start = inverted ? p + 2 : p + 1
      // A bracket in first place is a member of the set.
      guard let close = bytes[start...].dropFirst().firstIndex(of: 0x5d) else { fallthrough }
      var set = bytes[start..<close]
      var found = false
      while let low = set.first {
        if set.count >= 3, set[set.startIndex + 1] == 0x2d {
          found = found || (low...max(low, set[set.startIndex + 2])).contains(byte)
          set = set.dropFirst(3)
        } else {
          found = found || low == byte
          set = set.dropFirst()
        }
      }
      return found != inverted ? close + 1 : nil
    default: return bytes[p] == byte ? p + 1 : nil
    }
  }
}
