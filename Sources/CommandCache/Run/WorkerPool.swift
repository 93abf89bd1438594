internal import CPOSIX
package import Cachetronomy
internal import Glibc
internal import System

/// A pool of worker processes of this program, with a limit on how many run at a time.
///
/// A signal that ends this process is forwarded to all workers, and none is left behind.
package struct WorkerPool {
  /// A worker to start.
  package struct Job: Sendable {
    /// Its arguments, beginning with the name of this program.
    package var words: [[UInt8]]
    /// Its working directory; nil is that of this process.
    package var directory: [UInt8]?

    /// Creates a worker to start with these arguments.
    package init(_ words: [[UInt8]], in directory: [UInt8]? = nil) {
      (self.words, self.directory) = (words, directory)
    }
  }

  /// How a worker ended.
  package struct JobResult: Sendable {
    /// Its exit status; 128 plus the signal number if a signal killed it.
    package var status: Int32
    /// The last bytes that it wrote to stderr, at most 4096.
    package var errors: [UInt8]
  }

  private struct Worker {
    var index: Int
    var process: pid_t
    var errors: Int32
    var handle: Int32
    var heard: [UInt8] = []

    /// Maximum number of bytes of stderr to keep.
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

    /// Returns its status, or nil while it runs.
    func ended() -> Int32? {
      var status: Int32 = 0
      let found = waitpid(process, &status, WNOHANG)
      if found < 0, errno == ECHILD { return 125 }
      guard found == process else { return nil }
      let signal = status & 0x7f
      return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
  }

  private let jobs: [Job]
  private let environment: Environment
  private let limit: Int
  private var workers: [Worker] = []

  /// Creates a pool that runs at most `limit` of the workers at a time.
  package init(_ jobs: [Job], environment: Environment, atOnce limit: Int) {
    (self.jobs, self.environment, self.limit) = (jobs, environment, max(1, limit))
  }

  /// Runs all workers.
  ///
  /// - Parameter done: called for each worker that ended, with its index in the list.
  /// - Returns: the signal that ended the run early, after which no worker is started; nil if none.
  package mutating func run(_ done: (Int, JobResult) -> Void) throws(Failure) -> Int32? {
    let signals = Signals()
    defer { signals.restore() }
    var next = 0
    while !workers.isEmpty || (next < jobs.count && signals.last == nil) {
      while workers.count < limit, next < jobs.count, signals.last == nil {
        start(next, signals.before, done)
        next += 1
      }
      if workers.isEmpty { continue }
      var polled = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
      for worker in workers {
        // poll(2) ignores negative descriptors, so a worker without a pidfd needs no special case.
        polled.append(pollfd(fd: worker.handle, events: Int16(POLLIN), revents: 0))
      }
      let hasAllHandles = workers.allSatisfy { $0.handle >= 0 }
      // Their stderr is read at least at this interval, so that the pipes do not fill up.
      poll(&polled, nfds_t(polled.count), hasAllHandles ? 200 : 20)
      if let signal = signals.next() {
        for worker in workers { kill(worker.process, signal) }
      }
      reap(done)
    }
    return signals.last
  }

  private mutating func start(_ index: Int, _ mask: sigset_t, _ done: (Int, JobResult) -> Void) {
    let job = jobs[index]
    var environment = environment
    // As the shell's 'cd' does: keep the path as given, with its symbolic links.
    if let directory = job.directory { environment.set("PWD", to: directory) }
    do throws(Failure) {
      let (process, errors) = try Child.work(
        job.words, environment: environment, directory: job.directory, mask: mask)
      workers.append(
        Worker(
          index: index, process: process, errors: errors,
          handle: cachetronomy_pidfd_open(process)))
    } catch {
      done(index, JobResult(status: 126, errors: Array(error.description.utf8)))
    }
  }

  private mutating func reap(_ done: (Int, JobResult) -> Void) {
    for place in workers.indices.reversed() {
      let status = workers[place].ended()
      workers[place].listen()
      guard let status else { continue }
      let worker = workers.remove(at: place)
      close(worker.errors)
      if worker.handle >= 0 { close(worker.handle) }
      done(worker.index, JobResult(status: status, errors: worker.heard))
    }
  }
}
