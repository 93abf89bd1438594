/// Writes MessagePack, each value in its shortest form.
public struct MessagePackWriter {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty writer.
  public init(capacity: Int = 64) { bytes.reserveCapacity(capacity) }

  /// One value as MessagePack.
  public static func encode(_ value: Value) -> [UInt8] {
    var writer = MessagePackWriter()
    writer.write(value)
    return writer.bytes
  }

  /// A value of any kind.
  public mutating func write(_ value: Value) {
    switch value {
    case .null: bytes.append(0xc0)
    case .bool(let flag): bytes.append(flag ? 0xc3 : 0xc2)
    case .int(let number): write(number)
    case .uint(let number): write(number)
    case .double(let number):
      bytes.append(0xcb)
      append(number.bitPattern)
    case .string(let text): write(text)
    case .bytes(let data): data.withUnsafeBytes { write(binary: $0) }
    case .array(let items):
      beginArray(items.count)
      for item in items { write(item) }
    case .map(let pairs):
      beginMap(pairs.count)
      for pair in pairs {
        write(pair.key)
        write(pair.value)
      }
    case .extension(let type, let data): write(extension: type, data)
    }
  }

  /// A whole number.
  public mutating func write(_ number: Int64) {
    if number >= 0 { return write(UInt64(number)) }
    if number >= -32 { return bytes.append(UInt8(bitPattern: Int8(number))) }
    if let small = Int8(exactly: number) {
      bytes.append(0xd0)
      append(UInt8(bitPattern: small))
    } else if let small = Int16(exactly: number) {
      bytes.append(0xd1)
      append(UInt16(bitPattern: small))
    } else if let small = Int32(exactly: number) {
      bytes.append(0xd2)
      append(UInt32(bitPattern: small))
    } else {
      bytes.append(0xd3)
      append(UInt64(bitPattern: number))
    }
  }

  /// A whole number without sign.
  public mutating func write(_ number: UInt64) {
    if number < 128 { return bytes.append(UInt8(number)) }
    if let small = UInt8(exactly: number) {
      bytes.append(0xcc)
      append(small)
    } else if let small = UInt16(exactly: number) {
      bytes.append(0xcd)
      append(small)
    } else if let small = UInt32(exactly: number) {
      bytes.append(0xce)
      append(small)
    } else {
      bytes.append(0xcf)
      append(number)
    }
  }

  /// Text.
  public mutating func write(_ text: String) {
    beginText(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// The head of a text of this many bytes of UTF-8, which the caller appends by `raw`.
  public mutating func beginText(_ count: Int) {
    if count < 32 {
      bytes.append(0xa0 | UInt8(count))
    } else {
      head(count, [0xd9, 0xda, 0xdb])
    }
  }

  /// The head of a binary of this many bytes, which the caller appends by `raw`.
  public mutating func beginBinary(_ count: Int) { head(count, [0xc4, 0xc5, 0xc6]) }

  /// Bytes.
  public mutating func write(binary data: UnsafeRawBufferPointer) {
    beginBinary(data.count)
    bytes.append(contentsOf: data)
  }

  /// Bytes that follow a head.
  public mutating func raw(_ data: some Sequence<UInt8>) { bytes.append(contentsOf: data) }

  /// The head of a list of this many values.
  public mutating func beginArray(_ count: Int) {
    if count < 16 { return bytes.append(0x90 | UInt8(count)) }
    wideHead(count, 0xdc, 0xdd)
  }

  /// The head of a map of this many pairs.
  public mutating func beginMap(_ count: Int) {
    if count < 16 { return bytes.append(0x80 | UInt8(count)) }
    wideHead(count, 0xde, 0xdf)
  }

  private mutating func write(extension type: Int8, _ data: [UInt8]) {
    switch data.count {
    case 1: bytes.append(0xd4)
    case 2: bytes.append(0xd5)
    case 4: bytes.append(0xd6)
    case 8: bytes.append(0xd7)
    case 16: bytes.append(0xd8)
    default: head(data.count, [0xc7, 0xc8, 0xc9])
    }
    bytes.append(UInt8(bitPattern: type))
    bytes.append(contentsOf: data)
  }

  private mutating func head(_ count: Int, _ marks: [UInt8]) {
    if let small = UInt8(exactly: count) {
      bytes.append(marks[0])
      append(small)
    } else if let small = UInt16(exactly: count) {
      bytes.append(marks[1])
      append(small)
    } else {
      bytes.append(marks[2])
      append(UInt32(clamping: count))
    }
  }

  private mutating func wideHead(_ count: Int, _ mark16: UInt8, _ mark32: UInt8) {
    if let small = UInt16(exactly: count) {
      bytes.append(mark16)
      append(small)
    } else {
      bytes.append(mark32)
      append(UInt32(clamping: count))
    }
  }

  private mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
