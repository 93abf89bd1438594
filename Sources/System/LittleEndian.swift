extension [UInt8] {
  /// Appends a number, its lowest byte first.
  @inlinable @inline(__always)
  package mutating func append(little number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends one item after its length.
  @inlinable @inline(__always)
  package mutating func add(_ item: some Collection<UInt8>) {
    append(little: UInt64(item.count))
    append(contentsOf: item)
  }

  /// Appends bytes with their count before them.
  package mutating func append(counted bytes: [UInt8]) {
    append(little: UInt32(clamping: bytes.count))
    append(contentsOf: bytes)
  }

  /// Puts a number over bytes that are there.
  package mutating func put(little number: UInt64, at place: Int) {
    withUnsafeMutableBytes {
      $0.storeBytes(of: number.littleEndian, toByteOffset: place, as: UInt64.self)
    }
  }
}

/// Reads numbers and counted bytes one after the other; nothing beyond the end.
package struct FieldReader {
  private let bytes: UnsafeRawBufferPointer
  package private(set) var at: Int

  package init(_ bytes: UnsafeRawBufferPointer, at start: Int = 0) {
    self.bytes = bytes
    at = start
  }

  // Not one generic function: the compiler does not specialize it in other modules, and the first use of each
  // type there would look its conformances up at run time.
  package mutating func number(_: UInt8.Type) -> UInt8? { read() }
  package mutating func number(_: UInt16.Type) -> UInt16? { read() }
  package mutating func number(_: Int32.Type) -> Int32? { read() }
  package mutating func number(_: UInt32.Type) -> UInt32? { read() }
  package mutating func number(_: Int64.Type) -> Int64? { read() }
  package mutating func number(_: UInt64.Type) -> UInt64? { read() }

  private mutating func read<T: FixedWidthInteger>() -> T? {
    guard at >= 0, bytes.count - at >= MemoryLayout<T>.size else { return nil }
    defer { at += MemoryLayout<T>.size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: T.self))
  }

  /// The next this many bytes, in place.
  package mutating func slice(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, bytes.count - at >= count else { return nil }
    defer { at += count }
    return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
  }

  /// Bytes with their count before them.
  package mutating func counted() -> UnsafeRawBufferPointer? {
    guard let count = number(UInt32.self) else { return nil }
    return slice(Int(count))
  }

  /// The same as text; nil if it is not UTF-8.
  package mutating func text() -> String? {
    guard let bytes = counted() else { return nil }
    return String(utf8: bytes)
  }
}

extension String {
  /// Text from bytes; nil if they are not UTF-8.
  ///
  /// Most are ASCII, and to judge others sets up a decoder of Unicode.
  @inlinable @inline(__always)
  package init?(utf8 bytes: some Collection<UInt8>) {
    if bytes.allSatisfy({ $0 < 0x80 }) {
      self = String(decoding: bytes, as: UTF8.self)
      return
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    self = text
  }
}
