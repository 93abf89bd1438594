package import CPOSIX
internal import Glibc

/// Catches signals that reach this process and are meant for the command.
package final class Signals {
  package let descriptor: Int32
  /// The signal mask that this process started with, for the command.
  package private(set) var before = sigset_t()
  /// The last signal that the terminal or another process sent.
  package private(set) var last: Int32?
  private var hasChildEnded = false

  private static let forwarded = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM]

  /// - Parameter adopts: whether to notice the end of any child, too.
  package init(adopts: Bool = false) {
    var ours = sigset_t()
    sigemptyset(&ours)
    for signal in Self.forwarded { sigaddset(&ours, signal) }
    if adopts { sigaddset(&ours, SIGCHLD) }
    // If the caller ignored SIGCHLD, as daemons do, the kernel would discard the command's status.
    signal(SIGCHLD, SIG_DFL)
    sigprocmask(SIG_BLOCK, &ours, &before)
    // `run` blocks these so that a failed write is an error; the command must not inherit that.
    for signal in Self.ofWrites { sigdelset(&before, signal) }
    descriptor = signalfd(-1, &ours, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
  }

  /// Returns the next signal to forward; one from the terminal has reached the command already.
  package func next() -> Int32? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while read(descriptor, &info, size) == size {
      if info.ssi_signo == UInt32(SIGCHLD) {
        hasChildEnded = true
        continue
      }
      last = Int32(info.ssi_signo)
      // A hangup of the terminal reaches only the session leader; an alarm only its owner.
      let isOurs = last == SIGALRM || last == SIGHUP && getsid(0) == getpid()
      if isOurs || info.ssi_code <= 0 { return last }
    }
    return nil
  }

  /// Whether a child has ended since the last call.
  package func takeEndOfChild() -> Bool {
    defer { hasChildEnded = false }
    return hasChildEnded
  }

  package func restore() {
    close(descriptor)
    // Keep these blocked: a pending one would end this process here.
    var after = before
    for signal in Self.ofWrites { sigaddset(&after, signal) }
    sigprocmask(SIG_SETMASK, &after, nil)
  }

  /// Starts a thread that receives no signals: they are for the thread that waits for the command.
  package static func blocked<T>(_ start: () -> T) -> T {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return start()
  }

  /// Runs a closure that handles broken pipes itself.
  package static func withoutBrokenPipe<T>(_ body: () -> T) -> T {
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

  /// The signals of a closed reader and of a file over `ulimit -f`.
  package static let ofWrites = [SIGPIPE, SIGXFSZ]

  private static var writes: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in ofWrites { sigaddset(&set, signal) }
    return set
  }

  /// Makes a failed write an error instead of a fatal signal.
  package static func blockFailedWrites() {
    var set = writes
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  /// The same for files only: a closed reader may end this process, as is usual on Unix.
  package static func blockFileLimit() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGXFSZ)
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  /// Undoes this for a command that replaces this process; pending signals are discarded.
  package static func unblockFailedWrites() {
    var set = writes
    var now = timespec()
    while sigtimedwait(&set, nil, &now) > 0 {}
    sigprocmask(SIG_UNBLOCK, &set, nil)
  }
}
