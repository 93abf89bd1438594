internal import CPOSIX
package import Cachetronomy
internal import Glibc
internal import System

/// The stdin of a call.
///
/// Classified by one `fstat`; other properties are determined when needed.
package final class StandardInput {
  enum Kind: Equatable {
    /// The command gets `/dev/null`: a terminal, a closed descriptor, `--no-stdin`.
    case null
    /// A pipe, FIFO or socket, which the command inherits.
    case stream(isSocket: Bool)
    /// A regular file, which the command inherits at this offset.
    case file(offset: Int64, size: Int64)
    /// `--stdin`: read to its end and included in the key.
    case given
    /// A device, whose data cannot be in a key.
    case device
  }

  let kind: Kind
  /// The result of `fstat`, if the command inherits the descriptor.
  let status: stat
  private let digests: DigestCache
  private var contents: [UInt8]??

  private init(
    _ kind: Kind, _ status: stat = stat(), _ digests: DigestCache = DigestCache()
  ) { (self.kind, self.status, self.digests) = (kind, status, digests) }

  /// Empty input.
  package static var null: StandardInput { StandardInput(.null) }
  /// Input that was read to its end and is in the key.
  package static var given: StandardInput { StandardInput(.given) }

  /// Classifies descriptor 0 of this process.
  ///
  /// - Parameter probe: provides digests of files.
  package static func inherited(_ probe: Probe) -> StandardInput {
    var status = stat()
    let mode = fcntl(0, F_GETFL)
    guard fstat(0, &status) == 0, mode >= 0, mode & O_ACCMODE != O_WRONLY,
      mode & cachetronomy_path_only == 0
    else { return .null }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      let offset = max(0, lseek(0, 0, SEEK_CUR))
      return StandardInput(
        .file(offset: Int64(offset), size: Int64(status.st_size)), status, probe.digests)
    case S_IFIFO: return StandardInput(.stream(isSocket: false), status)
    case S_IFSOCK: return StandardInput(.stream(isSocket: true), status)
    case S_IFCHR where NamedFile.memoryDevice(status) == NamedFile.null || isatty(0) == 1:
      return .null
    case S_IFCHR, S_IFBLK: return StandardInput(.device, status)
    default: return .null
    }
  }

  /// Whether it was read to its end and is in the key.
  package var isGiven: Bool { kind == .given }

  /// Why no result of a command with this input may be stored; nil if it may.
  package var obstacle: String? {
    switch kind {
    case .device: return "stdin is a device"
    case .file:
      return NamedFile.kernel(cachetronomy_descriptor_filesystem(0)).map { "stdin \($0)" }
    default: return nil
    }
  }

  /// The kind of empty input; nil if there may be data.
  var emptiness: EmptyInput? {
    switch kind {
    case .null: return .null
    case .file(let offset, let size): return offset >= size ? .file : nil
    case .stream(let isSocket):
      let isEmpty = Self.isAtEnd(0, isSocket: isSocket) && cachetronomy_waiting_bytes(0) == 0
      return isEmpty ? .stream : nil
    case .given, .device: return nil
    }
  }

  /// Whether a pipe or socket has no writer left; unread data may remain.
  static func isAtEnd(_ descriptor: Int32, isSocket: Bool) -> Bool {
    let closed = Int16(POLLHUP) | (isSocket ? Int16(cachetronomy_poll_closed) : 0)
    var state = pollfd(fd: descriptor, events: Int16(POLLIN) | closed, revents: 0)
    return poll(&state, 1, 0) >= 0 && state.revents & closed != 0
  }

  /// Whether it is a nonempty regular file, so that its contents may be an input; also at its end,
  /// since a command may seek back or reopen it.
  var hasContents: Bool {
    if case .file(_, let size) = kind { return size > 0 }
    return false
  }

  /// Whether the caller reads from the file too, as a `while read` loop does.
  var isShared: Bool {
    if case .file(let offset, _) = kind { return offset > 0 }
    return false
  }

  /// A digest of a regular file's contents and offset; nil if the file is empty.
  package var contentsDigest: [UInt8]? {
    if let contents { return contents }
    let found = readContents()
    contents = .some(found)
    return found
  }

  private func readContents() -> [UInt8]? {
    guard case .file(let offset, let size) = kind, size > 0 else { return nil }
    // Larger files are identified by their metadata.
    if size <= FileIdentity.Role.argument.limit,
      let digest = digests.digest(0, Array("/proc/self/fd/0".utf8), status)
    {
      return offset == 0 ? digest : digest + Invocation.bytes(offset)
    }
    var identity = [UInt8]()
    for number in [
      Int64(bitPattern: UInt64(status.st_dev)), Int64(bitPattern: UInt64(status.st_ino)), size,
      status.st_mtim.nanoseconds, status.st_ctim.nanoseconds, offset,
    ] { identity += Invocation.bytes(number) }
    return Digest.of(identity)
  }

  /// Whether the file has changed since the call began.
  var hasChanged: Bool {
    var now = stat()
    guard case .file = kind, fstat(0, &now) == 0 else { return false }
    return now.st_size != status.st_size
      || now.st_mtim.nanoseconds != status.st_mtim.nanoseconds
      || now.st_ctim.nanoseconds != status.st_ctim.nanoseconds
  }

  /// How far the offset of the file has moved since the call began; negative if backwards.
  var moved: Int64 {
    guard case .file(let offset, _) = kind else { return 0 }
    let now = lseek(0, 0, SEEK_CUR)
    return now < 0 ? 0 : Int64(now) - offset
  }

  /// The stdin that the command gets.
  var childInput: Child.Input {
    switch kind {
    case .null, .given: .null
    case .stream, .file, .device: .inherited
    }
  }

  /// Starts to observe whether the command reads it; nil if that makes no difference.
  func watch() -> InputWatch? {
    switch kind {
    case .null, .given, .device: nil
    // At its start, only the command reads the file, and the whole file is in the key.
    case .file: isShared && hasContents ? InputWatch(self) : nil
    case .stream: InputWatch(self)
    }
  }

  /// Returns how to record the input, given what the command did with it.
  func recorded(_ finding: InputWatch.Finding) -> RecordedInput {
    switch kind {
    case .null, .device: .nothing(.null)
    case .given: .given
    case .stream: finding == .nothing ? .nothing(.stream) : .unread
    case .file:
      switch finding {
      // A file at its start is not observed.
      case .nothing where hasContents && !isShared: .file(moved: moved)
      case .nothing: .nothing(.file)
      case .unread where isShared: .unreadFile
      case .read, .unknown, .unread: .file(moved: moved)
      }
    }
  }

  /// Moves the offset as the recorded command did.
  package func advance(_ terms: ServingTerms) {
    guard case .file(let moved) = terms.input, moved != 0, case .file(let offset, _) = kind else {
      return
    }
    let place = offset.addingReportingOverflow(moved)
    if !place.overflow, place.partialValue >= 0 { lseek(0, off_t(place.partialValue), SEEK_SET) }
  }

  /// Passes an equivalent input for another process to `body`: the rest of a regular file, reopened
  /// with a separate offset, or a closed pipe.
  ///
  /// - Parameter body: receives nil for `/dev/null`.
  func withCopy<T>(_ body: (Int32?) throws(Failure) -> T) throws(Failure) -> T {
    let copy = copy()
    defer { if copy >= 0 { close(copy) } }
    return try body(copy >= 0 ? copy : nil)
  }

  private func copy() -> Int32 {
    switch kind {
    case .file(let offset, _):
      let copy = open("/proc/self/fd/0", O_RDONLY | O_CLOEXEC)
      if copy >= 0 { lseek(copy, off_t(offset), SEEK_SET) }
      return copy
    case .stream where emptiness != nil:
      var ends: [Int32] = [-1, -1]
      guard ends.withUnsafeMutableBufferPointer({ $0.baseAddress.map { pipe($0) } }) == 0 else {
        return -1
      }
      close(ends[1])
      _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
      return ends[0]
    case .null, .given, .device, .stream: return -1
    }
  }
}
