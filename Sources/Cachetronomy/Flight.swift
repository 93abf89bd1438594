internal import Synchronization
internal import Glibc

/// One computation under way in this process, for which other callers of its key wait.
///
/// `@unchecked Sendable`: `isDone` is touched only with `mutex` held.
final class Flight: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isDone = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func wait() {
    pthread_mutex_lock(mutex)
    while !isDone { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func release() {
    pthread_mutex_lock(mutex)
    isDone = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
