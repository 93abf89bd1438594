internal import System

/// What a lookup in a cache found.
package struct Found: Sendable {
  var entry: Entry
  /// The value as stored or read before; nil if it has to be decoded.
  var object: AnyBox?
  fileprivate var stamp: SharedHeader.Version?
}

/// What a cache holds behind its lock: the store, the tier in memory, counts not yet written.
struct CacheState {
  private var store: Store?
  private let path: String
  private(set) var profile: Profile
  private var tier = MemoryTier()
  private var header: SharedHeader?
  /// The state of the file for which the tier is true; nil if it must not be believed.
  private var stamp: SharedHeader.Version?
  private var dataVersion: Int64 = 0
  private var unlogged: [Key: (count: Int64, last: Timestamp)] = [:]
  private var unloggedReads: Int64 = 0
  private var misses: Int64 = 0
  private var capEvictions: Int64 = 0
  private let lockTimeout: Int32
  private var identity: StoreFile.Identity?
  private var lookedAt: Int64 = 0
  private let memory: @Sendable () -> MemoryPressure.Reading?
  private var nextSweep: Int64 = 0
  private var nextLook: Int64 = 0
  private var nextFlush: Int64 = 0
  /// Bytes put since the last examine how full the store is, and what the last pass left.
  private var (unweighed, left): (Int64, Int64) = (0, 0)

  /// Reads that wait for the log before they are written.
  private static let logBatch: Int64 = 10_000
  private static let flushInterval: Int64 = 5_000_000

  init(
    path: String, profile name: String?, lockTimeout: Int32,
    memory: @escaping @Sendable () -> MemoryPressure.Reading?
  ) throws(Failure) {
    self.lockTimeout = lockTimeout
    self.memory = memory
    let store = try Self.openStore(path, lockTimeout)
    self.path = store.path
    self.store = store
    identity = StoreFile.identity(store.path)
    if let name, try store.profile(name) == nil { try store.save([Profile(name: name)]) }
    if let name {
      profile = try store.profile(.flag(name))
    } else {
      profile = try store.profile(.active)
    }
    dataVersion = try store.dataVersion()
    header = SharedHeader(store: store.path)
    rearm()
  }

  private static func openStore(_ path: String, _ lockTimeout: Int32) throws(Failure) -> Store {
    guard let store = try Store.open(path, for: .writing(create: true), lockTimeout: lockTimeout)
    else {
      throw .store(path: path, .missing, detail: "it could not be made")
    }
    store.isLongLived = true
    return store
  }

  /// Opens the file again if another has its name since, or none: another process removed or
  /// replaced it.
  private mutating func follow() throws(Failure) {
    guard store != nil, StoreFile.identity(path) != identity || identity == nil else { return }
    forget()
    (stamp, header) = (nil, nil)
    let fresh = try Self.openStore(path, lockTimeout)
    store = fresh
    identity = StoreFile.identity(path)
    dataVersion = try fresh.dataVersion()
    header = SharedHeader(store: path)
  }

  /// How long a hit in memory is served without a check that the file is still the same, in
  /// microseconds.
  ///
  /// A change *of* the file is seen immediately; this is for another file in its place.
  private static let inodeCheckInterval: Int64 = 100_000

  /// The open store.
  func open() throws(Failure) -> Store {
    guard let store else { throw .store(path: path, .io, detail: "the cache was shut down") }
    return store
  }

  mutating func close(at now: Timestamp) throws(Failure) {
    guard store != nil else { return }
    forget()
    try flush(at: now)
    try? store?.checkpoint()
    store = nil
  }

  // MARK: reading

  /// What memory holds for a key, if memory can be believed: the way of a hit, without a copy of
  /// the entry.
  ///
  /// Nil also for a value held as another type: it is decoded again, for a cast might find more
  /// than was asked for.
  mutating func held<T>(
    _ key: Key, as _: T.Type, version: Int64?, at now: Timestamp
  ) -> Box<T>? {
    guard let stamp, header?.stamp() == stamp,
      (0..<Self.inodeCheckInterval).contains(now.microseconds - lookedAt),
      let held = tier.peek(key),
      version == nil || held.entry.version == version, let box = held.object as? Box<T>,
      tier.use(held, at: now)
    else { return nil }
    return box
  }

  mutating func find(_ key: Key, at now: Timestamp) throws(Failure) -> Found? {
    try follow()
    lookedAt = now.microseconds
    let seen = header?.stamp()
    if let seen, seen == stamp {
      if let held = tier.take(key, at: now) {
        return Found(entry: held.entry, object: held.object, stamp: seen)
      }
    } else {
      forget()
      stamp = nil
    }
    let store = try open()
    let lookup = try store.lookup(key, at: now)
    guard case .hit(let entry) = lookup else {
      misses += 1
      return nil
    }
    note(key, at: now)
    // The snapshot that was read is the one of the header if that did not change meanwhile.
    let after = header?.stamp()
    if stamp == nil, seen == after { stamp = after }
    if unloggedReads > Self.logBatch { try? flush(at: now) }
    return Found(entry: entry, object: nil, stamp: seen == after ? after : nil)
  }

  /// Holds a value that was read and decoded, unless the file has changed since.
  mutating func hold(_ found: Found, _ object: AnyBox) {
    guard let read = found.stamp, read == stamp, header?.stamp() == read else { return }
    if let held = tier.peek(found.entry.key), held.entry == found.entry {
      held.object = object
      return
    }
    flushReadCounts(
      tier.put(found.entry, object, limit: Int(clamping: profile.maxItemsInMemory)), isCap: true)
  }

  private mutating func note(_ key: Key, at now: Timestamp) {
    let old = unlogged[key]
    unlogged[key] = ((old?.count ?? 0) + 1, now)
    unloggedReads += 1
  }

  /// Takes over the counts of entries that leave memory.
  private mutating func flushReadCounts(_ left: [MemoryTier.Held], isCap: Bool = false) {
    for held in left {
      if held.unlogged > 0 {
        let key = held.entry.key
        let old = unlogged[key]
        unlogged[key] = ((old?.count ?? 0) + held.unlogged, Timestamp.now())
        unloggedReads += held.unlogged
        held.unlogged = 0
      }
      if isCap { capEvictions += 1 }
    }
  }

  private mutating func forget() { flushReadCounts(tier.removeAll()) }

  // MARK: writing

  /// Runs a write; afterwards memory is believed only if no other process wrote meanwhile.
  private mutating func write<T>(
    _ body: (Store) throws(Failure) -> T
  ) throws(Failure) -> T {
    try follow()
    let store = try open()
    var (wasTrue, base) = (false, dataVersion)
    var old: SharedHeader.Version?
    let (header, stamp) = (header, stamp)
    do throws(Failure) {
      let result = try store.write { () throws(Failure) in
        // No process can commit now: the header matches the known state, or memory is outdated.
        old = header?.stamp()
        wasTrue = stamp != nil && old == stamp
        if !wasTrue { base = try store.dataVersion() }
        return try body(store)
      }
      if !wasTrue { forget() }
      try revalidate(store, since: base, from: old)
      return result
    } catch {
      forget()
      self.stamp = nil
      throw error
    }
  }

  /// Takes the current state of the file as that of memory, if no other process has committed.
  private mutating func revalidate(
    _ store: Store, since base: Int64, from old: SharedHeader.Version?
  ) throws(Failure) {
    if header == nil { header = SharedHeader(store: path) }
    let before = header?.stamp()
    // In the log that was there before, the last commit is this process's: the cheap check.
    if let before, let old, before.salt == old.salt,
      Int64(before.frames) == Int64(store.connection.committedFrames)
    {
      (stamp, dataVersion) = (before, base)
      return
    }
    dataVersion = try store.dataVersion()
    let after = header?.stamp()
    stamp = before == after && dataVersion == base ? after : nil
    if stamp == nil { forget() }
  }

  mutating func put(
    _ key: Key, _ data: [UInt8], format: String, _ object: AnyBox, ttl: TimeToLive?,
    version: Int64, tags: [String]?, at now: Timestamp
  ) throws(Failure) {
    let entry = entry(key, data, format, ttl, version, tags, now)
    flushReadCounts(tier.remove(key).map { [$0] } ?? [])
    try write { store throws(Failure) in _ = try store.insert(entry) }
    unweighed = unweighed.plus(Int64(data.count).plus(Store.overhead))
    guard stamp != nil else { return }
    flushReadCounts(
      tier.put(entry, object, limit: Int(clamping: profile.maxItemsInMemory)), isCap: true)
  }

  mutating func put(
    _ rows: [(Key, [UInt8])], format: String, ttl: TimeToLive?, tags: [String]?, at now: Timestamp
  ) throws(Failure) {
    var entry = entry(Key(stored: ""), [], format, ttl, 1, tags, now)
    for (key, _) in rows { flushReadCounts(tier.remove(key).map { [$0] } ?? []) }
    try write { store throws(Failure) in
      for (key, data) in rows {
        (entry.key, entry.data) = (key, data)
        entry.info?.size = Int64(data.count)
        _ = try store.insert(entry)
      }
    }
    for (_, data) in rows { unweighed = unweighed.plus(Int64(data.count).plus(Store.overhead)) }
  }

  /// Brings the next pass forward if what was put has brought the store over its limit by a
  /// sixteenth.
  ///
  /// - Returns: true if a pass is due now.
  mutating func weigh() -> Bool {
    guard profile.maxStoreSize > 0, profile.ttlCleanupInterval > 0,
      unweighed > profile.maxStoreSize / 32
    else { return false }
    unweighed = 0
    guard let used = try? store?.usedBytes(), used > AutoGC.ceiling(profile, left: left) else {
      return false
    }
    nextSweep = 0
    return true
  }

  private func entry(
    _ key: Key, _ data: [UInt8], _ format: String, _ ttl: TimeToLive?, _ version: Int64,
    _ tags: [String]?, _ now: Timestamp
  ) -> Entry {
    var entry = profile.newEntry(
      key, data, format: format, at: now, timeToLive: ttl, version: version)
    if let tags { entry.tags = tags }
    return entry
  }

  mutating func remove(
    _ selection: Store.Selection, because reason: Reason?, at now: Timestamp
  ) throws(Failure) -> Int64 {
    if case .keys(let keys) = selection {
      flushReadCounts(keys.compactMap { tier.remove($0) })
    } else {
      forget()
    }
    try flush(at: now)
    let name = profile.name
    do throws(Failure) {
      return try write { store throws(Failure) in
        try store.delete(selection, because: reason, profile: name, at: now).entries
      }
    } catch .store(_, .full, _) {
      // In steps, whose commits memory does not follow.
      return try open().remove(selection, because: reason, profile: name, at: now).entries
    }
  }

  /// Moves entries from memory to the store, where they are already, and logs each.
  mutating func evict(
    _ keys: [Key], because reason: Reason, at now: Timestamp
  ) throws(Failure) -> Int {
    let left = keys.compactMap { tier.remove($0) }
    guard !left.isEmpty else { return 0 }
    flushReadCounts(left)
    try flush(at: now)
    let name = profile.name
    try write { store throws(Failure) in
      try store.logEvictions(
        left.map { ($0.entry.key.text, 0) }, because: reason, profile: name, at: now)
    }
    return left.count
  }

  var memoryKeys: [Key] { tier.keys }

  func hottest(_ limit: Int?) -> [(key: String, count: Int64)] {
    let all = tier.byUse
    return all.prefix(limit ?? all.count).map { ($0.entry.key.text, $0.count) }
  }

  /// Writes the counts that wait.
  mutating func flush(at now: Timestamp) throws(Failure) {
    for held in tier.byUse where held.unlogged > 0 { flushReadCounts([held]) }
    guard !unlogged.isEmpty || misses > 0 || capEvictions > 0 else { return }
    let (reads, missed, evicted, name) = (unlogged, misses, capEvictions, profile.name)
    try write { store throws(Failure) in
      try store.add(reads, profile: name)
      try store.count("hits", by: reads.values.reduce(0) { $0 + $1.count })
      if missed > 0 { try store.count("misses_absent", by: missed) }
      if evicted > 0 { try store.count("cap_evictions", by: evicted) }
    }
    (unlogged, unloggedReads, misses, capEvictions) = ([:], 0, 0, 0)
  }

  // MARK: profiles and sweeps

  mutating func use(_ profile: Profile, at now: Timestamp) {
    self.profile = profile
    flushReadCounts(tier.shrink(to: Int(clamping: profile.maxItemsInMemory)), isCap: true)
    rearm()
  }

  private mutating func rearm() {
    let now = MonotonicClock.now()
    nextSweep = now + profile.ttlCleanupInterval.multipliedClamped(by: 1_000_000)
    nextLook = now + profile.memoryCleanupInterval.multipliedClamped(by: 1_000_000)
    nextFlush = now + Self.flushInterval
  }

  /// Does what is due; gives the microseconds until more is.
  mutating func tick(at now: Timestamp) -> Int64? {
    guard let store else { return nil }
    let clock = MonotonicClock.now()
    if clock >= nextFlush {
      try? flush(at: now)
      nextFlush = clock + Self.flushInterval
    }
    if profile.ttlCleanupInterval > 0, clock >= nextSweep {
      try? flush(at: now)
      _ = try? GCPass(store, profile: profile, now: now).run()
      // What a pass cannot bring within its limit is not swept again for each put.
      left = (try? store.usedBytes()) ?? 0
      nextSweep = clock + profile.ttlCleanupInterval.multipliedClamped(by: 1_000_000)
    }
    if profile.memoryBasedEviction, profile.memoryCleanupInterval > 0, clock >= nextLook {
      _ = try? evictUnderPressure(at: now)
      nextLook = clock + profile.memoryCleanupInterval.multipliedClamped(by: 1_000_000)
    }
    var next = nextFlush
    if profile.ttlCleanupInterval > 0 { next = min(next, nextSweep) }
    if profile.memoryBasedEviction, profile.memoryCleanupInterval > 0 { next = min(next, nextLook) }
    return max(0, next - MonotonicClock.now())
  }

  /// While too little memory is free, the least used entries leave.
  mutating func evictUnderPressure(at now: Timestamp) throws(Failure) -> Int {
    var left: [Key] = []
    var freed: [MemoryTier.Held] = []
    while let reading = memory(), reading.isUnder(profile.freeMemoryTarget),
      let held = tier.leastUsed()
    {
      tier.remove(held.entry.key)
      freed.append(held)
      left.append(held.entry.key)
    }
    guard !left.isEmpty else { return 0 }
    flushReadCounts(freed)
    try flush(at: now)
    let (name, keys) = (profile.name, left)
    try write { store throws(Failure) in
      try store.logEvictions(
        keys.map { ($0.text, 0) }, because: .memory, profile: name, at: now)
    }
    return left.count
  }
}

extension Int64 {
  /// The product, or the largest number where that does not fit; a year is enough for intervals.
  fileprivate func multipliedClamped(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? 31_536_000_000_000 : Swift.min(product, 31_536_000_000_000)
  }
}
