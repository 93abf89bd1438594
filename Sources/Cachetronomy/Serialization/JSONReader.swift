/// Reads JSON (RFC 8259) from untrusted bytes.
public struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  private let lenient: Bool
  private var valuesLeft: Int

  /// Nesting beyond this is refused.
  public static let depthLimit = 512

  private init(_ bytes: UnsafeBufferPointer<UInt8>, lenient: Bool, values: Int) {
    self.bytes = bytes
    self.lenient = lenient
    valuesLeft = values
  }

  /// The one value that the text is.
  ///
  /// Whole numbers stay whole within 64 bits and become doubles beyond. With `lenient` also what
  /// Python writes outside the standard is read: `NaN`, `Infinity`, `-Infinity`.
  ///
  /// - Throws: `Failure.badValue` with line and column where it is anything else.
  public static func decode(_ text: [UInt8], lenient: Bool = false) throws(Failure) -> Value {
    try decode(text, lenient: lenient, values: .max)
  }

  /// The same of a text of some values at most: each takes more memory than its two bytes.
  package static func decode(
    _ text: [UInt8], lenient: Bool = false, values: Int
  ) throws(Failure) -> Value {
    let result: Result<Value, Failure> = text.withUnsafeBufferPointer { buffer in
      var reader = JSONReader(buffer, lenient: lenient, values: values)
      return Result { () throws(Failure) in
        let value = try reader.value(0)
        reader.skipBlanks()
        guard reader.at == buffer.count else { throw reader.bad("text after the value") }
        return value
      }
    }
    return try result.get()
  }

  private func bad(_ detail: String) -> Failure {
    var (line, column) = (1, 1)
    for byte in bytes.prefix(at) {
      column += 1
      if byte == 0x0a { (line, column) = (line + 1, 1) }
    }
    return .badValue(format: "json", detail: "\(detail) (line \(line), column \(column))")
  }

  private mutating func skipBlanks() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x0a, 0x0d, 0x09: at += 1
      default: return
      }
    }
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: mark) else { return false }
    at += 1
    return true
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - at >= count,
      UnsafeBufferPointer(start: word.utf8Start, count: count)
        .elementsEqual(bytes[at..<at + count])
    else { return false }
    at += count
    return true
  }

  private mutating func value(_ depth: Int) throws(Failure) -> Value {
    guard depth <= Self.depthLimit else { throw bad("nested too deep") }
    guard valuesLeft > 0 else { throw bad("too many values") }
    valuesLeft -= 1
    skipBlanks()
    guard at < bytes.count else { throw bad("ends too early") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t") where word("true"): return .bool(true)
    case UInt8(ascii: "f") where word("false"): return .bool(false)
    case UInt8(ascii: "n") where word("null"): return .null
    case UInt8(ascii: "N") where lenient && word("NaN"): return .double(.nan)
    case UInt8(ascii: "I") where lenient && word("Infinity"): return .double(.infinity)
    case UInt8(ascii: "-") where lenient && word("-Infinity"): return .double(-.infinity)
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    default: throw bad("no value begins here")
    }
  }

  private mutating func object(_ depth: Int) throws(Failure) -> Value {
    at += 1
    var pairs: [(key: Value, value: Value)] = []
    skipBlanks()
    if take("}") { return .map([]) }
    repeat {
      skipBlanks()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw bad("want a name") }
      let name = try string()
      skipBlanks()
      guard take(":") else { throw bad("want ':'") }
      pairs.append((.string(name), try value(depth + 1)))
      skipBlanks()
    } while take(",")
    guard take("}") else { throw bad("want ',' or '}'") }
    return .map(pairs)
  }

  private mutating func array(_ depth: Int) throws(Failure) -> Value {
    at += 1
    var items: [Value] = []
    skipBlanks()
    if take("]") { return .array([]) }
    repeat {
      items.append(try value(depth + 1))
      skipBlanks()
    } while take(",")
    guard take("]") else { throw bad("want ',' or ']'") }
    return .array(items)
  }

  private mutating func number() throws(Failure) -> Value {
    let start = at
    _ = take("-")
    let whole = digits()
    guard whole > 0 else { throw bad("want a digit") }
    if whole > 1, bytes[at - whole] == 0x30 {
      at -= whole
      throw bad("a number with a leading zero")
    }
    var isWhole = true
    if take(".") {
      isWhole = false
      guard digits() > 0 else { throw bad("want a digit") }
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      guard digits() > 0 else { throw bad("want a digit") }
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole {
      // An integer would lose its sign; `UInt64` reads it too.
      if text == "-0" { return .double(-0.0) }
      if let value = Int64(text) { return .int(value) }
      if let value = UInt64(text) { return .uint(value) }
    }
    guard let value = Double(text) else { throw bad("a number that cannot be read") }
    return .double(value)
  }

  private mutating func digits() -> Int {
    let start = at
    while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
    return at - start
  }

  private mutating func string() throws(Failure) -> String {
    at += 1
    // Most texts have no escape: they are taken in one piece.
    let start = at
    var all: UInt8 = 0
    while at < bytes.count, bytes[at] >= 0x20, bytes[at] != 0x22, bytes[at] != 0x5c {
      all |= bytes[at]
      at += 1
    }
    let plain = UnsafeBufferPointer(rebasing: bytes[start..<at])
    if at < bytes.count, bytes[at] == 0x22 {
      at += 1
      // To judge text takes three times as long as to take it.
      if all < 0x80 { return String(decoding: plain, as: UTF8.self) }
      guard let string = String(validating: plain, as: UTF8.self) else {
        throw bad("text that is not UTF-8")
      }
      return string
    }
    var text = Array(plain)
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw bad("text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw bad("a control character inside text")
      default:
        text.append(byte)
        at += 1
      }
    }
    throw bad("text without an end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    at += 1
    guard at < bytes.count else { throw bad("ends too early") }
    let simple: UInt8? =
      switch bytes[at] {
      case 0x22, 0x5c, 0x2f: bytes[at]
      case 0x62: 8
      case 0x66: 12
      case 0x6e: 10
      case 0x72: 13
      case 0x74: 9
      default: nil
      }
    if let plain = simple {
      text.append(plain)
      at += 1
      return
    }
    guard take("u") else { throw bad("an unknown escape") }
    var code = try hexadecimal()
    if code & 0xfc00 == 0xd800 {
      guard take("\\"), take("u") else { throw bad("half of a surrogate pair") }
      let low = try hexadecimal()
      guard low & 0xfc00 == 0xdc00 else { throw bad("half of a surrogate pair") }
      code = 0x10000 + (code & 0x3ff) << 10 + (low & 0x3ff)
    }
    guard let scalar = Unicode.Scalar(code) else { throw bad("half of a surrogate pair") }
    text.append(contentsOf: String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard bytes.count - at >= 4 else { throw bad("ends too early") }
    var code: UInt32 = 0
    for byte in bytes[at..<at + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw bad("want four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
    }
    at += 4
    return code
  }
}
