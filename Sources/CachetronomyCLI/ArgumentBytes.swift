internal import CPOSIX
internal import Cachetronomy
internal import CommandCache
internal import Glibc
internal import System

/// The arguments of this process as bytes, and as text that keeps every byte.
///
/// A word that is not UTF-8 cannot pass through the argument parser. Each byte that does not fit is
/// written as NUL and two hexadecimal digits: no argument of a program can hold a NUL, so nothing
/// else looks like it.
enum ArgumentBytes {
  /// The arguments after the program's name.
  static func own() -> [[UInt8]] { all(after: 1) }

  /// The program's name and all arguments.
  static func all() -> [[UInt8]] { all(after: 0) }

  private static func all(after skipped: Int) -> [[UInt8]] {
    var total: Int32 = 0
    let argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    if let kept = cachetronomy_words(&total) {
      argv = kept
    } else {
      (argv, total) = (CommandLine.unsafeArgv, CommandLine.argc)
    }
    var words: [[UInt8]] = []
    words.reserveCapacity(Int(total))
    while skipped + words.count < Int(total), let word = argv[skipped + words.count] {
      let count = strlen(word)
      word.withMemoryRebound(to: UInt8.self, capacity: count) {
        words.append(Array(UnsafeBufferPointer(start: $0, count: count)))
      }
    }
    return words
  }

  /// A word as text.
  static func text(_ bytes: [UInt8]) -> String {
    // To judge other text sets up a decoder of Unicode.
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var left = bytes[...]
    while let byte = left.first {
      let width = (1...min(4, left.count)).first {
        String(validating: left.prefix($0), as: UTF8.self) != nil
      }
      if let width {
        text += String(decoding: left.prefix(width), as: UTF8.self)
        left = left.dropFirst(width)
      } else {
        text += "\0" + Digest.hex([byte])
        left = left.dropFirst()
      }
    }
    return text
  }

  /// The bytes that a text stands for.
  static func bytes(_ text: String) -> [UInt8] {
    guard text.utf8.contains(0) else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    var left = Array(text.utf8)[...]
    while let byte = left.popFirst() {
      if byte == 0, left.count >= 2,
        let value = UInt8(String(decoding: left.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        left = left.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// A text that has to be UTF-8 unchanged.
  static func plain(_ text: String, _ what: String) throws(Failure) -> String {
    if text.utf8.contains(0) { throw .badSetting(what, "it is not valid UTF-8") }
    return text
  }

  /// A key from the command line.
  static func key(_ text: String) throws(Failure) -> Key {
    if text.utf8.contains(0) { throw .badKey("it is not valid UTF-8") }
    return try Key(text)
  }

  /// The environment of this process.
  static func environment() -> Environment { Environment(cachetronomy_environ()) }
}
