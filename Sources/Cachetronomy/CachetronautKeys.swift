/// The rest of the seed's methods: keys, metadata, removal, logs, profiles.
extension Cachetronaut {
  /// What is known of an entry but its value.
  public struct Metadata: Sendable, Equatable {
    /// Its name.
    public var key: String
    /// The name of its format.
    public var format: String
    /// When it stops being fresh; nil if it does not.
    public var expiry: Timestamp?
    /// Its tags.
    public var tags: [String]
    /// The caller's version.
    public var version: Int64
    /// The profile it was saved under.
    public var profile: String
    /// Bytes of its value.
    public var size: Int64
    /// False if the row's date or tags cannot be read.
    public var isSound: Bool

    init(_ listed: Store.Listed) {
      let entry = listed.entry
      key = entry.key.text
      format = entry.format
      expiry = entry.expiry == .never ? nil : entry.expiry
      tags = entry.tags
      version = entry.version
      profile = entry.profile
      size = listed.size
      isSound = listed.isSound
    }
  }

  /// An entry with its value as bytes.
  public struct Item: Sendable, Equatable {
    /// What is known of it.
    public var metadata: Metadata
    /// The value in its format; empty if it is damaged.
    public var data: [UInt8]
  }

  /// Keys in the file.
  public func storeKeys() throws(Failure) -> [String] {
    try storeMetadata().map(\.key)
  }

  /// Keys in memory.
  public func memoryKeys() throws(Failure) -> [String] {
    try with { state, _ throws(Failure) in state.memoryKeys.map(\.text) }
  }

  /// Keys in memory or in the file, each once.
  public func allKeys() throws(Failure) -> [String] {
    let stored = try storeKeys()
    let known = Set(stored.map { Key(stored: $0) })
    return stored + (try memoryKeys()).filter { !known.contains(Key(stored: $0)) }
  }

  /// What is known of one entry; nil if there is none.
  public func keyMetadata(_ key: String) throws(Failure) -> Metadata? {
    let key = try Key(key)
    return try with { state, _ throws(Failure) in
      try state.open().page(after: nil, key: key).first.map { Metadata($0) }
    }
  }

  /// What is known of every entry in the file, in the order of the keys.
  public func storeMetadata() throws(Failure) -> [Metadata] {
    try with { state, _ throws(Failure) in
      var (all, last): ([Metadata], Store.Listed?) = ([], nil)
      while true {
        let page = try state.open().page(after: last)
        guard let end = page.last else { return all }
        all += page.map { Metadata($0) }
        last = end
      }
    }
  }

  /// Every entry with its bytes; a damaged row does not hide the others.
  public func items() throws(Failure) -> [Item] {
    var items: [Item] = []
    for metadata in try storeMetadata() {
      let data = try with { state, _ throws(Failure) in
        try state.open().entry(Key(stored: metadata.key))?.data
      }
      items.append(Item(metadata: metadata, data: data ?? []))
    }
    return items
  }

  /// Moves a key from memory to the file alone, and logs that.
  ///
  /// - Returns: false if it was not in memory.
  @discardableResult
  public func evict(_ key: String) throws(Failure) -> Bool {
    let key = try Key(key)
    return try with { state, now throws(Failure) in
      try state.evict([key], because: .manual, at: now) > 0
    }
  }

  /// Moves every key from memory to the file alone, and logs each.
  public func evictAll() throws(Failure) {
    _ = try with { state, now throws(Failure) in
      try state.evict(state.memoryKeys, because: .manual, at: now)
    }
  }

  /// Removes every entry from memory and file, without logging each.
  public func clearAll() throws(Failure) { _ = try remove(.all, because: nil) }

  /// Removes the entries that are past their time.
  ///
  /// - Returns: how many.
  @discardableResult
  public func clearExpired() throws(Failure) -> Int64 { try remove(.expired, because: .time) }

  /// Removes entries with any of some tags, or with exactly that list.
  ///
  /// - Returns: how many.
  @discardableResult
  public func clear(tags: [String], exact: Bool = false) throws(Failure) -> Int64 {
    try remove(.tags(tags, exact: exact), because: .tag)
  }

  /// Removes entries that were saved under a profile.
  ///
  /// - Returns: how many.
  @discardableResult
  public func clear(profile: String) throws(Failure) -> Int64 {
    try remove(.savedBy(profile), because: .profile)
  }

  /// The most read keys in memory with their reads there, hottest first.
  public func memoryStats(limit: Int? = nil) throws(Failure) -> [(key: String, count: Int64)] {
    try with { state, _ throws(Failure) in state.hottest(limit) }
  }

  /// The most read keys by all reads ever written, hottest first.
  public func storeStats(limit: Int? = nil) throws(Failure) -> [Store.AccessCount] {
    try logged { store throws(Failure) in try store.hottest(limit ?? .max) }
  }

  /// The whole access log.
  public func accessLogs() throws(Failure) -> [Store.AccessCount] {
    try storeStats()
  }

  /// How often and when a key was read; nil if it never was.
  public func keyAccessLogs(_ key: String) throws(Failure) -> Store.AccessCount? {
    let key = try Key(key)
    return try logged { store throws(Failure) in try store.access(of: key) }
  }

  /// Empties the access log, counts not yet written included.
  public func clearAccessLogs() throws(Failure) {
    try logged { store throws(Failure) in try store.clearAccesses() }
  }

  /// Removes a key from the access log.
  public func deleteAccessLogs(_ key: String) throws(Failure) {
    let key = try Key(key)
    try logged { store throws(Failure) in try store.clearAccesses(of: key) }
  }

  /// The eviction log, newest first.
  public func evictionLogs(limit: Int? = 1000) throws(Failure) -> [Store.Eviction] {
    try with { state, _ throws(Failure) in try state.open().evictions(limit: limit) }
  }

  /// Empties the eviction log.
  public func clearEvictionLogs() throws(Failure) {
    try with { state, _ throws(Failure) in try state.open().clearEvictions() }
  }

  /// Runs something on the store after all counts have been written.
  private func logged<T>(
    _ body: (Store) throws(Failure) -> sending T
  ) throws(Failure) -> sending T {
    try with { state, now throws(Failure) in
      try state.flush(at: now)
      try state.open().foldJournal(at: now)
      return try body(try state.open())
    }
  }

  // MARK: profiles

  /// The effective profile.
  public var profile: Profile {
    get throws(Failure) { try with { state, _ throws(Failure) in state.profile } }
  }

  /// Selects another profile; one that does not exist is created with the built-in settings.
  public func use(profile name: String) throws(Failure) {
    guard !name.isEmpty else { throw .badSetting("profile name", "it is empty") }
    try with { state, now throws(Failure) in
      let store = try state.open()
      if try store.profile(name) == nil { try store.save([Profile(name: name)]) }
      if let profile = try store.profile(name) { state.use(profile, at: now) }
    }
    wake()
  }

  /// Saves a profile and uses it.
  public func use(_ profile: Profile) throws(Failure) {
    try profile.check()
    try with { state, now throws(Failure) in
      try state.open().save([profile])
      state.use(profile, at: now)
    }
    wake()
  }

  /// Changes settings of the effective profile, and saves it.
  ///
  /// - Throws: `Failure.badSetting` if a setting is out of its range; nothing is changed then.
  public func updateActiveProfile(_ change: (inout Profile) -> Void) throws(Failure) {
    var profile = try profile
    let name = profile.name
    change(&profile)
    profile.name = name
    try use(profile)
  }

  /// A profile by its name, without using it; nil if there is none.
  public func getProfile(_ name: String) throws(Failure) -> Profile? {
    try with { state, _ throws(Failure) in try state.open().profile(name) }
  }

  /// Removes a profile.
  ///
  /// The one effective stays effective until another is used.
  ///
  /// - Returns: false if there was none.
  @discardableResult
  public func deleteProfile(_ name: String) throws(Failure) -> Bool {
    try with { state, _ throws(Failure) in try state.open().delete(profile: name) }
  }

  /// All profiles in the file.
  public func listProfiles() throws(Failure) -> [Profile] {
    try with { state, _ throws(Failure) in try state.open().profiles() }
  }
}
