internal import System

/// Reads MessagePack from untrusted bytes: every length is checked before it is used.
public struct MessagePackReader {
  private let bytes: UnsafeRawBufferPointer
  /// How far it has read, in bytes.
  public private(set) var offset = 0

  /// Nesting beyond this is refused.
  public static let depthLimit = 512

  /// A reader over memory that outlives it.
  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The one value that the bytes are.
  ///
  /// - Throws: `Failure.badValue` with the offset where they are anything else.
  public static func decode(_ bytes: [UInt8]) throws(Failure) -> Value {
    let result: Result<Value, Failure> = bytes.withUnsafeBytes { buffer in
      var reader = MessagePackReader(buffer)
      return Result { () throws(Failure) in
        let value = try reader.read()
        guard reader.offset == buffer.count else { throw reader.bad("bytes after the value") }
        return value
      }
    }
    return try result.get()
  }

  /// The next value.
  public mutating func read(depth: Int = 0) throws(Failure) -> Value {
    guard depth <= Self.depthLimit else { throw bad("nested too deep") }
    let mark = try number(UInt8.self)
    switch mark {
    case 0x00...0x7f: return .int(Int64(mark))
    case 0x80...0x8f: return try map(Int(mark & 15), depth)
    case 0x90...0x9f: return try array(Int(mark & 15), depth)
    case 0xa0...0xbf: return try text(Int(mark & 31))
    case 0xc0: return .null
    case 0xc2: return .bool(false)
    case 0xc3: return .bool(true)
    case 0xc4: return .bytes(try take(Int(try number(UInt8.self))))
    case 0xc5: return .bytes(try take(Int(try number(UInt16.self))))
    case 0xc6: return .bytes(try take(Int(try number(UInt32.self))))
    case 0xc7: return try extended(Int(try number(UInt8.self)))
    case 0xc8: return try extended(Int(try number(UInt16.self)))
    case 0xc9: return try extended(Int(try number(UInt32.self)))
    case 0xca: return .double(Double(Float(bitPattern: try number(UInt32.self))))
    case 0xcb: return .double(Double(bitPattern: try number(UInt64.self)))
    case 0xcc: return .int(Int64(try number(UInt8.self)))
    case 0xcd: return .int(Int64(try number(UInt16.self)))
    case 0xce: return .int(Int64(try number(UInt32.self)))
    case 0xcf:
      let value = try number(UInt64.self)
      return Int64(exactly: value).map { .int($0) } ?? .uint(value)
    case 0xd0: return .int(Int64(Int8(bitPattern: try number(UInt8.self))))
    case 0xd1: return .int(Int64(Int16(bitPattern: try number(UInt16.self))))
    case 0xd2: return .int(Int64(Int32(bitPattern: try number(UInt32.self))))
    case 0xd3: return .int(Int64(bitPattern: try number(UInt64.self)))
    case 0xd4: return try extended(1)
    case 0xd5: return try extended(2)
    case 0xd6: return try extended(4)
    case 0xd7: return try extended(8)
    case 0xd8: return try extended(16)
    case 0xd9: return try text(Int(try number(UInt8.self)))
    case 0xda: return try text(Int(try number(UInt16.self)))
    case 0xdb: return try text(Int(try number(UInt32.self)))
    case 0xdc: return try array(Int(try number(UInt16.self)), depth)
    case 0xdd: return try array(Int(try number(UInt32.self)), depth)
    case 0xde: return try map(Int(try number(UInt16.self)), depth)
    case 0xdf: return try map(Int(try number(UInt32.self)), depth)
    case 0xe0...0xff: return .int(Int64(Int8(bitPattern: mark)))
    default: throw bad("byte 0x\(Digest.hex([mark])) begins no value")
    }
  }

  /// The place of the next value's bytes, if it is a str or bin; its contents are not copied.
  public mutating func blob() throws(Failure) -> Range<Int> {
    let mark = try number(UInt8.self)
    let count: Int
    switch mark {
    case 0xa0...0xbf: count = Int(mark & 31)
    case 0xc4, 0xd9: count = Int(try number(UInt8.self))
    case 0xc5, 0xda: count = Int(try number(UInt16.self))
    case 0xc6, 0xdb: count = Int(try number(UInt32.self))
    default: throw bad("want text or bytes")
    }
    guard count <= bytes.count - offset else { throw bad("ends too early") }
    offset += count
    return offset - count..<offset
  }

  /// The number of pairs of a map whose head comes next.
  public mutating func mapCount() throws(Failure) -> Int {
    let mark = try number(UInt8.self)
    switch mark {
    case 0x80...0x8f: return Int(mark & 15)
    case 0xde: return Int(try number(UInt16.self))
    case 0xdf: return Int(try number(UInt32.self))
    default: throw bad("want a map")
    }
  }

  private func bad(_ detail: String) -> Failure {
    .badValue(format: "msgpack", detail: "\(detail) (at byte \(offset))")
  }

  private mutating func number<T: FixedWidthInteger>(_: T.Type) throws(Failure) -> T {
    guard MemoryLayout<T>.size <= bytes.count - offset else { throw bad("ends too early") }
    defer { offset += MemoryLayout<T>.size }
    return T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  private mutating func take(_ count: Int) throws(Failure) -> [UInt8] {
    guard count <= bytes.count - offset else { throw bad("ends too early") }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  private mutating func text(_ count: Int) throws(Failure) -> Value {
    guard count <= bytes.count - offset else { throw bad("ends too early") }
    guard let text = String(validating: bytes[offset..<offset + count], as: UTF8.self) else {
      throw bad("text that is not UTF-8")
    }
    offset += count
    return .string(text)
  }

  private mutating func extended(_ count: Int) throws(Failure) -> Value {
    let type = Int8(bitPattern: try number(UInt8.self))
    return .extension(type, try take(count))
  }

  private mutating func array(_ count: Int, _ depth: Int) throws(Failure) -> Value {
    // Each value takes a byte at least: a count that cannot be true reserves nothing.
    guard count <= bytes.count - offset else { throw bad("ends too early") }
    var items: [Value] = []
    items.reserveCapacity(min(count, 1024))
    for _ in 0..<count { items.append(try read(depth: depth + 1)) }
    return .array(items)
  }

  private mutating func map(_ count: Int, _ depth: Int) throws(Failure) -> Value {
    guard count <= (bytes.count - offset) / 2 else { throw bad("ends too early") }
    var pairs: [(key: Value, value: Value)] = []
    pairs.reserveCapacity(min(count, 1024))
    for _ in 0..<count {
      let key = try read(depth: depth + 1)
      pairs.append((key, try read(depth: depth + 1)))
    }
    return .map(pairs)
  }
}
