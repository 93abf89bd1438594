internal import Glibc
internal import System

/// When to stop waiting for a server, on a clock that never steps.
package struct Deadline {
  package let end: Int64

  package init(after budget: TimeToLive) {
    let sum = MonotonicClock.now().addingReportingOverflow(budget.microseconds)
    end = sum.overflow ? .max : sum.partialValue
  }

  package var isOver: Bool { MonotonicClock.now() >= end }

  /// Waits until a descriptor is ready; false if the time is over first.
  package func wait(for descriptor: Int32, _ events: Int32) -> Bool {
    while true {
      let left = end - MonotonicClock.now()
      guard left > 0 else { return false }
      var one = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&one, 1, Int32(clamping: (left + 999) / 1000))
      if count > 0 { return true }
      if count < 0, errno != EINTR { return false }
    }
  }
}
