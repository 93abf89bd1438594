internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Observes whether a command reads a file that it is said to make, before it changes it.
///
/// Such a file is an input: `sed -i`, `sort -o f f` and `>>` make something else of other contents. Observed
/// are the files that `--output` names themselves, and those among the arguments that it covers.
final class OutputReads {
  private struct File {
    var path: [UInt8]
    var status: stat
    /// Before the run; nil if it cannot be read.
    var digest: [UInt8]?
    var isChanged = false
  }

  private var descriptor: Int32 = -1
  private var files: [Int32: File] = [:]

  /// - Returns: nil if there is nothing to observe.
  init?(_ paths: OutputPaths, of call: Invocation, _ named: [[UInt8]]) {
    // All are read before the first is observed: two names may be of one file.
    let given = paths.named.filter { $0.patterns.isEmpty }.map(\.path)
    let names = Set((given + named).map { OutputPaths.relative($0, in: paths.directory) })
    let found = names.compactMap { name -> File? in
      let path = paths.absolute(name)
      var status = stat()
      guard path.withCPath({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return nil
      }
      let digest = Probe(keeps: false, call.probe.digests).digest(path, status)
      return File(path: path, status: status, digest: digest)
    }
    if found.isEmpty { return nil }
    descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    for file in found {
      let watch = file.path.withCPath {
        inotify_add_watch(descriptor, $0, Self.access | Self.modify | Self.moved | Self.deleted)
      }
      if watch >= 0 { files[watch] = file }
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  // Of inotify(7), as unsigned numbers.
  private static let access: UInt32 = 0x1
  private static let modify: UInt32 = 0x2
  private static let moved: UInt32 = 0x800
  private static let deleted: UInt32 = 0x400
  private static let attributes: UInt32 = 0x4
  private static let overflow: UInt32 = 0x4000

  /// The first file that the command read before it changed it, or appended to.
  func firstRead() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      var at = 0
      while at + 16 <= count {
        let (watch, mask, length) = buffer.withUnsafeBytes {
          (
            $0.loadUnaligned(fromByteOffset: at, as: Int32.self),
            $0.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self),
            $0.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self)
          )
        }
        if mask & Self.overflow != 0 { return files.values.first?.path }
        if let file = files[watch], !file.isChanged {
          if mask & Self.access != 0 { return file.path }
          files[watch]?.isChanged = true
        }
        at += 16 + Int(length)
      }
    }
    return files.values.first(where: Self.isLonger)?.path
  }

  /// Whether a file is the same with more at its end.
  private static func isLonger(_ file: File) -> Bool {
    var now = stat()
    let path = file.path
    guard file.isChanged, file.status.st_size > 0, let digest = file.digest,
      path.withCPath({ lstat($0, &now) }) == 0, now.st_ino == file.status.st_ino,
      now.st_size > file.status.st_size
    else { return false }
    let open = path.withCPath { Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    guard open >= 0 else { return false }
    defer { close(open) }
    return Digest.of(descriptor: open, first: Int64(file.status.st_size)) == digest
  }
}
