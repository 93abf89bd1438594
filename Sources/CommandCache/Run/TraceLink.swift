internal import Cachetronomy
internal import Glibc
internal import System
internal import Trace

/// The pipe from the tracer of a command.
final class TraceLink {
  /// The process of the tracer, the parent of the command.
  let process: pid_t
  /// The read end of the pipe.
  let descriptor: Int32
  /// The command's status of `wait`, once it has ended.
  private(set) var ending: Int32?
  private(set) var refusal: Refusal?
  /// What the command used; nil until the report is complete.
  private(set) var inputs: [TracedInput]?
  /// Whether the command asked for the name of the machine or the version of the kernel.
  private(set) var usesMachine = false
  /// Whether the tracer has sent all that it will.
  private(set) var isOver = false

  private var received: [UInt8] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  init(process: pid_t, descriptor: Int32) {
    (self.process, self.descriptor) = (process, descriptor)
  }

  deinit { close(descriptor) }

  /// Waits until the command was started, or could not be.
  func begin() -> TraceReport {
    var at = 0
    while true {
      if let report = TraceReport.next(received, &at) {
        received.removeFirst(at)
        return report
      }
      guard receive() else { return .cannotTrace(ECHILD) }
    }
  }

  /// Takes what has arrived, without waiting.
  func poll() {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while !isOver, Glibc.poll(&wanted, 1, 0) > 0 { _ = receive() }
    if ending == nil { readEnding() }
  }

  private func readEnding() {
    var at = 0
    guard received.first == UInt8(ascii: "E"),
      case .ended(let status)? = TraceReport.next(received, &at)
    else { return }
    received.removeFirst(at)
    ending = status
  }

  /// Waits for the rest of the report.
  func finish() {
    while !isOver { _ = receive() }
    if ending == nil { readEnding() }
    var at = 0
    if case .inputs(let refusal, let usesMachine, let count, let items)? = TraceReport.next(
      received, &at)
    {
      (self.refusal, self.usesMachine) = (refusal, usesMachine)
      inputs = TracedInput.decode(items, count: count)
    }
    // It stays while a process of the command does.
    waitpid(process, nil, refusal?.kind == .leftRunning ? WNOHANG : 0)
  }

  private func receive() -> Bool {
    let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if got < 0, errno == EINTR { return true }
    guard got > 0 else {
      isOver = true
      return false
    }
    received += buffer[..<got]
    return true
  }
}

/// What is known of a traced run.
struct TraceOutcome {
  /// Why the command ran without the tracer; nil if it was traced.
  var cannotTrace: String?
  /// Why the result does not depend on files alone.
  var refusal: Refusal?
  /// Whether it asked for the name of the machine or the version of the kernel.
  var usesMachine = false
  /// The paths that it used.
  var inputs: [TracedInput] = []
}
