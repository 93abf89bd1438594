internal import Cachetronomy
internal import System

/// Finds what is a secret by what stands around it, wherever it is in a text.
///
/// One pass, in which each byte is examined a bounded number of times: what was hidden or looked
/// through is not looked through again.
struct SecretShapes {
  let text: ArgumentText
  let bytes: ByteText
  let names: SecretNames
  /// Whether the text is one value, which a blank does not end.
  let isOneValue: Bool
  /// Whether the text may be a script, in which `;` and alike end a value.
  var isScript: Bool { !isOneValue }
  /// Where the name being read began, and the last one before it.
  var start = 0
  var last = 0..<0
  /// Where the search for the user before an `@` ended.
  var floor = 0
  /// Whether `machine` and `login` came before, as in a file of netrc.
  var isNetrc = false

  /// What a text has that makes a search worth its time: a byte that follows a name, or enough for
  /// a known token; a blank.
  static var hasShape: UInt8 { 1 }
  static var hasBlank: UInt8 { 2 }

  static func kinds(of bytes: ByteText) -> UInt8 {
    var kinds: UInt8 = bytes.count >= KnownTokens.shortest ? 1 : 0
    for byte in bytes {
      switch byte {
      case 0x3d, 0x3a, 0x40, 0x25, 0x3e: kinds |= 1
      case 0x20, 0x09...0x0d: kinds |= 3
      default: continue
      }
    }
    return kinds
  }

  /// Hides the secrets of a text.
  ///
  /// - Parameters:
  ///   - isOneValue: whether the text is one argument, and not the script of a shell.
  static func hide(
    in text: ArgumentText, isOneValue: Bool, _ names: SecretNames, _ spans: inout RedactedSpans
  ) {
    var shapes = SecretShapes(
      text: text, bytes: text.bytes, names: names, isOneValue: isOneValue)
    shapes.run(&spans)
  }

  private mutating func run(_ spans: inout RedactedSpans) {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if ByteKind.isInName(byte) {
        at += 1
        continue
      }
      if at > start { last = start..<at }
      if at - start >= KnownTokens.shortest { hideKnownToken(&spans) }
      var next = at + 1
      switch byte {
      case 0x3d: next = afterEquals(at, &spans)
      case 0x3a: next = afterColon(at, &spans)
      case 0x40: hideUser(before: at, &spans)
      case 0x25 where bytes.has("%3D", at: at): next = afterEscapedEquals(at, &spans)
      case 0x3e: next = afterTag(at, &spans)
      case 0x20, 0x09...0x0d: next = afterBlank(at, &spans)
      default: break
      }
      (at, start) = (next, next)
    }
    if bytes.count > start {
      last = start..<bytes.count
      if bytes.count - start >= KnownTokens.shortest { hideKnownToken(&spans) }
    }
  }

  func hide(_ from: Int, _ end: Int, _ spans: inout RedactedSpans) {
    text.hide(from, end, in: &spans)
  }

  // MARK: names

  /// A name in front of a place, which may be in quotes or brackets, as in `"name":`.
  struct Named {
    var range: Range<Int>
    var isQuoted = false
    var hasBlank = false
  }

  /// The name in front of a `=` or `:`; nil if there is none.
  func name(before place: Int) -> Named? {
    var at = place
    var named = Named(range: last)
    while at > 0, place - at < 8, !ByteKind.isInName(bytes[at - 1]) {
      let byte = bytes[at - 1]
      if ByteKind.isMark(byte) || byte == 0x5d {
        named.isQuoted = true
      } else if byte == 0x20 || byte == 0x09 {
        named.hasBlank = true
      } else {
        return nil
      }
      at -= 1
    }
    return at == last.upperBound && !last.isEmpty ? named : nil
  }

  /// Whether nothing but blanks stands between the beginning of a line and a place.
  func beginsLine(_ place: Int) -> Bool {
    var at = place
    while at > 0, place - at < 64, bytes[at - 1] == 0x20 || bytes[at - 1] == 0x09 { at -= 1 }
    if at > 1, bytes[at - 1] == 0x2d { at -= 1 }
    return at == 0 || bytes[at - 1] == 0x0a || bytes[at - 1] == 0x7b
  }

  // MARK: after =

  /// `NAME=value`, in whatever stands around it.
  private func afterEquals(_ at: Int, _ spans: inout RedactedSpans) -> Int {
    guard let named = name(before: at), isSecret(named, valueAt: at + 1) else { return at + 1 }
    let from = at + 1
    // `name => value`.
    if from < bytes.count, bytes[from] == 0x3e { return hideMember(from + 1, &spans) }
    if named.hasBlank {
      // `name = value` is a line of a file of settings or of a program.
      guard from < bytes.count, bytes[from] != 0x3d else { return from }
      let value = bytes.place(from: from) { $0 != 0x20 && $0 != 0x09 }
      let isText = value < bytes.count && ByteKind.isMark(bytes[value])
      guard isText || named.isQuoted || beginsLine(named.range.lowerBound) else { return from }
      return hideLine(from, &spans)
    }
    // The value comes from a command, whose words are examined.
    if from < bytes.count, bytes[from] == 0x60 || bytes.has("$(", at: from) { return from }
    // A list or a pair, as `auth=('user', 'password')`.
    if from < bytes.count, bytes[from] == 0x28 || bytes[from] == 0x5b {
      let end = bytes.place(of: bytes[from] == 0x28 ? 0x29 : 0x5d, from: from)
      hide(from, end, &spans)
      return end
    }
    let begins = named.range.lowerBound == 0 || bytes[named.range.lowerBound - 1] == 0x3d
    let end = isOneValue && begins ? bytes.count : valueEnd(from)
    hide(from, end, &spans)
    return max(from, end)
  }

  private func isSecret(_ named: Named, valueAt place: Int) -> Bool {
    let name = bytes.part(named.range.lowerBound, named.range.upperBound)
    if name.has("--", at: 0) {
      return names.value(ofOption: name.part(2, name.count)) == .whole
    }
    guard names.isSecret(name) else { return false }
    // The working directory, unless it is a password of a connection string.
    return !(name.isOne(of: "PWD") && place < bytes.count && "/$.~\"".utf8.contains(bytes[place]))
  }

  /// Where a value ends that a blank, a quote or `&` ends.
  func valueEnd(_ from: Int) -> Int {
    if from < bytes.count, ByteKind.isQuote(bytes[from]) || bytes[from] == 0x5c {
      return quotedEnd(from)
    }
    let isScript = isScript
    return bytes.place(from: from) { byte in
      switch byte {
      case 0x26, 0x60: true
      case 0x3b, 0x7c, 0x29, 0x3c, 0x3e: isScript
      default: ByteKind.isBlank(byte) || ByteKind.isQuote(byte)
      }
    }
  }

  /// The end of a value in quotes, which may themselves be quoted: `\"a\"`.
  func quotedEnd(_ from: Int) -> Int {
    let open = bytes.place(from: from) { $0 != 0x5c }
    let depth = open - from
    guard open < bytes.count, ByteKind.isQuote(bytes[open]) else {
      return bytes.place(from: from) { ByteKind.isBlank($0) || ByteKind.isQuote($0) }
    }
    var (at, escapes) = (open + 1, 0)
    while at < bytes.count {
      if bytes[at] == 0x5c {
        escapes += 1
      } else {
        let ends = depth > 0 ? escapes == depth : escapes % 2 == 0 || bytes[open] == 0x27
        if bytes[at] == bytes[open], ends { return at + 1 }
        escapes = 0
      }
      at += 1
    }
    return bytes.count
  }

  /// Hides to the end of a line, or of the text in quotes that it is in.
  func hideLine(_ from: Int, _ spans: inout RedactedSpans) -> Int {
    let value = bytes.place(from: from) { $0 != 0x20 && $0 != 0x09 }
    if value < bytes.count, ByteKind.isQuote(bytes[value]) || bytes[value] == 0x5c {
      let end = quotedEnd(value)
      hide(value, end, &spans)
      return end
    }
    let end = bytes.place(from: value) {
      $0 == 0x0a || $0 == 0x0d || ByteKind.isQuote($0)
    }
    hide(value, end, &spans)
    return max(value, end)
  }

  /// `name%3Dvalue`, in an address that is a parameter of another.
  private func afterEscapedEquals(_ at: Int, _ spans: inout RedactedSpans) -> Int {
    let from = at + 3
    guard let named = name(before: at), isSecret(named, valueAt: from) else { return from }
    var end = from
    while end < bytes.count, !ByteKind.isBlank(bytes[end]), !ByteKind.isQuote(bytes[end]),
      bytes[end] != 0x26, !bytes.has("%26", at: end)
    {
      end += 1
    }
    hide(from, end, &spans)
    return end
  }

  /// `<name>value<`.
  private func afterTag(_ at: Int, _ spans: inout RedactedSpans) -> Int {
    guard last.upperBound == at, last.lowerBound > 0, bytes[last.lowerBound - 1] == 0x3c,
      names.isSecret(bytes.part(last.lowerBound, last.upperBound))
    else { return at + 1 }
    let end = bytes.place(of: 0x3c, from: at + 1)
    hide(at + 1, end, &spans)
    return max(at + 1, end)
  }
}
