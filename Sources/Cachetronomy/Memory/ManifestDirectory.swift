internal import Glibc
internal import System

/// The manifests in a memory tier: written by processes that hold no lock, since a manifest is true
/// or not by its own contents, whatever the state of the store.
extension TierDirectory {
  /// What the manifests may take.
  struct ManifestLimits: Equatable {
    var count: Int64
    /// Bytes of memory.
    var bytes: Int64

    /// What the entries leave of a tier, but at least an eighth; the same number as entries, but at
    /// least 256.
    init(_ head: TierIndex, room: Int64) {
      let room = max(0, min(head.limits.bytes, room))
      count = max(256, head.limits.entries)
      bytes = max(room / 8, room - max(0, head.bytes))
    }
  }

  /// Writes a manifest under its name immediately and whole.
  ///
  /// Without a lock: another process may remove the temporary file, which costs this manifest.
  /// - Returns: false if it was not written.
  func write(_ manifest: ManifestFile, _ limits: ManifestLimits) -> Bool {
    guard let bytes = manifest.encoded(), Self.memory(of: Int64(bytes.count)) <= limits.bytes / 4
    else { return false }
    let name = ManifestFile.name(of: manifest.call)
    // Calls that the front never serves would write it each time.
    if holds(bytes, as: name) || attach(bytes, to: manifest.key, as: name) { return true }
    guard write(bytes, as: name, by: Self.manifestPrefix) else { return false }
    // A variable that differs at each call makes a manifest for each. The first byte of a digest is
    // random: one manifest in 64 pays for reading the directory.
    if (manifest.call.first ?? 0) & 63 == 0 { trimManifests(limits) }
    return true
  }

  /// Whether a file is a manifest, or ends with it behind an entry that is still in the tier.
  private func holds(_ bytes: [UInt8], as name: String) -> Bool {
    guard let file = OwnedFile(path(name)),
      let found = file.bytes(limit: bytes.count + Self.attachLimit)
    else { return false }
    return found == bytes || file.status.st_nlink == 2 && found.suffix(bytes.count) == bytes[...]
  }

  /// The largest entry with its manifest, in bytes: what the front reads without a mapping.
  static let attachLimit = 16 << 10

  /// Appends a manifest to the file of its entry, where the last page has room, and gives that file
  /// the manifest's name too.
  ///
  /// Without a lock on the store: what removes or replaces an entry takes its name from the file,
  /// and the front believes an attached manifest only while the file has both names.
  /// - Returns: false if there is no room, or a manifest of another call is attached.
  private func attach(_ bytes: [UInt8], to key: Key, as name: String) -> Bool {
    guard let file = OwnedFile(path(HotEntry.name(of: key)), O_RDWR | O_APPEND),
      flock(file.descriptor, LOCK_EX | LOCK_NB) == 0,
      // Another process may have attached one since it was opened.
      let status = OwnedFile.status(ofOwned: file.descriptor), status.st_nlink == 1,
      HotEntry.size(file.descriptor) == Int64(status.st_size)
    else { return false }
    let descriptor = file.descriptor
    let size = Int64(status.st_size)
    let whole = size + Int64(bytes.count)
    guard whole <= Int64(Self.attachLimit), Self.memory(of: whole) == Self.memory(of: size) else {
      return false
    }
    let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    Fault.reach()
    if written == bytes.count, link(descriptor, as: name) { return true }
    ftruncate(descriptor, off_t(size))
    return false
  }

  /// Gives an open file one more name, also in place of another file.
  private func link(_ descriptor: Int32, as name: String) -> Bool {
    func link() -> Bool {
      linkat(
        AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path(name), AT_SYMLINK_FOLLOW) == 0
    }
    if link() { return true }
    return errno == EEXIST && unlink(path(name)) == 0 && link()
  }

  /// Removes the name of an entry, and that of the manifest attached to it.
  ///
  /// - Parameter status: of the file, by `lstat`.
  /// - Returns: false with the reason in `errno` if the entry is still there.
  func removeEntry(_ name: String, _ status: stat) -> Bool {
    if status.st_nlink > 1 { detach(name) }
    return unlink(path(name)) == 0
  }

  /// Removes the name of the manifest attached to an entry.
  func detach(_ name: String) {
    guard let file = OwnedFile(path(name)), let size = HotEntry.size(file.descriptor) else {
      return
    }
    var call = [UInt8](repeating: 0, count: 16)
    guard pread(file.descriptor, &call, 16, off_t(size) + ManifestFile.callOffset) == 16 else {
      return
    }
    unlink(path(ManifestFile.name(of: call)))
  }

  private static let manifestPrefix = ".manifest-"

  /// Removes the least recently used manifests until an eighth of the limits is free, and what dead
  /// processes left.
  func trimManifests(_ limits: ManifestLimits) {
    let manifests = manifests()
    var count = Int64(manifests.count)
    var bytes = manifests.reduce(0) { $0 + $1.bytes }
    if count > limits.count || bytes > limits.bytes {
      let countLeft = limits.count - limits.count / 8
      let bytesLeft = limits.bytes - limits.bytes / 8
      for file in manifests where count > countLeft || bytes > bytesLeft {
        unlink(path(file.name))
        count -= 1
        bytes -= file.bytes
      }
    }
    let now = Timestamp.now().microseconds
    for file in self.files(where: { $0.hasPrefix(Self.manifestPrefix) })
    where now - file.used / 1000 > 60_000_000 { unlink(path(file.name)) }
  }

  /// The memory that a file of a size takes: whole pages, and about 1 KiB for the inode.
  static func memory(of bytes: Int64) -> Int64 {
    let pages = bytes / 4096 + (bytes % 4096 == 0 ? 0 : 1)
    return min(pages, 1 << 40) * 4096 + 1024
  }

  /// A file of the tier.
  struct File {
    var name: String
    /// Bytes of memory that it takes.
    var bytes: Int64
    /// The time of the last use, in nanoseconds since 1970.
    var used: Int64
    /// What `lstat` says of it.
    var status: stat
  }

  /// The manifests that are no part of an entry in the tier, least recently used first.
  func manifests() -> [File] {
    files(where: ManifestFile.isName).filter { $0.status.st_nlink == 1 }
  }

  /// The files with certain names, least recently used first.
  func files(where isWanted: (String) -> Bool) -> [File] {
    var found: [File] = []
    for name in StoreFile.names(in: directory) where isWanted(name) {
      var status = stat()
      guard lstat(path(name), &status) == 0 else { continue }
      found.append(
        File(
          name: name, bytes: Self.memory(of: Int64(status.st_size)),
          used: status.st_atim.nanoseconds, status: status))
    }
    return found.sorted { $0.used < $1.used }
  }
}
