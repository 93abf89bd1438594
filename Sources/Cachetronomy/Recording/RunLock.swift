internal import Glibc
internal import System

/// A single-flight run of a command: the lock that other processes wait for, and its output file.
///
/// The file is created under a temporary name, locked, then linked to its final name, so that it is
/// never visible unlocked. It is unlinked only under its lock, and only if name and descriptor are
/// the same inode.
package final class RunLock {
  /// The path at which other processes find it.
  let path: String
  /// The file that records the output.
  package let file: TemporaryFile
  package let descriptor: Int32

  /// The outcome of `join`.
  package enum Joined {
    /// This process runs the command.
    case leader(RunLock)
    /// Another process ran it meanwhile: its output and status.
    case landed(SharedResult)
    /// The command has to run without the lock: the file could not be created, the wait timed out,
    /// or the other process does not share its result.
    case alone
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
    file = TemporaryFile(owning: descriptor, in: StoreFile.directory(of: path))
  }

  /// Returns the path of the file for a key.
  ///
  /// - Parameter removals: the count of explicit removals; a call that begins after one must not
  ///   use the result of a run that began before it.
  package static func path(store: String, key: Key, removals: Int64) -> String {
    let name = key.digest ?? Digest.hex(Digest.of(Array(key.text.utf8)))
    return "\(store)-flight.\(name).\(removals)"
  }

  /// Takes the lock to run a command, or waits for the process that holds it.
  ///
  /// - Parameters:
  ///   - path: the file of the flight.
  ///   - timeout: maximum wait, in microseconds.
  package static func join(_ path: String, timeout: Int64) -> Joined {
    let deadline = MonotonicClock.now().addingReportingOverflow(timeout)
    let end = deadline.overflow ? .max : deadline.partialValue
    while true {
      switch take(path) {
      case .leader(let runLock): return .leader(runLock)
      case .failed, .swept: return .alone
      case .taken:
        let other = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard other >= 0 else {
          if errno == ENOENT { continue }
          return .alone
        }
        guard OwnedFile.status(ofOwned: other) != nil, wait(other, until: end) else {
          close(other)
          return .alone
        }
        if isReleased(other) {
          close(other)
          return .alone
        }
        if let landing = SharedResult(descriptor: other) { return .landed(landing) }
        // Its leader died, or could not record the output: remove the file and start over.
        sweep(path, other)
        close(other)
        usleep(UInt32.random(in: 500...5000))
      }
    }
  }

  /// Takes the lock if it is free; does not wait.
  package static func takeIfFree(_ path: String) -> RunLock? {
    guard case .leader(let runLock) = take(path) else { return nil }
    return runLock
  }

  /// Continues a flight whose lock another process took and passed on.
  ///
  /// - Returns: nil if the descriptor is not the file of a flight for the key.
  package static func adopt(_ descriptor: Int32, of key: Key, store: String) -> RunLock? {
    // The path contains the count of removals at its start, which may have grown.
    let prefix = "\(store)-flight.\(key.digest ?? "").",
      path = StoreFile.siblings(of: store, mark: "-flight.").first {
        $0.hasPrefix(prefix) && OwnedFile.isNamed($0, descriptor)
      }
    guard let path, OwnedFile.status(ofOwned: descriptor) != nil,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0
    else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return RunLock(path: path, descriptor: descriptor)
  }

  private enum Taken { case leader(RunLock), taken, swept, failed }

  private static func take(_ path: String) -> Taken {
    // A process removing dead flights may lock the new file before this one does.
    for _ in 0..<100 {
      let taken = attempt(path)
      if case .swept = taken { continue }
      return taken
    }
    return .failed
  }

  private static func attempt(_ path: String) -> Taken {
    var name = Array((path + ".XXXXXX").utf8CString)
    let descriptor = name.withUnsafeMutableBufferPointer {
      $0.baseAddress.map { mkstemp($0) } ?? -1
    }
    guard descriptor >= 0 else { return .failed }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    defer { unlink(name) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      return reason == EWOULDBLOCK ? .swept : .failed
    }
    if link(name, path) == 0 {
      return .leader(RunLock(path: path, descriptor: descriptor))
    }
    let reason = errno
    close(descriptor)
    return reason == EEXIST ? .taken : reason == ENOENT ? .swept : .failed
  }

  /// Waits until the leader releases the lock; sleeps in the kernel, woken at most 20 times a
  /// second.
  private static func wait(_ descriptor: Int32, until end: Int64) -> Bool {
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return true }
    let timer = IntervalTimer(milliseconds: 50)
    defer { timer.stop() }
    while MonotonicClock.now() < end, !timer.isOverdue {
      if flock(descriptor, LOCK_SH) == 0 { return true }
      if errno != EINTR { return false }
    }
    return false
  }

  private static func sweep(_ path: String, _ descriptor: Int32) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, OwnedFile.isNamed(path, descriptor) else {
      return
    }
    unlink(path)
  }

  /// Removes the files of dead leaders next to a store.
  static func sweepDead(beside store: String) {
    for path in StoreFile.siblings(of: store, mark: "-flight.") {
      if let file = OwnedFile(path) { sweep(path, file.descriptor) }
    }
  }

  /// Returns the numbers of running flights and of files of dead leaders next to a store.
  static func count(beside store: String) -> (alive: Int, dead: Int) {
    var (alive, dead) = (0, 0)
    for path in StoreFile.siblings(of: store, mark: "-flight.") {
      guard let file = OwnedFile(path) else { continue }
      if flock(file.descriptor, LOCK_SH | LOCK_NB) == 0 { dead += 1 } else { alive += 1 }
    }
    return (alive, dead)
  }

  /// Marks the output in the file as complete.
  ///
  /// - Parameter terms: which of the waiting processes may use it.
  package func finish(status: Int32, _ terms: ServingTerms) {
    try? file.append(SharedResult.trailer(status: status, size: file.size, terms))
  }

  /// Releases the waiting processes: unlinks the file, then unlocks it.
  package func release() {
    if OwnedFile.isNamed(path, descriptor) { unlink(path) }
    flock(descriptor, LOCK_UN)
  }

  /// Tells the waiting processes to run the command themselves, while this run continues.
  ///
  /// They do not wait for another flight, since then one would run after the other.
  package func releaseUnfinished() {
    fchmod(descriptor, Self.releasedMode)
    release()
  }

  /// The file mode marks the release, since the contents may still grow.
  private static let releasedMode: mode_t = 0o400

  private static func isReleased(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & 0o777 == releasedMode
  }
}

/// The result that another process left in its flight's file.
package struct SharedResult {
  /// The command's status, as a shell reports it.
  package let status: Int32
  /// Which calls may use it.
  package let terms: ServingTerms
  private let file: TemporaryFile
  private let size: Int

  private static let mark: UInt64 = 0x326e_616c_796e_7463
  private static let trailerSize = 56

  /// Returns the trailer: mark, size, status, how far the offset of the input moved, its kind,
  /// whether the streams are merged, and the size inverted; 8 bytes each.
  static func trailer(status: Int32, size: Int, _ terms: ServingTerms) -> [UInt8] {
    var bytes: [UInt8] = []
    let (kind, moved) = terms.inputCode
    for number in [
      mark, UInt64(size), UInt64(UInt32(bitPattern: status)), UInt64(bitPattern: moved),
      UInt64(kind), terms.isMerged ? 1 : 0, ~UInt64(size),
    ] {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// Takes ownership of a descriptor whose file is complete.
  ///
  /// - Returns: nil if it is not; the caller keeps the descriptor.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= Self.trailerSize else { return nil }
    size = Int(status.st_size) - Self.trailerSize
    var trailer = [UInt8](repeating: 0, count: Self.trailerSize)
    guard pread(descriptor, &trailer, trailer.count, off_t(size)) == trailer.count else {
      return nil
    }
    let numbers = trailer.withUnsafeBytes { bytes in
      (0..<7).map {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
      }
    }
    guard numbers[0] == Self.mark, numbers[1] == UInt64(size), numbers[6] == ~numbers[1],
      numbers[2] <= 255, numbers[5] <= 1,
      let input = ServingTerms.input(
        kind: UInt32(clamping: numbers[4]), moved: Int64(bitPattern: numbers[3]))
    else { return nil }
    var terms = ServingTerms()
    (terms.input, terms.isMerged) = (input, numbers[5] == 1)
    self.terms = terms
    self.status = Int32(numbers[2])
    file = TemporaryFile(owning: descriptor, in: "")
  }

  /// Writes the output in order.
  package func write(to sink: Sink) throws(Failure) {
    var offset = 0
    var open = (output: true, errors: true)
    while offset < size {
      let head = try file.read(at: offset, count: Frames.headSize)
      offset += Frames.headSize
      let count = head.withUnsafeBytes {
        Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
      }
      guard let stream = Stream(rawValue: head[0]), count <= size - offset else {
        throw .badValue(format: "recording", detail: "inconsistent fields")
      }
      var left = count
      while left > 0 {
        let piece = try file.read(at: offset, count: min(left, 1 << 16))
        offset += piece.count
        left -= piece.count
        guard stream == .errors ? open.errors : open.output else { continue }
        let result: Result<Bool, Failure> = piece.withUnsafeBytes { bytes in
          Result { () throws(Failure) in try sink(stream, bytes) }
        }
        if try !result.get() {
          if stream == .errors { open.errors = false } else { open.output = false }
        }
      }
    }
  }
}
