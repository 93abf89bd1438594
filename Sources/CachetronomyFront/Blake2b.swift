internal import CFront

/// BLAKE2b (RFC 7693) with 16 bytes of output and no key, over a stream of parts.
struct Blake2b {
  private var h0: UInt64 = 0x6a09_e667_f3bc_c908 ^ 0x0101_0010
  private var h1: UInt64 = 0xbb67_ae85_84ca_a73b
  private var h2: UInt64 = 0x3c6e_f372_fe94_f82b
  private var h3: UInt64 = 0xa54f_f53a_5f1d_36f1
  private var h4: UInt64 = 0x510e_527f_ade6_82d1
  private var h5: UInt64 = 0x9b05_688c_2b3e_6c1f
  private var h6: UInt64 = 0x1f83_d9ab_fb41_bd6b
  private var h7: UInt64 = 0x5be0_cd19_137e_2179
  private let block: UnsafeMutableRawPointer
  private var filled = 0
  private var count: UInt64 = 0

  /// - Parameter block: 128 bytes.
  init(block: UnsafeMutableRawPointer) { self.block = block }

  mutating func update(_ bytes: Bytes) {
    var at = 0
    while at < bytes.count {
      // The last block is kept back: it is compressed with the final flag.
      if filled == 128 {
        count &+= 128
        compress(UnsafeRawPointer(block), isLast: false)
        filled = 0
      }
      if filled == 0 {
        while bytes.count &- at > 128 {
          count &+= 128
          compress(bytes.start + at, isLast: false)
          at &+= 128
        }
      }
      let size = min(128 &- filled, bytes.count &- at)
      front_copy(block + filled, bytes.start + at, size)
      filled &+= size
      at &+= size
    }
  }

  mutating func update(_ number: UInt64) {
    var number = number.littleEndian
    if filled <= 120 {
      block.storeBytes(of: number, toByteOffset: filled, as: UInt64.self)
      filled &+= 8
    } else {
      withUnsafePointer(to: &number) { update(Bytes(UnsafeRawPointer($0), 8)) }
    }
  }

  /// A part with its length before it.
  mutating func item(_ bytes: Bytes) {
    update(UInt64(truncatingIfNeeded: bytes.count))
    update(bytes)
  }

  /// Writes 16 bytes.
  mutating func finish(_ out: UnsafeMutableRawPointer) {
    count &+= UInt64(truncatingIfNeeded: filled)
    while filled < 128 {
      block.storeBytes(of: 0, toByteOffset: filled, as: UInt8.self)
      filled &+= 1
    }
    compress(UnsafeRawPointer(block), isLast: true)
    out.storeBytes(of: h0.littleEndian, as: UInt64.self)
    out.storeBytes(of: h1.littleEndian, toByteOffset: 8, as: UInt64.self)
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 {
    value &>> by | value &<< (64 &- by)
  }

  @inline(__always)
  private static func mix(
    _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64,
    _ x: UInt64, _ y: UInt64
  ) {
    a = a &+ b &+ x
    d = rotate(d ^ a, 32)
    c = c &+ d
    b = rotate(b ^ c, 24)
    a = a &+ b &+ y
    d = rotate(d ^ a, 16)
    c = c &+ d
    b = rotate(b ^ c, 63)
  }

  /// Which words of a block a round takes, in their order: sixteen digits, the first lowest.
  @inline(__always)
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

  // One loop instead of twelve rounds written out: 14 KiB of code would be three page faults.
  @inline(never)
  private mutating func compress(_ words: UnsafeRawPointer, isLast: Bool) {
    var (v0, v1, v2, v3, v4, v5, v6, v7) = (h0, h1, h2, h3, h4, h5, h6, h7)
    var v8: UInt64 = 0x6a09_e667_f3bc_c908
    var v9: UInt64 = 0xbb67_ae85_84ca_a73b
    var v10: UInt64 = 0x3c6e_f372_fe94_f82b
    var v11: UInt64 = 0xa54f_f53a_5f1d_36f1
    var v12: UInt64 = 0x510e_527f_ade6_82d1 ^ count
    var v13: UInt64 = 0x9b05_688c_2b3e_6c1f
    var v14: UInt64 = 0x1f83_d9ab_fb41_bd6b
    var v15: UInt64 = 0x5be0_cd19_137e_2179
    if isLast { v14 = ~v14 }
    var round = 0
    while round < 12 {
      let order = Self.schedule(round)
      @inline(__always)
      func word(_ index: UInt64) -> UInt64 {
        let place = Int(truncatingIfNeeded: order &>> (index &* 4) & 15) &* 8
        return UInt64(
          littleEndian: words.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      }
      Self.mix(&v0, &v4, &v8, &v12, word(0), word(1))
      Self.mix(&v1, &v5, &v9, &v13, word(2), word(3))
      Self.mix(&v2, &v6, &v10, &v14, word(4), word(5))
      Self.mix(&v3, &v7, &v11, &v15, word(6), word(7))
      Self.mix(&v0, &v5, &v10, &v15, word(8), word(9))
      Self.mix(&v1, &v6, &v11, &v12, word(10), word(11))
      Self.mix(&v2, &v7, &v8, &v13, word(12), word(13))
      Self.mix(&v3, &v4, &v9, &v14, word(14), word(15))
      round &+= 1
    }
    h0 ^= v0 ^ v8
    h1 ^= v1 ^ v9
    h2 ^= v2 ^ v10
    h3 ^= v3 ^ v11
    h4 ^= v4 ^ v12
    h5 ^= v5 ^ v13
    h6 ^= v6 ^ v14
    h7 ^= v7 ^ v15
  }
}
