internal import Glibc

/// A clock that never steps.
package enum MonotonicClock {
  /// Microseconds since an arbitrary start.
  package static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
