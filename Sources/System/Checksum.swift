/// A 64-bit sum that sees damage: flipped, missing and swapped bytes.
///
/// No defence against intent.
package struct Checksum {
  package private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
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

  package static func of(_ bytes: [UInt8]) -> Int64 {
    var sum = Checksum()
    bytes.withUnsafeBytes { sum.update($0) }
    return Int64(bitPattern: sum.value)
  }
}

extension Checksum {
  /// The sum of larger data: four interleaved sums, which a processor computes in parallel.
  package static func ofLanes(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard bytes.count >= 64 else {
      var sum = Checksum()
      sum.update(bytes)
      return sum.value
    }
    let factor: UInt64 = 0xff51_afd7_ed55_8ccd
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    var at = 0
    func word(_ place: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
    func mix(_ sum: inout UInt64, _ word: UInt64) {
      sum = (sum ^ word) &* factor
      sum ^= sum >> 32
    }
    while bytes.count - at >= 32 {
      mix(&a, word(at))
      mix(&b, word(at + 8))
      mix(&c, word(at + 16))
      mix(&d, word(at + 24))
      at += 32
    }
    var sum = Checksum()
    withUnsafeBytes(of: (a, b, c, d)) { sum.update($0) }
    sum.update(UnsafeRawBufferPointer(rebasing: bytes[at...]))
    return sum.value
  }
}
