internal import Glibc

/// A store as its memory tier shows it, read without SQLite, locks or writes.
///
/// It serves only what is certain: a caller that gets nil opens the store. Not for a process that
/// has or had the store open.
public final class HotStore {
  /// The database, every link resolved.
  public let path: String
  private let place: TierDirectory
  package let profiles: HotProfiles
  /// The checksum of the profiles, with which a manifest is made.
  package let profilesSum: UInt64

  /// A window on a store whose tier is true at this moment.
  ///
  /// - Parameter path: the database; links are followed.
  /// - Returns: nil if there is no tier, or it was made for another state of the store.
  public init?(_ path: String, root: String? = nil) {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    guard let text = String(validatingCString: real) else { return nil }
    self.path = text
    var status = stat()
    guard stat(self.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_nlink == 1
    else { return nil }
    let database = StoreVersion.File(status)
    place = TierDirectory(store: self.path, database, root: root ?? TierDirectory.root)
    // The head before the state: what is published later is newer, never older.
    guard place.isTrusted, let head = TierIndex.read(in: place),
      let stamp = StoreVersion(unopened: self.path, database), stamp == head.stamp
    else { return nil }
    profiles = HotProfiles(head.profiles)
    profilesSum = head.profilesSum
  }

  /// Writes a manifest made with this store's profiles.
  ///
  /// - Returns: false if it was not written: the tier is not true any more, or there is no room.
  @discardableResult
  package func keep(_ manifest: ManifestFile) -> Bool {
    guard place.isTrusted, let head = TierIndex.read(in: place),
      let database = StoreVersion.File(path),
      let stamp = StoreVersion(unopened: path, database), stamp == head.stamp,
      head.profilesSum == manifest.profilesSum
    else { return false }
    return place.write(manifest, TierDirectory.ManifestLimits(head, room: place.roomLimit))
  }

  /// The name of the profile that a choice means; nil if it is not there.
  public func profileName(_ choice: ProfileChoice) -> String? {
    try? profiles.profile(choice) { _ in [] }.name
  }

  /// The entry of a key; nil if the tier has none that is whole.
  public func entry(_ key: Key) -> HotEntry? { HotEntry(place.path(HotEntry.name(of: key)), key) }
}
