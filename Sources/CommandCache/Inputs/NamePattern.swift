internal import Cachetronomy
internal import System

/// A shell pattern for one path component: `*`, `?`, `[a-z]`, `[!a]`, `[[:digit:]]`, `\x`.
///
/// Compares characters, not bytes, as a shell does in a UTF-8 locale.
struct NamePattern {
  private enum Token {
    case star
    case any
    case one(UInt32)
    case set(isInverted: Bool, [ClosedRange<UInt32>])
  }

  private var tokens: [Token] = []
  /// Whether names that begin with a dot can match.
  private var takesHidden: Bool

  /// - Returns: nil if the component is a name without `*`, `?` or `[...]`.
  init?(_ component: some Collection<UInt8>) {
    let text = Self.characters(component)
    takesHidden = text.first == 0x2e || text.starts(with: [0x5c, 0x2e])
    var at = 0
    var isPattern = false
    while at < text.count {
      let character = text[at]
      at += 1
      switch character {
      case 0x2a: tokens.append(.star)
      case 0x3f: tokens.append(.any)
      case 0x5b:
        guard let set = Self.set(in: text, at: &at) else {
          tokens.append(.one(character))
          continue
        }
        tokens.append(set)
      case 0x5c where at < text.count:
        tokens.append(.one(text[at]))
        at += 1
        continue
      default:
        tokens.append(.one(character))
        continue
      }
      isPattern = true
    }
    guard isPattern else { return nil }
  }

  /// Whether the whole name matches.
  func matches(_ name: [UInt8]) -> Bool {
    if name.first == 0x2e, !takesHidden { return false }
    let name = Self.characters(name)
    // Backtracks only to the last star, so that no pattern takes exponential time.
    var (t, n) = (0, 0)
    var star: (t: Int, n: Int)?
    while n < name.count {
      if t < tokens.count, case .star = tokens[t] {
        star = (t, n)
        t += 1
      } else if t < tokens.count, Self.matches(tokens[t], name[n]) {
        (t, n) = (t + 1, n + 1)
      } else if let last = star {
        star = (last.t, last.n + 1)
        (t, n) = (last.t + 1, last.n + 1)
      } else {
        return false
      }
    }
    return tokens[t...].allSatisfy { if case .star = $0 { true } else { false } }
  }

  private static func matches(_ token: Token, _ character: UInt32) -> Bool {
    switch token {
    case .star, .any: true
    case .one(let wanted): character == wanted
    case .set(let isInverted, let ranges):
      ranges.contains { $0.contains(character) } != isInverted
    }
  }

  /// Parses the set whose `[` was just read, and moves `at` past its `]`.
  ///
  /// - Returns: nil, with `at` unmoved, if no `]` closes it.
  private static func set(in text: [UInt32], at place: inout Int) -> Token? {
    var at = place
    let isInverted = at < text.count && (text[at] == 0x21 || text[at] == 0x5e)
    if isInverted { at += 1 }
    let start = at
    var ranges: [ClosedRange<UInt32>] = []
    while at < text.count {
      // A bracket in first place is a member of the set.
      if text[at] == 0x5d, at > start {
        place = at + 1
        return .set(isInverted: isInverted, ranges)
      }
      if let named = characterClass(in: text, at: &at) {
        ranges += named
        continue
      }
      let low = member(of: text, at: &at)
      if at + 1 < text.count, text[at] == 0x2d, text[at + 1] != 0x5d {
        at += 1
        let high = member(of: text, at: &at)
        ranges.append(low...max(low, high))
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }

  private static func member(of text: [UInt32], at: inout Int) -> UInt32 {
    if text[at] == 0x5c, at + 1 < text.count { at += 1 }
    at += 1
    return text[at - 1]
  }

  /// Returns the ASCII members of a class such as `[:digit:]`; for letters also all non-ASCII.
  private static func characterClass(in text: [UInt32], at: inout Int) -> [ClosedRange<UInt32>]? {
    guard text[at...].starts(with: [0x5b, 0x3a]),
      let end = text[(at + 2)...].firstIndex(of: 0x3a), text[end...].starts(with: [0x3a, 0x5d])
    else { return nil }
    let name = String(
      decoding: text[(at + 2)..<end].map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    let (digits, upper, lower, rest): (ClosedRange<UInt32>, _, _, _) = (
      0x30...0x39, UInt32(0x41)...0x5a, UInt32(0x61)...0x7a, UInt32(0x80)...UInt32.max
    )
    let ranges: [ClosedRange<UInt32>]? =
      switch name {
      case "digit": [digits]
      case "alpha": [upper, lower, rest]
      case "alnum": [digits, upper, lower, rest]
      case "upper": [upper, rest]
      case "lower": [lower, rest]
      case "xdigit": [digits, 0x41...0x46, 0x61...0x66]
      case "blank": [0x20...0x20, 0x09...0x09]
      case "space": [0x20...0x20, 0x09...0x0d]
      case "punct": [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e, rest]
      case "cntrl": [0x00...0x1f, 0x7f...0x7f]
      case "graph": [0x21...0x7e, rest]
      case "print": [0x20...0x7e, rest]
      default: nil
      }
    if ranges != nil { at = end + 2 }
    return ranges
  }

  /// Decodes UTF-8; each byte that is not part of a character becomes a number above all scalars.
  private static func characters(_ bytes: some Collection<UInt8>) -> [UInt32] {
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map { UInt32($0) } }
    var found: [UInt32] = []
    var rest = Array(bytes)[...]
    var parser = Unicode.UTF8.ForwardParser()
    var input = rest.makeIterator()
    while true {
      switch parser.parseScalar(from: &input) {
      case .valid(let encoded):
        found.append(UTF8.decode(encoded).value)
        rest = rest.dropFirst(encoded.count)
      case .error(let length):
        found += rest.prefix(length).map { 0x11_0000 + UInt32($0) }
        rest = rest.dropFirst(length)
      case .emptyInput: return found
      }
    }
  }
}
