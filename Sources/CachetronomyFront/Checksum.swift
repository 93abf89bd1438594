/// The sums by which the files of the memory tier are checked: the library's `Checksum`.
struct Checksum {
  private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  private static var factor: UInt64 { 0xff51_afd7_ed55_8ccd }

  mutating func update(_ bytes: Bytes) {
    var at = 0
    while at &+ 8 <= bytes.count {
      value = (value ^ bytes.number64(at)) &* Self.factor
      value ^= value >> 32
      at &+= 8
    }
    var rest = UInt64(truncatingIfNeeded: bytes.count) << 56
    var shift: UInt64 = 0
    while at < bytes.count {
      rest |= UInt64(bytes[at]) &<< shift
      shift &+= 8
      at &+= 1
    }
    value = (value ^ rest) &* Self.factor
    value ^= value >> 29
  }

  /// The sum of four sums, each over every fourth word.
  static func ofLanes(_ bytes: Bytes) -> UInt64 {
    var sum = Checksum()
    guard bytes.count >= 64 else {
      sum.update(bytes)
      return sum.value
    }
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    var at = 0
    while bytes.count &- at >= 32 {
      mix(&a, bytes, at)
      mix(&b, bytes, at &+ 8)
      mix(&c, bytes, at &+ 16)
      mix(&d, bytes, at &+ 24)
      at &+= 32
    }
    var lanes = (a.littleEndian, b.littleEndian, c.littleEndian, d.littleEndian)
    withUnsafePointer(to: &lanes) { sum.update(Bytes(UnsafeRawPointer($0), 32)) }
    sum.update(bytes.from(at))
    return sum.value
  }

  @inline(__always)
  private static func mix(_ sum: inout UInt64, _ bytes: Bytes, _ at: Int) {
    let word = UInt64(
      littleEndian: bytes.start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    sum = (sum ^ word) &* factor
    sum ^= sum >> 32
  }
}
