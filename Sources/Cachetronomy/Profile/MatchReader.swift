// The words of commands: of rules, and of what `warm` runs.
extension SettingReader {
  /// Reads the words of a command: a text that is split as a shell does, or a list.
  func words(_ node: Node, _ what: String) throws(Diagnostic) -> [String] {
    let words: [String]
    if let text = node.text {
      do {
        words = try ShellWords.split(text)
      } catch {
        throw complaint(node, error.description)
      }
    } else {
      words = try strings(node)
    }
    guard let first = words.first, !first.isEmpty else {
      throw complaint(node, "\(what) must be the words of a command, as kubectl get **")
    }
    return words
  }

  /// Reads `match`, the words of one command.
  ///
  /// A list of whole commands would never match: an argument that is 'kubectl get **' is rare.
  func match(_ node: Node) throws(Diagnostic) -> [String] {
    if case .sequence(let items) = node.content, node.line > 0 {
      if let item = items.first(where: { $0.text == nil }) {
        throw complaint(item, "'match' lists the words of one command; 'match_any' lists several")
      }
      let texts = items.compactMap(\.text)
      if let item = items.first(where: { $0.text?.utf8.contains(where: Self.isBlank) == true }) {
        throw complaint(item, blankInWord(item.text ?? "", of: texts))
      }
    }
    return try words(node, "'match'")
  }

  /// Reads `match_any`, a list of what `match` takes.
  func alternatives(_ node: Node) throws(Diagnostic) -> [[String]] {
    guard case .sequence(let items) = node.content, !items.isEmpty else {
      throw complaint(node, "'match_any' must be a list, as [kubectl get **, helm list **]")
    }
    var matches: [[String]] = []
    for item in items {
      let match = try match(item)
      // From 'match: [kubectl, **]' made into 'match_any: [kubectl, **]'.
      if items.count > 1, match.allSatisfy({ $0 == "**" }) {
        throw complaint(
          item, "this alternative matches every command ('match' lists the words of one)")
      }
      matches.append(match)
    }
    return matches
  }

  static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a].contains(byte) }

  /// How to write what a list of words with blanks is meant for.
  private func blankInWord(_ word: String, of words: [String]) -> String {
    let isOneCommand =
      words.count > 1 && !words.allSatisfy { $0.utf8.contains(where: Self.isBlank) }
    var (alternatives, text) = ("[...]", "in one text, quoted")
    if isOneCommand {
      text = "as " + YAMLText.scalar(ShellWords.line(words))
    } else {
      alternatives = YAMLText.flow(Node(list: words))
    }
    return "the word '\(word)' of this list holds a blank: write alternatives as "
      + "match_any: \(alternatives), and one command with such a word \(text)"
  }
}

extension Node.Pair {
  /// The value as a file says it: `match` as a text where one of its words holds a blank.
  var writtenValue: Node {
    guard name.text == "match", case .sequence(let items) = value.content else { return value }
    let words = items.compactMap(\.text)
    guard words.contains(where: { $0.utf8.contains(where: SettingReader.isBlank) }) else {
      return value
    }
    return Node(text: ShellWords.line(words))
  }
}
