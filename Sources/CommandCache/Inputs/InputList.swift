internal import Cachetronomy
internal import Glibc
internal import System
internal import Trace

/// The inputs of a traced result: a result may be served exactly as long as all are unchanged.
package struct InputList: Equatable, Sendable {
  /// What of a path was used.
  package enum Kind: UInt8, Sendable {
    /// That there is nothing, and why.
    case absent = 0
    /// The contents and permissions of a file.
    case file = 1
    /// That there is a directory, and its permissions.
    case directory = 2
    /// The names in a directory.
    case listing = 3
    /// The text of a symbolic link.
    case link = 4
    /// That there is a device, pipe or socket.
    case other = 5
  }

  /// One input.
  package struct Item: Equatable, Sendable {
    /// The absolute path.
    package var path: [UInt8]
    package var kind: Kind
    /// Whether the path itself was used, not what it leads to.
    var isItself = false
    /// What the times of the file say, if they count.
    var time: Time?
    /// The mode of a file; `errno` of an absent one.
    var mode: UInt32
    /// UID and GID.
    var owner: UInt64 = 0
    /// A checksum of what `stat` says; the same means unchanged.
    var stamp: UInt64
    /// 16 bytes: of the contents of a file, the names in a directory, the text of a link.
    var digest: [UInt8]?
  }

  /// Sorted by path.
  package var items: [Item]

  /// Nothing was used.
  package init(_ items: [Item] = []) { self.items = items }
}

extension InputList.Item {
  /// The part of a status that means "unchanged" for a kind.
  static func stamp(_ kind: InputList.Kind, _ status: stat) -> UInt64 {
    var numbers: (UInt64, UInt64, Int64, Int64, Int64, UInt64) = (
      0, 0, 0, 0, 0, UInt64(status.st_mode)
    )
    switch kind {
    case .absent: break
    case .directory, .other: return UInt64(status.st_mode)
    case .file, .link, .listing:
      numbers.0 = UInt64(status.st_dev)
      numbers.1 = UInt64(status.st_ino)
      numbers.2 = kind == .listing ? 0 : Int64(status.st_size)
      numbers.3 = status.st_mtim.nanoseconds
      numbers.4 = status.st_ctim.nanoseconds
    }
    var sum = Checksum()
    withUnsafeBytes(of: numbers) { sum.update($0) }
    return sum.value
  }

  /// The modification time and the number of names.
  struct Time: Equatable, Sendable {
    /// Nanoseconds since 1970.
    var modified: Int64
    var links: UInt64

    init(modified: Int64, links: UInt64) { (self.modified, self.links) = (modified, links) }
    init(_ status: stat) {
      self.init(modified: status.st_mtim.nanoseconds, links: UInt64(status.st_nlink))
    }
  }

  static func owner(_ status: stat) -> UInt64 {
    UInt64(status.st_uid) << 32 | UInt64(status.st_gid)
  }

  /// Whether the input is unchanged.
  func holds(_ probe: Probe) -> Bool {
    var status = stat()
    let code = path.withCPath { isItself ? lstat($0, &status) : stat($0, &status) }
    guard code == 0 else { return kind == .absent && UInt32(bitPattern: errno) == mode }
    guard kind != .absent, status.st_mode == mode, Self.owner(status) == owner else { return false }
    if Self.stamp(kind, status) == stamp { return true }
    if let time, time != Time(status) { return false }
    return digest != nil && digest == self.digest(status, probe)
  }

  /// The largest file that is digested, in bytes.
  private static let digestLimit = 256 << 20

  /// The digest of what is there now; nil if it cannot be read.
  func digest(_ status: stat, _ probe: Probe) -> [UInt8]? {
    switch kind {
    // The times of what the kernel makes up say nothing of changes.
    case .file where path.starts(with: "/proc/".utf8):
      path.withCPath { TracedInput.contents($0) }
    // A large file is told by its status alone.
    case .file where status.st_size > Self.digestLimit: nil
    case .file: probe.digest(path, status).map { Array($0.prefix(16)) }
    case .listing: probe.listing(path)
    case .link: Probe().target(path).map { Digest.of($0) }
    case .absent, .directory, .other: nil
    }
  }
}

extension InputList.Item {
  /// The input as a manifest has it; nil if its status is another or does not tell of every change.
  func observation(_ stamps: inout SettledStamps, before now: Int64) -> Observation? {
    let path = Observation.Path.literal(self.path)
    if kind == .absent {
      guard stamps.isLocal(absent: self.path) else { return nil }
      return Observation(
        isItself ? .absentLink : .absent, path, error: Int32(bitPattern: mode))
    }
    var status = stat()
    guard self.path.withCPath({ isItself ? lstat($0, &status) : stat($0, &status) }) == 0,
      status.st_mode == mode, Self.stamp(kind, status) == stamp, stamps.isLocal(self.path, status)
    else { return nil }
    switch kind {
    case .absent: return nil
    case .file, .listing, .link:
      guard stamps.isSettled(status, before: now) else { return nil }
      let exact: Observation.Kind = isItself ? .link : kind == .listing ? .listing : .file
      return Observation(exact, path, status)
    case .directory, .other:
      return Observation(isItself ? .directoryItself : .directory, path, status)
    }
  }
}

extension InputList {
  /// The most differences that are named.
  static let differenceLimit = 10

  /// The paths of inputs that have changed, at most `limit`.
  func changed(_ probe: Probe, limit: Int = InputList.differenceLimit) -> [[UInt8]] {
    var changed: [[UInt8]] = []
    // A path may be an input twice, with and without following it.
    for item in items where item.path != changed.last && !item.holds(probe) {
      changed.append(item.path)
      if changed.count == limit { break }
    }
    return changed
  }

  /// Whether all inputs are unchanged.
  func holds(_ probe: Probe) -> Bool { items.allSatisfy { $0.holds(probe) } }

  /// A digest of all paths with their contents: what distinguishes variants.
  var digest: [UInt8] {
    var bytes: [UInt8] = []
    for item in items {
      bytes.add(item.path)
      bytes.append(item.kind.rawValue)
      bytes.append(little: item.mode)
      bytes.append(little: item.time?.modified ?? 0)
      bytes.append(little: item.owner)
      if let digest = item.digest {
        bytes += digest
      } else if item.kind != .directory {
        bytes.append(little: item.stamp)
      }
    }
    return Digest.of(bytes)
  }

  /// The inputs as a manifest has them.
  ///
  /// - Returns: nil if one of them has other times than when it was stored, though the same contents,
  ///   if a change of it might not show in its times, or if a path may show a secret.
  func observations(redactor: Redactor) -> [Observation]? {
    let now = SettledStamps.now()
    var stamps = SettledStamps()
    var observations: [Observation] = []
    observations.reserveCapacity(items.count)
    for item in items {
      guard redactor.redacted(item.path) == item.path,
        let observation = item.observation(&stamps, before: now)
      else { return nil }
      observations.append(observation)
    }
    return observations
  }

  // Version (1), number (4), items. An item: bytes of its path that are those of the item before
  // (2), number of the rest (2), the rest, kind (1), flags (1), mode (4), owner (8), stamp (8), digest
  // (16) and time (8) with the number of names (8) if the flags say so.
  private static let version: UInt8 = 1
  private static let isItself: UInt8 = 1
  private static let hasDigest: UInt8 = 2
  private static let hasTime: UInt8 = 4

  /// The list as a recording has it.
  func encoded() -> [UInt8] {
    var bytes: [UInt8] = [Self.version]
    bytes.append(little: UInt32(clamping: items.count))
    var previous: [UInt8] = []
    for item in items {
      let shared = zip(previous, item.path).prefix { $0 == $1 }.count
      bytes.append(little: UInt16(clamping: shared))
      bytes.append(little: UInt16(clamping: item.path.count - shared))
      bytes += item.path[shared...]
      bytes.append(item.kind.rawValue)
      bytes.append(
        (item.isItself ? Self.isItself : 0) | (item.digest == nil ? 0 : Self.hasDigest)
          | (item.time == nil ? 0 : Self.hasTime))
      bytes.append(little: item.mode)
      bytes.append(little: item.owner)
      bytes.append(little: item.stamp)
      if let digest = item.digest { bytes += digest.prefix(16) }
      if let time = item.time {
        bytes.append(little: time.modified)
        bytes.append(little: time.links)
      }
      previous = item.path
    }
    return bytes
  }

  /// The number of inputs of an encoded list; nil if it is none.
  static func count(in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { all in
      var reader = FieldReader(all)
      guard reader.number(UInt8.self) == version else { return nil }
      return reader.number(UInt32.self).map { Int($0) }
    }
  }

  /// Decodes a list.
  ///
  /// - Returns: nil if it is not what `encoded()` makes.
  package init?(decoding bytes: [UInt8]) {
    let decoded = bytes.withUnsafeBytes { all -> [Item]? in
      var reader = FieldReader(all)
      guard reader.number(UInt8.self) == Self.version, let count = reader.number(UInt32.self),
        count <= all.count / 26
      else { return nil }
      var items: [Item] = []
      items.reserveCapacity(Int(count))
      for _ in 0..<count {
        guard let item = Self.item(&reader, after: items.last?.path ?? []) else { return nil }
        items.append(item)
      }
      return reader.at == all.count ? items : nil
    }
    guard let decoded else { return nil }
    items = decoded
  }

  private static func item(_ reader: inout FieldReader, after previous: [UInt8]) -> Item? {
    guard let shared = reader.number(UInt16.self), Int(shared) <= previous.count,
      let count = reader.number(UInt16.self), let rest = reader.slice(Int(count)),
      let kind = reader.number(UInt8.self).flatMap(Kind.init(rawValue:)),
      let flags = reader.number(UInt8.self), let mode = reader.number(UInt32.self),
      let owner = reader.number(UInt64.self), let stamp = reader.number(UInt64.self)
    else { return nil }
    let path = Array(previous[..<Int(shared)]) + Array(rest)
    guard path.first == 0x2f, !path.contains(0) else { return nil }
    var item = Item(path: path, kind: kind, mode: mode, stamp: stamp)
    item.owner = owner
    item.isItself = flags & isItself != 0
    if flags & hasDigest != 0 {
      guard let digest = reader.slice(16) else { return nil }
      item.digest = Array(digest)
    }
    if flags & hasTime != 0 {
      guard let time = reader.number(Int64.self), let links = reader.number(UInt64.self) else {
        return nil
      }
      item.time = InputList.Item.Time(modified: time, links: links)
    }
    return item
  }
}
