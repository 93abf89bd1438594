internal import Cachetronomy
internal import System

/// Finds the secrets in the arguments of one command, one after the other, by their options.
struct ArgumentReader {
  private let names: SecretNames
  /// What the next argument is, as the option before it says.
  private var next = SecretValue.none
  /// Whether the next arguments belong to a header whose name was its own argument.
  private var nextIsHeader = false
  /// Whether the last argument was an option such as `-c`, which a script follows.
  private(set) var precedesScript = false
  /// The short words so far that are no options, with a space around each.
  private var words: [UInt8] = []
  /// The rows for the last of `words` that is a program, and how many of its bytes were examined.
  private var rows = SecretOptions.Rows()
  private var looked = 0

  /// What the value of an Authorization header may begin with.
  static let schemes: StaticString = "BEARER BASIC TOKEN DIGEST NEGOTIATE APIKEY"

  init(_ names: SecretNames) { self.names = names }

  /// Begins another command.
  mutating func endCommand() {
    (next, nextIsHeader, precedesScript, looked) = (.none, false, false, 0)
    words.removeAll(keepingCapacity: true)
    rows = SecretOptions.Rows()
  }

  /// Takes the next argument of the command, and hides what is secret in it.
  mutating func take(_ text: ArgumentText, _ spans: inout RedactedSpans) {
    let bytes = text.bytes
    precedesScript = false
    let expected = next
    next = .none
    if nextIsHeader {
      text.hide(0, bytes.count, in: &spans)
      nextIsHeader = bytes.isOne(of: Self.schemes)
      return
    }
    if expected == .nextByName {
      if names.isSecret(bytes) { next = .whole }
      return
    }
    if expected != .none {
      if let range = expected.range(in: bytes, names) {
        text.hide(range.lowerBound, range.upperBound, in: &spans)
      }
      // A value that is an option itself: then the one before it took none, perhaps.
      if bytes.first != 0x2d || bytes.count < 2 { return }
    }
    if bytes.count > 1, bytes[0] == 0x2d {
      takeOption(text, &spans)
    } else {
      takeOperand(text, &spans)
    }
  }

  // MARK: options

  private mutating func takeOption(_ text: ArgumentText, _ spans: inout RedactedSpans) {
    let bytes = text.bytes
    if bytes[1] != 0x2d {
      precedesScript = bytes[bytes.count - 1] == UInt8(ascii: "c")
      takeShort(text, &spans)
      return
    }
    takeLong(text, from: 2, &spans)
  }

  private mutating func takeLong(
    _ text: ArgumentText, from start: Int, _ spans: inout RedactedSpans
  ) {
    let bytes = text.bytes
    let cut = bytes.place(of: 0x3d, from: start)
    guard cut > start else { return }
    let value = value(ofLong: bytes.part(start, cut))
    if value == .none { return }
    if cut == bytes.count {
      next = value
    } else {
      hide(value, text.part(cut + 1, bytes.count), &spans)
    }
  }

  private mutating func value(ofLong name: ByteText) -> SecretValue {
    if name.count < 24 {
      for options in programRows() {
        if options.long.utf8CodeUnitCount > 0, name.isOne(of: options.long), isMet(options) {
          return options.value
        }
      }
    }
    return names.value(ofOption: name)
  }

  private mutating func takeShort(_ text: ArgumentText, _ spans: inout RedactedSpans) {
    let bytes = text.bytes
    let rows = programRows()
    var at = 1
    // Letters may be bundled: `-sSu`.
    bundle: while at < bytes.count, ByteKind.isLetter(bytes[at]), !rows.isEmpty {
      let letter = bytes[at]
      for options in rows {
        guard options.short.has(letter), isMet(options) else { continue }
        if at + 1 == bytes.count {
          if options.value != .joined { next = options.value }
        } else {
          // curl and others take `-u=x` for the value `=x`, which is hidden too.
          hide(options.value, text.part(at + 1, bytes.count), &spans)
        }
        return
      }
      for options in rows where options.others.has(letter) {
        if at == 1 { break bundle }
        return
      }
      at += 1
    }
    // Long options with one dash, as programs in Java and Go have them.
    if bytes.count > 2 { takeLong(text, from: 1, &spans) }
    let isTaken = next != .none || rows.contains { $0.others.has(bytes[1]) }
    let value = isTaken ? .none : Self.value(ofShort: bytes[1])
    if bytes.count > 2 { hide(value, text.part(2, bytes.count), &spans) } else { next = value }
  }

  /// What `-u` and `-H` take where the program has no row for them.
  private static func value(ofShort letter: UInt8) -> SecretValue {
    switch letter {
    case UInt8(ascii: "u"): .userAndPassword
    case UInt8(ascii: "H"): .header
    default: .none
    }
  }

  private func hide(
    _ value: SecretValue, _ text: ArgumentText, _ spans: inout RedactedSpans
  ) {
    guard let range = value.range(in: text.bytes, names) else { return }
    text.hide(range.lowerBound, range.upperBound, in: &spans)
  }

  // MARK: operands

  private mutating func takeOperand(_ text: ArgumentText, _ spans: inout RedactedSpans) {
    let bytes = text.bytes
    if bytes.last == 0x3a, names.isHeader(bytes.part(0, bytes.count - 1), isGiven: false) {
      nextIsHeader = true
      return
    }
    if !words.isEmpty {
      for options in programRows() {
        guard options.operand != .none, isMet(options) else { continue }
        if options.operand == .nextByName {
          if names.isSecret(bytes), !bytes.contains(where: { $0 == 0x2f || $0 == 0x3d }) {
            next = .whole
          }
        } else if options.operand != .source || bytes.has("PASS:", at: 0) {
          hide(options.operand, text, &spans)
        }
      }
    }
    note(bytes)
  }

  /// Notes a word that may be a program, or one that comes before a secret.
  private mutating func note(_ word: ByteText) {
    var start = word.count
    while start > 0, word[start - 1] != 0x2f { start -= 1 }
    guard SecretOptions.mayHold(word.part(start, word.count)) else { return }
    if words.isEmpty {
      words.reserveCapacity(64)
      words.append(0x20)
    }
    words.append(contentsOf: word.part(start, word.count))
    words.append(0x20)
  }

  /// The rows for the program of this command: the last of its words that is one with rows, since
  /// another may start it.
  private mutating func programRows() -> SecretOptions.Rows {
    let (count, begun) = (words.count, looked)
    if begun + 1 >= count { return rows }
    looked = count - 1
    let found = words.withUnsafeBufferPointer { words in
      var found = SecretOptions.Rows()
      var start = begun
      for at in begun + 1..<count where words[at] == 0x20 {
        let rows = SecretOptions.rows(for: words.part(start, at + 1))
        if !rows.isEmpty { found = rows }
        start = at
      }
      return found
    }
    if !found.isEmpty { rows = found }
    return rows
  }

  /// Whether the word that has to come before the options of a row did.
  private func isMet(_ options: SecretOptions) -> Bool {
    if options.after.utf8CodeUnitCount == 0 { return true }
    let after = ByteText(start: options.after.utf8Start, count: options.after.utf8CodeUnitCount)
    return words.withUnsafeBufferPointer { words in
      var at = 0
      while at + after.count <= words.count {
        if words.has(options.after, at: at) { return true }
        at += 1
      }
      return false
    }
  }
}
