internal import Glibc
internal import System

/// The questions that making a cache key asked, with their results: a later call of the same digest
/// for which all results hold has the key without the profile, rules and script being read.
///
/// A file of the memory tier, named by the digest of the call.
package struct ManifestFile: Equatable, Sendable {
  /// What a call does with the entry.
  package enum Verb: UInt32, CaseIterable, Sendable {
    case run = 0
    /// stdout only, and not on a terminal.
    case get = 1
    case has = 2
  }

  /// The digest of the call: see `CallDigest`.
  var call: [UInt8]
  /// The checksum of the profiles for which it is true: `TierIndex.profilesSum`.
  var profilesSum: UInt64
  var verb: Verb
  /// The maximum age of a result, in microseconds; nil for none.
  var oldest: Int64?
  /// The exit statuses that may be served.
  var statuses: Set<UInt8>
  var key: Key
  /// The profile's name, for the access journal.
  var profile: String
  package var observations: [Observation]
  /// When the entry was stored that it is for, in microseconds since 1970; nil is any of the key.
  ///
  /// The observations of a result's files are those of one entry.
  package var created: Int64?

  /// The largest file, in bytes.
  static let limit = 2 << 20
  /// The most observations that the front checks.
  package static let observationLimit = 10_000

  /// The name of the file in the memory tier.
  static func name(of call: [UInt8]) -> String { "m" + Digest.hex(call) }

  /// Whether a name in the memory tier is that of a manifest.
  static func isName(_ name: String) -> Bool {
    name.utf8.count == 33 && name.utf8.first == UInt8(ascii: "m")
  }

  package init(
    call: [UInt8], profilesSum: UInt64, verb: Verb, oldest: Int64?, statuses: Set<UInt8>, key: Key,
    profile: String, observations: [Observation]
  ) {
    (self.call, self.profilesSum, self.verb, self.oldest) = (call, profilesSum, verb, oldest)
    (self.statuses, self.key, self.profile) = (statuses, key, profile)
    self.observations = observations
  }

  // Magic (8), version (4), size (4), checksum of all that follows (8), digest of the call (16),
  // checksum of the profiles (8), oldest age (8, -1 for none), statuses (32, one bit each), verb,
  // size of the key, size of the profile's name, number of observations (4 each), when the entry was stored
  // (8, 0 for any), key, name, observations.
  private static let magic: UInt64 = 0x696e_616d_796e_7463
  /// Changes with every change of what a key is made from: an older manifest may lack an
  /// observation.
  private static let version: UInt32 = 4
  private static let headSize = 112
  /// Where the digest of the call is.
  static let callOffset: off_t = 24

  /// The file.
  ///
  /// - Returns: nil if the front would not serve from it: too large, too many observations, an age
  ///   of 0.
  func encoded() -> [UInt8]? {
    let profile = Array(profile.utf8)
    let key = Array(key.text.utf8)
    guard call.count == 16, profile.count <= 255, key.count <= Key.limit, oldest ?? 1 > 0,
      observations.count <= Self.observationLimit
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.headSize + key.count + profile.count + observations.count * 128)
    bytes.append(little: Self.magic)
    bytes.append(little: Self.version)
    bytes.append(little: UInt32(0))
    bytes.append(little: UInt64(0))
    bytes.append(contentsOf: call)
    bytes.append(little: profilesSum)
    bytes.append(little: oldest ?? -1)
    var mask = [UInt8](repeating: 0, count: 32)
    for status in statuses { mask[Int(status >> 3)] |= 1 << (status & 7) }
    bytes.append(contentsOf: mask)
    for number in [verb.rawValue, UInt32(key.count), UInt32(profile.count)] {
      bytes.append(little: number)
    }
    bytes.append(little: UInt32(observations.count))
    bytes.append(little: created ?? 0)
    bytes.append(contentsOf: key)
    bytes.append(contentsOf: profile)
    for observation in observations { observation.append(to: &bytes) }
    guard bytes.count <= Self.limit else { return nil }
    bytes.put(little: UInt64(Self.version) | UInt64(bytes.count) << 32, at: 8)
    let sum = bytes.withUnsafeBytes {
      Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: $0[24...]))
    }
    bytes.put(little: sum, at: 16)
    return bytes
  }
}

extension ManifestFile {
  /// Reads a file.
  ///
  /// - Returns: nil if it is not what `encoded()` writes.
  init?(_ bytes: [UInt8]) {
    guard let found = bytes.withUnsafeBytes({ Self.read($0) }) else { return nil }
    self = found
  }

  private static func read(_ bytes: UnsafeRawBufferPointer) -> ManifestFile? {
    var reader = FieldReader(bytes)
    guard bytes.count <= limit, reader.number(UInt64.self) == magic,
      reader.number(UInt32.self) == version,
      reader.number(UInt32.self) == UInt32(clamping: bytes.count),
      reader.number(UInt64.self)
        == Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: bytes[24...])),
      let call = reader.slice(16), let sum = reader.number(UInt64.self),
      let oldest = reader.number(Int64.self), oldest == -1 || oldest > 0,
      let mask = reader.slice(32), let number = reader.number(UInt32.self),
      let verb = Verb(rawValue: number), let keySize = reader.number(UInt32.self),
      let nameSize = reader.number(UInt32.self), nameSize <= 255,
      let count = reader.number(UInt32.self), count <= observationLimit,
      let created = reader.number(Int64.self),
      let key = reader.slice(Int(keySize)), let keyText = String(utf8: key),
      let name = reader.slice(Int(nameSize)), let profile = String(utf8: name)
    else { return nil }
    let statuses = (UInt8.min...UInt8.max).filter { mask[Int($0 >> 3)] >> ($0 & 7) & 1 == 1 }
    var observations: [Observation] = []
    for _ in 0..<count {
      guard let observation = Observation(&reader) else { return nil }
      observations.append(observation)
    }
    guard reader.at == bytes.count else { return nil }
    var manifest = ManifestFile(
      call: Array(call), profilesSum: sum, verb: verb, oldest: oldest < 0 ? nil : oldest,
      statuses: Set(statuses), key: Key(stored: keyText), profile: profile,
      observations: observations)
    manifest.created = created == 0 ? nil : created
    return manifest
  }
}
