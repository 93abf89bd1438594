internal import CPOSIX
internal import Glibc
internal import System

/// Where the memory tier of a store is: a private directory on tmpfs, trusted only while no other
/// user could have made or changed it.
package struct TierDirectory: Sendable {
  /// The directory of all tiers of this user.
  let parent: String
  /// The directory of this store's tier.
  let directory: String

  /// A file system in memory that every user may write to.
  static let root = "/dev/shm"

  /// The place for a store, there or not.
  ///
  /// The same database under another name, or another database under the same name, has another
  /// place.
  init(store path: String, _ database: StoreVersion.File, root: String = Self.root) {
    var name: [UInt8] = []
    name.reserveCapacity(160)
    name.append(little: database.device)
    name.append(little: database.inode)
    name.append(contentsOf: path.utf8)
    parent = root + "/cachetronomy-" + geteuid().description
    directory = parent + "/" + Digest.hex(Digest.of(name))
  }

  /// A tier found next to others.
  init(parent: String, name: String) {
    self.parent = parent
    directory = parent + "/" + name
  }

  func path(_ name: String) -> String { directory + "/" + name }

  /// Writes a file under its name immediately and whole, or not at all.
  ///
  /// - Parameter prefix: of the temporary name, which ends with the pid.
  /// - Returns: false if it was not written.
  func write(_ bytes: [UInt8], as name: String, by prefix: String) -> Bool {
    OwnedFile.replace(path(name), with: bytes, by: path(prefix + getpid().description))
  }

  /// Whether both directories exist, belong to the user alone and are no links.
  var isTrusted: Bool { Self.isOurs(parent) && Self.isOurs(directory) }

  private static func isOurs(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      && status.st_uid == geteuid() && status.st_mode & 0o077 == 0
  }

  /// Makes the directories where they are missing.
  ///
  /// - Returns: true if the last one was made now; nil if they cannot be made or are not to be
  ///   trusted.
  func make(for store: String) -> Bool? {
    guard Self.isInMemory(parent), Self.isLocal(kind: cachetronomy_filesystem_kind(store)) else {
      return nil
    }
    if mkdir(parent, 0o700) != 0, errno != EEXIST { return nil }
    // Through another user's link a directory could be made anywhere.
    guard Self.isOurs(parent) else { return nil }
    let made = mkdir(directory, 0o700) == 0
    if !made, errno != EEXIST { return nil }
    return isTrusted ? made : nil
  }

  private static func isInMemory(_ parent: String) -> Bool {
    cachetronomy_filesystem_kind(StoreFile.directory(of: parent)) == tmpfs
  }

  private static let tmpfs: UInt = 0x0102_1994

  /// Whether times and locks are this machine's alone: ext, xfs, btrfs, f2fs, zfs, bcachefs,
  /// overlay, tmpfs, ramfs.
  package static func isLocal(kind: UInt) -> Bool {
    switch kind {
    case 0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x2fc1_2fc1, 0xca45_1a4e, 0x794c_7630,
      tmpfs, 0x8584_58f6:
      true
    default: false
    }
  }

  /// A quarter of the file system, which every user's programs share.
  var roomLimit: Int64 {
    Int64(clamping: cachetronomy_filesystem_size(StoreFile.directory(of: parent)) / 4)
  }
}
