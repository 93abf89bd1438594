internal import System

/// Splits and quotes words as a POSIX shell does.
public enum ShellWords {
  /// Splits a line at blanks, with single quotes, double quotes and backslashes as in a shell.
  ///
  /// - Throws: `Failure.badSetting` if a quote is not closed.
  public static func split(_ text: String) throws(Failure) -> [String] {
    var words: [String] = []
    var word: [UInt8]?
    var quote: UInt8?
    var escaped = false
    for byte in text.utf8 {
      if escaped {
        escaped = false
        // A line continuation.
        if byte == 0x0a { continue }
        if quote == 0x22, ![0x22, 0x5c, 0x24, 0x60].contains(byte) { word?.append(0x5c) }
        word = (word ?? []) + [byte]
      } else if byte == 0x5c, quote != 0x27 {
        escaped = true
      } else if let open = quote {
        if byte == open { quote = nil } else { word?.append(byte) }
      } else if byte == 0x27 || byte == 0x22 {
        quote = byte
        word = word ?? []
      } else if [0x20, 0x09, 0x0a].contains(byte) {
        if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
        word = nil
      } else {
        word = (word ?? []) + [byte]
      }
    }
    guard quote == nil, !escaped else {
      throw .badSetting("words '\(text)'", "a quote is not closed")
    }
    if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
    return words
  }

  /// Returns the line that `split` splits into these words; patterns in them stay unquoted.
  static func line(_ words: [String]) -> String {
    words.map { word in
      let isPlain = !word.utf8.contains { [0x20, 0x09, 0x0a, 0x22, 0x27, 0x5c].contains($0) }
      if isPlain, !word.isEmpty { return word }
      return "'"
        + word.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
    }.joined(separator: " ")
  }

  /// Returns one word quoted for a shell, always as a single line of valid UTF-8.
  public static func quote(_ word: [UInt8]) -> String {
    if !word.isEmpty, word.allSatisfy(isPlain) { return String(decoding: word, as: UTF8.self) }
    if let text = String(validating: word, as: UTF8.self),
      !text.unicodeScalars.contains(where: isUnprintable)
    {
      if !word.contains(0x27) { return "'" + text + "'" }
      // By bytes: a quote followed by a combining character is one `Character`, yet two to a shell.
      // Without `joined`, whose generic look-up takes a quarter of a hit.
      var quoted: [UInt8] = [0x27]
      for byte in word {
        if byte == 0x27 { quoted.append(contentsOf: "'\\'".utf8) }
        quoted.append(byte)
      }
      return String(decoding: quoted + [0x27], as: UTF8.self)
    }
    var text = "$'"
    var left = word[...]
    while let byte = left.first {
      switch byte {
      case 0x0a: text += "\\n"
      case 0x09: text += "\\t"
      case 0x0d: text += "\\r"
      case 0x27, 0x5c: text += "\\" + String(Character(Unicode.Scalar(byte)))
      case 0x20..<0x7f: text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "\\x" + Digest.hex([byte])
      }
      left = left.dropFirst()
    }
    return text + "'"
  }

  /// Appends one word quoted as by `quote(_:)`.
  package static func append(_ word: [UInt8], to text: inout [UInt8]) {
    if !word.isEmpty, word.allSatisfy(isPlain) {
      text.append(contentsOf: word)
    } else {
      text.append(contentsOf: quote(word).utf8)
    }
  }

  /// Whether a byte may be part of the name of a shell variable.
  package static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: true
    default: false
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x3a, 0x40...0x5a, 0x61...0x7a, 0x25, 0x2b...0x2f, 0x3d, 0x5f: true
    default: false
    }
  }

  /// Whether a scalar is a control character, or changes the direction of text.
  static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x2069, 0xfeff: true
    default: false
    }
  }

  /// Returns where a word of a script ends: before an unquoted blank or operator.
  static func end(of script: [UInt8], from start: Int) -> Int {
    var quote: UInt8?
    var at = start
    while at < script.count {
      let byte = script[at]
      if byte == 0x5c, quote != 0x27 {
        at = min(at + 2, script.count)
        continue
      }
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      } else if byte <= 0x20 || ";&|()<>".utf8.contains(byte) {
        return at
      }
      at += 1
    }
    return at
  }
}
