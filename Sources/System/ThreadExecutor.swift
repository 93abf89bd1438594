internal import CPOSIX
internal import Glibc

/// Runs an actor's jobs one after the other on its own thread, so that blocking work there never
/// blocks the pool that all tasks share.
///
/// `@unchecked Sendable`: `jobs` and `isStopping` are touched only with `mutex` held; the two
/// pointers never change.
package final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var isStopping = false

  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    var thread = pthread_t()
    let queue = Queue(self)
    let context = Unmanaged.passRetained(queue).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Queue>.fromOpaque(context).takeRetainedValue().loop() }
        return nil
      }, context)
    // Without a thread the jobs run where they are handed over: slower for others, never wrong.
    if code == 0 {
      pthread_detach(thread)
    } else {
      Unmanaged<Queue>.fromOpaque(context).release()
      isStopping = true
    }
  }

  /// What the thread holds: the executor itself only while there is work.
  private final class Queue {
    weak var executor: ThreadExecutor?
    let mutex: UnsafeMutablePointer<pthread_mutex_t>
    let condition: UnsafeMutablePointer<pthread_cond_t>

    init(_ executor: ThreadExecutor) {
      self.executor = executor
      mutex = executor.mutex
      condition = executor.condition
    }

    func loop() {
      pthread_mutex_lock(mutex)
      while true {
        guard let executor else { break }
        if executor.jobs.isEmpty {
          waitForWork()
          continue
        }
        let job = executor.jobs.removeFirst()
        pthread_mutex_unlock(mutex)
        job.runSynchronously(on: executor.asUnownedSerialExecutor())
        pthread_mutex_lock(mutex)
      }
      pthread_mutex_unlock(mutex)
      pthread_cond_destroy(condition)
      pthread_mutex_destroy(mutex)
      condition.deallocate()
      mutex.deallocate()
    }

    private func waitForWork() {
      // No process signals the end of the executor: it could only be told by itself. Look each
      // second.
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      time.tv_sec += 1
      pthread_cond_timedwait(condition, mutex, &time)
    }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    let isAlone = isStopping
    if !isAlone {
      jobs.append(job)
      pthread_cond_signal(condition)
    }
    pthread_mutex_unlock(mutex)
    if isAlone { job.runSynchronously(on: asUnownedSerialExecutor()) }
  }
}
