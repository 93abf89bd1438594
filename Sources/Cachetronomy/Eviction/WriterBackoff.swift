internal import Glibc

/// A rest between two batches of writing.
package enum WriterBackoff {
  /// Two milliseconds: with one a waiter for the lock waits 21 ms at most, with none 25 s.
  package static func short() { usleep(2000) }
}
