/// BLAKE2b (RFC 7693), with or without a key.
package struct Digest {
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
  package init(size: Int = 16, key: [UInt8] = []) {
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
  @inlinable @inline(__always)
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { update($0) }
    }
  }

  /// Takes in more bytes from memory.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
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
  package static func of(_ bytes: [UInt8], size: Int = 16, key: [UInt8] = []) -> [UInt8] {
    var digest = Digest(size: size, key: key)
    digest.update(bytes)
    return digest.finish()
  }

  /// Lower-case hexadecimal digits.
  package static func hex(_ bytes: [UInt8]) -> String {
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
    guard let bytes = block.baseAddress, block.count == 128 else { return }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 16) { buffer in
      guard let words = buffer.baseAddress else { return }
      UnsafeMutableRawPointer(words).copyMemory(from: bytes, byteCount: 128)
      let start = start
      // Scalars stay in registers, and are quick without optimization too.
      var (a0, a1, a2, a3) = (state.0, state.1, state.2, state.3)
      var (b0, b1, b2, b3) = (state.4, state.5, state.6, state.7)
      var (c0, c1, c2, c3) = (start.0, start.1, start.2, start.3)
      var (d0, d1, d2, d3) = (start.4 ^ count, start.5, last ? ~start.6 : start.6, start.7)
      for round in 0..<12 {
        let order = schedule(round)
        mix(&a0, &b0, &c0, &d0, words, order)
        mix(&a1, &b1, &c1, &d1, words, order >> 8)
        mix(&a2, &b2, &c2, &d2, words, order >> 16)
        mix(&a3, &b3, &c3, &d3, words, order >> 24)
        mix(&a0, &b1, &c2, &d3, words, order >> 32)
        mix(&a1, &b2, &c3, &d0, words, order >> 40)
        mix(&a2, &b3, &c0, &d1, words, order >> 48)
        mix(&a3, &b0, &c1, &d2, words, order >> 56)
      }
      state = (
        state.0 ^ a0 ^ c0, state.1 ^ a1 ^ c1, state.2 ^ a2 ^ c2, state.3 ^ a3 ^ c3,
        state.4 ^ b0 ^ d0, state.5 ^ b1 ^ d1, state.6 ^ b2 ^ d2, state.7 ^ b3 ^ d3
      )
    }
  }

  /// The mixing function of the RFC; the lowest two digits of the order say which words it takes
  /// in.
  @inline(__always)
  private static func mix(
    _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64,
    _ words: UnsafePointer<UInt64>, _ order: UInt64
  ) {
    a = a &+ b &+ (words + Int(truncatingIfNeeded: order & 15)).pointee.littleEndian
    d = d ^ a
    d = d &>> 32 | d &<< 32
    c = c &+ d
    b = b ^ c
    b = b &>> 24 | b &<< 40
    a = a &+ b &+ (words + Int(truncatingIfNeeded: order &>> 4 & 15)).pointee.littleEndian
    d = d ^ a
    d = d &>> 16 | d &<< 48
    c = c &+ d
    b = b ^ c
    b = b &>> 63 | b &<< 1
  }
}
