internal import Glibc
internal import System

/// The memory tier of a store as its writers keep it: true at every moment, or not believed.
///
/// A writer asks `begin` inside its transaction, removes what it is about to change by `forget`,
/// and after its commit publishes a new head from within a second transaction in which no other
/// process can write. A process that dies in between leaves a head that the store's state no longer
/// fits.
package final class SharedTier {
  private let place: TierDirectory
  private let path: String
  private let header: SharedHeader
  /// What is true of the tier since `begin`; nil while nothing may be published.
  private var head: TierIndex?
  private var hasProfiles = true
  private var isBroken = false

  /// The tier of an open store, there or not; nil if its files tell nothing about its state.
  init?(store path: String, root: String = TierDirectory.root) {
    guard let database = StoreVersion.File(path), let header = SharedHeader(store: path) else {
      return nil
    }
    self.path = path
    self.header = header
    place = TierDirectory(store: path, database, root: root)
  }

  // MARK: a transaction

  /// Compares the tier with the store, inside a transaction that keeps all others from writing;
  /// what is not true of the store's present state is removed.
  func begin() {
    head = nil
    hasProfiles = true
    guard !isBroken, place.isTrusted else { return }
    if let found = TierIndex.read(in: place), let stamp = StoreVersion(store: path, header),
      found.stamp == stamp
    {
      head = found
    } else {
      clear()
    }
  }

  /// Whether there is anything to remove.
  ///
  /// Not by the head's count: a process that died or found no room may have left more.
  var isInUse: Bool { head != nil }

  /// Takes an entry away before its row changes.
  func forget(_ key: Key) {
    guard head != nil else { return }
    remove(HotEntry.name(of: key))
  }

  /// Takes all entries away before rows with unknown keys change.
  package func forgetAll() { if head != nil { clear() } }

  /// The profiles are about to change.
  func forgetProfiles() { hasProfiles = false }

  private func remove(_ name: String) {
    let file = place.path(name)
    var status = stat()
    guard lstat(file, &status) == 0 else { return }
    if place.removeEntry(name, status) {
      head?.entries -= 1
      head?.bytes -= TierDirectory.memory(of: Int64(status.st_size))
    } else if errno != ENOENT {
      giveUp()
    }
  }

  /// What cannot be removed must not be believed.
  private func giveUp() {
    head = nil
    isBroken = true
    if place.isTrusted { unlink(place.path(TierIndex.name)) }
  }

  /// The head first: without it nothing is believed.
  private func clear() {
    let dropped = head?.dropped ?? 0
    head = nil
    // Under another user's directory these names could lead anywhere.
    guard place.isTrusted else { return }
    Fault.reach()
    if unlink(place.path(TierIndex.name)) != 0, errno != ENOENT { return giveUp() }
    Fault.reach()
    for name in StoreFile.names(in: place.directory)
    where unlink(place.path(name)) != 0 && errno != ENOENT { return giveUp() }
    if let stamp = StoreVersion(store: path, header) {
      head = TierIndex(stamp: stamp, path: path)
      head?.dropped = dropped
      hasProfiles = false
    }
  }

  // MARK: publishing

  /// Publishes the current state of the store, inside a transaction that keeps all others from
  /// writing, and with it one entry.
  ///
  /// - Parameters:
  ///   - entry: an entry's key and its file, whole.
  ///   - profiles: reads the profiles and limits, if they are not known any more.
  func publish(
    _ entry: (key: Key, file: [UInt8])?,
    profiles: () throws(Failure) -> (bytes: [UInt8], limits: TierIndex.Limits)
  ) throws(Failure) {
    guard !isBroken, let stamp = StoreVersion(store: path, header) else { return }
    let next = head ?? TierIndex(stamp: stamp, path: path)
    next.stamp = stamp
    if head == nil || !hasProfiles {
      let found = try profiles()
      (next.profiles, next.limits) = (found.bytes, found.limits)
    }
    guard next.limits.bytes > 0, next.limits.entries > 0 else { return clear() }
    guard let isNew = place.make(for: path) else { return }
    let name = entry.flatMap {
      makeRoom(for: $0.key, TierDirectory.memory(of: Int64($0.file.count)), in: next, isNew: isNew)
    }
    // A profile may have lowered them.
    let room = entryRoom(next)
    if next.entries > next.limits.entries || next.bytes > room {
      trim(next, to: TierIndex.Limits(entries: next.limits.entries, bytes: room), adding: 0)
    }
    let bytes = next.encoded()
    guard bytes.count <= TierIndex.limit else { return clear() }
    Fault.reach()
    guard write(bytes, as: TierIndex.name) else { return }
    (head, hasProfiles) = (next, true)
    Fault.reach()
    // After the head, which counts it: a head that counts too few would let an entry be forgotten.
    if let name, let entry { _ = write(entry.file, as: name) }
    Fault.reach()
  }

  /// Bytes that entries may take: an eighth is left for manifests.
  private func entryRoom(_ next: TierIndex) -> Int64 {
    let room = min(next.limits.bytes, place.roomLimit)
    return room - room / 8
  }

  /// Counts an entry in, and makes room for it.
  ///
  /// - Parameter size: bytes of memory that its file takes.
  /// - Returns: the name of its file; nil if it is too large.
  private func makeRoom(
    for key: Key, _ size: Int64, in next: TierIndex, isNew: Bool
  ) -> String? {
    let room = entryRoom(next)
    guard size <= room / 4 else { return nil }
    // A sweep of all other tiers is worth its time occasionally.
    if isNew || (next.bytes + size) >> 20 != next.bytes >> 20 {
      sweepSiblings(leaving: room - next.bytes - size)
      place.trimManifests(TierDirectory.ManifestLimits(next, room: place.roomLimit))
    }
    if next.entries >= next.limits.entries || next.bytes + size > room {
      trim(next, to: TierIndex.Limits(entries: next.limits.entries, bytes: room), adding: size)
    }
    let name = HotEntry.name(of: key)
    var status = stat()
    let replaced = lstat(place.path(name), &status) == 0
    if replaced, status.st_nlink > 1 { place.detach(name) }
    next.entries += replaced ? 0 : 1
    next.bytes += size - (replaced ? TierDirectory.memory(of: Int64(status.st_size)) : 0)
    return name
  }

  private func write(_ bytes: [UInt8], as name: String) -> Bool {
    place.write(bytes, as: name, by: ".new-")
  }

  /// Whether the tier is true of the store now, and has this very entry.
  func holds(_ entry: (key: Key, file: [UInt8])) -> Bool {
    guard place.isTrusted, let found = TierIndex.read(in: place),
      let stamp = StoreVersion(store: path, header), found.stamp == stamp
    else { return false }
    let path = place.path(HotEntry.name(of: entry.key))
    // A file of another user is not read by a hit either.
    guard HotEntry(path, entry.key) != nil else { return false }
    return OwnedFile(path)?.bytes(limit: entry.file.count + TierDirectory.attachLimit)?
      .starts(with: entry.file) == true
  }

  /// Writes a manifest, if the tier is true of the store now and has the profiles that it was made
  /// with.
  func keep(_ manifest: ManifestFile) {
    guard place.isTrusted, let found = TierIndex.read(in: place),
      let stamp = StoreVersion(store: path, header), found.stamp == stamp,
      found.profilesSum == manifest.profilesSum
    else { return }
    _ = place.write(manifest, TierDirectory.ManifestLimits(found, room: place.roomLimit))
  }

  // MARK: bounds

  /// What is in the tier, if it is true of the store now.
  func inventory() -> Store.Memory? {
    guard place.isTrusted, let found = TierIndex.read(in: place),
      let stamp = StoreVersion(store: path, header), found.stamp == stamp
    else { return nil }
    var memory = Store.Memory()
    memory.path = place.directory
    for file in byUse() {
      memory.names.insert(file.name)
      memory.bytes += file.bytes
    }
    memory.entries = Int64(memory.names.count)
    memory.bytes += place.manifests().reduce(0) { $0 + $1.bytes }
    memory.limit = min(found.limits.bytes, place.roomLimit)
    memory.dropped = found.dropped
    return memory
  }

  /// The files of entries, least recently used first.
  private func byUse() -> [TierDirectory.File] { place.files { $0.utf8.count == 32 } }

  /// The least used entries that have to go for this many bytes to be free.
  func leastUsed(_ wanted: Int64) -> [(key: Key, bytes: Int64)] {
    var chosen: [(key: Key, bytes: Int64)] = []
    var freed: Int64 = 0
    for file in byUse() where freed < wanted {
      guard let key = HotEntry.key(of: place.path(file.name)) else { continue }
      chosen.append((key, file.bytes))
      freed += file.bytes
    }
    return chosen
  }

  /// Takes the least used entries away until this many bytes are free.
  func release(_ wanted: Int64) -> [(key: Key, bytes: Int64)] {
    let chosen = leastUsed(wanted)
    for one in chosen { forget(one.key) }
    // What was last used before the entries that stay is of no use to anyone.
    let oldest = byUse().first?.used ?? .max
    for file in place.manifests() where file.used < oldest {
      unlink(place.path(file.name))
    }
    return chosen
  }

  /// Makes room, and an eighth more, so that not every entry pays for a examine all others.
  private func trim(_ next: TierIndex, to limits: TierIndex.Limits, adding size: Int64) {
    let files = byUse()
    (next.entries, next.bytes) = (Int64(files.count), files.reduce(0) { $0 + $1.bytes })
    let entries = max(0, limits.entries - limits.entries / 8 - 1)
    let bytes = max(0, limits.bytes - limits.bytes / 8 - size)
    for file in files {
      if next.entries <= entries, next.bytes <= bytes { break }
      guard place.removeEntry(file.name, file.status) || errno == ENOENT else { return }
      next.entries -= 1
      next.bytes -= file.bytes
      next.dropped += 1
    }
  }

  /// Removes the tiers of databases that are gone or are other files now, and of the others those
  /// longest without a change, until all together leave this many bytes at most.
  func sweepSiblings(leaving room: Int64 = .max) {
    var others: [(place: TierDirectory, bytes: Int64, changed: Int64)] = []
    for name in StoreFile.names(in: place.parent) {
      let other = TierDirectory(parent: place.parent, name: name)
      guard other.directory != place.directory, other.isTrusted else { continue }
      if let head = TierIndex.read(in: other), let file = StoreVersion.File(head.path),
        file.device == head.stamp.database.device, file.inode == head.stamp.database.inode
      {
        let changed = StoreVersion.File(other.path(TierIndex.name))?.changed ?? 0
        others.append((other, head.bytes, changed))
      } else if !TierIndex.isOfOtherVersion(in: other) {
        Self.remove(other)
      }
    }
    var sum = others.reduce(0) { $0 + $1.bytes }
    for other in others.sorted(by: { $0.changed < $1.changed }) where sum > max(0, room) {
      Self.remove(other.place)
      sum -= other.bytes
    }
  }

  private static func remove(_ other: TierDirectory) {
    unlink(other.path(TierIndex.name))
    for file in StoreFile.names(in: other.directory) { unlink(other.path(file)) }
    rmdir(other.directory)
  }
}
