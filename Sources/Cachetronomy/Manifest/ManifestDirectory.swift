internal import Glibc

/// The manifests in a memory tier: written by processes that hold no lock, since a manifest is true or
/// not by its own contents, whatever the state of the store.
extension TierPlace {
  /// What the manifests may take.
  struct ManifestLimits: Equatable {
    var count: Int64
    /// Bytes of memory.
    var bytes: Int64

    /// What the entries leave of a tier, but at least an eighth; the same number as entries, but at
    /// least 256.
    init(_ head: TierHead, room: Int64) {
      let room = max(0, min(head.limits.bytes, room))
      count = max(256, head.limits.entries)
      bytes = max(room / 8, room - max(0, head.bytes))
    }
  }

  /// Writes a manifest under its name at once and whole.
  ///
  /// Without a lock: another process may remove the temporary file, which costs this manifest.
  /// - Returns: false if it was not written.
  func write(_ manifest: ManifestFile, _ limits: ManifestLimits) -> Bool {
    guard let bytes = manifest.encoded(), Self.memory(of: Int64(bytes.count)) <= limits.bytes / 4
    else { return false }
    let name = ManifestFile.name(of: manifest.call)
    // Calls that the front never serves would write it each time.
    if Repository.read(Array(path(name).utf8), Probe(), limit: bytes.count) == bytes { return true }
    guard write(bytes, as: name, by: Self.manifestPrefix) else { return false }
    // A variable that differs at each call makes a manifest for each. The first byte of a digest is
    // random: one manifest in 64 pays for reading the directory.
    if (manifest.call.first ?? 0) & 63 == 0 { trimManifests(limits) }
    return true
  }

  private static let manifestPrefix = ".manifest-"

  /// Removes the least recently used manifests until an eighth of the limits is free, and what dead
  /// processes left.
  func trimManifests(_ limits: ManifestLimits) {
    let manifests = files { ManifestFile.isName($0) }
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
          used: status.st_atim.nanoseconds))
    }
    return found.sorted { $0.used < $1.used }
  }
}
