internal import Glibc

/// When to stop waiting for a server, on a clock that never steps.
struct Deadline {
  let end: Int64

  init(after budget: TimeToLive) {
    let sum = Timestamp.monotonic().addingReportingOverflow(budget.microseconds)
    end = sum.overflow ? .max : sum.partialValue
  }

  var isOver: Bool { Timestamp.monotonic() >= end }

  /// Waits until a descriptor is ready; false if the time is over first.
  func wait(for descriptor: Int32, _ events: Int32) -> Bool {
    while true {
      let left = end - Timestamp.monotonic()
      guard left > 0 else { return false }
      var one = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&one, 1, Int32(clamping: (left + 999) / 1000))
      if count > 0 { return true }
      if count < 0, errno != EINTR { return false }
    }
  }
}
