internal import CFront

/// The access journal next to the store: the library's `AccessJournal`.
extension Front {
  /// From this size on the full program has to serve it, since it folds the journal into the store.
  private static var foldLimit: Int64 { 1 << 20 }

  /// Whether the journal may still grow.
  mutating func hasRoomInJournal() -> Bool {
    withJournal { path in
      var status = front_stat()
      return Syscall.status(path, &status, followsLinks: false) != 0
        || status.size <= Self.foldLimit
    }
  }

  private mutating func withJournal(_ body: (UnsafeRawPointer) -> Bool) -> Bool {
    let length = store.count
    store.append("-access")
    let isWhole = end(&store)
    let result = isWhole && body(store.path)
    store.count = length
    return result
  }

  /// Appends the record of a hit; one that cannot be appended is lost.
  mutating func note(_ key: Bytes, profile: Bytes, saved: Int64, at now: Int64) {
    let size = 28 &+ profile.count &+ key.count
    guard let place = space.take(size) else { return }
    // Check (4), size of the key (4), time (8), saved (8), kind (1), size of the profile's name
    // (1), mark (2), profile, key. The check is over all that follows it.
    var record = Text(place, size)
    record.append(UInt32(0))
    record.append(UInt32(truncatingIfNeeded: key.count))
    record.append(now)
    record.append(saved)
    record.append(byte: 1)
    record.append(byte: UInt8(truncatingIfNeeded: profile.count))
    record.append(UInt16(0xacce))
    record.append(profile)
    record.append(key)
    var check = Checksum()
    check.update(record.bytes.from(4))
    record.put(UInt32(truncatingIfNeeded: check.value), at: 0)
    let (bytes, user) = (record.bytes, call.effectiveUser)
    _ = withJournal { path in
      // A folder renames the segment, then locks it: what was opened before is opened again.
      Self.append(bytes, path, user) || Self.append(bytes, path, user)
        || Self.append(bytes, path, user)
    }
  }

  /// - Returns: false if the file is being folded.
  private static func append(_ record: Bytes, _ path: UnsafeRawPointer, _ user: UInt32) -> Bool {
    let (writeOnly, create, append) = (0o1, 0o100, 0o2000)
    let descriptor = Syscall.open(
      path, writeOnly | create | append | Syscall.reading, mode: 0o600)
    guard descriptor >= 0 else { return true }
    defer { Syscall.close(descriptor) }
    let (shared, withoutWaiting) = (1, 4)
    guard Syscall.call(front_sys_flock, descriptor, shared | withoutWaiting) == 0 else {
      return false
    }
    var (mine, named) = (front_stat(), front_stat())
    guard Syscall.status(of: descriptor, &mine) == 0, mine.isFile(of: user), mine.links <= 1 else {
      return true
    }
    guard Syscall.status(path, &named, followsLinks: false) == 0, mine.inode == named.inode,
      mine.device == named.device
    else { return false }
    _ = Syscall.call(
      front_sys_write, descriptor, Syscall.address(record.start), record.count)
    return true
  }
}
