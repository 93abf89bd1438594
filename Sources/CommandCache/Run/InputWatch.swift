internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Observes whether a command reads the stdin that it inherits.
///
/// An inotify watch on the input reports every read that returns data, from pipes, FIFOs, sockets
/// and files alike; `recv` shows in the number of waiting bytes. Known gap: a nonblocking read of
/// an idle open pipe, which returns no data, is not seen.
final class InputWatch {
  /// What the command did with its input.
  enum Finding: Equatable {
    /// It read some of the input.
    case read
    /// It may have read some of the input: the watch could not be created.
    case unknown
    /// The input was empty, and its end may have been read.
    case nothing
    /// It did not read the input.
    case unread
  }

  private let stdin: StandardInput
  private let bytesBefore: Int32
  private let hadWriters: Bool
  private var notifier: Int32 = -1
  /// The input itself, or an `O_PATH` descriptor that can be reopened and does not count as a
  /// reader.
  private var handle: Int32 = -1
  private var isHandlePath = false
  private(set) var isRead = false

  /// Becomes readable when the input is read; -1 once that is known, or if there is no watch.
  var descriptor: Int32 { isRead ? -1 : notifier }

  /// Starts to watch descriptor 0.
  init(_ stdin: StandardInput) {
    self.stdin = stdin
    guard case .stream(let isSocket) = stdin.kind else {
      (bytesBefore, hadWriters) = (0, false)
      // A program that reopens the file could map it, which no read event would show.
      if stdin.hasContents { watch(IN_ACCESS | IN_OPEN) }
      return
    }
    hadWriters = !StandardInput.isAtEnd(0, isSocket: isSocket)
    bytesBefore = cachetronomy_waiting_bytes(0)
    let isPipe = !isSocket && cachetronomy_descriptor_filesystem(0) == Self.pipes
    if hadWriters || !isPipe || bytesBefore > 0 { watch(IN_ACCESS) }
    if hadWriters, isPipe {
      // If this process held the pipe, its writer would not notice that the command closed it.
      handle = open("/proc/self/fd/0", cachetronomy_path_only | O_CLOEXEC)
      isHandlePath = handle >= 0
    }
    if handle < 0 { handle = cachetronomy_duplicate(0) }
  }

  deinit {
    // Closing a watch without events, or exiting with it, waits 4 to 16 ms for the kernel.
    if notifier >= 0 { cachetronomy_close_elsewhere(notifier) }
    if handle >= 0 { close(handle) }
  }

  /// The file system type of anonymous pipes, as in statfs(2).
  private static let pipes: UInt = 0x5049_5045

  private func watch(_ events: Int32) {
    notifier = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard notifier >= 0 else { return }
    let mask = UInt32(bitPattern: events) | UInt32(1 << 31)  // IN_ONESHOT
    if inotify_add_watch(notifier, "/proc/self/fd/0", mask) < 0 {
      close(notifier)
      notifier = -1
    }
  }

  /// Closes descriptor 0 once the command has it.
  func release() {
    guard case .stream = stdin.kind else { return }
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard null >= 0 else { return }
    dup2(null, 0)
    close(null)
  }

  /// Reads the pending events of the watch.
  func update() {
    guard notifier >= 0, !isRead else { return }
    var event = [UInt8](repeating: 0, count: 512)
    isRead = read(notifier, &event, event.count) > 0
  }

  /// Returns what the command did with its input; to be called after it ended.
  func finish() -> Finding {
    update()
    if isRead { return .read }
    switch stdin.kind {
    case .null, .given, .device: return .nothing
    case .file:
      if !stdin.hasContents { return .nothing }
      if stdin.moved != 0 || !stdin.isShared { return .read }
      if notifier < 0 { return .unknown }
      // A read at the end returns no data and causes no event.
      return stdin.emptiness == nil ? .unread : .nothing
    case .stream(let isSocket): return finishStream(isSocket: isSocket)
    }
  }

  private func finishStream(isSocket: Bool) -> Finding {
    let unknown: Finding = hadWriters && notifier < 0 ? .unknown : .unread
    var input = handle
    if isHandlePath {
      input = open("/proc/self/fd/\(handle)", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard input >= 0 else { return .unknown }
    }
    defer { if isHandlePath { close(input) } }
    let bytes = cachetronomy_waiting_bytes(input)
    if bytes < bytesBefore { return .read }
    if unknown == .unknown { return .unknown }
    if bytes == 0, StandardInput.isAtEnd(input, isSocket: isSocket) { return .nothing }
    // More data arrived, and some of it may have been received: the watch does not see `recv`.
    return isSocket && bytes > bytesBefore ? .unknown : .unread
  }
}
