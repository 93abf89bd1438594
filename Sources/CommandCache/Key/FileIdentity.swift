internal import Cachetronomy
internal import Glibc
internal import System

/// Decides what represents a file in a cache key; no other type does.
struct FileIdentity {
  /// The role of a file in the command, which decides up to which size its contents are in the key.
  enum Role {
    case program
    case argument

    /// Maximum size of a file whose contents are in the key, in bytes, unless a setting changes it.
    ///
    /// Programs rarely change; a growing log is read again after each change.
    var limit: Int64 {
      switch self {
      case .program: 256 << 20
      case .argument: 64 << 20
      }
    }
  }

  /// Maximum total size of the files of one key whose contents are in it, in bytes.
  static let total: Int64 = 1 << 30

  private let probe: Probe
  private let settings: RunSettings
  /// Whether the command prints or compares metadata of its files.
  private let readsMetadata: Bool
  /// The rest of the total.
  ///
  /// Files count by size, whether their digest is cached or not, so that equal files give equal
  /// keys.
  private var left = Self.total

  init(_ settings: RunSettings, _ probe: Probe, readsMetadata: Bool) {
    (self.settings, self.probe, self.readsMetadata) = (settings, probe, readsMetadata)
  }

  /// Returns the key parts of a regular file: its type and mode, then its contents.
  ///
  /// - Parameter status: the metadata of the file that the path leads to.
  /// - Returns: an empty array if only its name is in the key.
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

  /// Returns the key parts of a directory among the arguments: its inode, mtime and ctime, which
  /// change when a name in it is added, removed or replaced; only the names if `arg_files` is
  /// `content`.
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

  /// Whether key parts hold the metadata of a file instead of its contents.
  static func isByStat(_ parts: [[UInt8]]) -> Bool {
    parts.contains(byStat) || parts.first == byContents && parts.count > 3
  }

  /// Whether key parts are those of a directory.
  static func isOfDirectory(_ parts: [[UInt8]]) -> Bool { parts.first == ofDirectory }

  /// Returns a digest of the contents; nil if the file cannot be read or exceeds a limit.
  private mutating func digest(_ path: [UInt8], _ status: stat, _ role: Role) -> [UInt8]? {
    let size = Int64(status.st_size)
    guard size <= settings.contentLimit ?? role.limit, size <= left else { return nil }
    left -= size
    return probe.digest(path, status)
  }
}
