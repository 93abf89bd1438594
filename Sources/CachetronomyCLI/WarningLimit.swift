internal import Cachetronomy
internal import CommandCache
internal import Glibc
internal import System

/// One warning an hour for one cause: what `run` has warned of is remembered in a small file next
/// to the store, or, where there is none, in the user's runtime directory or `/tmp`.
struct WarningLimit {
  private static let hour: Int64 = 3_600_000_000
  /// Causes remembered at most, 16 bytes each.
  private static let capacity = 64

  private let paths: [String]

  init(store: String?, _ environment: Environment) {
    var paths: [String] = []
    // Next to a lock file of this program one more file does no harm.
    var lock = stat()
    if let store, lstat(store + ".lock", &lock) == 0, lock.st_uid == geteuid() {
      paths.append(store + "-warned")
    }
    let name = "cachetronomy-\(geteuid())-warned"
    if let directory = environment.text("XDG_RUNTIME_DIR") { paths.append("\(directory)/\(name)") }
    self.paths = paths + ["/tmp/\(name)"]
  }

  /// Whether to warn of something now; if so, that is remembered.
  func admits(_ failure: Failure, at now: Timestamp) -> Bool {
    let cause = Digest.of(Array(failure.description.utf8), size: 8)
    for path in paths {
      if let answer = Self.admits(cause, path, now) { return answer }
    }
    return true
  }

  /// Nil if the file cannot be used, or is not the user's own.
  private static func admits(_ cause: [UInt8], _ path: String, _ now: Timestamp) -> Bool? {
    guard let file = OwnedFile(path, O_RDWR | O_CREAT), file.hasOneName,
      file.status.st_mode & 0o777 == 0o600, flock(file.descriptor, LOCK_EX | LOCK_NB) == 0
    else { return nil }
    let descriptor = file.descriptor
    var bytes = [UInt8](repeating: 0, count: 16 * capacity)
    let count = max(0, pread(descriptor, &bytes, bytes.count, 0)) / 16
    var kept: [UInt8] = []
    for at in stride(from: 0, to: count * 16, by: 16) {
      let record = bytes[at..<at + 16]
      let time = record.suffix(8).reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
      let age = now.since(Timestamp(microseconds: time))
      guard age >= 0, age < hour else { continue }
      if record.starts(with: cause) { return false }
      kept += record
    }
    kept = cause + withUnsafeBytes(of: now.microseconds.littleEndian) { Array($0) } + kept
    kept = Array(kept.prefix(16 * capacity))
    guard pwrite(descriptor, kept, kept.count, 0) == kept.count else { return nil }
    ftruncate(descriptor, off_t(kept.count))
    return true
  }
}
