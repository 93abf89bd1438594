internal import CPOSIX
internal import Glibc

/// Watches a running command: passes its output on as it comes, its signals to it, and says how
/// it ended.
struct Watching {
  /// After the command has ended, output that somebody it left behind may still write.
  static let drain: Int64 = 100_000
  /// After the last reader has gone, how long recording goes on.
  static let grace: Int64 = 5_000_000
  /// After TERM, how long a command that ran out of time has until KILL.
  static let mercy: Int64 = 5_000_000

  private let child: Child
  private let leadsGroup: Bool
  /// `owed`: bytes that were in the pipe when the command ended, its own.
  private var pipes: [(stream: Stream, descriptor: Int32, owed: Int)]
  private var ending: Child.Ending?
  private var gone: Set<Stream> = []
  private var leftAt: Int64?
  private var wasCutOff = false
  /// When the command is to end, by TERM or, once that was sent, by KILL.
  private var deadline: Int64?
  private var isOutOfTime = false

  /// What is known when it is over.
  struct Result {
    var ending: Child.Ending
    /// We closed the pipes because nobody read any more: the output is not whole.
    var wasCutOff: Bool
    /// It ran longer than it may, and was ended.
    var isOutOfTime: Bool
    /// A signal that we got ourselves and of which the command died.
    var signal: Int32?
  }

  /// The status of a command that ran out of time, as `timeout` gives it.
  static let timeoutStatus: Int32 = 124

  private init(_ child: Child, _ limit: TimeToLive?) {
    self.child = child
    leadsGroup = limit != nil
    if let limit {
      let end = Timestamp.monotonic().addingReportingOverflow(limit.microseconds)
      deadline = end.overflow ? nil : end.partialValue
    }
    pipes = [(.output, child.output, 0), (.errors, child.errors, 0)]
  }

  /// Runs a command to its end.
  ///
  /// - Parameters:
  ///   - input: what it reads; nil is nothing.
  ///   - pass: hands output to whoever called us.
  ///   - record: keeps output; false if it wants no more.
  static func run(
    _ invocation: Invocation, input: Int32?, pass: Sink,
    record: (Stream, UnsafeRawBufferPointer) -> Bool
  ) throws(Failure) -> Result {
    let signals = Signals()
    defer { signals.restore() }
    // A command with a limit is ended with all that it started: in a group of its own.
    let limit = invocation.settings.timeout.flatMap { $0.microseconds == 0 ? nil : $0 }
    let child = try Child.start(
      invocation, input: input, leadsGroup: limit != nil, mask: signals.before)
    var watching = Watching(child, limit)
    defer { watching.closePipes() }
    return try watching.loop(signals, pass, record)
  }

  private mutating func closePipes() {
    for pipe in pipes { close(pipe.descriptor) }
    pipes = []
  }

  /// The command has ended: what is in its pipes now is its own, however long its reader takes.
  private mutating func count() {
    for index in pipes.indices {
      pipes[index].owed = Int(cachetronomy_waiting_bytes(pipes[index].descriptor))
    }
  }

  /// What comes after that is of somebody it left behind.
  private mutating func closeWhatIsNotOwed() {
    for pipe in pipes where pipe.owed <= 0 { close(pipe.descriptor) }
    pipes.removeAll { $0.owed <= 0 }
  }

  private mutating func loop(
    _ signals: Signals, _ pass: Sink, _ record: (Stream, UnsafeRawBufferPointer) -> Bool
  ) throws(Failure) -> Result {
    let handle = cachetronomy_pidfd_open(child.process)
    defer { if handle >= 0 { close(handle) } }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var endedAt: Int64?
    while true {
      if ending != nil, pipes.isEmpty { break }
      var polled = pipes.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      polled.append(pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0))
      if ending == nil, handle >= 0 {
        polled.append(pollfd(fd: handle, events: Int16(POLLIN), revents: 0))
      }
      let ready = poll(&polled, nfds_t(polled.count), timeout(endedAt, handle))
      if ready < 0, errno != EINTR {
        throw .file(verb: "wait for", path: "the command", reason: SystemError.text(errno))
      }
      if let signal = signals.next(isAlone: leadsGroup) { send(signal) }
      if ending == nil { enforceDeadline() }
      for (index, pipe) in pipes.enumerated().reversed()
      where polled[index].revents != 0 {
        let got = buffer.withUnsafeMutableBytes { read(pipe.descriptor, $0.baseAddress, $0.count) }
        if got < 0, errno == EINTR || errno == EAGAIN { continue }
        if got <= 0 {
          close(pipe.descriptor)
          pipes.remove(at: index)
          continue
        }
        pipes[index].owed -= got
        try take(pipe.stream, buffer, got, pass, record)
      }
      if ending == nil { reap() }
      if ending != nil, endedAt == nil {
        endedAt = Timestamp.monotonic()
        count()
      }
      if let endedAt, Timestamp.monotonic() - endedAt > Self.drain { closeWhatIsNotOwed() }
      if let leftAt, !pipes.isEmpty, Timestamp.monotonic() - leftAt > Self.grace { cutOff() }
    }
    let ending = ending ?? .exited(0)
    let signal = signals.last.flatMap { ending == .killed(signal: $0) ? $0 : nil }
    return Result(
      ending: ending, wasCutOff: wasCutOff, isOutOfTime: isOutOfTime, signal: signal)
  }

  private func send(_ signal: Int32) { kill(leadsGroup ? -child.process : child.process, signal) }

  private mutating func enforceDeadline() {
    guard let end = deadline, Timestamp.monotonic() >= end else { return }
    send(isOutOfTime ? SIGKILL : SIGTERM)
    // One that was stopped can die only of KILL, or once it goes on.
    if !isOutOfTime { send(SIGCONT) }
    deadline = isOutOfTime ? nil : Timestamp.monotonic() + Self.mercy
    isOutOfTime = true
  }

  private func timeout(_ endedAt: Int64?, _ handle: Int32) -> Int32 {
    // Without a handle for the process its end is asked for now and then.
    var limit: Int32 = handle >= 0 ? -1 : 50
    if pipes.isEmpty, ending == nil, handle < 0 { limit = 5 }
    let ofPipes = [endedAt.map { $0 + Self.drain }, leftAt.map { $0 + Self.grace }]
    for end in (pipes.isEmpty ? [] : ofPipes) + [ending == nil ? deadline : nil] {
      guard let end else { continue }
      let left = Int32(clamping: (max(0, end - Timestamp.monotonic()) + 1999) / 1000)
      limit = limit < 0 ? left : min(limit, left)
    }
    return limit
  }

  private mutating func take(
    _ stream: Stream, _ buffer: [UInt8], _ count: Int, _ pass: Sink,
    _ record: (Stream, UnsafeRawBufferPointer) -> Bool
  ) throws(Failure) {
    let outcome: Swift.Result<(read: Bool, kept: Bool), Failure> = buffer.withUnsafeBytes { all in
      Swift.Result { () throws(Failure) in
        let bytes = UnsafeRawBufferPointer(rebasing: all[..<count])
        let read = gone.contains(stream) ? false : try pass(stream, bytes)
        return (read, record(stream, bytes))
      }
    }
    do {
      let (read, kept) = try outcome.get()
      if !read, gone.insert(stream).inserted, leftAt == nil { leftAt = Timestamp.monotonic() }
      // Nobody reads and nothing is kept: there is no use for what comes.
      if leftAt != nil, !kept { cutOff() }
    } catch {
      // Our own output is broken: the command finds its pipe closed, as it would without us.
      closePipes()
      while ending == nil { reap(waiting: true) }
      throw error
    }
  }

  private mutating func cutOff() {
    wasCutOff = true
    closePipes()
  }

  private mutating func reap(waiting: Bool = false) {
    var status: Int32 = 0
    let found = waitpid(child.process, &status, waiting ? 0 : WNOHANG)
    if found < 0, errno == ECHILD {
      // Somebody else has its status: nobody can say whether the output is whole.
      (ending, wasCutOff) = (.exited(125), true)
    }
    guard found == child.process else { return }
    let signal = status & 0x7f
    ending = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
  }
}

/// The signals that somebody may send us and mean the command.
final class Signals {
  let descriptor: Int32
  /// The mask that we came with, for the command.
  private(set) var before = sigset_t()
  /// The last signal that came from the terminal or another process.
  private(set) var last: Int32?

  private static let forwarded = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM]

  init() {
    var ours = sigset_t()
    sigemptyset(&ours)
    for signal in Self.forwarded { sigaddset(&ours, signal) }
    // Where our caller ignores it, as daemons do, the kernel would keep the command's status from us.
    signal(SIGCHLD, SIG_DFL)
    sigprocmask(SIG_BLOCK, &ours, &before)
    // Blocked by `run` so that a failed write is an error; the command must not inherit that.
    for signal in Self.ofWrites { sigdelset(&before, signal) }
    descriptor = signalfd(-1, &ours, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
  }

  /// The next signal to hand on; one that the terminal sent has reached the command already.
  ///
  /// - Parameter isAlone: the command is in another group, where the terminal's do not reach it.
  func next(isAlone: Bool) -> Int32? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while read(descriptor, &info, size) == size {
      last = Int32(info.ssi_signo)
      // A terminal that hangs up tells the leader of its session alone; an alarm is its owner's.
      let isOurs = last == SIGALRM || last == SIGHUP && getsid(0) == getpid()
      if isAlone || isOurs || info.ssi_code <= 0 { return last }
    }
    return nil
  }

  func restore() {
    close(descriptor)
    // Still without those: one that waits would end us here.
    var after = before
    for signal in Self.ofWrites { sigaddset(&after, signal) }
    sigprocmask(SIG_SETMASK, &after, nil)
  }

  /// Starts a thread that gets none: they are for the thread that waits for the command.
  static func blocked<T>(_ start: () -> T) -> T {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return start()
  }

  /// Runs something whose broken pipes are its own affair.
  static func withoutBrokenPipe<T>(_ body: () -> T) -> T {
    var (pipe, waiting, before) = (sigset_t(), sigset_t(), sigset_t())
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    sigpending(&waiting)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer {
      var now = timespec()
      if sigismember(&waiting, SIGPIPE) == 0 { while sigtimedwait(&pipe, nil, &now) > 0 {} }
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    return body()
  }

  /// A reader who leaves, and a file over `ulimit -f`.
  static let ofWrites = [SIGPIPE, SIGXFSZ]

  private static var writes: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in ofWrites { sigaddset(&set, signal) }
    return set
  }

  /// Makes a write that cannot be done an error instead of a signal that ends us.
  static func blockFailedWrites() {
    var set = writes
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  /// The same for files alone: who reads a pipe of ours may end us, as Unix does.
  static func blockFileLimit() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGXFSZ)
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  /// Undoes that for a command that takes our place; what waits to end us is forgotten.
  static func unblockFailedWrites() {
    var set = writes
    var now = timespec()
    while sigtimedwait(&set, nil, &now) > 0 {}
    sigprocmask(SIG_UNBLOCK, &set, nil)
  }
}
