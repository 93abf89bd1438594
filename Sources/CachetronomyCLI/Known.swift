internal import ArgumentParser
internal import Cachetronomy

/// What a shell may offer: keys, tags and profiles of the store.
///
/// Bash evaluates each word that it is offered (`compgen -W`), so a key `$(rm -rf ~)` would be run.
/// Only words that no shell reads as anything but themselves are offered, to any shell.
enum Known {
  static let keys = CompletionKind.custom { offer($0, $1, $2, storeKeys) }
  static let tags = CompletionKind.custom { offer($0, $1, $2, storeTags) }
  static let profiles = CompletionKind.custom { offer($0, $1, $2, storeProfiles) }

  private static let limit = 200

  private static func storeKeys(_ store: Store, _ prefix: String) throws(Failure) -> [String] {
    var filter = Store.Filter()
    filter.match = prefix + "*"
    return try store.page(after: nil, filter, limit: limit).map(\.entry.key.text)
  }

  private static func storeTags(_ store: Store, _ prefix: String) throws(Failure) -> [String] {
    try store.tags(beginning: prefix, limit: limit)
  }

  private static func storeProfiles(_ store: Store, _ prefix: String) throws(Failure) -> [String] {
    try store.profiles().map(\.name)
  }

  /// Whatever goes wrong, nothing is offered and nothing said: somebody is typing.
  private static func offer(
    _ words: [String], _ index: Int, _ typed: String,
    _ find: (Store, String) throws(Failure) -> [String]
  ) -> [String] {
    guard words.indices.contains(index) else { return [] }
    let (lead, rest) = pieces(words, index)
    let prefix = lead + rest
    guard prefix.isEmpty || isPlain(prefix) else { return [] }
    let path = words.lastIndex(of: "--db").flatMap { $0 + 1 < index ? words[$0 + 1] : nil }
    guard let store = try? CommonValues(store: path).reading(Words.environment()),
      let found = try? find(store, prefix)
    else { return [] }
    return found.filter { isPlain($0) && $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(lead.count)) }
  }

  /// The word at the cursor: Bash cuts words at `:` and `=` and wants only the last piece back.
  private static func pieces(_ words: [String], _ index: Int) -> (lead: String, rest: String) {
    let cuts = [":", "="]
    // What stands for an empty word in fish.
    let word = words[index] == "''" ? "" : words[index]
    var (lead, rest) = cuts.contains(word) ? (word, "") : ("", word)
    var at = index - 1
    while at > 0, cuts.contains(words[at]) || cuts.contains(where: { lead.hasPrefix($0) }) {
      if words[at].hasPrefix("-") { break }
      lead = words[at] + lead
      at -= 1
    }
    // `--tag=x`: the option's own sign of equality is no part of the value.
    if lead.hasPrefix("=") { lead.removeFirst() }
    return (lead, rest)
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "=") else {
      return false
    }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_@%+=:,./-".utf8.contains(byte)
      }
    }
  }
}
