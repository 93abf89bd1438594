package import Glibc

extension timespec {
  /// Nanoseconds since 1970; a time that does not fit wraps, which still tells it from others.
  package var nanoseconds: Int64 {
    Int64(tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ Int64(tv_nsec)
  }
}
