internal import CFront

/// Files of the memory tier.
extension Front {
  /// Reads a file; large ones are mapped.
  ///
  /// - Parameter touches: whether to note the use, once a minute: what was not used for the longest
  ///   time is removed first.
  mutating func readTierFile(_ name: StaticString, limit: Int, touches: Bool) -> Bytes? {
    readTierFile(Bytes(name), limit: limit, touches: touches)
  }

  mutating func readTierFile(_ name: Bytes, limit: Int, touches: Bool) -> Bytes? {
    var isLinked = false
    return readTierFile(name, limit: limit, touches: touches, &isLinked)
  }

  /// - Parameter isLinked: set to whether the file has two names.
  mutating func readTierFile(
    _ name: Bytes, limit: Int, touches: Bool, _ isLinked: inout Bool
  ) -> Bytes? {
    var path = directory
    path.append(byte: 0x2f)
    path.append(name)
    guard end(&path) else { return nil }
    let descriptor = Syscall.open(path.path, Syscall.reading)
    guard descriptor >= 0 else { return nil }
    defer { Syscall.close(descriptor) }
    var status = front_stat()
    guard Syscall.status(of: descriptor, &status) == 0, status.isFile(of: call.effectiveUser),
      status.size > 0, status.size <= Int64(limit)
    else { return nil }
    isLinked = status.links == 2
    let size = Int(truncatingIfNeeded: status.size)
    guard let found = contents(descriptor, size) else { return nil }
    if touches { touch(descriptor, status) }
    return found
  }

  private mutating func contents(_ descriptor: Int, _ size: Int) -> Bytes? {
    if size <= Self.copyLimit, let place = space.take(size) {
      let count = Syscall.call(front_sys_read, descriptor, Syscall.address(place), size)
      return count == size ? Bytes(UnsafeRawPointer(place), size) : nil
    }
    // PROT_READ, MAP_PRIVATE | MAP_POPULATE
    let address = Syscall.call(front_sys_mmap, 0, size, 1, 0x8002, descriptor, 0)
    guard address > 0, let start = UnsafeRawPointer(bitPattern: address) else { return nil }
    let bytes = Bytes(start, size)
    mappings.append(bytes)
    return bytes
  }

  private static var copyLimit: Int { 16 << 10 }

  private func touch(_ descriptor: Int, _ status: front_stat) {
    let now = Syscall.now()
    guard status.accessed < now.seconds &- 60 || status.accessed > now.seconds &+ 60 else { return }
    // The mtime stays: UTIME_OMIT.
    var times = (now, front_time(seconds: 0, nanoseconds: (1 << 30) - 2))
    _ = withUnsafeMutablePointer(to: &times) {
      Syscall.call(front_sys_utimensat, descriptor, 0, Syscall.address($0), 0)
    }
  }
}

/// The files that are mapped: the head, the manifest and the entry at most.
struct Mappings {
  private var one: Bytes?
  private var two: Bytes?
  private var three: Bytes?

  mutating func append(_ bytes: Bytes) {
    if one == nil {
      one = bytes
    } else if two == nil {
      two = bytes
    } else {
      three = bytes
    }
  }

  func release() {
    if let one { Self.release(one) }
    if let two { Self.release(two) }
    if let three { Self.release(three) }
  }

  private static func release(_ bytes: Bytes) {
    _ = Syscall.call(front_sys_munmap, Syscall.address(bytes.start), bytes.count)
  }
}
