internal import Cachetronomy
internal import System

/// Recognizes most variables that are not ignored by a hash, without searching the list.
enum IgnoredVariableFilter {
  /// How much of a variable is in the cache key.
  enum Verdict {
    /// All of it.
    case kept
    /// None of it.
    case ignored
    /// The part that `Environment.partialUse(of:)` returns.
    case partial
  }

  /// A Bloom filter of the names in `IgnoredVariables`.
  ///
  /// A constant, since computing it takes longer than all its lookups.
  static let bits: [UInt64] = [
    0x400328001000, 0x40000000, 0x204000001480, 0x820800040000800,
    0x40002008204004, 0x71000482012, 0x140100001400100, 0x810000008,
    0x824000000000008, 0x800000000020450, 0x120021108000000, 0x4100000400000c0,
    0x218104002002200, 0x80300008010000, 0x2000002c0100040, 0x4000000,
    0x4000, 0x888000c100001002, 0x5001000000000028, 0x2010010000,
    0x1000000002900000, 0x2008150000000240, 0xa48408000800000, 0x40008002a040010,
    0x400090408000100, 0x1025000002000040, 0x4880006000000, 0x81240c0000004000,
    0x9140000004005, 0x4000010480800024, 0x100100800100020, 0x44080182008004,
  ]

  /// The same for the first two bytes of each prefix.
  static let prefixBits: UInt64 = 0x1204309200408028

  /// Returns how much of a variable is in the key.
  static func verdict(on name: UnsafeBufferPointer<UInt8>) -> Verdict {
    guard name.count > 0 else { return .kept }
    let hash = hash(name)
    if bits[hash >> 6] >> UInt64(hash & 63) & 1 == 1 {
      if IgnoredVariables.isNamed(name) { return .ignored }
      if IgnoredVariables.isNamed(name, in: IgnoredVariables.partial) { return .partial }
    }
    guard name.count > 2, prefixBits >> UInt64(prefixHash(name)) & 1 == 1 else { return .kept }
    return IgnoredVariables.hasPrefix(name) ? .ignored : .kept
  }

  /// Returns a hash below 2048.
  static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    let count = name.count
    return
      (Int(name[0]) &* 779 &+ Int(name[count - 1]) &* 1861 &+ Int(name[count >> 1]) &* 1831
      &+ count &* 117) & 2047
  }

  /// Returns a hash below 64 of the first two bytes of a name.
  static func prefixHash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    (Int(name[0]) &+ Int(name[1]) &* 41) & 63
  }
}
