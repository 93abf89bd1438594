extension Store {
  /// Looks whether the shared memory tier is true of the store; inside a transaction that writes.
  func beginTier() -> Bool {
    guard let tier = openTier() else { return false }
    tier.begin()
    return true
  }

  /// The tier, found at its first use: there is no log to examine before the first transaction.
  private func openTier() -> SharedTier? {
    if sharesMemory, tier == nil { tier = SharedTier(store: path) }
    return tier
  }

  /// Publishes the state after a commit, if no other process has committed since it began.
  func publish(_ entry: Entry?, _ version: Int64) throws(Failure) {
    guard let tier else { return }
    let file = try entry.flatMap { entry throws(Failure) in try hotFile(entry, nil) }
    // A process that writes now changes the state anyway.
    connection.busyTimeout(0)
    defer { connection.busyTimeout(lockTimeout) }
    try holding { () throws(Failure) in
      guard try dataVersion() == version else { return }
      try tier.publish(file, profiles: hotProfiles)
    }
  }

  /// Runs something while no other process can write, and writes nothing.
  func holding(_ body: () throws(Failure) -> Void) throws(Failure) {
    var begin = try connection.prepare(.begin, "BEGIN IMMEDIATE")
    try begin.run()
    defer {
      if var rollback = try? connection.prepare(.rollback, "ROLLBACK") { try? rollback.run() }
    }
    try body()
  }

  /// Puts what was read from the store into the memory tier, if that can be done without waiting.
  ///
  /// - Parameter replay: for a recording, what it printed.
  public func refill(_ entry: Entry, _ replay: Replay?) {
    guard sharesMemory, let lock = try? writerLock() else { return }
    guard let file = try? hotFile(entry, replay), openTier()?.holds(file) != true,
      lock.tryAcquire()
    else { return }
    defer { lock.release() }
    connection.busyTimeout(0)
    defer { connection.busyTimeout(lockTimeout) }
    try? holding { () throws(Failure) in
      guard beginTier(), let tier, try self.entry(entry.key) == entry else { return }
      try tier.publish(file, profiles: hotProfiles)
    }
  }

  /// Writes the manifest of a call that this store has just served.
  package func keepManifest(_ manifest: ManifestFile) {
    if sharesMemory { openTier()?.keep(manifest) }
  }

  private func hotFile(
    _ entry: Entry, _ replay: Replay?
  ) throws(Failure) -> (key: Key, file: [UInt8])? {
    var replay = replay
    if entry.info?.origin == .run, replay == nil {
      // A large one is put there by its first reader.
      guard entry.info?.recording == nil else { return nil }
      replay = try Replay(entry, from: self)
    }
    return try HotEntry.encode(entry, replay, limit: 16 << 20).map { (entry.key, $0) }
  }

  private func hotProfiles() throws(Failure) -> (bytes: [UInt8], limits: TierIndex.Limits) {
    let active = try profile(nil) ?? Profile(name: Profile.defaultName)
    return (
      HotProfiles.encode(try profiles(), active: try activeProfileName()),
      // The Python package's 100 entries are what a process holds.
      TierIndex.Limits(
        entries: active.maxItemsInMemory == 0 ? 0 : .max, bytes: active.maxMemory)
    )
  }

  /// What processes share in memory.
  public struct Memory: Sendable {
    /// The directory; nil if there is none, or nothing in it is true of the store now.
    public var path: String?
    /// How many entries.
    public var entries: Int64 = 0
    /// Bytes of their files.
    public var bytes: Int64 = 0
    /// Bytes that may be there at most; 0 if that is not known.
    public var limit: Int64 = 0
    /// Entries that had to leave because there was no room.
    public var dropped: Int64 = 0
    var names: Set<String> = []

    /// Nothing.
    public init() {}

    /// Whether an entry is there.
    public func holds(_ key: Key) -> Bool { names.contains(HotEntry.name(of: key)) }
  }

  /// What is in memory now.
  public func memory() throws(Failure) -> Memory {
    openTier()?.inventory() ?? Memory()
  }

  /// Moves the least used entries out of memory, each with its row in the log; they stay in the
  /// store.
  ///
  /// - Parameter wanted: how many bytes shall be free afterwards that are not now.
  func moveFromMemory(
    _ wanted: Int64, profile: String, at now: Timestamp
  ) throws(Failure) -> Removed {
    var moved = Removed()
    try write { () throws(Failure) in
      guard let tier, tier.isInUse else { return }
      let released = tier.release(wanted)
      for one in released { moved.add(Removed(1, one.bytes)) }
      try logEvictions(
        released.map { ($0.key.text, 0) }, because: .memory, profile: profile, at: now)
    }
    return moved
  }

  /// What `moveFromMemory` would move now.
  func leastUsedInMemory(_ wanted: Int64) -> [(key: Key, bytes: Int64)] {
    guard let tier = openTier(), tier.inventory() != nil else { return [] }
    return tier.leastUsed(wanted)
  }

  /// Removes what is left in memory of stores that are gone.
  func tidyMemory() { openTier()?.sweepSiblings() }
}
