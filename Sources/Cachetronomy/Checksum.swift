/// A 64-bit sum that sees damage: flipped, missing and swapped bytes.
///
/// No defence against intent.
struct Checksum {
  private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let factor: UInt64 = 0xff51_afd7_ed55_8ccd
    var at = 0
    while at + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      value = (value ^ word) &* factor
      value ^= value >> 32
      at += 8
    }
    var rest = UInt64(bytes.count) << 56
    for (place, index) in (at..<bytes.count).enumerated() {
      rest |= UInt64(bytes[index]) << UInt64(place * 8)
    }
    value = (value ^ rest) &* factor
    value ^= value >> 29
  }

  static func of(_ bytes: [UInt8]) -> Int64 {
    var sum = Checksum()
    bytes.withUnsafeBytes { sum.update($0) }
    return Int64(bitPattern: sum.value)
  }
}
