internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Runs a command: forwards its output and its signals, and reports how it ended.
struct ChildMonitor {
  /// How long to read output of background processes after the command exited.
  static let drainTimeout: Int64 = 100_000
  /// How long to keep recording after the reader closed its end.
  static let orphanedOutputLimit: Int64 = 5_000_000
  /// How long a command that timed out has between TERM and KILL.
  static let killDelay: Int64 = 5_000_000
  /// How long the reader may block before processes that wait for this run stop waiting.
  static let blockedLimit: Int64 = 1_000_000

  /// What to run, and with which streams and limits.
  struct Request {
    var invocation: Invocation
    var input: Child.Input
    /// One pipe for both streams.
    var isMerged = false
    var sink: any LiveSink
    /// Records output; returns false if it cannot take more.
    var record: (Stream, UnsafeRawBufferPointer) -> Bool
    /// Observes the input that the command inherits.
    var watch: InputWatch?
    /// Whether to trace it: with the times of all files or without; nil does not.
    var traces: Bool?
    /// Whether it may run without the tracer where that is refused.
    var mayRunUntraced = true
    /// Called once, when the command has read input or its output has been blocked for a second:
    /// processes that wait for the result must stop waiting.
    var releaseWaiters: (_ readsInput: Bool) -> Void = { _ in }
  }

  /// The outcome of a finished run.
  struct Result {
    var ending: Child.Ending
    /// Whether the pipes were closed because the reader left, so that the output is incomplete.
    var wasCutOff: Bool
    /// Whether the command exceeded its timeout and was terminated.
    var isOutOfTime: Bool
    /// A signal that this process received and that killed the command.
    var signal: Int32?
    /// Why output could not be written; the command ran to its end regardless.
    var unwritten: Failure?
    /// What the tracer saw; nil if tracing was not wanted.
    var trace: TraceOutcome?
  }

  /// The status of a command that timed out, as `timeout` reports it.
  static let timeoutStatus: Int32 = 124

  private let request: Request
  private let child: Child
  /// The processes that the command started, if it has a timeout.
  private let tree: ProcessTree?
  private var pumps: [OutputPump]
  private var ending: Child.Ending?
  private var endedAt: Int64?
  private var readerLeftAt: Int64?
  private var wasCutOff = false
  private var unwritten: Failure?
  private var hasReleased = false
  /// Whether a signal for the command was received.
  private var isInterrupted = false
  /// When to send TERM or, once that was sent, KILL.
  private var deadline: Int64?
  private var isOutOfTime = false
  /// Whether it was terminated while processes that it started may still run.
  private var isEnding = false
  /// When to stop waiting for processes that KILL did not end; nil before the first KILL.
  private var killEnd: Int64?
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  /// Runs a command until it ends.
  static func run(_ request: Request) throws(Failure) -> Result {
    let limit = request.invocation.settings.timeout.flatMap { $0.microseconds == 0 ? nil : $0 }
    let signals = Signals(adopts: limit != nil)
    defer { signals.restore() }
    let tree = limit == nil ? nil : ProcessTree()
    let (child, reason) = try start(request, signals.before)
    tree?.add(command: child.process, tracer: child.tracer?.process)
    request.watch?.release()
    var monitor = ChildMonitor(request, child, tree, limit)
    defer { monitor.closePipes() }
    var result = try monitor.loop(signals)
    if let link = child.tracer {
      link.finish()
      // The tracer is told of their end first, and they become this process's then.
      tree?.reapAdopted()
      result.trace = TraceOutcome(
        refusal: link.refusal, usesMachine: link.usesMachine, inputs: link.inputs ?? [])
      if link.inputs == nil { result.trace?.cannotTrace = "the tracer was killed" }
    } else if let reason {
      result.trace = TraceOutcome(cannotTrace: reason)
    }
    return result
  }

  /// Starts the command, traced if that is wanted and possible.
  ///
  /// - Returns: the command, and why it is not traced.
  /// - Throws: `RunProblem.notTraceable` if it may not run untraced.
  private static func start(
    _ request: Request, _ mask: sigset_t
  ) throws(Failure) -> (Child, String?) {
    var reason: String?
    if let isTimed = request.traces {
      switch try Child.startTraced(
        request.invocation, input: request.input, isMerged: request.isMerged, mask: mask,
        isTimed: isTimed)
      {
      case .started(let child): return (child, nil)
      case .refused(let why):
        guard request.mayRunUntraced else { throw .cannotRun(.notTraceable(reason: why)) }
        reason = why
      }
    }
    let child = try Child.start(
      request.invocation, input: request.input, isMerged: request.isMerged, mask: mask)
    return (child, reason)
  }

  private init(_ request: Request, _ child: Child, _ tree: ProcessTree?, _ limit: TimeToLive?) {
    (self.request, self.child, self.tree) = (request, child, tree)
    if let limit {
      let end = MonotonicClock.now().addingReportingOverflow(limit.microseconds)
      deadline = end.overflow ? nil : end.partialValue
    }
    pumps = [OutputPump(request.isMerged ? .both : .output, from: child.output)]
    if !request.isMerged { pumps.append(OutputPump(.errors, from: child.errors)) }
  }

  private mutating func closePipes() {
    for index in pumps.indices { pumps[index].close() }
  }

  private mutating func loop(_ signals: Signals) throws(Failure) -> Result {
    // The tracer tells when the command has ended.
    let handle = child.tracer?.descriptor ?? cachetronomy_pidfd_open(child.process)
    defer { if handle >= 0, child.tracer == nil { close(handle) } }
    var signal: Int32?
    while ending == nil || isEnding || !pumps.allSatisfy(\.isDone) {
      let ready = try wait(signals.descriptor, handle)
      if let received = signals.next() {
        if ending == nil {
          send(received)
        } else {
          // The command has ended and only its reader is pending: the signal is for this process.
          signal = received
          cutOff()
        }
      }
      if signals.last != nil { isInterrupted = true }
      enforceDeadline()
      noteInput()
      for index in ready { pump(index) }
      if ending == nil { reap() }
      if signals.takeEndOfChild() { tree?.reapAdopted() }
      settle()
    }
    // Otherwise they would stay as zombies until init reaps them.
    tree?.reapAdopted()
    let ending = ending ?? .exited(0)
    let ofCommand = signals.last.flatMap { ending == .killed(signal: $0) ? $0 : nil }
    return Result(
      ending: ending, wasCutOff: wasCutOff, isOutOfTime: isOutOfTime,
      signal: signal ?? ofCommand, unwritten: unwritten)
  }

  /// Waits for the next event.
  ///
  /// - Returns: the indices of the pumps that are ready.
  private func wait(_ signals: Int32, _ handle: Int32) throws(Failure) -> [Int] {
    var (polled, owners): ([pollfd], [Int]) = ([], [])
    for (index, pump) in pumps.enumerated() {
      guard let wanted = pump.poll(request.sink) else { continue }
      polled.append(wanted)
      owners.append(index)
    }
    polled.append(pollfd(fd: signals, events: Int16(POLLIN), revents: 0))
    if ending == nil, handle >= 0 {
      polled.append(pollfd(fd: handle, events: Int16(POLLIN), revents: 0))
    }
    if let input = request.watch?.descriptor, input >= 0 {
      polled.append(pollfd(fd: input, events: Int16(POLLIN), revents: 0))
    }
    let ready = poll(&polled, nfds_t(polled.count), timeout(handle))
    if ready < 0, errno != EINTR {
      throw .file(verb: "wait for", path: "the command", reason: SystemError.text(errno))
    }
    return owners.indices.filter { ready > 0 && polled[$0].revents != 0 }.map { owners[$0] }
  }

  /// Returns the milliseconds until the next deadline; -1 if there is none.
  private func timeout(_ handle: Int32) -> Int32 {
    // Without a pidfd the end of the process is polled for.
    var limit: Int32 = handle >= 0 ? -1 : 50
    if !pumps.contains(where: \.isOpen), ending == nil, handle < 0 { limit = 5 }
    if isEnding, ending != nil { limit = Int32(ProcessTree.checkInterval / 1000) }
    var due: [Int64?] = [ending == nil || isEnding ? deadline : nil]
    if pumps.contains(where: { !$0.isDone }) {
      due.append(readerLeftAt.map { $0 + Self.orphanedOutputLimit })
    }
    if pumps.contains(where: { $0.isOpen && !$0.isBlocked }) || isToEnd {
      due.append(endedAt.map { $0 + Self.drainTimeout })
    }
    if !hasReleased {
      due += pumps.map { pump in pump.blockedSince.map { $0 + Self.blockedLimit } }
    }
    for end in due {
      guard let end else { continue }
      let left = Int32(clamping: (max(0, end - MonotonicClock.now()) + 1999) / 1000)
      limit = limit < 0 ? left : min(limit, left)
    }
    return limit
  }

  /// Moves the available bytes of one stream, at most one buffer.
  private mutating func pump(_ index: Int) {
    let now = MonotonicClock.now()
    do throws(Failure) {
      if pumps[index].isBlocked {
        try pumps[index].flush(to: request.sink, at: now)
      } else if pumps[index].isOpen {
        try move(index, now)
      }
    } catch {
      // The command is not told: it runs to its end.
      if unwritten == nil { unwritten = error }
      pumps[index].stop()
      return
    }
    if pumps[index].isClosed, unwritten == nil, readerLeftAt == nil { readerLeftAt = now }
  }

  private mutating func move(_ index: Int, _ now: Int64) throws(Failure) {
    let count = pumps[index].read(into: &buffer)
    if count == 0 { return }
    let stream = pumps[index].stream
    let result: Swift.Result<Bool, Failure> = buffer.withUnsafeBytes { all in
      Swift.Result { () throws(Failure) in
        let bytes = UnsafeRawBufferPointer(rebasing: all[..<count])
        let isKept = request.record(stream, bytes)
        try pumps[index].pass(bytes, to: request.sink, at: now)
        return isKept
      }
    }
    let isKept = try result.get()
    // Without a reader and a recording, further output has no use.
    if !isKept, pumps[index].isClosed || readerLeftAt != nil, unwritten == nil { cutOff() }
  }

  private mutating func noteInput() {
    guard !hasReleased, let watch = request.watch else { return }
    watch.update()
    if watch.isRead { release(readsInput: true) }
  }

  private mutating func release(readsInput: Bool) {
    hasReleased = true
    request.releaseWaiters(readsInput)
  }

  /// Whether to end the run even if the reader blocks.
  private var isToEnd: Bool { isOutOfTime || isInterrupted }

  /// Ends whatever is past its deadline.
  private mutating func settle() {
    let now = MonotonicClock.now()
    if isEnding, ending != nil, tree?.isEmpty != false || now > killEnd ?? .max { isEnding = false }
    if ending != nil, !isEnding, endedAt == nil {
      endedAt = now
      // The pipes hold output of the command itself now, which is passed on however slow its reader
      // is.
      for index in pumps.indices { pumps[index].countUnread() }
    }
    if let endedAt, now - endedAt > Self.drainTimeout {
      // Anything later comes from processes that it left behind.
      for index in pumps.indices where pumps[index].unreadBytes <= 0 { pumps[index].close() }
      if isToEnd, pumps.contains(where: \.isBlocked) { cutOff() }
    }
    if let readerLeftAt, pumps.contains(where: { !$0.isDone }),
      now - readerLeftAt > Self.orphanedOutputLimit
    {
      cutOff()
    }
    if !hasReleased,
      pumps.contains(where: { now - ($0.blockedSince ?? now) >= Self.blockedLimit })
    {
      release(readsInput: false)
    }
  }

  private func send(_ signal: Int32) {
    if let tree { tree.send(signal) } else { kill(child.process, signal) }
  }

  private mutating func enforceDeadline() {
    let now = MonotonicClock.now()
    guard let end = deadline, now >= end, ending == nil || isEnding else { return }
    if isOutOfTime {
      send(SIGKILL)
      // Processes that it started meanwhile are killed in the next round.
      deadline = now + ProcessTree.checkInterval
      killEnd = killEnd ?? now + ProcessTree.killLimit
    } else {
      // A stopped process acts on TERM only after it continues.
      tree?.send(SIGTERM, SIGCONT)
      deadline = now + Self.killDelay
      (isOutOfTime, isEnding) = (true, true)
    }
  }

  private mutating func cutOff() {
    wasCutOff = true
    for index in pumps.indices {
      pumps[index].close()
      pumps[index].stop()
    }
  }

  private mutating func reap() {
    if let link = child.tracer { return reap(link) }
    var status: Int32 = 0
    let found = waitpid(child.process, &status, WNOHANG)
    if found < 0, errno == ECHILD {
      // Another part of this process reaped the child, so whether the output is complete is
      // unknown.
      (ending, wasCutOff) = (.exited(125), true)
    }
    guard found == child.process else { return }
    end(status)
  }

  private mutating func reap(_ link: TraceLink) {
    link.poll()
    if let status = link.ending { return end(status) }
    // The tracer was killed.
    if link.isOver { (ending, wasCutOff) = (.exited(125), true) }
  }

  private mutating func end(_ status: Int32) {
    tree?.commandHasEnded()
    let signal = status & 0x7f
    ending = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
  }
}
