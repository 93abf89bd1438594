internal import CYAML

/// Finds comments that may have been meant as text, by the characters that libyaml counts.
struct YAMLComments {
  private let scalars: [Unicode.Scalar]

  init(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
    // libyaml does not count a byte order mark.
    scalars = Array(text.first == "\u{feff}" ? text.dropFirst() : text[...])
  }

  /// The comment after the end of a plain scalar, with no blank after its `#`.
  func comment(after end: yaml_mark_t) -> Node.Comment? {
    let start = Int(end.index)
    var at = start
    while at < scalars.count, Self.isBlank(scalars[at]) { at += 1 }
    guard begins(at) else { return nil }
    var last = at
    while last < scalars.count, scalars[last] != "\n", scalars[last] != "\r" { last += 1 }
    while Self.isBlank(scalars[last - 1]) { last -= 1 }
    return Node.Comment(
      text: String(String.UnicodeScalarView(scalars[at..<last])), line: Int(end.line) + 1,
      column: Int(end.column) + at - start + 1)
  }

  /// The line, from 1, of the first such comment between two places.
  func line(from first: yaml_mark_t, to last: yaml_mark_t) -> Int? {
    let end = min(Int(last.index), scalars.count)
    var line = Int(first.line) + 1
    var at = Int(first.index)
    while at < end {
      if scalars[at] == "\n" { line += 1 }
      if Self.isBlank(scalars[at]), begins(at + 1) { return line }
      at += 1
    }
    return nil
  }

  /// Whether a `#` is there that more than a blank follows.
  private func begins(_ at: Int) -> Bool {
    guard at + 1 < scalars.count, scalars[at] == "#" else { return false }
    let next = scalars[at + 1]
    return !Self.isBlank(next) && next != "\n" && next != "\r" && next != "#"
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
}
