internal import CPOSIX
internal import Cachetronomy
internal import Glibc

/// Descriptors 1 and 2: written here and nowhere else, every write checked.
enum Output {
  /// Writes data to stdout.
  ///
  /// - Throws: `Failure.file` if that cannot be done. If the reader left, SIGPIPE ends the
  ///   process.
  static func write(_ bytes: [UInt8]) throws(Failure) {
    let result: Result<Bool, Failure> = bytes.withUnsafeBytes { buffer in
      Result { () throws(Failure) in try pass(.output, buffer) }
    }
    _ = try result.get()
  }

  /// Writes text to stdout.
  static func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

  /// Writes one JSON object and a newline.
  static func write(json value: Value) throws(Failure) {
    try write(JSONWriter.encode(value) + [0x0a])
  }

  /// Writes to either stream; false if its reader has left.
  static func pass(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    var left = bytes[...]
    while !left.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: left)
      let count = Glibc.write(stream.descriptor, part.baseAddress, part.count)
      if count >= 0 {
        left = left.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // Another process made the terminal or pipe non-blocking: wait until it takes more.
        var waiting = pollfd(fd: stream.descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      case EPIPE: return false
      // The caller closed it; the other stream is written as before.
      case EBADF where stream == .errors: return true
      default:
        throw .file(
          verb: "write to",
          path: stream == .errors ? "stderr" : "stdout",
          reason: String(cString: strerror(errno)))
      }
    }
    return true
  }

  /// Says something to the person, on stderr.
  ///
  /// Nothing can be done if that fails.
  static func say(_ text: String) {
    let line = Array("cachetronomy: \(Terminal.printable(text))\n".utf8)
    _ = line.withUnsafeBytes { bytes in try? pass(.errors, bytes) }
  }

  /// Draws one line over the last one on a terminal; nothing wipes it away.
  static func draw(_ text: String) {
    let line = Array("\r\u{1b}[K\(Terminal.printable(text))".utf8)
    _ = line.withUnsafeBytes { bytes in try? pass(.errors, bytes) }
  }

  /// Says what is wrong with the cache while the command goes on.
  static func warn(_ failure: Failure) { say("warning: \(failure)") }
}

/// Properties of the terminal.
enum Terminal {
  /// Whether data goes to a person's eyes.
  static var isOutput: Bool { isatty(1) == 1 }

  /// Whether stderr is a terminal.
  static var isErrors: Bool { isatty(2) == 1 }

  /// The columns of the terminal; 80 where that is not known.
  static var width: Int {
    let width = Int(cachetronomy_terminal_width(1))
    return width > 0 ? width : 80
  }

  /// The lines of the terminal; 24 where that is not known.
  static var height: Int {
    let height = Int(cachetronomy_terminal_height(1))
    return height > 0 ? height : 24
  }

  /// Text without characters that a terminal would obey.
  static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0a: result += "\\n"
      case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Text for stdout: unchanged, unless a terminal would obey what is in it.
  static func shown(_ text: String) -> String { isOutput ? printable(text) : text }

  /// A key for a person's eyes, cut to some columns.
  static func key(_ text: String, columns: Int) -> String {
    let text = printable(text)
    guard text.count > columns, columns > 1 else { return text }
    return String(text.prefix(columns - 1)) + "…"
  }
}
