/// Whether a stored result may be served, by its times alone: the one place that decides it.
public struct Freshness: Sendable, Equatable {
  /// When it was stored; nil for an entry of a program that does not record it.
  public var created: Timestamp?
  /// When it stops being fresh.
  public var expiry: Timestamp
  /// When it may be removed: later than `expiry` if expired results may be served.
  public var keepUntil: Timestamp

  /// The time that the clocks of two processes may differ by, in microseconds.
  private static let tolerance: Int64 = 1_000_000

  /// - Parameter keepUntil: nil is `expiry`.
  public init(created: Timestamp?, expiry: Timestamp, keepUntil: Timestamp? = nil) {
    (self.created, self.expiry, self.keepUntil) = (created, expiry, keepUntil ?? expiry)
  }

  /// Whether it was stored in the future, so that its age is unknown: the clock was set back.
  public func isOfFuture(at now: Timestamp) -> Bool {
    created.map { $0 > now.adding(microseconds: Self.tolerance) } ?? false
  }

  /// Its state at a moment.
  public func state(at now: Timestamp) -> Entry.State {
    if now < expiry, !isOfFuture(at: now) { return .fresh }
    return now < keepUntil ? .stale : .expired
  }

  /// Whether it may be served at a moment.
  ///
  /// - Parameter limit: the maximum age, whatever its own expiry is; nil for none.
  public func isFresh(at now: Timestamp, within limit: TimeToLive? = nil) -> Bool {
    state(at: now) == .fresh && isWithin(limit, at: now)
  }

  /// Whether it is no older than a limit; true without one, or if its age is unknown.
  public func isWithin(_ limit: TimeToLive?, at now: Timestamp) -> Bool {
    guard let limit, limit != .never, let created else { return true }
    return limit.microseconds > 0 && now.since(created) <= limit.microseconds
  }

  /// By how long it is overdue for a caller with an age limit, in microseconds; below 0 if it is
  /// fresh, never below 0 if its age is unknown.
  public func overdue(at now: Timestamp, within limit: TimeToLive?) -> Int64 {
    let end = min(expiry, created.flatMap { limit?.expiry(from: $0) } ?? .never)
    return isOfFuture(at: now) ? max(0, now.since(end)) : now.since(end)
  }
}
