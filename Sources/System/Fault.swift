internal import Glibc
internal import Synchronization

/// Places at which a test lets a process die, in debug builds alone.
package enum Fault {
  #if DEBUG
    private static let left = Atomic<Int>(0)

    /// Dies at the so-manieth place from now on.
    package static func arm(_ count: Int) { left.store(count, ordering: .relaxed) }
  #endif

  @inline(__always)
  package static func reach() {
    #if DEBUG
      if left.load(ordering: .relaxed) > 0,
        left.subtract(1, ordering: .relaxed).newValue == 0
      {
        kill(getpid(), SIGKILL)
      }
    #endif
  }
}
