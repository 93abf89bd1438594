internal import Cachetronomy
internal import System

/// Finds the secrets in the commands of a script, in which quotes may hold other scripts.
///
/// Not a shell: what is read wrong is hidden too much or by its shape only.
struct ScriptArguments {
  private let names: SecretNames

  /// This many scripts are read that stand in each other; each level reads all bytes once.
  private static let deepest = 4

  init(_ names: SecretNames) { self.names = names }

  /// Hides the secrets of a script.
  func hide(in text: ArgumentText, _ spans: inout RedactedSpans, depth: Int = 0) {
    let bytes = text.bytes
    var reader = ArgumentReader(names)
    var token = Token()
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if Self.isBlank(byte) || Self.isOperator(byte) {
        if byte != 0x20, byte != 0x09, byte != 0x3c, byte != 0x3e { reader.endCommand() }
        at += 1
        continue
      }
      // A line that goes on is one line.
      if bytes.has("\\\n", at: at) {
        at += 2
        continue
      }
      if byte == UInt8(ascii: "#") {
        let end = bytes.place(of: 0x0a, from: at)
        if depth < Self.deepest { hide(in: text.part(at + 1, end), &spans, depth: depth + 1) }
        at = end
        continue
      }
      let start = at
      at = Self.end(of: bytes, from: start, ignoresQuotes: depth == Self.deepest)
      let part = text.part(start, at)
      if !part.bytes.contains(where: ByteKind.isMark) {
        reader.take(part, &spans)
        continue
      }
      token.read(part)
      token.with { plain in take(plain, &reader, &spans, depth: depth) }
    }
  }

  /// Takes an argument whose quotes are removed.
  private func take(
    _ plain: ArgumentText, _ reader: inout ArgumentReader, _ spans: inout RedactedSpans, depth: Int
  ) {
    let isScript = reader.precedesScript
    reader.take(plain, &spans)
    SecretShapes.hide(in: plain, isOneValue: !isScript, names, &spans)
    if depth < Self.deepest, plain.bytes.contains(where: ByteKind.isBlank) {
      hide(in: plain, &spans, depth: depth + 1)
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { ByteKind.isBlank(byte) }

  private static func isOperator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x3b, 0x26, 0x7c, 0x28, 0x29, 0x3c, 0x3e, 0x60: true
    default: false
    }
  }

  /// Where an argument ends: before a blank or operator that stands in no quotes.
  private static func end(of text: ByteText, from start: Int, ignoresQuotes: Bool) -> Int {
    var quote: UInt8 = 0
    var at = start
    while at < text.count {
      let byte = text[at]
      if quote != 0 {
        if byte == quote {
          quote = 0
        } else if byte == 0x5c, quote == 0x22 {
          at += 1
        }
      } else if byte == 0x5c, !ignoresQuotes {
        at += 1
      } else if ByteKind.isQuote(byte), !ignoresQuotes {
        quote = byte
      } else if isBlank(byte) || isOperator(byte) {
        return at
      }
      at += 1
    }
    return text.count
  }

  /// An argument without its quotes and backslashes.
  private struct Token {
    private var bytes: [UInt8] = []
    private var places: [Int] = []

    mutating func read(_ text: ArgumentText) {
      bytes.removeAll(keepingCapacity: true)
      places.removeAll(keepingCapacity: true)
      let source = text.bytes
      var quote: UInt8 = 0
      var at = 0
      while at < source.count {
        var byte = source[at]
        if quote == 0 ? ByteKind.isQuote(byte) : byte == quote {
          quote = quote == 0 ? byte : 0
          at += 1
          continue
        }
        // The dollar of `$'...'` is part of the quotes.
        if byte == 0x24, quote == 0, at + 1 < source.count, ByteKind.isQuote(source[at + 1]) {
          at += 1
          continue
        }
        if byte == 0x5c, at + 1 < source.count,
          quote == 0 || quote == 0x22 && escapes(source[at + 1])
        {
          at += 1
          byte = source[at]
        }
        bytes.append(byte)
        places.append(text.place(at))
        at += 1
      }
    }

    private func escapes(_ byte: UInt8) -> Bool {
      byte == 0x22 || byte == 0x5c || byte == 0x24 || byte == 0x60
    }

    func with(_ body: (ArgumentText) -> Void) {
      bytes.withUnsafeBufferPointer { bytes in
        places.withUnsafeBufferPointer { body(ArgumentText(bytes, places: $0)) }
      }
    }
  }
}
