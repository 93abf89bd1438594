package import Cachetronomy
internal import System

extension CachedRun {
  /// The outcome of a call, in the terms that `-v` prints.
  package struct Outcome: Sendable {
    /// The exit status of the command, from this run or the recorded one.
    package var status: Int32
    /// The cache key.
    package var key: Key
    /// Hit or miss.
    package var verdict: Verdict
    /// On a miss, why an existing recording may not be served to this call.
    package var missDetail: String?
    /// On a miss of a traced command, the inputs that have changed.
    package var changedInputs: [String] = []
    /// How many inputs a traced result has that was stored or served.
    package var inputCount: Int?
    /// How many files were put back or were in place.
    package var files: OutputRestorer.Count?
    /// How many files were stored.
    package var keptFiles: Int?
    /// Why a command ran or was searched for without the tracer, bounded by its ttl.
    package var notTraced: String?
    /// Why the result was not stored; nil if it was, or on a hit.
    package var notKept: NotKept?
    /// On a miss, if requested: the nearest earlier recording of the same arguments.
    package var nearest: Explanation.Nearest?
    /// A signal that this process received and that killed the command.
    package var signal: Int32?
  }

  /// Hit or miss, with its details.
  package enum Verdict: Sendable, Equatable {
    /// A fresh entry: its age, the time left (nil: unlimited) and the run time saved, in
    /// microseconds.
    case hit(age: Int64, left: Int64?, saved: Int64)
    /// A fresh entry from the remote: its age, the time left (nil: unlimited) and the run time
    /// saved, in microseconds.
    case remoteHit(age: Int64, left: Int64?, saved: Int64)
    /// No entry, and why.
    case miss(Miss)
    /// A stale entry: its age, the time since it expired, and whether this call started a refresh.
    case stale(age: Int64, overdue: Int64, isRefreshing: Bool)
    /// A stale entry of that age, served instead of a failure, and the failure.
    case fallback(age: Int64, String)
    /// A background refresh was requested and started.
    case started
    /// No entry, but another process ran the command meanwhile and shared its result.
    case shared
  }
}
