internal import CFront

/// Memory that is taken piece by piece and never given back, instead of a heap.
struct Space {
  private let start: UnsafeMutableRawPointer
  private let size: Int
  private var used = 0

  init(_ start: UnsafeMutableRawPointer, _ size: Int) {
    self.start = start
    self.size = size
  }

  /// The next bytes, aligned to 16; nil if there are too few.
  mutating func take(_ count: Int) -> UnsafeMutableRawPointer? {
    guard count >= 0, count <= size &- used else { return nil }
    let place = start + used
    used = min(size, used &+ ((count &+ 15) & ~15))
    return place
  }
}

/// A text that is put together in memory of fixed size; what does not fit makes it full.
struct Text {
  private let start: UnsafeMutableRawPointer
  private let size: Int
  var count = 0
  private(set) var isFull = false

  init(_ start: UnsafeMutableRawPointer, _ size: Int) {
    self.start = start
    self.size = size
  }

  var bytes: Bytes { Bytes(UnsafeRawPointer(start), count) }
  /// The text for the kernel, terminated by NUL.
  var path: UnsafeRawPointer { UnsafeRawPointer(start) }

  @inline(__always)
  mutating func append(byte: UInt8) {
    guard count < size else {
      isFull = true
      return
    }
    start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count &+= 1
  }

  @inline(__always)
  mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    let width = MemoryLayout<Number>.size
    guard size &- count >= width else {
      isFull = true
      return
    }
    start.storeBytes(of: number.littleEndian, toByteOffset: count, as: Number.self)
    count &+= width
  }

  mutating func append(_ bytes: Bytes) {
    guard size &- count >= bytes.count else {
      isFull = true
      return
    }
    front_copy(start + count, bytes.start, bytes.count)
    count &+= bytes.count
  }

  @inline(__always)
  mutating func append(_ text: StaticString) { append(Bytes(text)) }

  mutating func append(hex bytes: Bytes) {
    var at = 0
    while at < bytes.count {
      append(byte: Self.digit(bytes[at] >> 4))
      append(byte: Self.digit(bytes[at] & 15))
      at &+= 1
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 &+ value : 0x57 &+ value
  }

  mutating func append(decimal number: UInt32) {
    // Ten digits are enough; no division by a number that is not a constant.
    var (left, digits, count) = (number, UInt64(0), 0)
    while count == 0 || left > 0 {
      digits = digits &<< 4 | UInt64(left % 10)
      left /= 10
      count &+= 1
    }
    while count > 0 {
      append(byte: 0x30 &+ UInt8(truncatingIfNeeded: digits & 15))
      digits &>>= 4
      count &-= 1
    }
  }

  /// Replaces bytes that are there.
  mutating func put(_ number: UInt32, at place: Int) {
    guard place >= 0, place <= count &- 4 else { return }
    start.storeBytes(of: number.littleEndian, toByteOffset: place, as: UInt32.self)
  }
}
