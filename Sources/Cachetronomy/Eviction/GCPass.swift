internal import System

/// One pass of `gc`: what has expired or over a limit leaves, in small transactions.
public struct GCPass {
  let store: Store
  let profile: Profile
  let now: Timestamp

  /// How long to wait for another pass over the same store, in milliseconds.
  public var lockTimeout: Int32 = 0
  /// How long the pass may take; what is left is for the next.
  public var limit = TimeToLive.never
  /// Whether to write the whole file again at the end.
  public var vacuums = false
  /// Asked between two transactions; true ends the pass.
  public var isStopping: () -> Bool = { false }
  /// Told after each transaction how many of the entries that are due have left.
  public var progress: (_ done: Int64, _ due: Int64) -> Void = { _, _ in }
  /// How much memory is free.
  public var memory: () -> MemoryPressure.Reading? = MemoryPressure.read
  /// Moves the least used entries out of the shared memory tier until this many bytes are
  /// free, each with its row in the log.
  public var moveFromMemory: (_ bytes: Int64) throws(Failure) -> Store.Removed

  /// The most time that one write transaction may take, in microseconds.
  package static let batchTime: Int64 = 20_000
  static let batchRows: Int64 = 64
  private static let batchBytes: Int64 = 4 << 20
  /// KiB of pages that a pass keeps, an eighth of what it may take in all.
  private static let pages = 16_000

  /// Told of each entry that left, in a rehearsal.
  var tell: ((Store.Doomed, Reason) throws(Failure) -> Void)?

  /// A pass over a store under a profile.
  public init(_ store: Store, profile: Profile, now: Timestamp) {
    self.store = store
    self.profile = profile
    self.now = now
    moveFromMemory = { (bytes) throws(Failure) in
      try store.moveFromMemory(bytes, profile: profile.name, at: now)
    }
  }

  /// What a pass did, or would do.
  public struct Report: Sendable, Equatable {
    /// What left, by reason.
    public var removed: [Reason: Store.Removed] = [:]
    /// How long that took, in microseconds.
    public var taken: [Reason: Int64] = [:]
    /// What went from memory to the store.
    public var moved = Store.Removed()
    /// Bytes on disk before.
    public var bytesBefore: Int64 = 0
    /// Bytes on disk after.
    public var bytesAfter: Int64 = 0
    /// Whether the pass was completed.
    public var isComplete = true

    /// Whether anything left or moved.
    public var didSomething: Bool { moved.entries > 0 || removed.contains { $0.value.entries > 0 } }
  }

  // MARK: the pass

  /// Runs the pass.
  ///
  /// - Throws: `Failure.store` with `busy` if another pass is at work for longer than `lockTimeout`.
  public func run() throws(Failure) -> Report {
    let lock = try GCLock(store: store.path, .pass)
    guard lock.acquire(within: lockTimeout) else {
      throw .store(path: store.path, .busy, detail: "another gc is at work")
    }
    defer { lock.release() }
    var work = Work(deadline: limit)
    work.report.bytesBefore = store.sizeOnDisk
    store.foldsApart = true
    try store.keepPages(Self.pages)
    defer {
      store.endScarcity()
      store.foldsApart = false
      try? store.keepPages(2000)
    }
    try store.foldJournalIfRoom(at: now)
    try whateverIsFull { () throws(Failure) in try removeExpired(&work) }
    try whateverIsFull { () throws(Failure) in work.report.moved = try evictUnderPressure() }
    store.tidyMemory()
    try whateverIsFull { () throws(Failure) in try removeOver(&work) }
    try whateverIsFull { () throws(Failure) in try trimLogs(&work) }
    RunLock.sweepDead(beside: store.path)
    try whateverIsFull { () throws(Failure) in
      if try store.isLookDue(at: now) { try lookAtRemains(&work) }
    }
    if vacuums, !isOver(&work) { try store.vacuum() }
    try whateverIsFull { () throws(Failure) in
      guard !store.isScarce, try store.canShrink() else { return }
      try batches(&work) { deadline throws(Failure) in try store.shrink(until: deadline) }
    }
    if store.isScarce {
      store.endScarcity()
      try store.foldJournalIfRoom(at: now)
    } else if store.wantsCheckpoint {
      try store.checkpoint()
    }
    if work.report.isComplete {
      let used = try store.usedBytes()
      let isOver = profile.maxStoreSize > 0 && used > profile.maxStoreSize
      _ = lock.note(left: isOver ? used : 0, at: now)
      lock.stamp(now)
    }
    work.report.bytesAfter = store.sizeOnDisk
    return work.report
  }

  /// Runs a part of the pass; if the disk is full, again, in steps that need next to no room.
  private func whateverIsFull(_ part: () throws(Failure) -> Void) throws(Failure) {
    do throws(Failure) {
      try part()
    } catch .store(_, .full, _) where !store.isScarce {
      store.beginScarcity()
      try part()
    }
  }

  /// A pass under way.
  struct Work {
    var report = Report()
    let end: Int64

    init(deadline: TimeToLive) {
      let now = MonotonicClock.now()
      let (end, overflow) = now.addingReportingOverflow(deadline.microseconds)
      self.end = overflow ? .max : end
    }
  }

  private func isOver(_ work: inout Work) -> Bool {
    if MonotonicClock.now() >= work.end || isStopping() { work.report.isComplete = false }
    return !work.report.isComplete
  }

  /// Runs something in transactions of about 20 ms until it reports that nothing is left.
  private func batches(
    _ work: inout Work, _ body: (_ deadline: Int64) throws(Failure) -> Bool
  ) throws(Failure) {
    var more = true
    while more {
      if isOver(&work) { return }
      more = try store.write { () throws(Failure) in
        try body(store.isScarce ? 0 : MonotonicClock.now() + Self.batchTime)
      }
      if store.isScarce { store.giveBack() } else { try store.checkpointIfLong() }
      // Others want the lock too: without a pause a waiter can starve.
      if more { WriterBackoff.short() }
    }
  }

  // MARK: entries

  func removeExpired(_ work: inout Work) throws(Failure) {
    guard try store.isAnyExpired(at: now) else { return }
    let began = MonotonicClock.now()
    let due = try store.list(.expired, at: now)
    try take(.expired, of: due, because: .time, &work) { _ in (Self.batchRows, Self.batchBytes) }
    work.report.taken[.time] = MonotonicClock.now() - began
  }

  /// Takes listed entries away.
  ///
  /// - Parameter room: how many rows, and how many bytes of them, may go next; no rows: enough.
  private func take(
    _ due: Store.Due, of count: Int64, because reason: Reason, _ work: inout Work,
    _ room: (Store.Removed) throws(Failure) -> (rows: Int64, bytes: Int64)
  ) throws(Failure) {
    var (removed, committed) = (Store.Removed(), Store.Removed())
    var last: Int64 = 0
    // What left before a failure has left.
    defer { work.report.removed[reason, default: Store.Removed()].add(committed) }
    try batches(&work) { deadline throws(Failure) in
      committed = removed
      repeat {
        let (rows, bytes) = try room(removed)
        guard rows > 0 else { return false }
        let limit = store.isScarce ? min(rows, store.stepRows) : rows
        let doomed = try store.stillDue(due, after: last, limit: limit, bytes: bytes, at: now)
        guard let newest = doomed.last else { return false }
        removed.add(
          try store.remove(doomed, because: reason, profile: profile.name, at: now))
        if let tell { for entry in doomed { try tell(entry, reason) } }
        last = newest.number
      } while MonotonicClock.now() < deadline
      progress(removed.entries, count)
      return true
    }
    committed = removed
    try store.dropList()
  }

  /// Bytes of memory that the profile requires free and that are not.
  var wantedMemory: Int64 {
    guard profile.memoryBasedEviction, let reading = memory() else { return 0 }
    return reading.missing(to: profile.freeMemoryTarget)
  }

  private func evictUnderPressure() throws(Failure) -> Store.Removed {
    let wanted = wantedMemory
    return wanted > 0 ? try moveFromMemory(wanted) : Store.Removed()
  }

  func removeOver(_ work: inout Work) throws(Failure) {
    let began = MonotonicClock.now()
    while !isOver(&work), let over = try StoreOverage(of: store, profile) {
      let least = Store.Due.least(profile.evictionPolicy, count: over.estimate)
      let before = work.report.removed[.size]?.entries ?? 0
      let due = try store.list(least, at: now)
      let store = store
      try take(least, of: due, because: .size, &work) { removed throws(Failure) in
        let rows = max(0, over.entries - removed.entries)
        let bytes = try over.bytes(after: removed, in: store)
        if bytes > 0 { return (max(rows, Self.batchRows), min(bytes, Self.batchBytes)) }
        return (min(rows, Self.batchRows), Self.batchBytes)
      }
      // Another process stored all of them again meanwhile: the next pass will see.
      if work.report.removed[.size]?.entries ?? 0 == before { break }
    }
    if work.report.removed[.size] != nil {
      work.report.taken[.size] = MonotonicClock.now() - began
    }
  }

  // MARK: what is left behind

  private func trimLogs(_ work: inout Work) throws(Failure) {
    let cutoff = self.cutoff
    // A log that holds more than a quarter of the store's bytes would crowd out what it tells of.
    let most = profile.maxStoreSize > 0 ? max(1000, profile.maxStoreSize / 4 / 200) : .max / 2
    guard try store.isEvictionLogLong(before: cutoff, leaving: most) else { return }
    try batches(&work) { deadline throws(Failure) in
      repeat {
        if try store.trimEvictionLog(before: cutoff, leaving: most) == 0 { return false }
      } while MonotonicClock.now() < deadline
      return true
    }
  }

  private var cutoff: Timestamp {
    profile.logRetention == .never
      ? .earliest : now.adding(microseconds: -profile.logRetention.microseconds)
  }

  private func lookAtRemains(_ work: inout Work) throws(Failure) {
    for orphan in try store.orphans(at: now) {
      try batches(&work) { deadline throws(Failure) in
        repeat {
          if try !store.removeOrphan(orphan) { return false }
        } while MonotonicClock.now() < deadline
        return true
      }
    }
    store.removeTemporaryFiles(at: now)
    let cutoff = self.cutoff
    let forgotten = profile.logRetention == .never ? 0 : try store.listForgotten(before: cutoff)
    if forgotten > 0 {
      var next: Int64 = 1
      try batches(&work) { deadline throws(Failure) in
        repeat {
          try store.removeForgotten(from: next, count: Self.batchRows, before: cutoff)
          next += Self.batchRows
        } while next <= forgotten && MonotonicClock.now() < deadline
        return next <= forgotten
      }
    }
    guard work.report.isComplete else { return }
    try store.write { () throws(Failure) in try store.noteLook(at: now) }
  }
}
