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
      guard size >= Self.shortest, SecretWords.isName(environment.name(index)) else { continue }
      var place = secrets.count
      while place > 0, environment.value(secrets[place - 1]).count < size { place -= 1 }
      secrets.insert(index, at: place)
    }
  }

  /// The variables that hold a secret.
  var names: [[UInt8]] { secrets.map { Array(environment.name($0)) } }

  /// The arguments with `$NAME` for the value of a secret variable and `***` for other secrets.
  func masked(_ argv: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var previous: [UInt8] = []
    for word in argv {
      result.append(masked(word, after: previous))
      previous = word
    }
    return result
  }

  private func masked(_ word: [UInt8], after previous: [UInt8]) -> [UInt8] {
    if SecretWords.isOption(previous[...]) { return Array("***".utf8) }
    if SecretWords.isJoined(word[...]) { return Array("-u***".utf8) }
    // First, while no part of a value is hidden for another reason.
    var shown = word
    for index in secrets {
      shown = Self.replace(environment.value(index), by: environment.name(index), in: shown)
    }
    if let header = SecretWords.header(shown, after: previous[...]) { return header }
    let isText = word.contains(where: SecretWords.isBlank)
    if isText { shown = SecretWords.hideInScript(shown) }
    // What a shell reads ends at a blank, any other word is one value.
    let isScript = isText && previous.first == 0x2d && previous.last == UInt8(ascii: "c")
    return SecretWords.hideNamed(shown, isScript: isScript)
  }

  private static func replace(
    _ value: ArraySlice<UInt8>, by name: ArraySlice<UInt8>, in word: [UInt8]
  ) -> [UInt8] {
    guard word.count >= value.count else { return word }
    var result: [UInt8] = []
    var at = 0
    while at < word.count {
      if word[at] == value.first, let end = end(of: value, in: word, from: at) {
        result.append(0x24)
        result.append(contentsOf: name)
        at = end
      } else {
        result.append(word[at])
        at += 1
      }
    }
    return result
  }

  /// Where a value ends that may stand in a script with quotes in it; nil if it does not begin there.
  private static func end(of value: ArraySlice<UInt8>, in word: [UInt8], from start: Int) -> Int? {
    var at = start
    for byte in value {
      while at < word.count, word[at] != byte, SecretWords.isMark(word[at]) { at += 1 }
      guard at < word.count, word[at] == byte else { return nil }
      at += 1
    }
    return at
  }
}
