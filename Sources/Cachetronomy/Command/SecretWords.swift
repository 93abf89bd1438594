/// What in the words of a command says that a secret stands beside it.
///
/// All is compared as bytes: a set of texts takes longer to make than all that is asked of it.
enum SecretWords {
  private static let stars = Array("***".utf8)

  /// Whether the name of a variable, parameter or header says that its value is a secret.
  static func isName(_ name: ArraySlice<UInt8>) -> Bool {
    for at in name.indices {
      let rest = name[at...]
      switch name[at] & 0xdf {
      case UInt8(ascii: "T") where begins(rest, "TOKEN"): return true
      case UInt8(ascii: "S") where begins(rest, "SECRET"): return true
      case UInt8(ascii: "P") where begins(rest, "PASS"): return true
      case UInt8(ascii: "K") where begins(rest, "KEY"): return true
      case UInt8(ascii: "C") where begins(rest, "CREDENTIAL") || begins(rest, "COOKIE"):
        return true
      case UInt8(ascii: "A") where begins(rest, "AUTH"): return true
      default: continue
      }
    }
    return false
  }

  /// Whether letters are those of a mark, which is in capitals.
  private static func begins(_ text: ArraySlice<UInt8>, _ mark: StaticString) -> Bool {
    guard text.count >= mark.utf8CodeUnitCount else { return false }
    for at in 0..<mark.utf8CodeUnitCount
    where text[text.startIndex + at] & 0xdf != mark.utf8Start[at] & 0xdf { return false }
    return true
  }

  private static func ends(_ text: ArraySlice<UInt8>, _ mark: StaticString) -> Bool {
    begins(text.suffix(mark.utf8CodeUnitCount), mark)
  }

  private static func isSame(_ text: ArraySlice<UInt8>, _ mark: StaticString) -> Bool {
    text.count == mark.utf8CodeUnitCount && begins(text, mark)
  }

  /// Whether a secret follows this option.
  ///
  /// By how its name ends: `--password-file` and `--key` are followed by a path more often.
  static func isOption(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count > 1, word.first == 0x2d else { return false }
    let name = word.dropFirst(2)
    guard word[word.startIndex + 1] == 0x2d else {
      return word[word.startIndex + 1] == UInt8(ascii: "u") && name.isEmpty
    }
    if name.starts(with: "no-".utf8) { return false }
    return isSame(name, "USER") || isSame(name, "PROXY-USER") || isSame(name, "PASS")
      || ends(name, "PASSWORD") || ends(name, "PASSWD")
      || ends(name, "PASSPHRASE") || ends(name, "TOKEN") || ends(name, "SECRET")
      || ends(name, "BEARER") || isKey(name)
  }

  /// `api-key`, `secret_key` and `accesskey`: other keys are files and columns more often.
  private static func isKey(_ name: ArraySlice<UInt8>) -> Bool {
    guard ends(name, "KEY") else { return false }
    var stem = name.dropLast(3)
    if stem.last == 0x2d || stem.last == 0x5f { stem = stem.dropLast() }
    return ends(stem, "API") || ends(stem, "SECRET") || ends(stem, "ACCESS")
  }

  /// `-uname:password`, as curl takes it.
  static func isJoined(_ word: ArraySlice<UInt8>) -> Bool {
    word.count > 3 && word.starts(with: "-u".utf8) && word.contains(0x3a)
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }

  private static func isQuote(_ byte: UInt8?) -> Bool { byte == 0x22 || byte == 0x27 }

  // MARK: headers

  private static func takesHeader(_ option: ArraySlice<UInt8>) -> Bool {
    option.elementsEqual("-H".utf8) || option.elementsEqual("--header".utf8)
  }

  /// Whether a header holds a secret; without an option before it only those that nothing else is
  /// called.
  private static func isHeader(_ name: ArraySlice<UInt8>, isGiven: Bool) -> Bool {
    if isGiven { return isName(name) }
    return isSame(name, "AUTHORIZATION") || isSame(name, "PROXY-AUTHORIZATION")
      || isSame(name, "COOKIE")
  }

  /// `Authorization: ***` for such a header, given to `-H`, in one word with it, or alone.
  static func header(_ word: [UInt8], after previous: ArraySlice<UInt8>) -> [UInt8]? {
    let isJoined = word.starts(with: "-H".utf8)
    let start = isJoined ? 2 : word.starts(with: "--header=".utf8) ? 9 : 0
    guard let colon = word[start...].firstIndex(of: 0x3a),
      isHeader(word[start..<colon], isGiven: start > 0 || takesHeader(previous))
    else { return nil }
    return word[...colon] + [0x20] + stars
  }

  // MARK: scripts

  /// A pipeline or script with headers and what follows an option that takes a secret hidden, word by
  /// word.
  static func hideInScript(_ script: [UInt8]) -> [UInt8] {
    hideByBlanks(script.contains(where: isMark) ? hideInQuotes(script) : script)
  }

  /// Words that are hidden whole although a quote or a backslash is in them.
  ///
  /// What only looks like a quote may take words together that are none; they are looked at one by one
  /// after this.
  private static func hideInQuotes(_ script: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var (previous, wasMarked) = (ArraySlice<UInt8>(), false)
    var at = 0
    while at < script.count {
      let end = ShellWords.end(of: script, from: at)
      guard end > at else {
        result.append(script[at])
        at += 1
        continue
      }
      let word = script[at..<end]
      at = end
      // A line that goes on is one line.
      if word.elementsEqual("\\\n".utf8) {
        result.append(contentsOf: word)
        continue
      }
      let isMarked = word.contains(where: isMark)
      let plain = word.filter { !isMark($0) }
      let shown = isMarked || wasMarked ? hidden(word, plain, after: previous) : nil
      result.append(contentsOf: shown ?? Array(word))
      (previous, wasMarked) = (plain[...], isMarked)
    }
    return result
  }

  private static func hidden(
    _ word: ArraySlice<UInt8>, _ plain: [UInt8], after previous: ArraySlice<UInt8>
  ) -> [UInt8]? {
    if isOption(previous) { return stars }
    if isJoined(plain[...]) { return Array("-u".utf8) + stars }
    // One pair of quotes is not in the way of what looks by blanks, which says where they stand.
    if isPlainlyQuoted(word) { return nil }
    if let header = header(plain, after: previous) { return [0x22] + header + [0x22] }
    guard let cut = word.firstIndex(of: 0x3d), isNamed(word[..<cut].filter { !isMark($0) }[...])
    else { return nil }
    return word[...cut] + stars
  }

  private static func isPlainlyQuoted(_ word: ArraySlice<UInt8>) -> Bool {
    guard let first = word.firstIndex(where: isMark), first + 1 < word.endIndex,
      word.last == word[first], isQuote(word.last),
      !word[(first + 1)..<(word.endIndex - 1)].contains(where: isMark)
    else { return false }
    let before = word[..<first]
    return before.isEmpty || before.last == 0x3d || before.elementsEqual("-H".utf8)
  }

  /// A quote or a backslash.
  static func isMark(_ byte: UInt8) -> Bool { isQuote(byte) || byte == 0x5c }

  private static func hideByBlanks(_ script: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var previous = ArraySlice<UInt8>()
    var isHeader = false
    var at = 0
    while at < script.count {
      // A line that goes on is one line.
      if script[at] == 0x5c, at + 1 < script.count, script[at + 1] == 0x0a {
        result.append(contentsOf: script[at...at + 1])
        at += 2
        continue
      }
      if isBlank(script[at]) {
        result.append(script[at])
        at += 1
        continue
      }
      var end = at
      while end < script.count, !isBlank(script[end]) { end += 1 }
      let word = script[at..<end]
      result.append(contentsOf: hidden(word, after: previous, &isHeader))
      (previous, at) = (word, end)
    }
    return result
  }

  /// One word of a script.
  ///
  /// - Parameter isHeader: whether it belongs to a header that is a secret; it does up to the quote
  ///   that ends the header.
  private static func hidden(
    _ word: ArraySlice<UInt8>, after previous: ArraySlice<UInt8>, _ isHeader: inout Bool
  ) -> [UInt8] {
    let close = isQuote(word.last) ? Array(word.suffix(1)) : []
    if isHeader {
      isHeader = close.isEmpty
      return stars + close
    }
    if isOption(previous) { return stars }
    if isJoined(word) { return Array("-u".utf8) + stars }
    guard let colon = word.firstIndex(of: 0x3a),
      Self.isHeader(named: word[..<colon], after: previous)
    else { return Array(word) }
    let rest = word[(colon + 1)...]
    // The value may follow as words of its own.
    isHeader = close.isEmpty
    if rest.count <= close.count { return Array(word) }
    return word[...colon] + stars + close
  }

  /// Whether a header holds a secret, with what may stand before its name in the same word.
  private static func isHeader(
    named text: ArraySlice<UInt8>, after previous: ArraySlice<UInt8>
  ) -> Bool {
    let name = text.filter { !isQuote($0) }[...]
    if name.starts(with: "-H".utf8) { return isHeader(name.dropFirst(2), isGiven: true) }
    if name.starts(with: "--header=".utf8) { return isHeader(name.dropFirst(9), isGiven: true) }
    return isHeader(name, isGiven: takesHeader(previous))
  }

  // MARK: names and addresses

  /// A text with what follows `PASSWORD=` and the like, and passwords in addresses, hidden.
  ///
  /// - Parameter isScript: whether the value after a name at the beginning ends at a blank.
  static func hideNamed(_ text: [UInt8], isScript: Bool) -> [UInt8] {
    guard text.contains(where: { $0 == 0x3d || $0 == 0x40 }) else { return text }
    var result: [UInt8] = []
    var (start, at) = (0, 0)
    while at < text.count {
      let byte = text[at]
      result.append(byte)
      at += 1
      if byte == 0x3d, isNamed(text[start..<at - 1]) {
        result.append(contentsOf: stars)
        let isWhole = !isScript && (start == 0 || text[start - 1] == 0x3d)
        at = isWhole ? text.count : valueEnd(text, from: at)
      } else if byte == 0x2f, text[..<at].suffix(3).elementsEqual("://".utf8),
        let end = userEnd(text, from: at), let cut = secretStart(text[at..<end])
      {
        result.append(contentsOf: text[at..<cut])
        result.append(contentsOf: stars)
        at = end
      }
      if !isInName(byte) { start = at }
    }
    return result
  }

  private static func isNamed(_ name: ArraySlice<UInt8>) -> Bool {
    isOption(name) || !name.starts(with: "--".utf8) && isName(name)
  }

  private static func isInName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
    default: false
    }
  }

  private static func valueEnd(_ text: [UInt8], from start: Int) -> Int {
    if start < text.count, isQuote(text[start]) {
      return text[(start + 1)...].firstIndex(of: text[start]).map { $0 + 1 } ?? text.count
    }
    return text[start...].firstIndex { isBlank($0) || isQuote($0) || $0 == 0x26 } ?? text.count
  }

  /// Where the `@` is that ends the user of an address.
  private static func userEnd(_ text: [UInt8], from start: Int) -> Int? {
    let end =
      text[start...].firstIndex {
        isBlank($0) || isQuote($0) || $0 == 0x2f || $0 == 0x3f || $0 == 0x23
      } ?? text.count
    return text[start..<end].lastIndex(of: 0x40)
  }

  /// Where the secret begins in what stands before the `@`; what is too long for a name is a token.
  private static func secretStart(_ user: ArraySlice<UInt8>) -> Int? {
    if let colon = user.firstIndex(of: 0x3a) { return colon + 1 }
    return user.count >= 20 ? user.startIndex : nil
  }
}
