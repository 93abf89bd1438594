internal import CPOSIX
internal import Glibc
internal import System

/// The tracer: the parent of a command, which stops it at each watched system call.
///
/// Runs in its own process, started by this program as `cachetronomy __trace`, since a tracer cannot
/// hand its processes over and has to stay while one of them runs.
package struct TraceLoop {
  /// The descriptor of the pipe for the report.
  package static let report: Int32 = 3
  /// The hidden verb.
  package static let verb = "__trace"

  /// How long to wait for other processes of the command after it ended, in microseconds.
  private static let drainTimeout: Int64 = 100_000
  /// How often to ask for the next stop before sleeping: most follow each other closely.
  private static let spinCount = 300

  // Requests of ptrace(2), and events of its stops.
  private static let seize = 0x4206
  private static let listen = 0x4208
  private static let eventMessage = 0x4201
  private static let continuation = 7
  /// Forks, clones, executions and the filter.
  private static let options: UInt = 0x2 | 0x4 | 0x8 | 0x10 | 0x80

  private var tracer: Tracer
  private var command: pid_t = 0
  private var hasExecuted = false
  private var ending: Int32?
  private var failures: Int32 = -1
  /// New threads that stopped before their parent's stop told whose they are.
  private var pending: [pid_t] = []

  /// Runs the verb.
  ///
  /// - Parameter words: the signal mask in hexadecimal, `1` if the times of all files count, the
  ///   path of the program, and the arguments of the command, its own name first.
  /// - Returns: the exit status of the tracer, which is not used.
  package static func run(_ words: [[UInt8]]) -> Int32 {
    guard words.count >= 4, let mask = UInt64(String(decoding: words[0], as: UTF8.self), radix: 16)
    else { return 125 }
    var every = sigset_t()
    sigfillset(&every)
    sigprocmask(SIG_SETMASK, &every, nil)
    _ = fcntl(report, F_SETFD, FD_CLOEXEC)
    var loop = TraceLoop(tracer: Tracer(isTimed: words[1].elementsEqual("1".utf8)))
    guard loop.start(words[2], Array(words[3...]), mask) else { return 125 }
    loop.follow()
    return 0
  }

  private init(tracer: Tracer) { self.tracer = tracer }

  // MARK: start

  private mutating func start(_ program: [UInt8], _ words: [[UInt8]], _ mask: UInt64) -> Bool {
    var gate: [Int32] = [-1, -1]
    var told: [Int32] = [-1, -1]
    guard pipe(&gate) == 0, pipe(&told) == 0 else {
      TraceReport.send(.cannotTrace(errno))
      return false
    }
    for end in gate + told { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    failures = told[0]
    let code = SystemCallFilter().code
    var mask = mask
    command = Self.withStrings(words) { arguments in
      Self.withStrings([Array("/bin/sh".utf8), program] + words.dropFirst()) { shell in
        program.withCPath { path in
          cachetronomy_start_traced(
            path, arguments, cachetronomy_environ(), shell, code, UInt16(code.count), gate[0],
            gate[1], told[1], &mask)
        }
      }
    }
    close(told[1])
    close(gate[0])
    Self.leaveStreams()
    guard command > 0 else {
      TraceReport.send(.cannotTrace(errno))
      return false
    }
    guard cachetronomy_ptrace(Self.seize, command, 0, Self.options) == 0 else {
      let reason = errno
      kill(command, SIGKILL)
      waitpid(command, nil, 0)
      TraceReport.send(.cannotTrace(reason))
      return false
    }
    tracer.begin(command)
    var byte: UInt8 = 1
    write(gate[1], &byte, 1)
    close(gate[1])
    return true
  }

  /// The reader of the command's pipes must see their end when the command closes them.
  private static func leaveStreams() {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard null >= 0 else { return }
    for stream in 0...2 as ClosedRange<Int32> { dup2(null, stream) }
    close(null)
  }

  private static func withStrings<T>(
    _ words: [[UInt8]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> T
  ) -> T {
    var copies: [UnsafeMutablePointer<CChar>?] = words.map { $0.withCPath { strdup($0) } }
    copies.append(nil)
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeMutableBufferPointer { body($0.baseAddress) }
  }

  // MARK: stops

  private mutating func follow() {
    // One of the command's processes stays, and so does its tracer.
    var isLeft = false
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 8) { call in
      guard let call = call.baseAddress else { return }
      while true {
        var status: Int32 = 0
        let thread = next(&status)
        if thread <= 0 {
          isLeft = thread == 0
          break
        }
        handle(thread, status, call)
      }
    }
    guard ending != nil else { return }
    sendReport(isLeft: isLeft)
    close(Self.report)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 8) { call in
      guard let call = call.baseAddress else { return }
      while true {
        var status: Int32 = 0
        let thread = waitpid(-1, &status, Self.wallFlag)
        if thread > 0 { handle(thread, status, call) } else if errno != EINTR { return }
      }
    }
  }

  private static let wallFlag = Int32(bitPattern: 0x4000_0000)

  /// The next thread that stopped or ended; 0 if the command has ended and none follows in time,
  /// -1 if all have ended.
  private func next(_ status: inout Int32) -> pid_t {
    for _ in 0..<Self.spinCount {
      let thread = waitpid(-1, &status, Self.wallFlag | WNOHANG)
      if thread > 0 { return thread }
      if thread < 0, errno != EINTR { return -1 }
    }
    guard ending != nil else {
      while true {
        let thread = waitpid(-1, &status, Self.wallFlag)
        if thread > 0 { return thread }
        if errno != EINTR { return -1 }
      }
    }
    let end = MonotonicClock.now() + Self.drainTimeout
    while MonotonicClock.now() < end {
      let thread = waitpid(-1, &status, Self.wallFlag | WNOHANG)
      if thread > 0 { return thread }
      if thread < 0, errno != EINTR { return -1 }
      usleep(200)
    }
    return 0
  }

  private mutating func handle(
    _ thread: pid_t, _ status: Int32, _ call: UnsafeMutablePointer<UInt64>
  ) {
    guard status & 0xff == 0x7f else {
      tracer.end(thread)
      releasePending()
      if thread == command { end(status) }
      return
    }
    let signal = status >> 8 & 0xff
    var delivered: Int32 = 0
    switch status >> 16 {
    case 0: delivered = signal
    case 1, 2, 3:
      var created: UInt = 0
      withUnsafeMutablePointer(to: &created) { pointer in
        _ = cachetronomy_ptrace(Self.eventMessage, thread, 0, UInt(bitPattern: pointer))
      }
      tracer.begin(Int(created), from: thread)
      if let index = pending.firstIndex(where: { Int($0) == Int(created) }) {
        proceed(pending.remove(at: index))
      }
    case 4:
      if !hasExecuted { TraceReport.send(.started(command)) }
      hasExecuted = true
      tracer.executed(thread)
    case 7: if cachetronomy_traced_call(thread, call) != 0 { tracer.saw(thread, call) }
    case 128 where [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU].contains(signal):
      _ = cachetronomy_ptrace(Self.listen, thread, 0, 0)
      return
    case 128 where !tracer.knows(thread):
      pending.append(thread)
      return
    default: break
    }
    proceed(thread, delivering: delivered)
  }

  private func proceed(_ thread: pid_t, delivering signal: Int32 = 0) {
    _ = cachetronomy_ptrace(Self.continuation, thread, 0, UInt(signal))
  }

  /// A parent that was killed tells of none of its children any more.
  private mutating func releasePending() {
    for thread in pending {
      tracer.beginUnknown(thread)
      proceed(thread)
    }
    pending = []
  }

  private mutating func end(_ status: Int32) {
    if !hasExecuted {
      var failure = [UInt8](repeating: 0, count: 5)
      if read(failures, &failure, 5) == 5 {
        let reason = failure.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 1, as: Int32.self) }
        return TraceReport.send(
          failure[0] == UInt8(ascii: "X") ? .cannotExecute(reason) : .cannotTrace(reason))
      }
    }
    ending = status
    TraceReport.send(.ended(status))
  }

  // MARK: report

  private mutating func sendReport(isLeft: Bool) {
    if isLeft { tracer.noteLeftRunning() }
    TraceReport.send(
      .inputs(tracer.refusal, usesMachine: tracer.usesMachine, count: tracer.inputs.count, []))
    // In parts: a hundred thousand inputs would take as much memory again.
    var bytes: [UInt8] = []
    for index in 0..<tracer.inputs.count {
      let item = tracer.inputs[index]
      let path = tracer.inputs.path(item)
      TracedInput.append(item, path, to: &bytes)
      if bytes.count >= 1 << 16 || index == tracer.inputs.count - 1 {
        TraceReport.write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
  }
}
