internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Moves one stream from the command's pipe to the caller, with at most one buffer in between.
///
/// The pipe is not read while the caller is blocked, so the command waits, as it would without a
/// cache.
struct OutputPump {
  let stream: Stream
  /// The read end of the pipe; -1 once it is closed.
  private(set) var descriptor: Int32
  /// After the command ended: the number of its bytes still in the pipe.
  private(set) var unreadBytes = 0
  /// Bytes that the caller has not accepted yet.
  private var pending: [UInt8] = []
  private var taken = 0
  /// When the caller stopped accepting bytes, in microseconds of the monotonic clock.
  private(set) var blockedSince: Int64?
  /// Whether nothing more is written to the stream: its reader left, or a write failed.
  private(set) var isClosed = false

  init(_ stream: Stream, from descriptor: Int32) {
    (self.stream, self.descriptor) = (stream, descriptor)
  }

  var isBlocked: Bool { taken < pending.count }
  var isOpen: Bool { descriptor >= 0 }
  var isDone: Bool { !isOpen && !isBlocked }

  /// Returns what to poll for; nil if there is nothing to wait for.
  func poll(_ sink: any LiveSink) -> pollfd? {
    if isBlocked {
      return pollfd(fd: sink.polled(stream), events: Int16(POLLOUT), revents: 0)
    }
    return isOpen ? pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0) : nil
  }

  /// Reads the available bytes of the pipe.
  ///
  /// - Returns: the number of bytes in the buffer; 0 if none are available.
  mutating func read(into buffer: inout [UInt8]) -> Int {
    let got = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    if got < 0, errno == EINTR || errno == EAGAIN { return 0 }
    if got <= 0 {
      close()
      return 0
    }
    unreadBytes -= got
    return got
  }

  /// Writes bytes to the caller, and keeps those that it does not accept.
  mutating func pass(
    _ bytes: UnsafeRawBufferPointer, to sink: any LiveSink, at now: Int64
  ) throws(Failure) {
    if isClosed { return }
    switch try sink.write(stream, bytes) {
    case .closed: isClosed = true
    case .wrote(let count) where count < bytes.count:
      pending = Array(bytes[count...])
      (taken, blockedSince) = (0, now)
    case .wrote: break
    }
  }

  /// Writes the bytes that the caller has not accepted yet.
  mutating func flush(to sink: any LiveSink, at now: Int64) throws(Failure) {
    let result: Result<LiveWrite, Failure> = pending.withUnsafeBytes { bytes in
      Result { () throws(Failure) in
        try sink.write(stream, UnsafeRawBufferPointer(rebasing: bytes[taken...]))
      }
    }
    switch try result.get() {
    case .closed: stop()
    case .wrote(0): break
    case .wrote(let count):
      taken += count
      blockedSince = isBlocked ? now : nil
      if !isBlocked { pending = [] }
    }
  }

  /// Stops writing; the command's output is still read.
  mutating func stop() {
    (isClosed, pending, taken, blockedSince) = (true, [], 0, nil)
  }

  mutating func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Records how much of the command's own output was in the pipe when it ended.
  mutating func countUnread() {
    if isOpen { unreadBytes = Int(cachetronomy_waiting_bytes(descriptor)) }
  }
}
