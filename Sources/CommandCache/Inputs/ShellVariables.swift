internal import Cachetronomy
internal import System

/// Expands the variables in the words of a script.
extension ShellScript {
  /// Parses the text after a `$`; returns where it ends.
  mutating func variable(_ text: [UInt8], from start: Int) -> Int {
    switch start < text.count ? text[start] : 0 {
    case UInt8(ascii: "("):
      let isArithmetic = start + 1 < text.count && text[start + 1] == text[start]
      // A number on its own names no file.
      let isPart = word?.text.isEmpty == false
      let construct = isArithmetic ? (isPart ? "$((...))" : nil) : "$(...)"
      add([0x24], meaning: nil, blindSpot: construct)
      begin(UInt8(ascii: ")"), isArithmetic: isArithmetic)
      return start + 1
    case UInt8(ascii: "{"): return braced(text, from: start)
    case UInt8(ascii: "'") where !isQuoted: return escapes(text, from: start + 1)
    case UInt8(ascii: "\"") where !isQuoted: return start
    case 0x30...0x39, UInt8(ascii: "@"), UInt8(ascii: "*"):
      add(text[(start - 1)...start], ofVariable: text[start...start])
      return start + 1
    default:
      let name = text[start...].prefix(while: ShellWords.isNameByte)
      if name.isEmpty {
        add([0x24], meaning: nil)
      } else {
        add(text[(start - 1)..<name.endIndex], ofVariable: name)
      }
      return name.endIndex
    }
  }

  /// Parses a `${...}`; returns where it ends, or where its operator begins if that is not
  /// supported.
  private mutating func braced(_ text: [UInt8], from start: Int) -> Int {
    var name = text[(start + 1)...].prefix(while: ShellWords.isNameByte)
    if name.isEmpty, start + 1 < text.count, text[start + 1] == 0x40 || text[start + 1] == 0x2a {
      name = text[(start + 1)...(start + 1)]
    }
    var end = name.isEmpty ? name.endIndex : element(text, from: name.endIndex)
    var cut: Cut?
    if end < text.count, !name.isEmpty, let found = Cut(text, from: end) {
      (cut, end) = (found, found.end)
    }
    guard end < text.count, !name.isEmpty, text[end] == Open.brace else {
      let isCount = name.isEmpty && start + 1 < text.count && text[start + 1] == UInt8(ascii: "#")
      add(
        text[(start - 1)..<name.endIndex], meaning: nil, blindSpot: isCount ? nil : "${...}")
      open.append(Open(end: Open.brace, wasQuoted: isQuoted))
      return name.endIndex
    }
    add(text[(start - 1)...end], ofVariable: name, cut: cut)
    return end + 1
  }

  /// Returns where the `[...]` of an array element ends; `start` if there is none.
  private func element(_ text: [UInt8], from start: Int) -> Int {
    guard start < text.count, text[start] == UInt8(ascii: "[") else { return start }
    let index = text[(start + 1)...].prefix(64).prefix {
      ShellWords.isNameByte($0) || "@*$+-".utf8.contains($0)
    }
    let isClosed = index.endIndex < text.count && text[index.endIndex] == UInt8(ascii: "]")
    return isClosed && !index.isEmpty ? index.endIndex + 1 : start
  }

  /// Appends the value of a variable; unquoted, blanks in it separate words.
  mutating func add(
    _ bytes: ArraySlice<UInt8>, ofVariable name: ArraySlice<UInt8>, cut: Cut? = nil
  ) {
    var values = values(name)
    if values.isEmpty || mayBeOther(name) {
      noteBlindSpot("$" + String(decoding: name, as: UTF8.self))
    }
    if let cut {
      meaningsLeft -= values.count
      if meaningsLeft < 0 || values.contains(where: { $0.count > Cut.longest }) {
        add(bytes, meaning: nil, blindSpot: "${...}")
        return
      }
      values = values.map { cut.applied(to: $0) }
    }
    guard values.count == 1, let value = values.first else {
      add(
        bytes,
        meanings: isQuoted
          ? values : values.flatMap { $0.split(whereSeparator: Self.divides).map(Array.init) })
      return
    }
    guard !isQuoted, value.contains(where: Self.divides) else {
      add(bytes, meaning: value, isBare: !isQuoted)
      return
    }
    for part in value.prefix(Self.longest).split(
      omittingEmptySubsequences: false, whereSeparator: Self.divides)
    {
      if part.startIndex > 0 { endWord() }
      if !part.isEmpty { add(bytes, meaning: Array(part), isBare: true) }
    }
  }

  /// Whether a variable may have a value that only a shell can expand.
  private func mayBeOther(_ name: ArraySlice<UInt8>) -> Bool {
    if Self.isParameter(name) {
      return !parameters.isKnown || definesFunctions && !name.elementsEqual([0x30])
    }
    return !unknown.isEmpty && unknown.contains(Array(name))
  }

  private mutating func noteBlindSpot(_ construct: String) {
    if word == nil { word = Word() }
    if word?.blindSpot == nil { word?.blindSpot = construct }
  }

  private static func isParameter(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = name.first else { return false }
    return (0x30...0x39).contains(first) || first == 0x40 || first == 0x2a
  }

  private static func divides(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a
  }

  /// Parses a `$'...'`, in which a quote may be escaped.
  mutating func escapes(_ text: [UInt8], from start: Int) -> Int {
    var end = start
    while end < text.count, text[end] != UInt8(ascii: "'") {
      end += text[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    let content = text[start..<min(end, text.count)]
    let isPlain = !content.contains(UInt8(ascii: "\\"))
    add(content, meaning: isPlain ? Array(content) : nil, blindSpot: isPlain ? nil : "$'...'")
    return min(end + 1, text.count)
  }

  /// Returns the possible values of a variable; none if only a shell can expand it.
  func values(_ name: ArraySlice<UInt8>) -> [[UInt8]] {
    if Self.isParameter(name) { return limited(parameters.meanings(of: name)) }
    if !variables.isEmpty, let values = variables[Array(name)] { return limited(values) }
    if !directory.isEmpty, name.elementsEqual("PWD".utf8) { return [directory] }
    let name = String(decoding: name, as: UTF8.self)
    if let value = environment[name] { return [value] }
    switch name {
    // Set by the shell itself.
    case "PPID", "BASHPID", "RANDOM", "SRANDOM", "SECONDS", "EPOCHSECONDS", "EPOCHREALTIME",
      "LINENO", "UID", "EUID", "HOSTNAME", "HOSTTYPE", "MACHTYPE", "OSTYPE", "OLDPWD", "BASH",
      "BASH_VERSION", "BASH_SOURCE", "BASH_ARGV", "FUNCNAME", "PIPESTATUS", "REPLY", "OPTARG",
      "BASH_REMATCH", "DIRSTACK", "GROUPS":
      return []
    default: return [[]]
    }
  }

  private func limited(_ values: [[UInt8]]) -> [[UInt8]] {
    meaningsLeft > 0 ? values : Array(values.prefix(1))
  }

  /// `${name%pattern}` and similar, which remove a prefix or suffix of a value.
  struct Cut {
    private var fromEnd: Bool
    private var isLongest: Bool
    private var pattern: [UInt8]
    /// The index of the closing brace.
    private(set) var end: Int

    /// Maximum length of a value to cut: each prefix length is tried.
    static let longest = 128

    /// - Returns: nil for other operators, and for patterns that contain quotes or variables.
    init?(_ text: [UInt8], from start: Int) {
      let mark = text[start]
      guard mark == UInt8(ascii: "%") || mark == UInt8(ascii: "#") else { return nil }
      isLongest = start + 1 < text.count && text[start + 1] == mark
      pattern = Array(
        text[(start + (isLongest ? 2 : 1))...].prefix(64).prefix {
          ShellWords.isNameByte($0) || "./*?-,+@:=".utf8.contains($0)
        })
      fromEnd = mark == UInt8(ascii: "%")
      end = start + (isLongest ? 2 : 1) + pattern.count
      guard end < text.count, text[end] == Open.brace else { return nil }
    }

    func applied(to value: [UInt8]) -> [UInt8] {
      let pattern = Pattern(bytes: pattern)
      let sizes = isLongest ? Array((0...value.count).reversed()) : Array(0...value.count)
      for size in sizes {
        let part = fromEnd ? value.suffix(size) : value.prefix(size)
        if pattern.matches(part) {
          return Array(fromEnd ? value.dropLast(size) : value.dropFirst(size))
        }
      }
      return value
    }
  }
}
