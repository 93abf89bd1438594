/// BLAKE2b (RFC 7693), with or without a key.
public struct Digest {
  // No arrays of words: to set one up costs more than to digest a short text.
  private typealias Words = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

  private var state: Words
  private var block: [UInt8] = []
  private var count: UInt64 = 0
  private let size: Int

  private static var start: Words {
    (
      0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b,
      0xa54f_f53a_5f1d_36f1, 0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f,
      0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179
    )
  }

  /// Which words of a block a round takes, in their order: sixteen digits, the first lowest.
  private static func schedule(_ round: Int) -> UInt64 {
    switch round {
    case 0, 10: 0xfedc_ba98_7654_3210
    case 1, 11: 0x357b_20c1_6df9_84ae
    case 2: 0x4917_63ea_df25_0c8b
    case 3: 0x8f04_a562_ebcd_1397
    case 4: 0xd386_cb1e_fa42_7509
    case 5: 0x91ef_57d4_38b0_a6c2
    case 6: 0xb829_3670_a4de_f15c
    case 7: 0xa268_4f05_931c_e7bd
    case 8: 0x5a41_7d2c_803b_9ef6
    default: 0x0dc3_e9bf_5167_482a
    }
  }

  /// A digest of `size` bytes (1 to 64), keyed by at most 64 bytes.
  public init(size: Int = 16, key: [UInt8] = []) {
    self.size = min(max(size, 1), 64)
    let key = key.prefix(64)
    state = Self.start
    state.0 ^= 0x0101_0000 ^ UInt64(key.count) << 8 ^ UInt64(self.size)
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
    var at = 0
    while at < bytes.count {
      // The last block is kept back: it is compressed with the final flag.
      if block.count == 128 {
        count &+= 128
        block.withUnsafeBytes { Self.compress(&state, $0, count, last: false) }
        block.removeAll(keepingCapacity: true)
      }
      if block.isEmpty {
        while bytes.count - at > 128 {
          count &+= 128
          Self.compress(
            &state, UnsafeRawBufferPointer(rebasing: bytes[at..<at + 128]), count, last: false)
          at += 128
        }
      }
      let part = min(128 - block.count, bytes.count - at)
      block.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[at..<at + part]))
      at += part
    }
  }

  /// The digest of all that was taken in.
  public consuming func finish() -> [UInt8] {
    count &+= UInt64(block.count)
    block.append(contentsOf: repeatElement(0, count: 128 - block.count))
    block.withUnsafeBytes { Self.compress(&state, $0, count, last: true) }
    return withUnsafeBytes(of: state) { words in
      var digest: [UInt8] = []
      digest.reserveCapacity(size)
      for at in 0..<size {
        let word = words.load(fromByteOffset: at & ~7, as: UInt64.self)
        digest.append(UInt8(truncatingIfNeeded: word >> UInt64(at % 8 * 8)))
      }
      return digest
    }
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

  private static func compress(
    _ state: inout Words, _ block: UnsafeRawBufferPointer, _ count: UInt64, last: Bool
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 32) { work in
      for index in 0..<16 {
        work[16 + index] = UInt64(
          littleEndian: block.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      withUnsafeBytes(of: (state, start)) { words in
        for index in 0..<16 {
          work[index] = words.load(fromByteOffset: index * 8, as: UInt64.self)
        }
      }
      work[12] ^= count
      if last { work[14] = ~work[14] }
      for round in 0..<12 {
        var order = schedule(round)
        func next() -> UInt64 {
          defer { order >>= 4 }
          return work[16 + Int(order & 15)]
        }
        func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
          let (x, y) = (next(), next())
          work[a] = work[a] &+ work[b] &+ x
          work[d] = rotate(work[d] ^ work[a], 32)
          work[c] = work[c] &+ work[d]
          work[b] = rotate(work[b] ^ work[c], 24)
          work[a] = work[a] &+ work[b] &+ y
          work[d] = rotate(work[d] ^ work[a], 16)
          work[c] = work[c] &+ work[d]
          work[b] = rotate(work[b] ^ work[c], 63)
        }
        mix(0, 4, 8, 12)
        mix(1, 5, 9, 13)
        mix(2, 6, 10, 14)
        mix(3, 7, 11, 15)
        mix(0, 5, 10, 15)
        mix(1, 6, 11, 12)
        mix(2, 7, 8, 13)
        mix(3, 4, 9, 14)
      }
      withUnsafeMutableBytes(of: &state) { words in
        for index in 0..<8 {
          let word = words.load(fromByteOffset: index * 8, as: UInt64.self)
          words.storeBytes(
            of: word ^ work[index] ^ work[8 + index], toByteOffset: index * 8, as: UInt64.self)
        }
      }
    }
  }

  private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 {
    value >> by | value << (64 &- by)
  }
}
