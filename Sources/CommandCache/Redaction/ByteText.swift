internal import Cachetronomy
internal import System

/// Bytes that are compared with names in ASCII.
typealias ByteText = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
  /// A part of these bytes.
  func part(_ start: Int, _ end: Int) -> ByteText { ByteText(rebasing: self[start..<end]) }

  /// Whether a mark is at a place, in whatever case.
  func has(_ mark: StaticString, at place: Int) -> Bool {
    let size = mark.utf8CodeUnitCount
    guard place >= 0, count - place >= size else { return false }
    let start = mark.utf8Start
    for at in 0..<size where Self.folded(self[place + at]) != Self.folded(start[at]) {
      return false
    }
    return true
  }

  /// Whether these bytes are a name, in whatever case.
  func isSame(_ name: StaticString) -> Bool {
    count == name.utf8CodeUnitCount && has(name, at: 0)
  }

  /// Whether these bytes end with a mark, in whatever case.
  func ends(_ mark: StaticString) -> Bool { has(mark, at: count - mark.utf8CodeUnitCount) }

  /// Whether one of the words of a text stands at a place.
  func hasOne(of words: StaticString, at place: Int) -> Bool {
    Self.find(in: words) { word in place + word.count <= count && has(word, at: place) }
  }

  /// Whether these bytes end with one of the words of a text.
  func endsWithOne(of words: StaticString) -> Bool {
    Self.find(in: words) { word in word.count <= count && has(word, at: count - word.count) }
  }

  /// Whether these bytes are one of the words of a text.
  func isOne(of words: StaticString) -> Bool {
    Self.find(in: words) { word in word.count == count && has(word, at: 0) }
  }

  private func has(_ word: ByteText, at place: Int) -> Bool {
    for at in 0..<word.count where Self.folded(self[place + at]) != Self.folded(word[at]) {
      return false
    }
    return true
  }

  /// Whether a condition holds for a word of a text, whose words are divided by one space each.
  private static func find(in words: StaticString, _ condition: (ByteText) -> Bool) -> Bool {
    let text = ByteText(start: words.utf8Start, count: words.utf8CodeUnitCount)
    var start = 0
    for at in 0...text.count where at == text.count || text[at] == 0x20 {
      if at > start, condition(text.part(start, at)) { return true }
      start = at + 1
    }
    return false
  }

  /// A letter as a capital; any other byte unchanged.
  static func folded(_ byte: UInt8) -> UInt8 {
    0x61...0x7a ~= byte ? byte & 0xdf : byte
  }

  /// The first place of a byte at or after a place; the end if there is none.
  func place(of byte: UInt8, from start: Int) -> Int {
    var at = start
    while at < count, self[at] != byte { at += 1 }
    return at
  }

  /// The first place that a condition holds for at or after a place; the end if there is none.
  func place(from start: Int, where condition: (UInt8) -> Bool) -> Int {
    var at = start
    while at < count, !condition(self[at]) { at += 1 }
    return at
  }
}

/// Kinds of bytes that the redaction of arguments tells apart.
enum ByteKind {
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 }

  /// A quote or a backslash.
  static func isMark(_ byte: UInt8) -> Bool { isQuote(byte) || byte == 0x5c }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }

  /// A byte of the name of a variable, property, header or parameter.
  static func isInName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
    default: false
    }
  }

  /// A byte of a token as headers have them: letters, digits and `-._~+/=`.
  static func isInToken(_ byte: UInt8) -> Bool {
    isInName(byte) || byte == 0x7e || byte == 0x2b || byte == 0x2f || byte == 0x3d
  }
}
