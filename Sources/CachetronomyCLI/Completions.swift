internal import ArgumentParser
internal import Cachetronomy

/// What a shell may offer: keys, tags and profiles of the store.
///
/// Bash evaluates each word that it is offered (`compgen -W`), so a key `$(rm -rf ~)` would be run.
/// Only words that no shell reads as anything but themselves are offered, to any shell.
enum Completions {
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

  /// Whatever goes wrong, nothing is offered and nothing said: a user is typing.
  private static func offer(
    _ words: [String], _ index: Int, _ typed: String,
    _ find: (Store, String) throws(Failure) -> [String]
  ) -> [String] {
    guard words.indices.contains(index) else { return [] }
    // What stands for an empty word in fish, and for one that Bash cut off behind '--tag='.
    let prefix = ["''", "="].contains(words[index]) ? "" : words[index]
    guard prefix.isEmpty || isPlain(prefix) else { return [] }
    let path = words.lastIndex(of: "--db").flatMap { $0 + 1 < index ? words[$0 + 1] : nil }
    guard let store = try? CommonValues(store: path).reading(ArgumentBytes.environment()),
      let found = try? find(store, prefix)
    else { return [] }
    return found.filter { isPlain($0) && $0.hasPrefix(prefix) }
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
