/// A path of `--file` or `--mtime` as written.
///
/// A leading `-` marks a file that need not exist. The rest may begin as paths in a shell do, with
/// `~/`, `$NAME`, `${NAME}` or `${NAME:-path}`, and contain patterns; or it is `git:` and the name
/// of a file of the Git repository. A variable on its own may hold several paths separated by
/// colons.
package struct WatchedPath {
  /// Whether the file need not exist.
  package let isOptional: Bool
  /// The path without the `-`.
  package let path: [UInt8]
  private let isSound: Bool

  /// The path without the `-`, for messages.
  package var text: String { String(decoding: path, as: UTF8.self) }

  /// The name of a file of the Git repository; nil if it is an ordinary path.
  package var gitName: [UInt8]? {
    isSound && path.starts(with: "git:".utf8) ? Array(path.dropFirst(4)) : nil
  }

  package init(_ written: String) { self.init(Array(written.utf8)[...]) }

  // A path that is not valid is taken literally.
  private init(_ written: ArraySlice<UInt8>) {
    let isMarked = written.first == 0x2d && written.count > 1
    let path = isMarked ? written.dropFirst() : written
    isSound = Self.isSoundName(path) ?? Self.isSound(path, depth: 0)
    isOptional = isMarked && isSound
    self.path = Array(isSound ? path : written)
  }

  /// A path whose beginning has been expanded.
  package struct Place: Equatable {
    /// The value of a variable, in which pattern characters are literal.
    package var value: [UInt8]
    /// The rest as written, patterns included.
    package var rest: [UInt8]

    package var plain: [UInt8] { value + rest }
  }

  /// Maximum nesting depth of fallbacks.
  private static let depthLimit = 8

  /// The variable at the beginning of a path.
  private struct Start {
    var name: ArraySlice<UInt8>
    var fallback: ArraySlice<UInt8>?
    var rest: ArraySlice<UInt8>
  }

  /// Returns what is wrong with the beginning of a path; nil if it is valid.
  static func validationError(_ written: String) -> String? {
    let path = WatchedPath(written)
    if path.isSound { return nil }
    if path.path.drop(while: { $0 == 0x2d }).first != 0x24 {
      return "'\(written)' names no file of a Git repository: want git:NAME, as git:HEAD; "
        + "or ./ before a name that begins with 'git:'"
    }
    return "'\(written)' begins with no variable: want $NAME, ${NAME} or ${NAME:-path}, "
      + "then nothing or '/'; or ./ before a '$' that means itself"
  }

  /// Whether `git:` names a file below the repository's directory; nil if it is an ordinary path.
  private static func isSoundName(_ path: ArraySlice<UInt8>) -> Bool? {
    guard path.starts(with: "git:".utf8) else { return nil }
    return path.dropFirst(4).split(separator: 0x2f, omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && !$0.elementsEqual("..".utf8) }
  }

  private static func isSound(_ path: ArraySlice<UInt8>, depth: Int) -> Bool {
    guard path.first == 0x24 else { return true }
    guard depth < depthLimit, let start = start(of: path) else { return false }
    return start.fallback.map { isSound($0, depth: depth + 1) } ?? true
  }

  /// Returns the paths that one expands to, patterns unchanged; none if it is a file of the Git
  /// repository, or begins with a variable that is empty or not set.
  package static func expand(_ path: ArraySlice<UInt8>, _ variable: (String) -> [UInt8]?)
    -> [[UInt8]]
  {
    WatchedPath(path).places(variable).map(\.plain)
  }

  /// Returns the paths that it expands to; none if it is a file of the Git repository, or begins
  /// with a variable that is empty or not set.
  package func places(_ variable: (String) -> [UInt8]?) -> [Place] {
    gitName == nil ? Self.places(path[...], variable, depth: 0) : []
  }

  private static func places(
    _ path: ArraySlice<UInt8>, _ variable: (String) -> [UInt8]?, depth: Int
  ) -> [Place] {
    guard path.first == 0x24, isSound(path, depth: depth), let start = start(of: path) else {
      return [home(path, variable)]
    }
    let value = variable(String(decoding: start.name, as: UTF8.self)) ?? []
    if value.isEmpty {
      guard let fallback = start.fallback else { return [] }
      return places(fallback, variable, depth: depth + 1).map {
        Place(value: $0.value, rest: $0.rest + start.rest)
      }
    }
    if !start.rest.isEmpty { return [Place(value: value, rest: Array(start.rest))] }
    return value.split(separator: 0x3a).map { Place(value: Array($0), rest: []) }
  }

  private static func home(_ path: ArraySlice<UInt8>, _ variable: (String) -> [UInt8]?) -> Place {
    guard path.first == 0x7e, path.count == 1 || path.dropFirst().first == 0x2f,
      let home = variable("HOME")
    else { return Place(value: [], rest: Array(path)) }
    return Place(value: home, rest: Array(path.dropFirst()))
  }

  /// - Returns: nil if the text after the `$` is not a variable followed by a `/` or the end.
  private static func start(of path: ArraySlice<UInt8>) -> Start? {
    var rest = path.dropFirst()
    var fallback: ArraySlice<UInt8>?
    let isBraced = rest.first == 0x7b
    if isBraced { rest = rest.dropFirst() }
    let name = rest.prefix(while: ShellWords.isNameByte)
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

  /// Returns the index of the closing brace, skipping nested variables.
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
  /// Escapes a path for `file` and `mtime` whose `$` is literal.
  ///
  /// A leading `-` and `git:` keep their meaning.
  public static func literal(_ path: String) -> String {
    if path.hasPrefix("$") { return "./" + path }
    return path.hasPrefix("-$") ? "-./" + path.dropFirst() : path
  }
}
