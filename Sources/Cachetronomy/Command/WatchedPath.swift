/// The path of a file in the key, which may begin as paths in a shell do: with `~/`, `$NAME`, `${NAME}`
/// or `${NAME:-path}`.
///
/// A variable alone may hold several paths with colons between them.
enum WatchedPath {
  /// Fallbacks may be so deep in each other.
  private static let depthLimit = 8

  /// A path that begins with a variable.
  private struct Start {
    var name: ArraySlice<UInt8>
    var fallback: ArraySlice<UInt8>?
    var rest: ArraySlice<UInt8>
  }

  /// What is wrong with how a path begins; nil if nothing is.
  static func flaw(_ path: String) -> String? {
    isSound(Array(path.utf8)[...], depth: 0)
      ? nil
      : "'\(path)' begins with no variable: want $NAME, ${NAME} or ${NAME:-path}, "
        + "then nothing or '/'; or ./ before a '$' that means itself"
  }

  private static func isSound(_ path: ArraySlice<UInt8>, depth: Int) -> Bool {
    guard path.first == 0x24 else { return true }
    guard depth < depthLimit, let start = start(of: path) else { return false }
    return start.fallback.map { isSound($0, depth: depth + 1) } ?? true
  }

  /// The paths that one means; none if it begins with a variable that is empty or not there.
  ///
  /// What is not sound is a path that means itself.
  static func expand(_ path: ArraySlice<UInt8>, _ environment: Environment) -> [[UInt8]] {
    expand(path, environment, depth: 0)
  }

  private static func expand(
    _ path: ArraySlice<UInt8>, _ environment: Environment, depth: Int
  ) -> [[UInt8]] {
    guard path.first == 0x24, isSound(path, depth: depth), let start = start(of: path) else {
      return [home(path, environment)]
    }
    let value = environment[String(decoding: start.name, as: UTF8.self)] ?? []
    if value.isEmpty {
      guard let fallback = start.fallback else { return [] }
      return expand(fallback, environment, depth: depth + 1).map { $0 + start.rest }
    }
    if !start.rest.isEmpty { return [value + start.rest] }
    return value.split(separator: 0x3a).map(Array.init)
  }

  private static func home(_ path: ArraySlice<UInt8>, _ environment: Environment) -> [UInt8] {
    guard path.first == 0x7e, path.count == 1 || path.dropFirst().first == 0x2f,
      let home = environment["HOME"]
    else { return Array(path) }
    return home + path.dropFirst()
  }

  /// Nil if what follows the `$` is no variable, or something other than a `/` follows that.
  private static func start(of path: ArraySlice<UInt8>) -> Start? {
    var rest = path.dropFirst()
    var fallback: ArraySlice<UInt8>?
    let isBraced = rest.first == 0x7b
    if isBraced { rest = rest.dropFirst() }
    let name = rest.prefix(while: Environment.isInName)
    rest = rest.dropFirst(name.count)
    guard let first = name.first, !(0x30...0x39).contains(first) else { return nil }
    if isBraced {
      guard let end = closing(of: rest) else { return nil }
      let inner = rest[..<end]
      rest = rest[(end + 1)...]
      if !inner.isEmpty {
        guard inner.starts(with: ":-".utf8) else { return nil }
        fallback = inner.dropFirst(2)
      }
    }
    guard rest.isEmpty || rest.first == 0x2f else { return nil }
    return Start(name: name, fallback: fallback, rest: rest)
  }

  /// Where the brace is that closes, braces of variables within left out.
  private static func closing(of text: ArraySlice<UInt8>) -> Int? {
    var depth = 0
    for at in text.indices {
      if text[at] == 0x7b { depth += 1 }
      guard text[at] == 0x7d else { continue }
      if depth == 0 { return at }
      depth -= 1
    }
    return nil
  }
}

extension RunSettings {
  /// A path for `file` and `mtime` whose `$` means itself.
  public static func literal(_ path: String) -> String {
    path.hasPrefix("$") ? "./" + path : path
  }
}
