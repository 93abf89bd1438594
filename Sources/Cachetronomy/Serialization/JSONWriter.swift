internal import System

/// Writes JSON.
public struct JSONWriter {
  /// How the text is written.
  public enum Style: Sendable {
    /// No blanks; characters beyond ASCII as themselves.
    case compact
    /// As Python's `json.dumps` does: a blank after `,` and `:`, and `\u` escapes beyond ASCII.
    case python
  }

  private let style: Style
  package private(set) var bytes: [UInt8] = []

  package init(_ style: Style = .compact) { self.style = style }

  /// A value as JSON.
  ///
  /// Bytes that are text become text, other bytes base64; what JSON cannot say
  /// (NaN, infinities) becomes null; keys that are not text become their own JSON as text.
  public static func encode(_ value: Value, _ style: Style = .compact) -> [UInt8] {
    var writer = JSONWriter(style)
    writer.write(value)
    return writer.bytes
  }

  /// The tags as the seed's exact match needs them written: `["a", "\u00e9"]`.
  public static func tags(_ tags: [String]) -> String {
    text(.array(tags.map { .string($0) }), .python)
  }

  /// A value as JSON text.
  public static func text(_ value: Value, _ style: Style = .compact) -> String {
    String(decoding: encode(value, style), as: UTF8.self)
  }

  package mutating func write(_ value: Value) {
    switch value {
    case .null: raw("null")
    case .bool(let flag): raw(flag ? "true" : "false")
    case .int(let number): raw(number.description)
    case .uint(let number): raw(number.description)
    case .double(let number): raw(number.isFinite ? number.description : "null")
    case .string(let text): quote(text)
    case .bytes(let data), .extension(_, let data):
      if let text = String(validating: data, as: UTF8.self) {
        quote(text)
      } else {
        quote(Base64.encode(data))
      }
    case .array(let items):
      raw("[")
      for (index, item) in items.enumerated() {
        if index > 0 { separator() }
        write(item)
      }
      raw("]")
    case .map(let pairs):
      raw("{")
      for (index, pair) in pairs.enumerated() {
        if index > 0 { separator() }
        if case .string(let name) = pair.key { quote(name) } else { quote(Self.text(pair.key)) }
        raw(style == .python ? ": " : ":")
        write(pair.value)
      }
      raw("}")
    }
  }

  /// Puts text as it stands.
  package mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func separator() { raw(style == .python ? ", " : ",") }

  /// Puts bytes that are UTF-8 as a JSON text, in the compact style.
  package mutating func quote(utf8 text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var from = 0
    for at in 0..<text.count {
      let byte = text[at]
      if byte >= 0x20, byte != 0x22, byte != 0x5c { continue }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[from..<at]))
      from = at + 1
      switch byte {
      case 0x22: raw("\\\"")
      case 0x5c: raw("\\\\")
      case 0x0a: raw("\\n")
      case 0x0d: raw("\\r")
      case 0x09: raw("\\t")
      case 0x08: raw("\\b")
      case 0x0c: raw("\\f")
      default: raw("\\u00" + Digest.hex([byte]))
      }
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[from...]))
    bytes.append(UInt8(ascii: "\""))
  }

  /// Puts a JSON text.
  package mutating func quote(_ text: String) {
    if style == .compact {
      var text = text
      return text.withUTF8 { quote(utf8: $0) }
    }
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": raw("\\\"")
      case "\\": raw("\\\\")
      case "\n": raw("\\n")
      case "\r": raw("\\r")
      case "\t": raw("\\t")
      case "\u{8}": raw("\\b")
      case "\u{c}": raw("\\f")
      case _ where scalar.value < 0x20 || scalar.value > 0x7e:
        for unit in UTF16.encode(scalar) ?? .init() {
          raw("\\u" + Digest.hex([UInt8(unit >> 8), UInt8(unit & 255)]))
        }
      default: bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// Base64 (RFC 4648, section 4).
public enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Bytes as text, padded.
  public static func encode(_ bytes: [UInt8]) -> String {
    let count = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: count) { text in
      var at = 0
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let left = bytes.count - start
        let word =
          UInt32(bytes[start]) << 16 | (left > 1 ? UInt32(bytes[start + 1]) << 8 : 0)
          | (left > 2 ? UInt32(bytes[start + 2]) : 0)
        text[at] = digits[Int(word >> 18)]
        text[at + 1] = digits[Int(word >> 12 & 63)]
        text[at + 2] = left > 1 ? digits[Int(word >> 6 & 63)] : 0x3d
        text[at + 3] = left > 2 ? digits[Int(word & 63)] : 0x3d
        at += 4
      }
      return at
    }
  }

  /// The bytes that padded text stands for; nil if it is not base64.
  public static func decode(_ text: String) -> [UInt8]? {
    let body = Array(text.utf8)
    guard body.count % 4 == 0 else { return nil }
    let padding = body.reversed().prefix { $0 == 0x3d }.count
    guard padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(body.count / 4 * 3)
    var (word, bits) = (UInt32(0), 0)
    for byte in body.dropLast(padding) {
      let digit: UInt8
      switch byte {
      case 0x41...0x5a: digit = byte - 0x41
      case 0x61...0x7a: digit = byte - 0x61 + 26
      case 0x30...0x39: digit = byte - 0x30 + 52
      case 0x2b: digit = 62
      case 0x2f: digit = 63
      default: return nil
      }
      word = word << 6 | UInt32(digit)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
        word &= (1 << UInt32(bits)) - 1
      }
    }
    return word == 0 ? bytes : nil
  }
}
