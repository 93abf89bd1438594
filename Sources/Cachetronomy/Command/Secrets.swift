/// Hides secrets in arguments, for everything that is written or printed.
///
/// The digest of a key has the true bytes.
struct Secrets {
  private let environment: Environment
  /// The variables that hold a secret, longest value first.
  private var secrets: [Int] = []

  /// Shorter values are too likely to stand in an argument by chance.
  private static let shortest = 8

  init(_ environment: Environment) {
    self.environment = environment
    for index in 0..<environment.count {
      let size = environment.value(index).count
      guard size >= Self.shortest, Self.isSecret(environment.name(index)) else { continue }
      var place = secrets.count
      while place > 0, environment.value(secrets[place - 1]).count < size { place -= 1 }
      secrets.insert(index, at: place)
    }
  }

  /// Whether the name of a variable says that its value is a secret.
  private static func isSecret(_ name: ArraySlice<UInt8>) -> Bool {
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

  private static func begins(_ text: ArraySlice<UInt8>, _ mark: StaticString) -> Bool {
    guard text.count >= mark.utf8CodeUnitCount else { return false }
    for at in 0..<mark.utf8CodeUnitCount
    where text[text.startIndex + at] & 0xdf != mark.utf8Start[at] { return false }
    return true
  }

  // Compared as bytes, one by one: a set of texts takes longer to make than all that is asked of it.
  private static func takesSecret(_ option: some Collection<UInt8>) -> Bool {
    option.elementsEqual("-u".utf8) || option.elementsEqual("--user".utf8)
      || option.elementsEqual("--password".utf8) || option.elementsEqual("--token".utf8)
  }

  private static func takesHeader(_ option: some Collection<UInt8>) -> Bool {
    option.elementsEqual("-H".utf8) || option.elementsEqual("--header".utf8)
  }

  /// The arguments with `$NAME` for the value of a secret variable and `***` for other secrets.
  func masked(_ argv: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var previous: [UInt8] = []
    for word in argv {
      var shown = word
      if Self.takesSecret(previous) {
        shown = Array("***".utf8)
      } else if Self.isJoinedSecret(word[...]), !word.contains(where: Self.isBlank) {
        shown = Array("-u***".utf8)
      } else if let cut = word.firstIndex(of: 0x3d), word.starts(with: Array("--".utf8)),
        Self.takesSecret(word[..<cut])
      {
        shown = word[...cut] + Array("***".utf8)
      } else if let header = Self.authorization(word, after: previous) {
        shown = header
      } else {
        for index in secrets {
          shown = Self.replace(environment.value(index), by: environment.name(index), in: shown)
        }
        if shown.contains(where: Self.isBlank) { shown = Self.maskedScript(shown) }
      }
      result.append(shown)
      previous = word
    }
    return result
  }

  /// `Authorization: ***` for a header given to `-H`, also in one word with it.
  private static func authorization(_ word: [UInt8], after previous: [UInt8]) -> [UInt8]? {
    let isNext = takesHeader(previous)
    // Text is looked at only where there may be a header.
    guard isNext || word.first == 0x2d else { return nil }
    let text = String(decoding: word, as: UTF8.self)
    let start: Substring
    if isNext {
      start = text[...]
    } else if text.hasPrefix("--header=") {
      start = text.dropFirst(9)
    } else if text.hasPrefix("-H") {
      start = text.dropFirst(2)
    } else {
      return nil
    }
    // By bytes: a colon and a mark that combines with it are one character.
    let name = Substring(start.utf8.prefix { $0 != UInt8(ascii: ":") })
    guard
      ["authorization", "proxy-authorization", "cookie"].contains(
        name.lowercased().filter { $0 != " " }), name.endIndex < start.endIndex
    else { return nil }
    return Array((text[..<name.endIndex] + ": ***").utf8)
  }

  /// A pipeline or script with what follows an option that takes a secret masked, word by word.
  private static func maskedScript(_ script: [UInt8]) -> [UInt8] {
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
      result.append(contentsOf: masked(word, after: previous, &isHeader))
      (previous, at) = (word, end)
    }
    return result
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }

  private static func isQuote(_ byte: UInt8?) -> Bool { byte == 0x22 || byte == 0x27 }

  /// One word of a script.
  ///
  /// - Parameter isHeader: whether it belongs to a header that is a secret; it does up to the quote
  ///   that ends the header.
  private static func masked(
    _ word: ArraySlice<UInt8>, after previous: ArraySlice<UInt8>, _ isHeader: inout Bool
  ) -> [UInt8] {
    let stars = Array("***".utf8)
    let close = isQuote(word.last) ? Array(word.suffix(1)) : []
    if isHeader {
      isHeader = close.isEmpty
      return stars + close
    }
    if takesSecret(previous) { return stars }
    if let cut = word.firstIndex(of: 0x3d), takesSecret(word[..<cut]) {
      return word[...cut] + stars
    }
    if isJoinedSecret(word) { return Array("-u".utf8) + stars }
    guard let colon = word.firstIndex(of: 0x3a), isSecretHeader(word[..<colon]) else {
      return Array(word)
    }
    let rest = word[(colon + 1)...]
    // The value may follow as words of its own.
    isHeader = close.isEmpty
    if rest.count <= close.count { return Array(word) }
    return word[...colon] + stars + close
  }

  /// `-uname:password`, as curl takes it.
  private static func isJoinedSecret(_ word: ArraySlice<UInt8>) -> Bool {
    word.count > 3 && word.starts(with: "-u".utf8) && word.contains(0x3a)
  }

  /// The name of a header that holds a secret, with what may stand before it in the same word.
  private static func isSecretHeader(_ name: ArraySlice<UInt8>) -> Bool {
    let letters = String(
      decoding: name.filter { !isQuote($0) }, as: UTF8.self
    ).lowercased()
    return ["authorization", "proxy-authorization", "cookie"].contains { mark in
      letters == mark || letters == "-h" + mark || letters == "--header=" + mark
    }
  }

  private static func replace(
    _ value: ArraySlice<UInt8>, by name: ArraySlice<UInt8>, in word: [UInt8]
  ) -> [UInt8] {
    guard word.count >= value.count else { return word }
    var result: [UInt8] = []
    var at = 0
    while at < word.count {
      if word[at...].starts(with: value) {
        result.append(0x24)
        result.append(contentsOf: name)
        at += value.count
      } else {
        result.append(word[at])
        at += 1
      }
    }
    return result
  }
}
