internal import Glibc
internal import System

/// What the memory tier says of itself: the state of the store for which every file in it is true,
/// and the profiles effective then.
///
/// A class, since an optional structure of this size costs its metadata on the way out.
final class TierIndex {
  var stamp: StoreVersion
  /// Entries in the tier, and bytes of their files.
  var entries: Int64 = 0
  var bytes: Int64 = 0
  /// Entries that left because the tier was full.
  var dropped: Int64 = 0
  /// What may be in the tier, by the profile of `gc`.
  var limits = Limits(entries: 0, bytes: 0)
  /// The database, so that others see when it is gone.
  var path: String
  /// The profiles, as `HotProfiles` reads them.
  var profiles: [UInt8] { didSet { profilesSum = Self.sum(ofProfiles: profiles) } }
  /// Their checksum: a manifest is true only for the profiles that it was made with.
  private(set) var profilesSum: UInt64

  /// What may be in a tier.
  struct Limits: Equatable {
    var entries: Int64
    var bytes: Int64
  }

  static let name = "head"
  /// This many bytes hold what a reader of another store's head needs.
  static let limit = 1 << 20

  // Magic (8), version (4), size (4), checksum of all that follows (8), stamp (88), entries, bytes,
  // dropped, both limits, checksum of the profiles (8 each), path, profiles.
  private static let magic: UInt64 = 0x6461_6568_6e79_6374
  private static let version: UInt32 = 2
  private static let headSize = 24

  /// The head of an empty tier.
  init(stamp: StoreVersion, path: String) {
    (self.stamp, self.path, profiles) = (stamp, path, [])
    profilesSum = Self.sum(ofProfiles: [])
  }

  /// The checksum of profiles as `HotProfiles` encodes them.
  static func sum(ofProfiles profiles: [UInt8]) -> UInt64 {
    profiles.withUnsafeBytes { Checksum.ofLanes($0) }
  }

  /// Reads the head in a directory; nil if there is none that is valid and the user's own.
  static func read(in place: TierDirectory) -> TierIndex? {
    guard let file = OwnedFile(place.path(name)), file.size >= headSize,
      let bytes = file.bytes(limit: limit), bytes.count == file.size
    else { return nil }
    return bytes.withUnsafeBytes { TierIndex($0) }
  }

  /// Whether a directory has a head of another version of this program that was written within a
  /// day: both may be in use on one machine.
  static func isOfOtherVersion(in place: TierDirectory) -> Bool {
    guard let file = OwnedFile(place.path(name)), let bytes = file.bytes(limit: limit) else {
      return false
    }
    return bytes.withUnsafeBytes { bytes in
      var reader = FieldReader(bytes)
      guard reader.number(UInt64.self) == magic, let found = reader.number(UInt32.self) else {
        return false
      }
      let age = Timestamp.now().microseconds - file.status.st_mtim.nanoseconds / 1000
      return found != version && age < 86_400_000_000
    }
  }

  private init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = FieldReader(bytes)
    guard reader.number(UInt64.self) == Self.magic, reader.number(UInt32.self) == Self.version,
      reader.number(UInt32.self) == UInt32(clamping: bytes.count),
      reader.number(UInt64.self)
        == Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: bytes[Self.headSize...])),
      let stamp = StoreVersion(&reader), let entries = reader.number(Int64.self),
      let size = reader.number(Int64.self), let dropped = reader.number(Int64.self),
      let most = reader.number(Int64.self), let room = reader.number(Int64.self),
      let profilesSum = reader.number(UInt64.self), let path = reader.text(),
      let profiles = reader.counted()
    else { return nil }
    self.stamp = stamp
    (self.entries, self.bytes, self.dropped) = (entries, size, dropped)
    limits = Limits(entries: most, bytes: room)
    self.path = path
    self.profiles = Array(profiles)
    self.profilesSum = profilesSum
  }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 + profiles.count)
    bytes.append(little: Self.magic)
    bytes.append(little: Self.version)
    bytes.append(little: UInt32(0))
    bytes.append(little: UInt64(0))
    stamp.append(to: &bytes)
    bytes.append(little: entries)
    bytes.append(little: self.bytes)
    bytes.append(little: dropped)
    bytes.append(little: limits.entries)
    bytes.append(little: limits.bytes)
    bytes.append(little: profilesSum)
    bytes.append(counted: Array(path.utf8))
    bytes.append(counted: profiles)
    bytes.put(little: UInt64(Self.version) | UInt64(bytes.count) << 32, at: 8)
    let sum = bytes.withUnsafeBytes {
      Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: $0[Self.headSize...]))
    }
    bytes.put(little: sum, at: 16)
    return bytes
  }
}
