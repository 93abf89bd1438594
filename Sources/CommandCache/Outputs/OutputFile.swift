internal import Glibc
internal import System

/// A file that is written without a name and then takes its place.
final class OutputFile {
  private let parent: Int32
  private let descriptor: Int32
  /// Its name until it has its place; nil if it has none.
  private var temporary: [UInt8]?
  /// How far it was written.
  private var written: Int64 = 0

  /// - Parameter parent: the directory.
  /// - Returns: nil if none can be made, with the reason in `errno`.
  init?(in parent: Int32) {
    self.parent = parent
    // A file without a name leaves nothing behind when this process is killed.
    var file = openat(parent, ".", Self.unnamed | O_WRONLY | O_CLOEXEC, 0o600)
    if file < 0, [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) || !Self.hasProc {
      if file >= 0 { close(file) }
      let name = Self.temporaryName()
      file = name.withCPath {
        openat(parent, $0, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0o600)
      }
      temporary = name
    }
    descriptor = file
    if file < 0 { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let temporary { _ = temporary.withCPath { unlinkat(parent, $0, 0) } }
  }

  /// `O_TMPFILE`, which is a macro that Swift does not see.
  private static let unnamed: Int32 = 0o20_200_000
  private static let hasProc = access("/proc/self/fd", F_OK) == 0

  private static func temporaryName() -> [UInt8] {
    Array(".cachetronomy-\(Digest.hex(Random.bytes(6)))".utf8)
  }

  /// Writes bytes at an offset; runs of zeros stay holes.
  ///
  /// - Returns: `errno`; 0 if all were written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: off_t) -> Int32 {
    var at = 0
    while at < bytes.count {
      let got = pwrite(
        descriptor, bytes.baseAddress.map { $0 + at }, bytes.count - at, offset + off_t(at))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return errno == 0 ? EIO : errno }
      at += got
    }
    written = max(written, Int64(offset) + Int64(bytes.count))
    return 0
  }

  /// The modification time of files that are restored now.
  ///
  /// The time of now, as any write gives it, less a random part of a microsecond: another writer's change within
  /// the same tick of the clock has another time. One time for all files of a restore, so that none is newer than
  /// what was made of it.
  static func time() -> timespec {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &now)
    let nanoseconds = now.nanoseconds - Int64.random(in: 1...999)
    return timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }

  /// Gives the file its size, mode, time and name.
  ///
  /// - Returns: what `stat` says of it then; nil with the reason in `errno`.
  func finish(_ name: [UInt8], size: Int64, mode: UInt16, time: timespec) -> stat? {
    let times = [timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2), time]
    Fault.reach()
    guard written == size || ftruncate(descriptor, off_t(size)) == 0,
      fchmod(descriptor, mode_t(mode)) == 0, futimens(descriptor, times) == 0, publish(name)
    else { return nil }
    Fault.reach()
    var status = stat()
    // By the descriptor: another call may have put its own in place of it.
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  private func publish(_ name: [UInt8]) -> Bool {
    if temporary == nil {
      let own = Array("/proc/self/fd/\(descriptor)".utf8)
      func link(to name: [UInt8]) -> Bool {
        own.withCPath { own in
          name.withCPath { linkat(AT_FDCWD, own, parent, $0, AT_SYMLINK_FOLLOW) == 0 }
        }
      }
      if link(to: name) { return true }
      guard errno == EEXIST else { return false }
      let between = Self.temporaryName()
      guard link(to: between) else { return false }
      temporary = between
      Fault.reach()
    }
    guard let from = temporary else { return false }
    guard Self.move(from, to: name, in: parent) else { return false }
    temporary = nil
    return true
  }

  private static func move(_ from: [UInt8], to name: [UInt8], in parent: Int32) -> Bool {
    from.withCPath { from in name.withCPath { renameat(parent, from, parent, $0) == 0 } }
  }

  /// Makes a symbolic link in place of what there is.
  ///
  /// - Returns: false with the reason in `errno`.
  static func put(link target: [UInt8], _ name: [UInt8], in parent: Int32) -> Bool {
    let temporary = temporaryName()
    let isMade = target.withCPath { target in
      temporary.withCPath { symlinkat(target, parent, $0) == 0 }
    }
    guard isMade else { return false }
    Fault.reach()
    if move(temporary, to: name, in: parent) { return true }
    let reason = errno
    _ = temporary.withCPath { unlinkat(parent, $0, 0) }
    errno = reason
    return false
  }
}
