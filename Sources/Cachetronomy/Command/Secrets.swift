/// Hides secrets in arguments, for everything that is written or printed.
///
/// The digest of a key has the true bytes.
struct Secrets {
  private let values: [(name: [UInt8], value: [UInt8])]

  private static let marks = [
    "TOKEN", "SECRET", "PASS", "KEY", "CREDENTIAL", "AUTH", "COOKIE",
  ].map { Array($0.utf8) }

  /// Shorter values are too likely to stand in an argument by chance.
  private static let shortest = 8

  init(_ environment: Environment) {
    values = environment.variables.compactMap { variable in
      guard variable.value.count >= Self.shortest else { return nil }
      let name = variable.name.map { $0 >= 0x61 && $0 <= 0x7a ? $0 - 0x20 : $0 }
      guard Self.marks.contains(where: { name.holds($0) }) else { return nil }
      return (variable.name, variable.value)
    }.sorted { $0.value.count > $1.value.count }
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
      } else if let cut = word.firstIndex(of: 0x3d), word.starts(with: Array("--".utf8)),
        Self.takesSecret(word[..<cut])
      {
        shown = word[...cut] + Array("***".utf8)
      } else if let header = Self.authorization(word, after: previous) {
        shown = header
      } else {
        for (name, value) in values { shown = Self.replace(value, by: name, in: shown) }
        if shown.contains(0x20) { shown = Self.maskedScript(shown) }
      }
      result.append(shown)
      previous = word
    }
    return result
  }

  /// `Authorization: ***` for a header given to `-H`, also in one word with it.
  private static func authorization(_ word: [UInt8], after previous: [UInt8]) -> [UInt8]? {
    let text = String(decoding: word, as: UTF8.self)
    let start: Substring
    if takesHeader(previous) {
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
    var previous = ""
    var isHeader = false
    for word in script.split(separator: 0x20, omittingEmptySubsequences: false) {
      if !result.isEmpty || !previous.isEmpty { result.append(0x20) }
      let text = String(decoding: word, as: UTF8.self)
      let name = text.filter { $0 != "'" && $0 != "\"" }.lowercased()
      let cut = word.firstIndex(of: 0x3d)
      if isHeader {
        // Up to the quote that ends the header.
        isHeader = !(text.hasSuffix("'") || text.hasSuffix("\""))
        result.append(contentsOf: "***".utf8)
        if !isHeader { result.append(contentsOf: word.suffix(1)) }
      } else if takesSecret(previous.utf8) {
        result.append(contentsOf: "***".utf8)
      } else if let cut, takesSecret(word[..<cut]) {
        result.append(contentsOf: word[...cut] + Array("***".utf8))
      } else {
        isHeader = ["authorization:", "proxy-authorization:", "cookie:"].contains {
          name.hasSuffix($0)
        }
        result.append(contentsOf: word)
      }
      previous = text
    }
    return result
  }

  private static func replace(_ value: [UInt8], by name: [UInt8], in word: [UInt8]) -> [UInt8] {
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
