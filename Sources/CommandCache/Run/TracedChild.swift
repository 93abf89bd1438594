internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System
internal import Trace

extension Child {
  /// The result of starting a command under the tracer.
  enum TracedStart {
    case started(Child)
    /// The kernel or another tracer refuses: nothing was started.
    case refused(String)
  }

  /// Starts a command under the tracer, which is this program again.
  ///
  /// - Parameter isTimed: whether the times of all files count.
  /// - Throws: `Failure.cannotRun` with a shell's wording.
  static func startTraced(
    _ invocation: Invocation, input: Input, isMerged: Bool, mask: sigset_t, isTimed: Bool
  ) throws(Failure) -> TracedStart {
    if geteuid() != 0, isPrivileged(invocation.executable.program) {
      return .refused("it is setuid or setgid")
    }
    let pipes = try Pipes(isMerged: isMerged)
    var report: [Int32] = [-1, -1]
    guard report.withUnsafeMutableBufferPointer({ $0.baseAddress.map { pipe($0) } }) == 0 else {
      let reason = errno
      pipes.closeAll()
      throw nothingLeft("a pipe", reason)
    }
    for end in report { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var process = pid_t()
    let code = spawnTracer(
      invocation, input, pipes, report[1], mask, isTimed: isTimed, &process)
    pipes.closeWriteEnds()
    close(report[1])
    guard code == 0 else {
      pipes.closeReadEnds()
      close(report[0])
      // The program is found by it.
      if code == ENOENT || code == EACCES { return .refused("there is no /proc") }
      throw nothingLeft("a process", code)
    }
    let link = TraceLink(process: process, descriptor: report[0])
    switch link.begin() {
    case .started(let command):
      return .started(
        Child(process: command, output: pipes.output, errors: pipes.errors, tracer: link))
    case .cannotExecute(let reason):
      pipes.closeReadEnds()
      waitpid(process, nil, 0)
      throw refusal(invocation, reason)
    case .cannotTrace(let reason):
      pipes.closeReadEnds()
      waitpid(process, nil, 0)
      return .refused("ptrace: \(SystemError.text(reason))")
    case .ended, .inputs:
      pipes.closeReadEnds()
      return .refused("the tracer failed")
    }
  }

  private static func isPrivileged(_ path: [UInt8]) -> Bool {
    var status = stat()
    return path.withCPath { stat($0, &status) } == 0 && status.st_mode & (S_ISUID | S_ISGID) != 0
  }

  private static func spawnTracer(
    _ invocation: Invocation, _ input: Input, _ pipes: Pipes, _ report: Int32, _ mask: sigset_t,
    isTimed: Bool, _ process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    pipes.give(input, &actions)
    posix_spawn_file_actions_adddup2(&actions, report, TraceLoop.report)
    cachetronomy_spawn_close_from(&actions, TraceLoop.report + 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // It unblocks for the command what this process blocks, and stays blocked itself.
    var every = sigset_t()
    sigfillset(&every)
    posix_spawnattr_setsigmask(&attributes, &every)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let blocked = withUnsafeBytes(of: mask) { $0.loadUnaligned(as: UInt64.self) }
    let words =
      ["cachetronomy", TraceLoop.verb, String(blocked, radix: 16), isTimed ? "1" : "0"]
      .map { Array($0.utf8) } + [invocation.executable.program] + invocation.argv
    return withArguments(words, invocation.environment, Array("/proc/self/exe".utf8)) {
      path, argv, environment in
      posix_spawn(&process, path, &actions, &attributes, argv, environment)
    }
  }
}
