internal import Cachetronomy
internal import Glibc
internal import System

/// Puts the files that a command made back, where they are not in place.
package struct OutputRestorer {
  /// What was done.
  package struct Count: Sendable, Equatable {
    package var restored = 0
    package var inPlace = 0
  }

  private let paths: OutputPaths
  private let store: Store
  private let probe: Probe
  private let directories: OutputDirectories
  private let time = OutputFile.time()
  private(set) var count = Count()
  /// A content that is corrupt in the store.
  private(set) var damaged: OutputList.Content?
  /// Directories whose mode is to be set when all is in them.
  private var modes: [OutputList.Item] = []

  init(_ paths: OutputPaths, from store: Store, _ probe: Probe) {
    (self.paths, self.store, self.probe) = (paths, store, probe)
    directories = OutputDirectories(paths.directory)
  }

  /// Restores all that is not in place.
  ///
  /// Each file appears whole or not at all. An entry may come from elsewhere: a path that this call
  /// does not name is refused, and no link is followed.
  ///
  /// - Throws: `Failure.file` or `Failure.badValue`; what was restored until then stays.
  mutating func restore(_ list: OutputList) throws(Failure) {
    for item in list.items where !paths.covers(item.path) {
      throw failure(item, "--output does not name it")
    }
    for item in list.items {
      switch item.kind {
      case .directory: try restoreDirectory(item)
      case .file(let content): try restoreFile(item, content)
      case .link(let target): try restoreLink(item, target)
      }
    }
    // From the inside: one that may not be searched ends the way.
    for item in modes.reversed() { try setMode(item) }
  }

  /// Gives a directory its permissions; setgid, which a shared one may have, stays.
  private func setMode(_ item: OutputList.Item) throws(Failure) {
    var status = stat()
    let (parent, name) = (directories.parent(of: item.path, isMade: false), Self.name(item))
    guard parent >= 0, name.withCPath({ fstatat(parent, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0,
      status.st_mode & S_IFMT == S_IFDIR
    else { throw failure(item, SystemError.text(errno)) }
    let mode = status.st_mode & 0o7000 | mode_t(item.mode)
    guard mode == status.st_mode & 0o7777 || name.withCPath({ fchmodat(parent, $0, mode, 0) }) == 0
    else { throw failure(item, SystemError.text(errno)) }
  }

  private func failure(_ item: OutputList.Item, _ reason: String) -> Failure {
    .file(verb: "restore", path: String(decoding: item.path, as: UTF8.self), reason: reason)
  }

  private static func name(_ item: OutputList.Item) -> [UInt8] {
    Array(FileGlob.last(item.path))
  }

  /// The directory of an item, and what is there now; its mode is 0 if there is nothing.
  private func look(
    _ item: OutputList.Item, _ status: inout stat
  ) throws(Failure) -> Int32 {
    let parent = directories.parent(of: item.path, isMade: true)
    guard parent >= 0 else {
      let isLink = errno == ENOTDIR || errno == ELOOP
      throw failure(
        item, isLink ? "a directory of its path is a link or a file" : SystemError.text(errno))
    }
    let isThere = Self.name(item).withCPath {
      fstatat(parent, $0, &status, AT_SYMLINK_NOFOLLOW)
    }
    if isThere != 0 {
      guard errno == ENOENT else { throw failure(item, SystemError.text(errno)) }
      status = stat()
    }
    return parent
  }

  private mutating func restoreDirectory(_ item: OutputList.Item) throws(Failure) {
    var status = stat()
    let parent = try look(item, &status)
    if status.st_mode == 0 {
      directories.allowWriting()
      guard Self.name(item).withCPath({ mkdirat(parent, $0, 0o700) }) == 0 || errno == EEXIST else {
        throw failure(item, SystemError.text(errno))
      }
      Fault.reach()
      modes.append(item)
    } else if status.st_mode & S_IFMT != S_IFDIR {
      throw failure(item, "it is a link or a file, not a directory")
    } else if UInt16(truncatingIfNeeded: status.st_mode & 0o777) != item.mode
      || item.mode & 0o300 != 0o300
    {
      modes.append(item)
    }
  }

  private mutating func restoreLink(_ item: OutputList.Item, _ target: [UInt8]) throws(Failure) {
    var status = stat()
    let parent = try look(item, &status)
    if status.st_mode & S_IFMT == S_IFLNK, Self.target(parent, Self.name(item)) == target {
      count.inPlace += 1
      return
    }
    try checkReplaceable(item, status)
    directories.allowWriting()
    guard OutputFile.put(link: target, Self.name(item), in: parent) else {
      throw failure(item, SystemError.text(errno))
    }
    count.restored += 1
  }

  private static func target(_ parent: Int32, _ name: [UInt8]) -> [UInt8]? {
    var text = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = name.withCPath { name in
      text.withUnsafeMutableBytes { buffer in
        buffer.withMemoryRebound(to: CChar.self) { buffer in
          buffer.baseAddress.map { readlinkat(parent, name, $0, buffer.count) } ?? -1
        }
      }
    }
    return count < 0 ? nil : Array(text[..<count])
  }

  /// A directory is not replaced: there may be more in it than what the command made.
  private func checkReplaceable(_ item: OutputList.Item, _ status: stat) throws(Failure) {
    if status.st_mode & S_IFMT == S_IFDIR { throw failure(item, "it is a directory") }
  }

  private mutating func restoreFile(
    _ item: OutputList.Item, _ content: OutputList.Content
  ) throws(Failure) {
    var status = stat()
    let (parent, name) = (try look(item, &status), Self.name(item))
    if status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == content.size,
      digest(item, name, parent, status) == content.digest
    {
      if UInt16(truncatingIfNeeded: status.st_mode & 0o777) == item.mode {
        count.inPlace += 1
        return
      }
      guard name.withCPath({ fchmodat(parent, $0, mode_t(item.mode), 0) }) == 0 else {
        throw failure(item, SystemError.text(errno))
      }
      count.restored += 1
      return
    }
    try checkReplaceable(item, status)
    directories.allowWriting()
    guard let file = OutputFile(in: parent) else { throw failure(item, SystemError.text(errno)) }
    var reason: Int32 = 0
    let isWhole = try store.chunks(of: content) { number, bytes in
      guard reason == 0 else { return }
      reason = file.write(bytes, at: off_t(number) * off_t(OutputList.Content.chunkSize))
    }
    if reason != 0 { throw failure(item, SystemError.text(reason)) }
    guard isWhole else {
      damaged = content
      throw .badValue(
        format: "recording", detail: "the contents of an output are missing or corrupt")
    }
    guard
      let stamp = file.finish(
        name, size: content.size, mode: item.mode, time: time)
    else {
      throw failure(item, SystemError.text(errno))
    }
    probe.learn(stamp, content.digest)
    count.restored += 1
  }

  /// The digest of a file that is there; nil if it cannot be read.
  private func digest(
    _ item: OutputList.Item, _ name: [UInt8], _ parent: Int32, _ status: stat
  ) -> [UInt8]? {
    if let known = probe.digests.digest(status) { return known }
    let file = name.withCPath {
      openat(parent, $0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    }
    guard file >= 0 else { return nil }
    defer { close(file) }
    var now = stat()
    guard fstat(file, &now) == 0, now.st_mode & S_IFMT == S_IFREG else { return nil }
    return probe.digests.digest(file, paths.absolute(item.path), now)
  }
}
