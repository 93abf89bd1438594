internal import CPOSIX
internal import Glibc
internal import System

/// The one writer of a store: `flock` on `<database>.lock`, a file that is never unlinked.
///
/// Every write and every checkpoint holds it; readers take no lock. It keeps this program's
/// processes clear of SQLite's WAL-reset bug (3.7.0 to 3.51.2), where one process writes while
/// another checkpoints.
final class WriterLock {
  private let descriptor: Int32
  private let store: String
  private let waiting: Waiting

  /// How to wait for another writer.
  enum Waiting {
    /// Asks again every 1 to 10 ms: for a process that has other work.
    case polling
    /// Sleeps in the kernel, cut short by a timer signal: for the tool, which owns its process.
    case blocking
  }

  /// Opens the lock file, and makes it if it is not there.
  init(store: String, waiting: Waiting) throws(Failure) {
    self.store = store
    self.waiting = waiting
    let path = store + ".lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      let problem: StoreProblem =
        errno == EACCES || errno == EROFS || errno == EPERM ? .readOnly : .io
      throw .store(path: store, problem, detail: "\(path): \(SystemError.text(errno))")
    }
  }

  deinit { close(descriptor) }

  /// Takes the lock if it is free.
  func tryAcquire() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Takes the lock, waiting at most this long.
  func acquire(within milliseconds: Int32) throws(Failure) {
    if tryAcquire() { return }
    let deadline = MonotonicClock.now() + Int64(milliseconds) * 1000
    switch waiting {
    case .polling:
      var pause: UInt32 = 1000
      repeat {
        usleep(pause)
        if tryAcquire() { return }
        pause = min(pause + 1000, 10_000)
      } while MonotonicClock.now() < deadline
    case .blocking:
      let timer = IntervalTimer(milliseconds: 20)
      defer { timer.stop() }
      repeat {
        if flock(descriptor, LOCK_EX) == 0 { return }
      } while errno == EINTR && MonotonicClock.now() < deadline && !timer.isOverdue
    }
    throw .store(path: store, .busy, detail: "database is locked")
  }

  func release() { flock(descriptor, LOCK_UN) }
}

/// A repeating SIGALRM, so that a system call that sleeps returns with EINTR occasionally.
struct IntervalTimer {
  private var handling = sigaction()
  private var mask = sigset_t()
  private var pending = itimerval()
  private let began = MonotonicClock.now()
  private static let clock = __itimer_which_t(ITIMER_REAL.rawValue)

  init(milliseconds: Int) {
    // Without SA_RESTART: the signal is there to interrupt.
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGALRM, &action, &handling)
    // A process that called us may have blocked it: then nothing would wake us.
    var alarm = sigset_t()
    sigemptyset(&alarm)
    sigaddset(&alarm, SIGALRM)
    pthread_sigmask(SIG_UNBLOCK, &alarm, &mask)
    let period = timeval(tv_sec: 0, tv_usec: milliseconds * 1000)
    var timer = itimerval(it_interval: period, it_value: period)
    setitimer(Self.clock, &timer, &pending)
  }

  /// Microseconds left of an alarm that the caller had set; nil if there was none.
  private var left: Int64? {
    let (seconds, rest) = (Int64(pending.it_value.tv_sec), Int64(pending.it_value.tv_usec))
    guard seconds > 0 || rest > 0 else { return nil }
    return min(seconds, 1 << 32) * 1_000_000 + rest - (MonotonicClock.now() - began)
  }

  /// Whether the caller's own alarm is due: then waiting is over.
  var isOverdue: Bool { left.map { $0 <= 0 } ?? false }

  func stop() {
    var timer = itimerval()
    if let left {
      let due = max(1, left)
      timer.it_value = timeval(tv_sec: Int(due / 1_000_000), tv_usec: Int(due % 1_000_000))
      timer.it_interval = pending.it_interval
    }
    var none = itimerval()
    setitimer(Self.clock, &none, nil)
    var (handling, mask) = (handling, mask)
    sigaction(SIGALRM, &handling, nil)
    pthread_sigmask(SIG_SETMASK, &mask, nil)
    setitimer(Self.clock, &timer, nil)
  }
}
