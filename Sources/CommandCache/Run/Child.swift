internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// The process of the command.
///
/// All processes are started here.
struct Child {
  /// How a process ended.
  enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)

    /// The status as a shell reports it.
    var status: Int32 {
      switch self {
      case .exited(let status): status
      case .killed(let signal): 128 + signal
      }
    }
  }

  /// The stdin of a command.
  enum Input: Equatable {
    /// `/dev/null`.
    case null
    /// Another descriptor of this process.
    case descriptor(Int32)
    /// The stdin of this process.
    case inherited
  }

  let process: pid_t
  /// Read end of the pipe for stdout, or for both streams.
  let output: Int32
  /// Read end of the pipe for stderr; -1 if one pipe carries both streams.
  let errors: Int32
  /// The tracer, which is then the parent of the process.
  var tracer: TraceLink?

  /// Starts a command with pipes for its output.
  ///
  /// - Parameters:
  ///   - input: the stdin of the command.
  ///   - isMerged: whether one pipe carries both streams.
  /// - Throws: `Failure.cannotRun` with a shell's wording.
  static func start(
    _ invocation: Invocation, input: Input, isMerged: Bool, mask: sigset_t
  ) throws(Failure) -> Child {
    let pipes = try Pipes(isMerged: isMerged)
    defer { pipes.closeWriteEnds() }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    pipes.give(input, &actions)
    var process = pid_t()
    let code = spawn(invocation, actions: &actions, mask, &process)
    guard code == 0 else {
      pipes.closeReadEnds()
      // The command needs few processes and little memory beyond what this process holds.
      throw code == EAGAIN || code == ENOMEM
        ? nothingLeft("a process", code) : refusal(invocation, code)
    }
    return Child(process: process, output: pipes.output, errors: pipes.errors)
  }

  /// The pipes for the output of a command.
  struct Pipes {
    /// Read ends; that of the errors is -1 if one pipe carries both streams.
    let output, errors: Int32
    private let ends: [Int32]

    init(isMerged: Bool) throws(Failure) {
      var ends: [Int32] = [-1, -1, -1, -1]
      let isMade = ends.withUnsafeMutableBufferPointer { ends in
        pipe(ends.baseAddress) == 0 && (isMerged || pipe(ends.baseAddress.map { $0 + 2 }) == 0)
      }
      guard isMade else {
        let reason = errno
        for end in ends where end >= 0 { close(end) }
        throw nothingLeft("a pipe", reason)
      }
      for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      (output, errors, self.ends) = (ends[0], ends[2], ends)
    }

    /// Sets the streams of a process.
    func give(_ input: Input, _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>) {
      switch input {
      case .null: Child.give(nil, actions)
      case .descriptor(let number): Child.give(number, actions)
      case .inherited: break
      }
      posix_spawn_file_actions_adddup2(actions, ends[1], 1)
      posix_spawn_file_actions_adddup2(actions, ends[errors < 0 ? 1 : 3], 2)
    }

    func closeWriteEnds() { for end in [ends[1], ends[3]] where end >= 0 { close(end) } }
    func closeReadEnds() { for end in [output, errors] where end >= 0 { close(end) } }

    func closeAll() {
      closeWriteEnds()
      closeReadEnds()
    }
  }

  static func nothingLeft(_ what: String, _ reason: Int32) -> Failure {
    .file(verb: "make", path: what, reason: SystemError.text(reason))
  }

  /// Whether no pipe or process was available to start the command with.
  static func isNothingLeft(_ failure: Failure) -> Bool {
    if case .file("make", "a pipe", _) = failure { return true }
    if case .file("make", "a process", _) = failure { return true }
    return false
  }

  /// Replaces this process with the command, with `/dev/null` as stdin.
  ///
  /// Returns only on failure.
  static func execWithoutInput(_ invocation: Invocation) -> Failure {
    close(0)
    // Descriptor 0 is the lowest free number now.
    _ = open("/dev/null", O_RDONLY)
    return exec(invocation)
  }

  /// Replaces this process with the command, with the descriptors and signals it was started with.
  ///
  /// Returns only on failure.
  static func exec(_ invocation: Invocation) -> Failure {
    Signals.unblockFailedWrites()
    let code = withArguments(
      invocation.argv, invocation.environment, invocation.executable.program
    ) { path, argv, environment in
      execve(path, argv, environment)
      let code = errno
      guard code == ENOEXEC else { return code }
      return withScript(path, argv) { shell, argv in
        execve(shell, argv, environment)
        return errno
      }
    }
    return refusal(invocation, code)
  }

  static func refusal(_ invocation: Invocation, _ code: Int32) -> Failure {
    // The search found the file, so what is missing is its interpreter.
    let reason = (code == ENOENT ? "bad interpreter: " : "") + SystemError.text(code)
    return .cannotRun(
      .notExecutable(name: ShellWords.quote(invocation.shownArguments.first ?? []), reason: reason))
  }

  /// Sets the stdin of a process; nil is `/dev/null`.
  fileprivate static func give(
    _ input: Int32?, _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>
  ) {
    if let input {
      posix_spawn_file_actions_adddup2(actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
    }
  }

  /// The descriptor at which a detached process finds its inherited lock.
  static let inheritedLock: Int32 = 3

  /// Starts this program again, detached from the caller: in a new session, with no open
  /// descriptors except its input and an optional lock.
  ///
  /// - Parameters:
  ///   - input: the stdin of the process; nil is `/dev/null`.
  ///   - lock: a descriptor to pass on as `inheritedLock`; nil passes none.
  static func detach(
    _ argv: [[UInt8]], environment: Environment, input: Int32?, lock: Int32?
  ) throws(Failure) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    give(input, &actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    if let lock { posix_spawn_file_actions_adddup2(&actions, lock, inheritedLock) }
    cachetronomy_spawn_close_from(&actions, lock == nil ? inheritedLock : inheritedLock + 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigprocmask(SIG_BLOCK, nil, &mask)
    for signal in Signals.ofWrites { sigdelset(&mask, signal) }
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | cachetronomy_spawn_setsid))
    var process = pid_t()
    let code = withArguments(argv, environment, Array("/proc/self/exe".utf8)) {
      path, argv, environment in
      posix_spawn(&process, path, &actions, &attributes, argv, environment)
    }
    guard code == 0 else {
      throw .file(verb: "start", path: "cachetronomy", reason: SystemError.text(code))
    }
  }

  /// Starts this program again as a worker, with its stderr on a pipe and its stdout discarded.
  ///
  /// - Parameter directory: its working directory; nil is that of this process.
  /// - Returns: the process, and the read end of the pipe from its stderr.
  static func work(
    _ argv: [[UInt8]], environment: Environment, directory: [UInt8]?, mask: sigset_t
  ) throws(Failure) -> (process: pid_t, errors: Int32) {
    var ends: [Int32] = [-1, -1]
    guard ends.withUnsafeMutableBufferPointer({ $0.baseAddress.map { pipe($0) } }) == 0 else {
      throw nothingLeft("a pipe", errno)
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    give(nil, &actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    if let directory {
      _ = directory.withCPath { cachetronomy_spawn_chdir(&actions, $0) }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = mask
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process = pid_t()
    let code = withArguments(argv, environment, Array("/proc/self/exe".utf8)) {
      path, argv, environment in
      posix_spawn(&process, path, &actions, &attributes, argv, environment)
    }
    guard code == 0 else {
      close(ends[0])
      throw .file(verb: "start", path: "cachetronomy", reason: SystemError.text(code))
    }
    return (process, ends[0])
  }

  private static func spawn(
    _ invocation: Invocation, actions: UnsafeMutablePointer<posix_spawn_file_actions_t>,
    _ mask: sigset_t, _ process: inout pid_t
  ) -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The command does not inherit the signals that this process blocks.
    var mask = mask
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    return withArguments(
      invocation.argv, invocation.environment, invocation.executable.program
    ) { path, argv, environment in
      let code = posix_spawn(&process, path, actions, &attributes, argv, environment)
      guard code == ENOEXEC else { return code }
      // As execvp(3) does: a script without '#!' is run by the shell.
      return withScript(path, argv) { shell, argv in
        posix_spawn(&process, shell, actions, &attributes, argv, environment)
      }
    }
  }

  typealias Vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  static func withArguments(
    _ argv: [[UInt8]], _ environment: Environment, _ program: [UInt8],
    _ body: (UnsafePointer<CChar>, Vector, Vector) -> Int32
  ) -> Int32 {
    var argv = argv.map { word in word.withCPath { strdup($0) } }
    var environment = environment.entries.map { entry in entry.withCPath { strdup($0) } }
    argv.append(nil)
    environment.append(nil)
    defer { for text in argv + environment { free(text) } }
    return program.withCPath { path in
      argv.withUnsafeMutableBufferPointer { argv in
        environment.withUnsafeMutableBufferPointer { environment in
          guard let argv = argv.baseAddress, let environment = environment.baseAddress else {
            return EINVAL
          }
          return body(path, argv, environment)
        }
      }
    }
  }

  private static func withScript(
    _ path: UnsafePointer<CChar>, _ argv: Vector, _ body: (UnsafePointer<CChar>, Vector) -> Int32
  ) -> Int32 {
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup(path)]
    defer {
      free(words[0])
      free(words[1])
    }
    var at = 1
    if argv[0] != nil {
      while let word = argv[at] {
        words.append(word)
        at += 1
      }
    }
    words.append(nil)
    return words.withUnsafeMutableBufferPointer { buffer in
      guard let argv = buffer.baseAddress else { return EINVAL }
      return body("/bin/sh", argv)
    }
  }
}
