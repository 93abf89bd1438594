internal import CFront

/// The store and its memory tier: the library's `HotStore`, `TierDirectory`, `TierIndex` and `StoreVersion`.
extension Front {
  /// Finds the store and reads the head of its tier.
  ///
  /// - Returns: whether the tier is true of the store now.
  mutating func findTier() -> Bool {
    guard findStore() else { return false }
    var database = front_stat()
    var file = front_stat()
    directory.append(root)
    directory.append("/cachetronomy-")
    directory.append(decimal: call.effectiveUser)
    guard isPrivate(directory, &file) else { return false }
    let parent = directory.count
    let found = Syscall.status(store.path, &database, followsLinks: false)
    let isPlain =
      found == 0 && isStore(database) && enterTier(database) && isPrivate(directory, &file)
    if !isPlain {
      // A link leads to it, or to a directory above it.
      directory.count = parent
      guard resolveStore(&database), enterTier(database), isPrivate(directory, &file) else {
        return false
      }
    }
    return readHead(database)
  }

  private func isStore(_ status: front_stat) -> Bool {
    status.isFile(of: call.effectiveUser) && status.links == 1
  }

  private func isPrivate(_ directory: Text, _ status: inout front_stat) -> Bool {
    var path = directory
    path.append(byte: 0)
    return !path.isFull && Syscall.status(path.path, &status, followsLinks: false) == 0
      && status.isPrivateDirectory(of: call.effectiveUser)
  }

  /// Puts the path of the store together.
  private mutating func findStore() -> Bool {
    if line.store.count > 0 {
      store.append(line.store)
    } else if let named = call.variable("CACHETRONOMY_DB"), named.count > 0 {
      store.append(named)
    } else {
      if let cache = call.variable("XDG_CACHE_HOME"), cache[0] == 0x2f {
        store.append(cache)
      } else if let home = call.variable("HOME"), home[0] == 0x2f {
        store.append(home)
        store.append("/.cache")
      } else {
        return false
      }
      store.append("/cachetronomy/cachetronomy.db")
    }
    guard store.bytes[0] == 0x2f else { return false }
    return end(&store)
  }

  /// Writes the NUL after a path, which does not count.
  func end(_ path: inout Text) -> Bool {
    path.append(byte: 0)
    if path.isFull { return false }
    path.count &-= 1
    return true
  }

  /// Replaces the path of the store by the one without links.
  private mutating func resolveStore(_ database: inout front_stat) -> Bool {
    let onlyPath = 0o10000000
    let descriptor = Syscall.open(store.path, onlyPath | Syscall.closeOnExec)
    guard descriptor >= 0, let place = space.take(4096), let number = space.take(32) else {
      return false
    }
    defer { Syscall.close(descriptor) }
    guard Syscall.status(of: descriptor, &database) == 0, isStore(database) else { return false }
    var name = Text(number, 32)
    name.append("/proc/self/fd/")
    name.append(decimal: UInt32(truncatingIfNeeded: descriptor))
    name.append(byte: 0)
    let count = Syscall.call(
      front_sys_readlinkat, Syscall.workingDirectory, Syscall.address(name.path),
      Syscall.address(place), 4096)
    guard count > 0, count < 4096 else { return false }
    store.count = 0
    store.append(Bytes(UnsafeRawPointer(place), count))
    return end(&store)
  }

  /// Appends the name of the store's tier to the directory of all tiers.
  private mutating func enterTier(_ database: front_stat) -> Bool {
    guard let block = space.take(128), let out = space.take(16) else { return false }
    var digest = Blake2b(block: block)
    digest.update(database.device)
    digest.update(database.inode)
    digest.update(store.bytes)
    digest.finish(out)
    directory.append(byte: 0x2f)
    directory.append(hex: Bytes(UnsafeRawPointer(out), 16))
    return !directory.isFull
  }

  // Magic (8), version (4), size (4), checksum of all that follows (8), stamp (88), entries, bytes,
  // dropped, both limits, checksum of the profiles (8 each), path, profiles.
  private static var headMagic: UInt64 { 0x6461_6568_6e79_6374 }
  private static var headVersion: UInt32 { 2 }

  private mutating func readHead(_ database: front_stat) -> Bool {
    guard let head = readTierFile("head", limit: 1 << 20, touches: false),
      head.number64(0) == Self.headMagic, head.number32(8) == Self.headVersion, head.count >= 168,
      Int(head.number32(12)) == head.count,
      head.number64(16) == Checksum.ofLanes(head.from(24)), isCurrent(head, database)
    else { return false }
    profilesSum = head.number64(152)
    var cursor = Cursor(head, at: 160)
    guard cursor.counted().equals(store.bytes) else { return false }
    profiles = cursor.counted()
    return cursor.isGood
  }

  /// Whether the state for which the tier is true is that of the store now.
  private mutating func isCurrent(_ head: Bytes, _ database: front_stat) -> Bool {
    let length = store.count
    defer { store.count = length }
    guard head.number64(24) == database.device, head.number64(32) == database.inode,
      head.signed64(40) == database.size, head.signed64(48) == database.changedNanoseconds
    else { return false }
    var log = front_stat()
    store.append("-wal")
    guard end(&store), Syscall.status(store.path, &log, followsLinks: true) == 0,
      log.type == front_stat.regular, head.number64(56) == log.device,
      head.number64(64) == log.inode, head.signed64(72) == log.size,
      head.signed64(80) == log.modifiedNanoseconds
    else { return false }
    store.count = length
    store.append("-shm")
    guard end(&store), let place = space.take(96) else { return false }
    let descriptor = Syscall.open(store.path, Syscall.reading)
    guard descriptor >= 0 else { return false }
    let count = Syscall.call(front_sys_pread64, descriptor, Syscall.address(place), 96, 0)
    Syscall.close(descriptor)
    let shared = Bytes(UnsafeRawPointer(place), 96)
    // Both copies of the header have to agree: a writer changes one after the other.
    return count == 96 && shared[12] != 0 && shared.part(16, 24).equals(shared.part(64, 24))
      && shared.part(16, 24).equals(head.part(88, 24))
  }
}
