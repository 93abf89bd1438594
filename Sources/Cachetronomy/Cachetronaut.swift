internal import Synchronization
internal import System

/// A cache in one SQLite file with a tier in the memory of the process, for any number of threads.
///
/// A value read from memory is never older than the newest one committed by any process: every hit
/// examines the header that all processes share.
public final class Cachetronaut: Sendable {
  private let state: Mutex<CacheState>
  private let background: Mutex<Background?>
  let flights = Mutex<[Key: Flight]>([:])
  let formats: [String: Format]
  private let now: @Sendable () -> Timestamp

  /// Opens a cache, and makes its file if there is none.
  ///
  /// - Parameters:
  ///   - path: the SQLite file; Python's cachetronomy 0.1.5 may use it at the same time.
  ///   - profile: the profile to use; one that is not there is made with the built-in settings.
  ///   - formats: formats of the caller's own, next to `msgpack`, `json` and `orjson`.
  ///   - evicting: whether a thread sweeps at the profile's intervals until `shutdown`.
  ///   - lockTimeout: how long to wait for others who write, in milliseconds.
  ///   - now: the time.
  ///   - memory: how much memory is free.
  /// - Throws: `Failure.store` if the file cannot be used.
  public init(
    path: String, profile: String? = nil, formats: [Format] = [], evicting: Bool = true,
    lockTimeout: Int32 = 5000,
    now: @escaping @Sendable () -> Timestamp = { .now() },
    memory: @escaping @Sendable () -> MemoryPressure.Reading? = MemoryPressure.read
  ) throws(Failure) {
    var known: [String: Format] = [:]
    for format in Format.builtIn + formats { known[format.name] = format }
    self.formats = known
    self.now = now
    state = Mutex(
      try CacheState(
        path: path, profile: profile, lockTimeout: lockTimeout, memory: memory))
    background = Mutex(nil)
    if evicting {
      let thread = Background { [weak self] in self?.tick() }
      background.withLock { $0 = thread }
      thread.start()
    }
  }

  deinit { try? shutdown() }

  /// Ends the sweeping thread, writes what is still to be written, and closes the file.
  ///
  /// Later calls of anything but this throw `Failure.store`; a second call does nothing.
  public func shutdown() throws(Failure) {
    background.withLock { thread in
      defer { thread = nil }
      return thread
    }?.stop()
    try state.withLock { state throws(Failure) in try state.close(at: now()) }
  }

  /// Runs something on the state, alone.
  func with<T>(
    _ body: (inout CacheState, Timestamp) throws(Failure) -> sending T
  ) throws(Failure) -> sending T {
    try state.withLock { state throws(Failure) in try body(&state, now()) }
  }

  /// Lets the sweeping thread choose its times again.
  func wake() { background.withLock { $0 }?.wake() }

  private func tick() -> Int64? {
    // What is wrong now may be right at the next interval; no process is there to be told.
    state.withLock { state in state.tick(at: now()) }
  }

  // MARK: values

  /// Stores a value, in memory and in the file.
  ///
  /// - Parameters:
  ///   - key: its name.
  ///   - value: anything that can be encoded; `[UInt8]` is kept as bytes.
  ///   - ttl: how long it is kept; without one the profile's.
  ///   - version: the caller's version of the value, at least 1.
  ///   - tags: its tags; without any the profile's.
  ///   - format: the name of a format.
  /// - Throws: `Failure.badKey`, `.badSetting`, `.badValue` or `.store`; nothing is kept then.
  public func set<T: Codable & Sendable>(
    _ key: String, _ value: T, ttl: TimeToLive? = nil, version: Int64 = 1, tags: [String]? = nil,
    format: String = "msgpack"
  ) throws(Failure) {
    let key = try Key(key)
    guard version >= 1 else { throw .badSetting("version", "want at least 1") }
    let data = try self.format(format).encode(try ValueEncoder.encode(value))
    let isFull = try with { state, now throws(Failure) in
      try state.put(
        key, data, format: format, Box(value), ttl: ttl, version: version, tags: tags, at: now)
      return state.weigh()
    }
    if isFull { wake() }
  }

  /// Stores many values in one transaction.
  ///
  /// - Throws: as `set`; none is kept then.
  public func set<T: Codable & Sendable>(
    all values: [(key: String, value: T)], ttl: TimeToLive? = nil, tags: [String]? = nil,
    format: String = "msgpack"
  ) throws(Failure) {
    let format = try self.format(format)
    var rows: [(Key, [UInt8])] = []
    rows.reserveCapacity(values.count)
    for (key, value) in values {
      rows.append((try Key(key), try format.encode(try ValueEncoder.encode(value))))
    }
    let isFull = try with { state, now throws(Failure) in
      try state.put(rows, format: format.name, ttl: ttl, tags: tags, at: now)
      return state.weigh()
    }
    if isFull { wake() }
  }

  /// The value of a key as a type; nil if there is none that is fresh.
  ///
  /// - Throws: `Failure.badValue` if what is there is no such thing.
  public func get<T: Codable & Sendable>(
    _ key: String, as type: T.Type = T.self
  ) throws(Failure) -> T? {
    try get(try Key(key), as: type, version: nil)
  }

  func get<T: Codable & Sendable>(
    _ key: Key, as type: T.Type, version: Int64?
  ) throws(Failure) -> T? {
    let now = now()
    let box = state.withLock { $0.held(key, as: type, version: version, at: now) }
    if let box { return box.value }
    let found: Found? = try with { state, now throws(Failure) in try state.find(key, at: now) }
    guard let found else { return nil }
    if let version, found.entry.version != version { return nil }
    if let box = found.object as? Box<T> { return box.value }
    let value = try format(found.entry.format).decode(found.entry.data)
    let object = try ValueDecoder.decode(type, from: value)
    try with { state, _ throws(Failure) in state.hold(found, Box(object)) }
    return object
  }

  /// A way to write values, by its name.
  func format(_ name: String) throws(Failure) -> Format {
    guard let format = formats[name] else {
      throw .badSetting(
        "format '\(name)'", "want \(formats.keys.sorted().joined(separator: ", "))")
    }
    return format
  }

  /// Removes a key from memory and file.
  ///
  /// - Returns: false if it was not there.
  @discardableResult
  public func delete(_ key: String) throws(Failure) -> Bool {
    let key = try Key(key)
    return try remove(.keys([key]), because: .user) > 0
  }

  func remove(_ selection: Store.Selection, because reason: Reason?) throws(Failure) -> Int64 {
    try with { state, now throws(Failure) in
      try state.remove(selection, because: reason, at: now)
    }
  }
}
