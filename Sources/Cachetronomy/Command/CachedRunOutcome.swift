extension CachedRun {
  /// What happened, in the terms that `-v` prints.
  public struct Outcome: Sendable {
    /// The exit status of the command, now or then.
    public var status: Int32
    /// The entry's name.
    public var key: Key
    /// What the store had.
    public var verdict: Verdict
    /// On a miss, why a recording that is there may not be served to this call.
    public var missDetail: String?
    /// Why the result was not kept; nil if it was, or was a hit.
    public var notKept: NotKept?
    /// On a miss, if it was asked for: the nearest earlier recording of the same words.
    public var nearest: Explanation.Nearest?
    /// A signal that came to us and killed the command.
    public var signal: Int32?
  }

  /// What the store had.
  public enum Verdict: Sendable, Equatable {
    /// A fresh result: its age, the time left (nil: for ever) and what it took to make, in
    /// microseconds.
    case hit(age: Int64, left: Int64?, saved: Int64)
    /// A fresh result of the remote: its age, the time left (nil: for ever) and what it took to
    /// make, in microseconds.
    case remoteHit(age: Int64, left: Int64?, saved: Int64)
    /// None, and why.
    case miss(Miss)
    /// An expired result: its age, how long it has been expired, and whether this call started a
    /// refresh.
    case stale(age: Int64, overdue: Int64, isRefreshing: Bool)
    /// An expired result of that age in place of a failure, and what failed.
    case fallback(age: Int64, String)
    /// Nothing was asked of it but a run in the background, and that was started.
    case started
    /// None, but another process ran the command meanwhile.
    case shared
  }
}
