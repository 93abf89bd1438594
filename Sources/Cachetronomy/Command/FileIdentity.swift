internal import Glibc

/// What stands for a file in a cache key; nothing else decides it.
struct FileIdentity {
  /// What the file is to the command, which decides how large it may be to count by its contents.
  enum Role {
    case program
    case argument

    /// The largest file that counts by its contents unless a setting says otherwise, in bytes.
    ///
    /// Programs change seldom; a growing log is read again after each change.
    var limit: Int64 {
      switch self {
      case .program: 256 << 20
      case .argument: 64 << 20
      }
    }
  }

  /// How many bytes the files of one key may have together to count by their contents.
  static let total: Int64 = 1 << 30

  private let probe: Probe
  private let settings: RunSettings
  /// Whether the command prints or compares what `stat` says of its files.
  private let readsMetadata: Bool
  /// What is left of the total.
  ///
  /// Counted by size, whether a digest is known or not, so that the same files give the same key.
  private var left = Self.total

  init(_ settings: RunSettings, _ probe: Probe, readsMetadata: Bool) {
    (self.settings, self.probe, self.readsMetadata) = (settings, probe, readsMetadata)
  }

  /// The key parts of a regular file: its type and mode, then what it holds.
  ///
  /// - Parameter status: what a probe found the path to lead to.
  /// - Returns: empty if only its name counts.
  mutating func parts(_ path: [UInt8], _ status: stat, _ role: Role) -> [[UInt8]] {
    let identity = role == .program ? settings.executable : settings.argFiles
    let mode = Invocation.bytes(Int64(status.st_mode))
    switch identity ?? .content {
    case .path, .none: return []
    case .stat: break
    case .content:
      guard let digest = digest(path, status, role) else { break }
      let parts = [Self.byContents, mode, digest]
      let isShown = identity == nil && role == .argument && readsMetadata
      return isShown ? parts + [status.identity] : parts
    }
    return [Self.byStat, mode, status.identity]
  }

  /// The key parts of a directory among the arguments: its inode, mtime and ctime, which change
  /// when a name in it is added, removed or replaced; the names alone if contents were asked for.
  func parts(ofDirectory path: [UInt8], _ status: stat) -> [[UInt8]] {
    probe.note(path, status, .listing)
    if settings.argFiles == .content { return [Self.ofDirectory, probe.namesDigest(in: path)] }
    let times = [status.st_mtim.nanoseconds, status.st_ctim.nanoseconds]
    return [Self.ofDirectory]
      + ([Int64(bitPattern: UInt64(status.st_ino))] + times).map(Invocation.bytes)
  }

  private static let byContents = Array("content".utf8)
  private static let byStat = Array("stat".utf8)
  private static let ofDirectory = Array("directory".utf8)

  /// Whether key parts hold what `stat` says of a file.
  static func isByStat(_ parts: [[UInt8]]) -> Bool {
    parts.contains(byStat) || parts.first == byContents && parts.count > 3
  }

  /// Whether key parts are those of a directory.
  static func isOfDirectory(_ parts: [[UInt8]]) -> Bool { parts.first == ofDirectory }

  /// A digest of the contents; nil if it cannot be read, or there is too much.
  private mutating func digest(_ path: [UInt8], _ status: stat, _ role: Role) -> [UInt8]? {
    let size = Int64(status.st_size)
    guard size <= settings.contentLimit ?? role.limit, size <= left else { return nil }
    left -= size
    return probe.digest(path, status)
  }
}

extension [UInt8] {
  /// The bytes as a C string, for as long as the body runs.
  func withCPath<T>(_ body: (UnsafePointer<CChar>) -> T) -> T {
    var copy = self
    copy.append(0)
    return copy.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        // Never empty: the terminator was appended.
        text.baseAddress.map(body) ?? "".withCString(body)
      }
    }
  }
}
