/// BLAKE2b (RFC 7693), with or without a key.
public struct Digest {
  private var state: [UInt64]
  private var block: [UInt8] = []
  private var count: UInt64 = 0
  private let size: Int

  private static let start: [UInt64] = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
  ]

  private static let schedule: [UInt8] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
    11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
    7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
    9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
    2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
    12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
    13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
    6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
    10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
  ]

  /// A digest of `size` bytes (1 to 64), keyed by at most 64 bytes.
  public init(size: Int = 16, key: [UInt8] = []) {
    self.size = min(max(size, 1), 64)
    let key = key.prefix(64)
    state = Self.start
    state[0] ^= 0x0101_0000 ^ UInt64(key.count) << 8 ^ UInt64(self.size)
    block.reserveCapacity(128)
    if !key.isEmpty {
      block.append(contentsOf: key)
      block.append(contentsOf: repeatElement(0, count: 128 - key.count))
    }
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { update($0) }
    }
  }

  /// Takes in more bytes from memory.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var left = bytes[...]
    while !left.isEmpty {
      // The last block is kept back: it is compressed with the final flag.
      if block.count == 128 {
        count &+= 128
        compress(last: false)
        block.removeAll(keepingCapacity: true)
      }
      let part = left.prefix(128 - block.count)
      block.append(contentsOf: part)
      left = left.dropFirst(part.count)
    }
  }

  /// The digest of all that was taken in.
  public consuming func finish() -> [UInt8] {
    count &+= UInt64(block.count)
    block.append(contentsOf: repeatElement(0, count: 128 - block.count))
    compress(last: true)
    return (0..<size).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64($0 % 8 * 8)) }
  }

  /// The digest of some bytes in one step.
  public static func of(_ bytes: [UInt8], size: Int = 16, key: [UInt8] = []) -> [UInt8] {
    var digest = Digest(size: size, key: key)
    digest.update(bytes)
    return digest.finish()
  }

  /// Lower-case hexadecimal digits.
  public static func hex(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func compress(last: Bool) {
    let (count, size) = (count, 16)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: size * 2) { work in
      block.withUnsafeBytes { bytes in
        for index in 0..<16 {
          work[16 + index] = UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
      }
      for index in 0..<8 {
        work[index] = state[index]
        work[8 + index] = Self.start[index]
      }
      work[12] ^= count
      if last { work[14] = ~work[14] }
      Self.schedule.withUnsafeBufferPointer { order in
        for round in 0..<12 {
          let row = round % 10 * 16
          func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ at: Int) {
            let x = work[16 + Int(order[row + at])]
            let y = work[16 + Int(order[row + at + 1])]
            work[a] = work[a] &+ work[b] &+ x
            work[d] = Self.rotate(work[d] ^ work[a], 32)
            work[c] = work[c] &+ work[d]
            work[b] = Self.rotate(work[b] ^ work[c], 24)
            work[a] = work[a] &+ work[b] &+ y
            work[d] = Self.rotate(work[d] ^ work[a], 16)
            work[c] = work[c] &+ work[d]
            work[b] = Self.rotate(work[b] ^ work[c], 63)
          }
          mix(0, 4, 8, 12, 0)
          mix(1, 5, 9, 13, 2)
          mix(2, 6, 10, 14, 4)
          mix(3, 7, 11, 15, 6)
          mix(0, 5, 10, 15, 8)
          mix(1, 6, 11, 12, 10)
          mix(2, 7, 8, 13, 12)
          mix(3, 4, 9, 14, 14)
        }
      }
      for index in 0..<8 { state[index] ^= work[index] ^ work[8 + index] }
    }
  }

  private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 {
    value >> by | value << (64 &- by)
  }
}
