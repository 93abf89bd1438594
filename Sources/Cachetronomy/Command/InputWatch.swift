internal import CPOSIX
internal import Glibc

/// Observes whether a command reads the stdin that it inherits.
///
/// An inotify watch on the input sees every read that returns data, of pipes, FIFOs, sockets and
/// files alike; `recv` shows in the number of waiting bytes. Known hole: a read that returns
/// nothing, of an idle open pipe by a program that does not wait, looks like no read.
final class InputWatch {
  /// What the command did with its input.
  enum Finding: Equatable {
    /// It read some of it.
    case read
    /// It may have read some of it: the watch was refused.
    case unknown
    /// There was nothing to read, and the end of it may have been read.
    case nothing
    /// It left it untouched.
    case unread
  }

  private let stdin: StandardInput
  private let bytesBefore: Int32
  private let hadWriters: Bool
  private var notifier: Int32 = -1
  /// The input itself, or a handle that can be opened again and does not count as a reader.
  private var handle: Int32 = -1
  private var isHandlePath = false
  private(set) var isRead = false

  /// Readable when the input is read; -1 once that is known, or if there is no watch.
  var descriptor: Int32 { isRead ? -1 : notifier }

  /// Begins to watch descriptor 0.
  init(_ stdin: StandardInput) {
    self.stdin = stdin
    guard case .stream(let isSocket) = stdin.kind else {
      (bytesBefore, hadWriters) = (0, false)
      // Opened by another name it could be mapped, which no read would show.
      if stdin.hasContents { watch(IN_ACCESS | IN_OPEN) }
      return
    }
    hadWriters = !StandardInput.isAtEnd(0, isSocket: isSocket)
    bytesBefore = cachetronomy_waiting_bytes(0)
    let isPipe = !isSocket && cachetronomy_descriptor_filesystem(0) == Self.pipes
    if hadWriters || !isPipe || bytesBefore > 0 { watch(IN_ACCESS) }
    if hadWriters, isPipe {
      // If this process held the pipe, its writer would not learn that the command has closed it.
      handle = open("/proc/self/fd/0", cachetronomy_path_only | O_CLOEXEC)
      isHandlePath = handle >= 0
    }
    if handle < 0 { handle = cachetronomy_duplicate(0) }
  }

  deinit {
    // To close a watch that saw nothing waits for the kernel, 4 to 16 ms, and so does to exit with
    // it.
    if notifier >= 0 { cachetronomy_close_elsewhere(notifier) }
    if handle >= 0 { close(handle) }
  }

  /// The file system that anonymous pipes are on, as statfs names it.
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

  /// Takes note of what the watch has seen.
  func update() {
    guard notifier >= 0, !isRead else { return }
    var event = [UInt8](repeating: 0, count: 512)
    isRead = read(notifier, &event, event.count) > 0
  }

  /// What the command did; asked once it has ended.
  func finish() -> Finding {
    update()
    if isRead { return .read }
    switch stdin.kind {
    case .null, .given, .device: return .nothing
    case .file:
      if !stdin.hasContents { return .nothing }
      if stdin.moved != 0 || !stdin.isShared { return .read }
      if notifier < 0 { return .unknown }
      // A read at the end gives nothing, and no event.
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
    // More came, and some of it may have been received: a watch does not see `recv`.
    return isSocket && bytes > bytesBefore ? .unknown : .unread
  }
}
