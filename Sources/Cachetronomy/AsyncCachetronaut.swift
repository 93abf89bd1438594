internal import System

/// The same cache for tasks: every call runs on its own thread and never blocks the pool that
/// tasks share.
public actor AsyncCachetronaut {
  private let executor = ThreadExecutor()
  private let cache: Cachetronaut
  private var flights: [Key: any Sendable] = [:]

  /// The thread that every call runs on.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Opens a cache, as `Cachetronaut` does.
  ///
  /// - Throws: `Failure.store` if the file cannot be used.
  public init(
    path: String, profile: String? = nil, formats: [Format] = [], evicting: Bool = true,
    lockTimeout: Int32 = 5000,
    now: @escaping @Sendable () -> Timestamp = { .now() },
    memory: @escaping @Sendable () -> MemoryPressure.Reading? = MemoryPressure.read
  ) async throws(Failure) {
    // Opening may wait for a lock: not here, on the caller's thread.
    let opened: Result<Cachetronaut, Failure> = await Task.detached {
      await Opening().open(path, profile, formats, evicting, lockTimeout, now, memory)
    }.value
    cache = try opened.get()
  }

  private actor Opening {
    let executor = ThreadExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func open(
      _ path: String, _ profile: String?, _ formats: [Format], _ evicting: Bool,
      _ lockTimeout: Int32, _ now: @escaping @Sendable () -> Timestamp,
      _ memory: @escaping @Sendable () -> MemoryPressure.Reading?
    ) -> Result<Cachetronaut, Failure> {
      Result { () throws(Failure) in
        try Cachetronaut(
          path: path, profile: profile, formats: formats, evicting: evicting,
          lockTimeout: lockTimeout, now: now,
          memory: memory)
      }
    }
  }

  /// Ends the sweeping thread, writes what is still to be written, and closes the file.
  public func shutdown() throws(Failure) { try cache.shutdown() }

  // MARK: values

  /// Stores a value, in memory and in the file.
  public func set<T: Codable & Sendable>(
    _ key: String, _ value: T, ttl: TimeToLive? = nil, version: Int64 = 1, tags: [String]? = nil,
    format: String = "msgpack"
  ) throws(Failure) {
    try cache.set(key, value, ttl: ttl, version: version, tags: tags, format: format)
  }

  /// Stores many values in one transaction.
  public func set<T: Codable & Sendable>(
    all values: [(key: String, value: T)], ttl: TimeToLive? = nil, tags: [String]? = nil,
    format: String = "msgpack"
  ) throws(Failure) { try cache.set(all: values, ttl: ttl, tags: tags, format: format) }

  /// The value of a key as a type; nil if there is none that is fresh.
  public func get<T: Codable & Sendable>(
    _ key: String, as type: T.Type = T.self
  ) throws(Failure) -> T? { try cache.get(key, as: type) }

  /// Removes a key from memory and file.
  ///
  /// - Returns: false if it was not there.
  @discardableResult
  public func delete(_ key: String) throws(Failure) -> Bool { try cache.delete(key) }

  /// Moves a key from memory to the file alone, and logs that.
  ///
  /// - Returns: false if it was not in memory.
  @discardableResult
  public func evict(_ key: String) throws(Failure) -> Bool { try cache.evict(key) }

  /// Moves every key from memory to the file alone, and logs each.
  public func evictAll() throws(Failure) { try cache.evictAll() }

  /// Removes every entry from memory and file, without logging each.
  public func clearAll() throws(Failure) { try cache.clearAll() }

  /// Removes the entries that are past their time.
  ///
  /// - Returns: how many.
  @discardableResult
  public func clearExpired() throws(Failure) -> Int64 { try cache.clearExpired() }

  /// Removes entries with any of some tags, or with exactly that list.
  ///
  /// - Returns: how many.
  @discardableResult
  public func clear(tags: [String], exact: Bool = false) throws(Failure) -> Int64 {
    try cache.clear(tags: tags, exact: exact)
  }

  /// Removes entries that were saved under a profile.
  ///
  /// - Returns: how many.
  @discardableResult
  public func clear(profile: String) throws(Failure) -> Int64 { try cache.clear(profile: profile) }

  // MARK: what is there

  /// Keys in the file.
  public func storeKeys() throws(Failure) -> [String] { try cache.storeKeys() }

  /// Keys in memory.
  public func memoryKeys() throws(Failure) -> [String] { try cache.memoryKeys() }

  /// Keys in memory or in the file, each once.
  public func allKeys() throws(Failure) -> [String] { try cache.allKeys() }

  /// What is known of one entry; nil if there is none.
  public func keyMetadata(_ key: String) throws(Failure) -> Cachetronaut.Metadata? {
    try cache.keyMetadata(key)
  }

  /// What is known of every entry in the file.
  public func storeMetadata() throws(Failure) -> [Cachetronaut.Metadata] {
    try cache.storeMetadata()
  }

  /// Every entry with its bytes.
  public func items() throws(Failure) -> [Cachetronaut.Item] { try cache.items() }

  // MARK: logs

  /// The most read keys in memory with their reads there, hottest first.
  public func memoryStats(limit: Int? = nil) throws(Failure) -> [(key: String, count: Int64)] {
    try cache.memoryStats(limit: limit)
  }

  /// The most read keys by all reads ever written, hottest first.
  public func storeStats(limit: Int? = nil) throws(Failure) -> [Store.AccessCount] {
    try cache.storeStats(limit: limit)
  }

  /// The whole access log.
  public func accessLogs() throws(Failure) -> [Store.AccessCount] { try cache.accessLogs() }

  /// How often and when a key was read; nil if it never was.
  public func keyAccessLogs(_ key: String) throws(Failure) -> Store.AccessCount? {
    try cache.keyAccessLogs(key)
  }

  /// Empties the access log.
  public func clearAccessLogs() throws(Failure) { try cache.clearAccessLogs() }

  /// Removes a key from the access log.
  public func deleteAccessLogs(_ key: String) throws(Failure) { try cache.deleteAccessLogs(key) }

  /// The eviction log, newest first.
  public func evictionLogs(limit: Int? = 1000) throws(Failure) -> [Store.Eviction] {
    try cache.evictionLogs(limit: limit)
  }

  /// Empties the eviction log.
  public func clearEvictionLogs() throws(Failure) { try cache.clearEvictionLogs() }

  // MARK: profiles

  /// The effective profile.
  public var profile: Profile { get throws(Failure) { try cache.profile } }

  /// Selects another profile.
  public func use(profile name: String) throws(Failure) { try cache.use(profile: name) }

  /// Saves a profile and uses it.
  public func use(_ profile: Profile) throws(Failure) { try cache.use(profile) }

  /// Changes settings of the effective profile, and saves it.
  public func updateActiveProfile(
    _ change: @Sendable (inout Profile) -> Void
  ) throws(Failure) { try cache.updateActiveProfile(change) }

  /// A profile by its name, without using it; nil if there is none.
  public func getProfile(_ name: String) throws(Failure) -> Profile? { try cache.getProfile(name) }

  /// Removes a profile.
  ///
  /// - Returns: false if there was none.
  @discardableResult
  public func deleteProfile(_ name: String) throws(Failure) -> Bool {
    try cache.deleteProfile(name)
  }

  /// All profiles in the file.
  public func listProfiles() throws(Failure) -> [Profile] { try cache.listProfiles() }

  // MARK: memoizing

  /// The value of a call: from the cache, or computed once however many tasks ask at the same time.
  ///
  /// A cached nil, empty or false result is a hit. An error of the body is thrown to all who waited
  /// and not kept.
  public func memoize<T: Codable & Sendable>(
    _ name: String, _ arguments: [String: any Encodable & Sendable] = [:], ttl: TimeToLive? = nil,
    tags: [String]? = nil, version: Int64 = 1, _ body: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    let key = try Key(try CallKey.of(name, arguments))
    if let found = try? cache.get(key, as: Boxed<T>.self, version: version) { return found.value }
    if let flight = flights[key] as? Task<T, any Error> { return try await flight.value }
    let flight = Task.detached { try await body() }
    flights[key] = flight
    defer { flights[key] = nil }
    let value = try await flight.value
    try? cache.set(key.text, Boxed(value: value), ttl: ttl, version: version, tags: tags)
    return value
  }

  /// The key that `memoize` uses for a call.
  public nonisolated func key(
    for name: String, _ arguments: [String: any Encodable & Sendable] = [:]
  ) throws(Failure) -> String { try CallKey.of(name, arguments) }
}
