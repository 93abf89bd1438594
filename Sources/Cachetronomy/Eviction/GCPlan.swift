internal import System

extension GCPass {
  /// Says what a pass would remove, and changes nothing.
  ///
  /// A store that is within `max_store_size` is only asked. How many entries have to leave one that
  /// is not, its pages decide, so that the pass is rehearsed on a copy in temporary space.
  ///
  /// - Parameter each: told of every entry, why it would leave, and its bytes.
  public func plan(
    _ each: (_ key: Key, _ reason: Reason, _ bytes: Int64) throws(Failure) -> Void
  ) throws(Failure) -> Report {
    let reads = try store.pendingReads()
    return try withoutActuallyEscaping(each) { each throws(Failure) in
      // The reads make the log of them grow, and may bring the store over its limit.
      let room = profile.maxStoreSize - Int64(clamping: reads.count) * 4 * Store.overhead
      guard profile.maxStoreSize > 0, try store.usedBytes() > room,
        let copy = try? store.copy()
      else { return try plan(with: reads, each) }
      return try rehearse(on: copy, with: reads, each)
    }
  }

  private func rehearse(
    on copy: Store, with reads: [AccessJournal.Record],
    _ each: @escaping (Key, Reason, Int64) throws(Failure) -> Void
  ) throws(Failure) -> Report {
    let moving = store.leastUsedInMemory(wantedMemory)
    var pass = GCPass(copy, profile: profile, now: now)
    pass.tell = { (doomed, reason) throws(Failure) in
      try each(Key(stored: doomed.key), reason, doomed.size)
    }
    var work = Work(deadline: .never)
    if !reads.isEmpty { try copy.write { () throws(Failure) in try copy.add(reads) } }
    try pass.removeExpired(&work)
    for one in moving {
      try each(one.key, .memory, one.bytes)
      work.report.moved.add(Store.Removed(1, one.bytes))
    }
    if !moving.isEmpty {
      try copy.write { () throws(Failure) in
        try copy.logEvictions(
          moving.map { ($0.key.text, 0) }, because: .memory, profile: profile.name, at: now)
      }
    }
    try pass.removeOver(&work)
    work.report.bytesBefore = store.sizeOnDisk
    work.report.bytesAfter = work.report.bytesBefore
    work.report.taken = [:]
    return work.report
  }

  /// The plan of a pass that no limit of bytes bears on.
  private func plan(
    with reads: [AccessJournal.Record], _ each: (Key, Reason, Int64) throws(Failure) -> Void
  ) throws(Failure) -> Report {
    var report = Report(bytesBefore: store.sizeOnDisk)
    report.bytesAfter = report.bytesBefore
    func tell(_ doomed: Store.Doomed, _ reason: Reason) throws(Failure) {
      try each(Key(stored: doomed.key), reason, doomed.size)
      report.removed[reason, default: Store.Removed()].add(Store.Removed(1, doomed.size))
    }
    _ = try store.list(.expired, at: now)
    var last: Int64 = 0
    while case let batch = try store.stillDue(
      .expired, after: last, limit: Self.batchRows, bytes: .max, at: now), let newest = batch.last
    {
      for doomed in batch { try tell(doomed, .time) }
      last = newest.number
    }
    for one in store.leastUsedInMemory(wantedMemory) {
      try each(one.key, .memory, one.bytes)
      report.moved.add(Store.Removed(1, one.bytes))
    }
    let expired = report.removed[.time] ?? Store.Removed()
    guard let over = try StoreOverage(of: store, profile, without: expired) else { return report }
    let least = Store.Due.least(profile.evictionPolicy, count: .max)
    _ = try store.list(least, by: try store.tableOfReads(with: reads), at: now)
    last = 0
    // Bytes count where there was no room for a copy: then they are a guess.
    var left = over
    while left.entries > 0 || left.bytes > 0,
      case let batch = try store.stillDue(least, after: last, limit: 1, bytes: 1, at: now),
      let doomed = batch.last
    {
      last = doomed.number
      guard try !store.isExpired(Key(stored: doomed.key), at: now) else { continue }
      try tell(doomed, .size)
      left.entries -= 1
      left.bytes = left.bytes.minus(doomed.size.plus(Store.overhead))
    }
    try store.dropList()
    return report
  }
}
