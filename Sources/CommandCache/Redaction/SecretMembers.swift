internal import Cachetronomy
internal import System

/// Headers, members of JSON and YAML, and addresses.
extension SecretShapes {
  mutating func afterColon(_ at: Int, _ spans: inout RedactedSpans) -> Int {
    let from = at + 1
    if bytes.has("//", at: from) { return hideUser(ofAddress: from + 2, &spans) }
    guard let named = name(before: at) else { return from }
    let name = bytes.part(named.range.lowerBound, named.range.upperBound)
    if named.isQuoted { return names.isSecret(name) ? hideMember(from, &spans) : from }
    if named.hasBlank { return from }
    // HTTPie's `name:=value`, which is JSON.
    if from < bytes.count, bytes[from] == 0x3d {
      return names.isSecret(name) ? hideMember(from + 1, &spans) : from + 1
    }
    if names.isHeader(name, isGiven: false) {
      return hideHeader(from, namedAt: named.range.lowerBound, &spans)
    }
    guard from < bytes.count, bytes[from] == 0x20 else { return from }
    if names.isProperty(name) { return hideProperty(from, named.range.lowerBound, &spans) }
    // A line of YAML whose value is one word; prose has more of them.
    guard names.isSecret(name), beginsLine(named.range.lowerBound), bytes.contains(0x0a),
      isOneWord(from)
    else { return from }
    return hideLine(from, &spans)
  }

  private func isOneWord(_ from: Int) -> Bool {
    let value = bytes.place(from: from) { $0 != 0x20 && $0 != 0x09 }
    if value < bytes.count, ByteKind.isMark(bytes[value]) { return true }
    let end = bytes.place(from: value, where: ByteKind.isBlank)
    return end > value && (end == bytes.count || bytes[end] == 0x0a || bytes[end] == 0x0d)
  }

  private func hideProperty(_ from: Int, _ name: Int, _ spans: inout RedactedSpans) -> Int {
    let value = bytes.place(from: from) { $0 != 0x20 && $0 != 0x09 }
    if value < bytes.count, bytes[value] == 0x7b || bytes[value] == 0x5b || bytes[value] == 0x0a {
      return value
    }
    if beginsLine(name), bytes[max(0, name - 1)] != 0x7b { return hideLine(from, &spans) }
    let end =
      value < bytes.count && ByteKind.isMark(bytes[value])
      ? quotedEnd(value)
      : bytes.place(from: value) {
        ByteKind.isBlank($0) || ByteKind.isQuote($0) || $0 == 0x2c || $0 == 0x7d
      }
    hide(value, end, &spans)
    return max(value, end)
  }

  /// Hides the value of a member: a text, a list, or what ends at `,` or `}`.
  func hideMember(_ from: Int, _ spans: inout RedactedSpans) -> Int {
    let value = bytes.place(from: from) { !ByteKind.isBlank($0) }
    guard value < bytes.count else { return value }
    let end: Int
    switch bytes[value] {
    // The members of an object have their own names.
    case 0x7b: return value
    case 0x5b: end = bytes.place(of: 0x5d, from: value + 1)
    case 0x22, 0x27, 0x5c: end = quotedEnd(value)
    default:
      end = bytes.place(from: value) { $0 == 0x2c || $0 == 0x7d || ByteKind.isBlank($0) }
    }
    hide(value, end, &spans)
    return max(value, end)
  }

  /// Hides the value of a header.
  private func hideHeader(_ from: Int, namedAt name: Int, _ spans: inout RedactedSpans) -> Int {
    let start = bytes.place(from: from) { $0 != 0x20 && $0 != 0x09 }
    let before = name > 0 ? bytes[name - 1] : 0
    let end: Int
    if ByteKind.isQuote(before) {
      end = bytes.place(of: before, from: start)
    } else if start < bytes.count, ByteKind.isMark(bytes[start]) {
      end = quotedEnd(start)
    } else if isOneValue, name == 0 || before == 0x3d {
      end = bytes.place(of: 0x0a, from: start)
    } else if start > from {
      end = bytes.place(from: start) { $0 == 0x0a || ByteKind.isQuote($0) }
    } else {
      end = wordsEnd(start)
    }
    hide(start, end, &spans)
    return max(start, end)
  }

  /// Where a word ends, and the next one if the first is the scheme of an authorization.
  private func wordsEnd(_ from: Int) -> Int {
    func end(_ from: Int) -> Int {
      bytes.place(from: from) { ByteKind.isBlank($0) || ByteKind.isQuote($0) }
    }
    let first = end(from)
    guard first < bytes.count, bytes[first] == 0x20,
      bytes.part(from, first).isOne(of: ArgumentReader.schemes)
    else { return first }
    return end(bytes.place(from: first) { $0 != 0x20 })
  }
}
