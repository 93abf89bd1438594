internal import Glibc

/// A thread that runs a task again and again, at times that the task chooses, until it is stopped.
///
/// `@unchecked Sendable`: `deadline`, `isStopping` and `isRunning` are touched only with `mutex`
/// held; the other properties do not change after `init` but for `thread`, which `start` writes
/// before the thread exists and `stop` reads after it has taken `isRunning` away, once.
package final class Background: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var thread = pthread_t()
  private var deadline: Int64?
  private var isStopping = false
  private var isRunning = false
  private let task: @Sendable () -> Int64?

  /// - Parameter task: does what is due and gives the microseconds until its next call
  ///   again; nil waits for `wake`.
  package init(_ task: @escaping @Sendable () -> Int64?) {
    self.task = task
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Starts the thread; its first call of the task is immediately.
  package func start() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !isRunning else { return }
    deadline = 0
    let context = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Background>.fromOpaque(context).takeRetainedValue().loop() }
        return nil
      }, context)
    if code == 0 { isRunning = true } else { Unmanaged<Background>.fromOpaque(context).release() }
  }

  /// Calls the task now, so that it can choose other times.
  package func wake() {
    pthread_mutex_lock(mutex)
    deadline = 0
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Ends the thread after the call in hand and waits for that.
  package func stop() {
    pthread_mutex_lock(mutex)
    let wasRunning = isRunning
    (isStopping, isRunning) = (true, false)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
    guard wasRunning else { return }
    // The last owner may have gone on the thread itself, which cannot wait for its own end.
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }

  private func loop() {
    pthread_mutex_lock(mutex)
    while !isStopping {
      guard let until = deadline else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      if MonotonicClock.now() < until {
        var time = timespec(
          tv_sec: Int(until / 1_000_000), tv_nsec: Int(until % 1_000_000) * 1000)
        pthread_cond_timedwait(condition, mutex, &time)
        continue
      }
      deadline = nil
      pthread_mutex_unlock(mutex)
      let pause = task()
      pthread_mutex_lock(mutex)
      if let pause, deadline == nil { deadline = MonotonicClock.now() + max(0, pause) }
    }
    pthread_mutex_unlock(mutex)
  }
}
