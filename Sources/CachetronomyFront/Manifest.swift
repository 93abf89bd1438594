/// A manifest: the library's `ManifestFile`.
struct Manifest {
  let key: Bytes
  /// The profile's name, for the access journal.
  let profile: Bytes
  /// The maximum age in microseconds; -1 for none.
  let oldest: Int64
  /// When the entry was stored that it is for, in microseconds since 1970; 0 is any of the key.
  private let created: Int64
  private let statuses: Bytes
  let observations: Bytes
  let count: Int

  // Magic (8), version (4), size (4), checksum of all that follows (8), digest of the call (16),
  // checksum of the profiles (8), oldest age (8), statuses (32, one bit each), verb, size of the
  // key, size of the profile's name, number of observations (4 each), when the entry was stored (8), key,
  // name, observations.
  private static var magic: UInt64 { 0x696e_616d_796e_7463 }
  private static var version: UInt32 { 4 }
  static var limit: Int { 2 << 20 }
  private static var headSize: Int { 112 }
  private static var observationLimit: UInt32 { 10_000 }

  /// - Returns: nil if it is damaged, of another version, or not of this call and these profiles.
  init?(_ file: Bytes, call: Bytes, profilesSum: UInt64, verb: Line.Verb) {
    guard file.count >= Self.headSize, file.number64(0) == Self.magic,
      file.number32(8) == Self.version, Int(file.number32(12)) == file.count,
      file.part(24, 16).equals(call), file.number64(40) == profilesSum,
      file.number32(88) == verb.rawValue, file.number32(100) <= Self.observationLimit,
      file.number64(16) == Checksum.ofLanes(file.from(24))
    else { return nil }
    oldest = file.signed64(48)
    created = file.signed64(104)
    statuses = file.part(56, 32)
    var cursor = Cursor(file, at: Self.headSize)
    key = cursor.part(Int(file.number32(92)))
    profile = cursor.part(Int(file.number32(96)))
    guard cursor.isGood, profile.count <= 255, oldest == -1 || oldest > 0 else { return nil }
    observations = file.from(cursor.at)
    count = Int(file.number32(100))
  }

  /// Whether it is for an entry that was stored at a time.
  func isFor(created: Int64) -> Bool { self.created == 0 || self.created == created }

  /// Whether an exit status may be served.
  func allows(_ status: UInt32) -> Bool {
    guard status <= 255 else { return false }
    return statuses[Int(status >> 3)] >> UInt8(truncatingIfNeeded: status & 7) & 1 == 1
  }
}
