internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Receives a command's output while the command runs, without blocking.
protocol LiveSink: AnyObject {
  /// Writes as many bytes as possible without blocking.
  ///
  /// - Throws: `Failure.file` if the stream cannot be written at all.
  func write(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> LiveWrite
  /// Returns the descriptor to poll until the stream accepts more bytes.
  func polled(_ stream: Stream) -> Int32
}

/// The outcome of a write.
enum LiveWrite: Equatable {
  /// The number of bytes written; fewer than given if the stream is full.
  case wrote(Int)
  /// The reader of the stream has left.
  case closed
}

/// A sink that writes all bytes, blocking if need be.
final class BlockingSink: LiveSink {
  private let sink: Sink
  init(_ sink: @escaping Sink) { self.sink = sink }

  func write(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> LiveWrite {
    try sink(stream, bytes) ? .wrote(bytes.count) : .closed
  }

  func polled(_ stream: Stream) -> Int32 { -1 }
}

/// Descriptors 1 and 2 of this process.
package final class LiveOutput: LiveSink {
  private lazy var output = LiveDescriptor(1, name: "stdout")
  private lazy var errors = LiveDescriptor(2, name: "stderr")

  /// Writes to stdout and stderr of this process.
  package init() {}

  private func descriptor(_ stream: Stream) -> LiveDescriptor {
    stream == .errors ? errors : output
  }

  func write(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> LiveWrite {
    try descriptor(stream).write(bytes)
  }

  func polled(_ stream: Stream) -> Int32 { descriptor(stream).polled }
}

/// A descriptor that is written without blocking and without `O_NONBLOCK`, which would affect every
/// process that shares it.
private final class LiveDescriptor {
  /// How a write is kept from blocking.
  private enum Way {
    /// The pipe or terminal was reopened, so that `O_NONBLOCK` affects only this process.
    case reopened
    case socket
    /// A file or device, which does not block.
    case direct
    /// A pipe that could not be reopened: `RWF_NOWAIT` on each write.
    case flagged
    /// Otherwise: few bytes at a time, after `poll` reports room.
    case cautious
  }

  /// Number of bytes that fit if `poll` reports room.
  private static let cautiousLimit = 512

  private let descriptor: Int32
  private let name: String
  private var way: Way
  private(set) var polled: Int32

  init(_ descriptor: Int32, name: String) {
    (self.descriptor, self.name, polled) = (descriptor, name, descriptor)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      way = .direct
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: way = .socket
    case S_IFIFO: way = .flagged
    case S_IFCHR where isatty(descriptor) == 1: way = .cautious
    default: way = .direct
    }
    guard way == .flagged || way == .cautious else { return }
    let own = open(
      "/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    if own >= 0 { (way, polled) = (.reopened, own) }
  }

  deinit { if way == .reopened { close(polled) } }

  func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> LiveWrite {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = attempt(rest)
      if count >= 0 {
        written += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        if way == .direct { wait() } else { return .wrote(written) }
      case EOPNOTSUPP where way == .flagged: way = .cautious
      case EPIPE: return .closed
      // The caller closed stderr and discards it; the other stream is not affected.
      case EBADF where descriptor == 2: return .wrote(bytes.count)
      default:
        throw .file(verb: "write to", path: name, reason: SystemError.text(errno))
      }
    }
    return .wrote(written)
  }

  private func attempt(_ bytes: UnsafeRawBufferPointer) -> Int {
    switch way {
    case .reopened: return Glibc.write(polled, bytes.baseAddress, bytes.count)
    case .direct: return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    case .socket: return cachetronomy_send_nowait(descriptor, bytes.baseAddress, bytes.count)
    case .flagged: return cachetronomy_write_nowait(descriptor, bytes.baseAddress, bytes.count)
    case .cautious:
      var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&room, 1, 0) > 0 else {
        errno = EAGAIN
        return -1
      }
      return Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Self.cautiousLimit))
    }
  }

  private func wait() {
    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    poll(&room, 1, -1)
  }
}
