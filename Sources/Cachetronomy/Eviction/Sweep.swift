/// One pass of `gc`: what is past its time leaves, in small transactions.
public struct Sweep {
  private let store: Store
  private let profile: String
  private let now: Timestamp

  /// The most time that one write transaction may take, in microseconds.
  static let batchTime: Int64 = 20_000
  private static let batchRows = 64

  /// A pass over a store under a profile.
  public init(_ store: Store, profile: String, now: Timestamp) {
    self.store = store
    self.profile = profile
    self.now = now
  }

  /// What a pass did.
  public struct Report: Sendable, Equatable {
    /// What left, by reason.
    public var removed: [Reason: Store.Removed] = [:]
    /// Bytes on disk before.
    public var bytesBefore: Int64 = 0
    /// Bytes on disk after.
    public var bytesAfter: Int64 = 0
  }

  /// Runs the pass.
  public func run() throws(Failure) -> Report {
    var report = Report(bytesBefore: store.sizeOnDisk)
    try store.foldJournal(at: now)
    report.removed[.time] = try removeExpired()
    try store.dropOrphans(olderThan: now)
    SharedFlight.sweepDead(beside: store.path)
    try store.shrink()
    report.bytesAfter = store.sizeOnDisk
    return report
  }

  private func removeExpired() throws(Failure) -> Store.Removed {
    var removed = Store.Removed()
    var more = true
    while more {
      try store.write { () throws(Failure) in
        let start = Timestamp.monotonic()
        repeat {
          let batch = try store.removeBatch(
            of: Self.batchRows, because: .time, profile: profile, at: now)
          removed.entries += batch.entries
          removed.bytes += batch.bytes
          more = batch.entries == Int64(Self.batchRows)
        } while more && Timestamp.monotonic() - start < Self.batchTime
      }
      // Others want the lock too: without a pause a waiter can starve.
      if more { Pause.short() }
    }
    return removed
  }
}
