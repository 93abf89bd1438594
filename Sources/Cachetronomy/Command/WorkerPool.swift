internal import CPOSIX
internal import Glibc

/// Runs several processes of this program, a few at a time.
///
/// A signal that ends us is handed on to all of them, and none is left behind.
public struct WorkerPool {
  /// One process to be.
  public struct Task: Sendable {
    /// Its arguments, beginning with the program's name.
    public var words: [[UInt8]]
    /// Its working directory; nil is the current one.
    public var directory: [UInt8]?

    /// A process of these words.
    public init(_ words: [[UInt8]], in directory: [UInt8]? = nil) {
      (self.words, self.directory) = (words, directory)
    }
  }

  /// What became of one.
  public struct End: Sendable {
    /// Its exit status, 128 and more for a signal.
    public var status: Int32
    /// The last bytes that it wrote to stderr.
    public var errors: [UInt8]
  }

  private struct Worker {
    var index: Int
    var process: pid_t
    var errors: Int32
    var handle: Int32
    var heard: [UInt8] = []

    /// Bytes of its stderr that are kept.
    private static let limit = 4096

    mutating func listen() {
      var buffer = [UInt8](repeating: 0, count: 1 << 12)
      while true {
        let got = buffer.withUnsafeMutableBytes { read(errors, $0.baseAddress, $0.count) }
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { return }
        heard = (heard + buffer[..<got]).suffix(Self.limit)
      }
    }

    /// Its status, if it has ended.
    func ended() -> Int32? {
      var status: Int32 = 0
      let found = waitpid(process, &status, WNOHANG)
      if found < 0, errno == ECHILD { return 125 }
      guard found == process else { return nil }
      let signal = status & 0x7f
      return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
  }

  private let tasks: [Task]
  private let environment: Environment
  private let limit: Int
  private var workers: [Worker] = []

  /// A pool of processes with a limit on concurrent ones.
  public init(_ tasks: [Task], environment: Environment, atOnce limit: Int) {
    (self.tasks, self.environment, self.limit) = (tasks, environment, max(1, limit))
  }

  /// Runs them all.
  ///
  /// - Parameter done: receives each that ended, by its place in the list.
  /// - Returns: the signal that requested an end, after which none is started; nil if none.
  public mutating func run(_ done: (Int, End) -> Void) throws(Failure) -> Int32? {
    let signals = Signals()
    defer { signals.restore() }
    var next = 0
    while !workers.isEmpty || (next < tasks.count && signals.last == nil) {
      while workers.count < limit, next < tasks.count, signals.last == nil {
        start(next, signals.before, done)
        next += 1
      }
      if workers.isEmpty { continue }
      var polled = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
      for worker in workers {
        // One that is not there is passed over.
        polled.append(pollfd(fd: worker.handle, events: Int16(POLLIN), revents: 0))
      }
      let hasAllHandles = workers.allSatisfy { $0.handle >= 0 }
      // What they complain of is read occasionally, so that their pipes do not fill up.
      poll(&polled, nfds_t(polled.count), hasAllHandles ? 200 : 20)
      if let signal = signals.next() {
        for worker in workers { kill(worker.process, signal) }
      }
      reap(done)
    }
    return signals.last
  }

  private mutating func start(_ index: Int, _ mask: sigset_t, _ done: (Int, End) -> Void) {
    let task = tasks[index]
    var environment = environment
    // As a shell's 'cd' would: the name by which they went there.
    if let directory = task.directory { environment.set("PWD", to: directory) }
    do throws(Failure) {
      let (process, errors) = try Child.work(
        task.words, environment: environment, directory: task.directory, mask: mask)
      workers.append(
        Worker(
          index: index, process: process, errors: errors,
          handle: cachetronomy_pidfd_open(process)))
    } catch {
      done(index, End(status: 126, errors: Array(error.description.utf8)))
    }
  }

  private mutating func reap(_ done: (Int, End) -> Void) {
    for place in workers.indices.reversed() {
      let status = workers[place].ended()
      workers[place].listen()
      guard let status else { continue }
      let worker = workers.remove(at: place)
      close(worker.errors)
      if worker.handle >= 0 { close(worker.handle) }
      done(worker.index, End(status: status, errors: worker.heard))
    }
  }
}
