internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// The processes that a command with a timeout started, which the timeout terminates as well.
///
/// While an instance exists, this process is the subreaper of what the command leaves behind. The
/// command stays in its caller's process group, so that signals from the terminal reach it; a new
/// process group would find its processes more simply. Daemons, which create a new session, are not
/// included.
final class ProcessTree {
  /// How long to wait for processes that KILL did not end, in microseconds.
  static let killLimit: Int64 = 2_000_000
  /// How often to check whether they have ended, in microseconds.
  static let checkInterval: Int64 = 20_000

  private let wasAdopting: Bool
  /// Children that this process had before; a shell that replaced itself by `exec` leaves some.
  private let earlier: Set<pid_t>
  private var sessions: Set<pid_t> = [getsid(0)]
  /// The process of the command; 0 before it is started.
  private var command: pid_t = 0
  private var tracer: pid_t?

  init() {
    wasAdopting = cachetronomy_is_subreaper()
    cachetronomy_set_subreaper(true)
    earlier = Set(Self.children(of: getpid()))
  }

  deinit { cachetronomy_set_subreaper(wasAdopting) }

  /// Sets the process of the command, and that of its tracer, which is left alone.
  func add(command: pid_t, tracer: pid_t? = nil) {
    (self.command, self.tracer) = (command, tracer)
  }

  /// Whether no process of the tree is running.
  var isEmpty: Bool { running().isEmpty }

  /// Sends the signals in order to the command and to each of its descendants.
  func send(_ signals: Int32...) {
    var all = running()
    // Without `/proc` no process is found.
    if command != 0, !all.contains(command) { all.append(command) }
    for signal in signals { for process in all { kill(process, signal) } }
  }

  /// Forgets the command after it was reaped: another process may get its PID.
  func commandHasEnded() { command = 0 }

  /// Reaps processes that the command left behind and that have ended.
  func reapAdopted() {
    for process in Self.children(of: getpid())
    where process != command && process != tracer && !earlier.contains(process) {
      var status: Int32 = 0
      waitpid(process, &status, WNOHANG)
    }
  }

  /// Returns the running processes of the tree, parents before children.
  private func running() -> [pid_t] {
    if command > 0 {
      // The command itself may have created a session; that does not make it a daemon.
      let session = getsid(command)
      if session > 0 { sessions.insert(session) }
    }
    var found: [pid_t] = []
    var next = Self.children(of: getpid()).filter { !earlier.contains($0) }
    while let process = next.popLast() {
      if process == tracer {
        next += Self.children(of: process)
        continue
      }
      let isOurs = process == command || sessions.contains(getsid(process))
      guard isOurs, !found.contains(process) else { continue }
      next += Self.children(of: process)
      if !Self.hasEnded(process) { found.append(process) }
    }
    return found
  }

  private static func hasEnded(_ process: pid_t) -> Bool {
    status(of: process).map { $0.state == "Z" || $0.state == "X" } ?? true
  }

  /// Returns the state and the parent of a process; nil if it does not exist.
  private static func status(of process: pid_t) -> (state: Character, parent: pid_t)? {
    // The name is in parentheses and may contain any byte.
    guard let text = KernelFile.text("/proc/\(process)/stat"), let end = text.lastIndex(of: ")")
    else {
      return nil
    }
    let fields = text[end...].split(separator: " ")
    guard fields.count > 2, let state = fields[1].first, let parent = pid_t(fields[2]) else {
      return nil
    }
    return (state, parent)
  }

  private static func children(of process: pid_t) -> [pid_t] {
    let tasks = "/proc/\(process)/task"
    var found: [pid_t] = []
    for task in StoreFile.names(in: tasks) {
      guard let text = KernelFile.text("\(tasks)/\(task)/children") else {
        // The process has ended, or the kernel does not provide these files.
        if errno == ENOENT, status(of: process) != nil { return scanned(process) }
        continue
      }
      found += text.split(separator: " ").compactMap { pid_t($0) }
    }
    return found
  }

  private static func scanned(_ parent: pid_t) -> [pid_t] {
    StoreFile.names(in: "/proc").compactMap { pid_t($0) }.filter {
      status(of: $0)?.parent == parent
    }
  }
}
