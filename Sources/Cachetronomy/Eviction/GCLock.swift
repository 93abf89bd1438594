internal import Glibc
internal import System

/// Keeps passes over one store apart, and watchers: `flock` on a file next to the database that is
/// never unlinked.
///
/// The file of the pass also says, by the time of its last change, when the last pass ended: that
/// costs a command that stores one `stat`, and a pass with nothing to do no write to the database.
public final class GCLock {
  /// What is kept to one at a time.
  public enum Kind: String, Sendable {
    /// One pass.
    case pass = "-gc"
    /// A process that makes passes for ever.
    case watch = "-watch"
  }

  private let file: OwnedFile
  private let path: String
  private let store: String

  /// Opens the file of a lock, and makes it if it is not there.
  ///
  /// - Parameter store: the resolved path of the database.
  public init(store: String, _ kind: Kind) throws(Failure) {
    self.store = store
    path = store + kind.rawValue
    guard let file = OwnedFile(path, O_RDWR | O_CREAT) else {
      guard errno != 0 else { throw Self.notTrusted(store, path) }
      let problem: StoreProblem =
        errno == EACCES || errno == EROFS || errno == EPERM ? .readOnly : .io
      throw .store(path: store, problem, detail: "\(path): \(SystemError.text(errno))")
    }
    // It is truncated and its time set: never another file under its name.
    guard file.hasOneName else { throw Self.notTrusted(store, path) }
    self.file = file
  }

  /// Takes the lock of the one watcher of a store, which need not be there yet.
  ///
  /// - Parameter path: the database, links not resolved.
  /// - Throws: `Failure.store` with `busy` and the number of the process that watches it already.
  public static func watch(store path: String) throws(Failure) -> GCLock {
    try StoreFile.makeDirectories(above: path)
    let path = try StoreFile.resolve(path)
    let lock = try GCLock(store: path, .watch)
    // A command that only looks whether there is a watcher holds the lock for a moment.
    guard lock.acquire(within: 200) else {
      let who = lock.holder.map { "process \($0)" } ?? "another process"
      throw .store(path: path, .busy, detail: "\(who) watches it already")
    }
    lock.sign()
    return lock
  }

  private static func notTrusted(_ store: String, _ path: String) -> Failure {
    .store(path: store, .notTrusted, detail: "'\(path)' is not owned by this user alone")
  }

  /// Takes the lock, waiting at most this many milliseconds; false if it was not to be had.
  public func acquire(within milliseconds: Int32) -> Bool {
    let deadline = MonotonicClock.now() + Int64(milliseconds) * 1000
    while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard MonotonicClock.now() < deadline else { return false }
      usleep(5000)
    }
    return true
  }

  /// Gives it back.
  public func release() { flock(file.descriptor, LOCK_UN) }

  /// Whether the file still has its name: another process may have removed or replaced the
  /// directory.
  public var isNamed: Bool {
    var (mine, named) = (stat(), stat())
    return fstat(file.descriptor, &mine) == 0 && lstat(path, &named) == 0
      && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev
  }

  // MARK: who and when

  /// Writes down who holds the lock.
  public func sign() {
    let text = Array((getpid().description + "\n").utf8)
    if ftruncate(file.descriptor, 0) == 0 { _ = pwrite(file.descriptor, text, text.count, 0) }
  }

  /// The process that signed; nil if none did.
  public var holder: Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let got = pread(file.descriptor, &bytes, bytes.count, 0)
    guard got > 0 else { return nil }
    return Int32(String(decoding: bytes[..<got].prefix { $0 != 0x0a }, as: UTF8.self))
  }

  /// Writes down the bytes that a pass leaves in a store that is over its limit anyway, or that
  /// are there as it starts; 0 if it is within.
  ///
  /// - Returns: false if there is no room for it.
  func note(left: Int64, at now: Timestamp) -> Bool {
    if left == 0 { return ftruncate(file.descriptor, 0) == 0 }
    let text = Array("\(left) \(now.microseconds)\n".utf8)
    return pwrite(file.descriptor, text, text.count, 0) == text.count
      && ftruncate(file.descriptor, off_t(text.count)) == 0
  }

  /// The bytes noted last, if that was within the last ten minutes.
  func left(at now: Timestamp) -> Int64? {
    var bytes = [UInt8](repeating: 0, count: 64)
    let got = pread(file.descriptor, &bytes, bytes.count, 0)
    guard got > 0 else { return nil }
    let words = bytes[..<got].split { $0 == 0x20 || $0 == 0x0a }
      .map { Int64(String(decoding: $0, as: UTF8.self)) }
    guard words.count == 2, let left = words[0], let time = words[1] else { return nil }
    let passed = now.since(Timestamp(microseconds: time))
    return (0...AutoGC.backoff.microseconds).contains(passed) ? left : nil
  }

  /// Writes down when a pass ended.
  public func stamp(_ time: Timestamp) {
    let seconds = timespec(
      tv_sec: Int(time.microseconds / 1_000_000),
      tv_nsec: Int(time.microseconds % 1_000_000) * 1000)
    var times = [seconds, seconds]
    futimens(file.descriptor, &times)
  }

  /// When the last pass over a store ended; nil if there was none.
  static func lastPass(store: String) -> Timestamp? {
    var status = stat()
    guard lstat(store + Kind.pass.rawValue, &status) == 0 else { return nil }
    return Timestamp(status.st_mtim)
  }

  /// Whether another process holds a lock now.
  static func isHeld(store: String, _ kind: Kind) -> Bool {
    guard let file = OwnedFile(store + kind.rawValue) else { return false }
    return flock(file.descriptor, LOCK_SH | LOCK_NB) != 0
  }
}
