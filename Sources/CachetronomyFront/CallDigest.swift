internal import CFront

/// The digest of the call, which names its manifest: the library's `CallDigest`.
extension Front {
  /// Bounds of what is read; sizes in bytes, with a NUL for each string.
  static var sizeLimit: Int { 1 << 20 }
  static var entryLimit: Int { 4096 }

  /// The digest, 16 bytes; nil if the full program has to serve it.
  mutating func callDigest() -> Bytes? {
    guard let block = space.take(128), let out = space.take(16), let directory = workingDirectory()
    else { return nil }
    var digest = Blake2b(block: block)
    digest.item(Bytes("cachetronomy call 1"))
    digest.update(UInt64(truncatingIfNeeded: call.count &- 1))
    var size = 0
    var index = 1
    while index < call.count {
      guard let argument = call.argument(index) else { return nil }
      size &+= argument.count &+ 1
      if size > Self.sizeLimit { return nil }
      digest.item(argument)
      index &+= 1
    }
    digest.item(directory)
    digest.update(UInt64(call.user))
    digest.update(UInt64(call.effectiveUser))
    digest.update(UInt64(call.group))
    digest.update(UInt64(call.effectiveGroup))
    guard addGroups(&digest), addEnvironment(&digest) else { return nil }
    digest.update(UInt64.max)
    digest.finish(out)
    return Bytes(UnsafeRawPointer(out), 16)
  }

  private mutating func addGroups(_ digest: inout Blake2b) -> Bool {
    let most = 256
    guard let place = space.take(most &* 4) else { return false }
    let count = Syscall.call(front_sys_getgroups, most, Syscall.address(place))
    guard count >= 0 else { return false }
    digest.update(UInt64(truncatingIfNeeded: count))
    let groups = Bytes(UnsafeRawPointer(place), count &* 4)
    var index = 0
    while index < count {
      digest.update(UInt64(groups.number32(index &* 4)))
      index &+= 1
    }
    return true
  }

  private func addEnvironment(_ digest: inout Blake2b) -> Bool {
    var size = 0
    var index = 0
    while let start = Call.string(call.environment, index) {
      index &+= 1
      if index > Self.entryLimit { return false }
      var cut = 0
      while true {
        let byte = start.load(fromByteOffset: cut, as: UInt8.self)
        if byte == 0x3d || byte == 0 { break }
        cut &+= 1
      }
      let entry = Bytes(start, cut &+ Bytes(c: start + cut).count)
      size &+= entry.count &+ 1
      if size > Self.sizeLimit { return false }
      if cut < entry.count {
        let name = Bytes(start, cut)
        if name.starts("CACHETRONOMY_") {
          let setting = name.from(13)
          if setting.equals("FLIGHT") { continue }
          guard setting.equals("DB") || setting.equals("PROFILE") else { return false }
        } else if IgnoredNames.contains(name) {
          continue
        }
      }
      digest.item(entry)
    }
    return true
  }

  /// `$PWD` if it names the directory that the process is in, else the physical path; nil if no
  /// path leads there.
  private mutating func workingDirectory() -> Bytes? {
    var here = front_stat()
    let dot: StaticString = "."
    guard Syscall.status(UnsafeRawPointer(dot.utf8Start), &here, followsLinks: true) == 0 else {
      return nil
    }
    if let named = call.variable("PWD"), named[0] == 0x2f, Self.isPlain(named),
      leads(named.start, to: here)
    {
      return named
    }
    guard let place = space.take(4096) else { return nil }
    let count = Syscall.call(front_sys_getcwd, Syscall.address(place), 4096)
    guard count > 1 else { return nil }
    let found = Bytes(UnsafeRawPointer(place), count &- 1)
    return found[0] == 0x2f && leads(found.start, to: here) ? found : nil
  }

  private func leads(_ path: UnsafeRawPointer, to here: front_stat) -> Bool {
    var named = front_stat()
    return Syscall.status(path, &named, followsLinks: true) == 0 && named.device == here.device
      && named.inode == here.inode
  }

  /// Whether a path has no `.` or `..`, as POSIX requires of a logical path.
  static func isPlain(_ path: Bytes) -> Bool {
    var dots = 0
    var isDots = true
    var at = 0
    while at <= path.count {
      // The end counts as a slash.
      let byte = at == path.count ? 0x2f : path[at]
      if byte == 0x2f {
        if isDots, dots == 1 || dots == 2 { return false }
        (dots, isDots) = (0, true)
      } else if byte == 0x2e {
        dots &+= 1
      } else {
        isDots = false
      }
      at &+= 1
    }
    return true
  }
}
