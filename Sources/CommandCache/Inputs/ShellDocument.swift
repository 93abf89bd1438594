internal import Cachetronomy
internal import System

/// A here-document of a script: its delimiter and position.
struct ShellDocument {
  private var mark: [UInt8] = []
  /// Whether leading tabs are removed, as after `<<-`.
  private let isIndented: Bool
  /// Whether a shell reads it as a script.
  var isScript = false
  /// Where the line continues after the delimiter.
  private(set) var start: Int

  /// Parses the delimiter after a `<<`.
  init(_ text: [UInt8], after place: Int) {
    start = place
    isIndented = start < text.count && text[start] == UInt8(ascii: "-")
    if isIndented { start += 1 }
    while start < text.count, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    var quote: UInt8?
    while start < text.count, text[start] != 0x0a {
      let byte = text[start]
      if let open = quote {
        if byte == open { quote = nil } else { mark.append(byte) }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if " \t;&|<>()`".utf8.contains(byte) {
        return
      } else if byte == UInt8(ascii: "$"), start + 1 < text.count,
        text[start + 1] == UInt8(ascii: "'") || text[start + 1] == UInt8(ascii: "\"")
      {
        // The other kind of quote.
      } else if byte != UInt8(ascii: "\\") {
        mark.append(byte)
      }
      start += 1
    }
  }

  /// Returns the range of its lines, and where the text after them begins.
  func body(_ text: [UInt8], from start: Int) -> (Range<Int>, Int) {
    var line = start
    while line < text.count {
      let end = text[line...].firstIndex(of: 0x0a) ?? text.count
      let content = isIndented ? text[line..<end].drop { $0 == 0x09 } : text[line..<end]
      if content.elementsEqual(mark) { return (start..<line, min(end + 1, text.count)) }
      line = end + 1
    }
    return (min(start, text.count)..<text.count, text.count)
  }
}
