internal import Cachetronomy
internal import System

/// A pattern of `redact`: a text to hide, or, if it ends with `=`, a name whose values are hidden.
struct RedactionPattern {
  /// One of the parts between the stars of a glob: for each place a bit for each byte that fits.
  private typealias Part = [SIMD4<UInt64>]

  private var parts: [Part] = [[]]

  /// The pattern of a name in capitals, if the text is for one.
  static func name(_ text: String) -> Pattern? {
    guard text.utf8.last == 0x3d else { return nil }
    let name = text.utf8.dropLast().drop { $0 == 0x2d }
    return Pattern(bytes: name.map(ByteText.folded))
  }

  init(_ text: String) {
    let pattern = Array(text.utf8)
    var at = 0
    while at < pattern.count {
      let byte = pattern[at]
      at += 1
      switch byte {
      case 0x2a: parts.append([])
      case 0x3f: add(Self.anything)
      case 0x5c where at < pattern.count:
        add(Self.bits([pattern[at]]))
        at += 1
      case 0x5b:
        if let (set, end) = Self.set(pattern, from: at) {
          add(set)
          at = end
        } else {
          add(Self.bits([byte]))
        }
      default: add(Self.bits([byte]))
      }
    }
  }

  private mutating func add(_ bits: SIMD4<UInt64>) { parts[parts.count - 1].append(bits) }

  private static func bits(_ bytes: some Sequence<UInt8>) -> SIMD4<UInt64> {
    bytes.reduce(into: SIMD4()) { $0[Int($1 >> 6)] |= 1 << UInt64($1 & 63) }
  }

  /// All that `*` and `?` match.
  private static let anything = bits(
    (0...255).lazy.filter { !ByteKind.isBlank($0) && !ByteKind.isQuote($0) })

  /// The set whose `[` is before a place, and where it ends; nil if nothing closes it.
  private static func set(_ pattern: [UInt8], from start: Int) -> (SIMD4<UInt64>, Int)? {
    var at = start
    let isInverted = at < pattern.count && (pattern[at] == 0x21 || pattern[at] == 0x5e)
    if isInverted { at += 1 }
    var found = SIMD4<UInt64>()
    let first = at
    while at < pattern.count, pattern[at] != 0x5d || at == first {
      if at + 2 < pattern.count, pattern[at + 1] == 0x2d, pattern[at + 2] != 0x5d {
        found |= bits(pattern[at]...max(pattern[at], pattern[at + 2]))
        at += 3
      } else {
        found |= bits([pattern[at]])
        at += 1
      }
    }
    guard at < pattern.count else { return nil }
    return (isInverted ? ~found & anything : found, at + 1)
  }

  // MARK: search

  /// Hides all that matches.
  ///
  /// The leftmost place of each part decides whether there is a match, so that the time is that of
  /// the text's size times the pattern's.
  func hide(in text: ByteText, _ spans: inout RedactedSpans) {
    var start = 0
    while start < text.count {
      // A match is within one run of bytes that a star may match.
      let end = text.place(from: start) { !Self.has(Self.anything, $0) && !mayHold($0) }
      var at = start
      while let match = match(text, at, end) {
        spans.add(match.lowerBound, match.upperBound)
        at = max(match.upperBound, match.lowerBound + 1)
      }
      start = end + 1
    }
  }

  /// Whether the pattern has a byte that stars do not match.
  private func mayHold(_ byte: UInt8) -> Bool {
    parts.contains { part in part.contains { Self.has($0, byte) } }
  }

  private static func has(_ bits: SIMD4<UInt64>, _ byte: UInt8) -> Bool {
    bits[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1
  }

  private func match(_ text: ByteText, _ from: Int, _ end: Int) -> Range<Int>? {
    guard let first = parts.first, var at = find(first, text, from, end) else { return nil }
    let start = at
    at += first.count
    for part in parts.dropFirst() {
      guard let place = find(part, text, at, end) else { return nil }
      at = place + part.count
    }
    // A star at the end takes the rest.
    if parts.count > 1, parts[parts.count - 1].isEmpty { at = starEnd(text, at, end) }
    return at > start ? start..<at : nil
  }

  private func starEnd(_ text: ByteText, _ from: Int, _ end: Int) -> Int {
    var at = from
    while at < end, Self.has(Self.anything, text[at]) { at += 1 }
    return at
  }

  private func find(_ part: Part, _ text: ByteText, _ from: Int, _ end: Int) -> Int? {
    var at = from
    while at + part.count <= end {
      var size = 0
      while size < part.count, Self.has(part[size], text[at + size]) { size += 1 }
      if size == part.count { return at }
      at += 1
    }
    return nil
  }
}
