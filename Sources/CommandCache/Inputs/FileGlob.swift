internal import Cachetronomy
internal import System

/// The files that a shell word with unquoted `*`, `?`, `[...]` or `{a,b}` expands to.
///
/// A `\` precedes each byte that is not part of a pattern. In doubt more names match, never fewer;
/// names that begin with a dot match only an explicit dot.
struct FileGlob {
  /// Maximum number of names to check for one script; a shell would be as slow with more.
  static let limit = 100_000

  private let directory: [UInt8]
  private let probe: Probe
  private var found: [[UInt8]] = []
  private var seen = 0

  /// - Parameter directory: the directory that relative paths start from.
  init(in directory: [UInt8], _ probe: Probe) { (self.directory, self.probe) = (directory, probe) }

  /// Whether names were left out because of the limit.
  var isCut: Bool { seen > Self.limit }

  /// Whether a byte may begin a pattern.
  static func begins(_ byte: UInt8) -> Bool { "*?[{".utf8.contains(byte) }

  /// Returns the paths that a pattern expands to, sorted; a path without a pattern need not exist.
  mutating func paths(_ pattern: [UInt8]) -> [[UInt8]] {
    found = []
    for word in Self.alternatives(pattern) {
      let parts = word.split(separator: 0x2f, omittingEmptySubsequences: false)
      walk([], parts[...])
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Returns the last component of a path.
  static func last(_ path: [UInt8]) -> ArraySlice<UInt8> {
    path.lastIndex(of: 0x2f).map { path[($0 + 1)...] } ?? path[...]
  }

  private mutating func walk(_ prefix: [UInt8], _ parts: ArraySlice<ArraySlice<UInt8>>) {
    guard let part = parts.first else {
      found.append(Array(prefix.dropLast()))
      return
    }
    let rest = parts.dropFirst()
    guard let pattern = Self.pattern(part) else {
      walk(prefix + Self.plain(part) + [0x2f], rest)
      return
    }
    let takesHidden = part.first == 0x2e
    // Opening a directory takes as long as reading about ten names.
    seen += 10
    if seen > Self.limit { return }
    for name in probe.names(in: prefix.first == 0x2f ? prefix : directory + [0x2f] + prefix) {
      seen += 1
      if seen > Self.limit { return }
      guard name.first != 0x2e || takesHidden, pattern.matches(name) else { continue }
      walk(prefix + name + [0x2f], rest)
    }
  }

  /// - Returns: nil if only one name can match.
  private static func pattern(_ part: ArraySlice<UInt8>) -> Pattern? {
    guard let first = indexes(of: "*?[", in: part).first else { return nil }
    // Classes and quotes within brackets are treated as matching anything.
    let isHard =
      part[first...].contains(UInt8(ascii: "[")) && part.contains { $0 == 0x5c || $0 == 0x3a }
    return Pattern(bytes: isHard ? [0x2a] : Array(part))
  }

  /// Returns the indices at which one of these bytes is not escaped.
  private static func indexes(of bytes: StaticString, in text: ArraySlice<UInt8>) -> [Int] {
    let wanted = UnsafeBufferPointer(start: bytes.utf8Start, count: bytes.utf8CodeUnitCount)
    var found: [Int] = []
    var at = text.startIndex
    while at < text.endIndex {
      if text[at] == 0x5c {
        at += 1
      } else if wanted.contains(text[at]) {
        found.append(at)
      }
      at += 1
    }
    return found
  }

  /// Escapes all bytes of a word that could be part of a pattern.
  static func escaped(_ text: [UInt8]) -> [UInt8] {
    text.flatMap { "*?[]{},\\".utf8.contains($0) ? [0x5c, $0] : [$0] }
  }

  /// Removes the escapes from a word.
  static func plain(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var isEscaped = false
    for byte in text {
      isEscaped = byte == 0x5c && !isEscaped
      if !isEscaped { plain.append(byte) }
    }
    return plain
  }

  /// Expands the braces of a word; returns the word itself if the words would be too many.
  static func alternatives(_ word: [UInt8]) -> [[UInt8]] {
    var done: [[UInt8]] = []
    var open = [word]
    while let next = open.popLast() {
      guard let (range, items) = braces(in: next) else {
        done.append(next)
        continue
      }
      if done.count + open.count + items.count > mostAlternatives { return [word] }
      for item in items {
        open.append(Array(next[..<range.lowerBound] + item + next[(range.upperBound + 1)...]))
      }
    }
    return done
  }

  private static let mostAlternatives = 1000

  /// Returns the first braces with a comma or a range in them, and what they expand to.
  private static func braces(in word: [UInt8]) -> (ClosedRange<Int>, [[UInt8]])? {
    var open: [(start: Int, commas: [Int])] = []
    for at in indexes(of: "{,}", in: word[...]) {
      switch word[at] {
      case UInt8(ascii: "{"): open.append((at, []))
      case UInt8(ascii: ","): if !open.isEmpty { open[open.count - 1].commas.append(at) }
      default:
        guard let last = open.popLast() else { continue }
        if last.commas.isEmpty {
          guard
            let items = BraceRange(word[(last.start + 1)..<at])?.items(atMost: mostAlternatives)
          else { continue }
          return (last.start...at, items)
        }
        var start = last.start + 1
        let items = (last.commas + [at]).map { end in
          defer { start = end + 1 }
          return Array(word[start..<end])
        }
        return (last.start...at, items)
      }
    }
    return nil
  }
}
