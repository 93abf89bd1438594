internal import Glibc
internal import System

/// One cache in one SQLite file.
///
/// Not to be shared between threads.
public final class Store {
  /// The file, every link resolved.
  public let path: String
  /// Whether this process may change it.
  public let isWritable: Bool

  /// Whether it belongs to this user or root: its owner decides which results are in it.
  public var isTrusted: Bool {
    var status = stat()
    return stat(path, &status) == 0 && [geteuid(), 0].contains(status.st_uid)
  }

  /// The directory it is in, where temporary files go.
  package var directory: String { StoreFile.directory(of: path) }

  let connection: Connection
  /// Whether it is a copy that this process alone knows.
  private let isCopy: Bool
  /// The file that was opened.
  private let identity: StoreFile.Identity?
  private(set) var lockTimeout: Int32
  private let waiting: WriterLock.Waiting
  private var lock: WriterLock?

  /// Whether what is read and written here goes to the memory tier that processes share.
  let sharesMemory: Bool
  package var tier: SharedTier?
  /// The entry that the last transaction put.
  var pendingPublish: Entry?

  /// The expiry that was written last, and how.
  var lastExpiryText: (expiry: Timestamp, text: String)?

  /// True while the disk is full and something is removed anyway.
  var isScarce = false
  /// Whether the log could not be folded since the database would have to grow.
  private(set) var isLogStuck = false
  /// Recordings whose chunks are still to go, where that takes steps.
  var orphaned: [[UInt8]] = []

  /// What a caller means to do with a store.
  public enum Access: Sendable {
    /// Look only: a store that is not there is not made.
    case reading
    /// Look only, and change nothing of the file, not even to adopt it.
    case inspecting
    /// Read and write: made if it is not there, unless `create` is false.
    case writing(create: Bool)
  }

  /// Opens a store, and makes or adopts it where that is allowed.
  ///
  /// - Parameters:
  ///   - path: the file; links are followed.
  ///   - access: what for.
  ///   - lockTimeout: how long to wait for locks, in milliseconds.
  ///   - ownsProcess: true lets a wait use SIGALRM, which only the tool's process can afford.
  /// - Returns: nil if there is no store and none was to be made.
  /// - Throws: `Failure.store` for a file that is not a store, is newer, damaged or locked.
  public static func open(
    _ path: String, for access: Access, lockTimeout: Int32 = 5000, ownsProcess: Bool = false
  ) throws(Failure) -> Store? {
    do throws(Failure) {
      return try openOnce(path, for: access, lockTimeout, ownsProcess)
    } catch .store(let resolved, .full, let detail) {
      // The index of the log needs room too. A caller that does not store removes something.
      guard case .writing(create: false) = access, Reserve.release(beside: resolved) else {
        throw .store(path: resolved, .full, detail: detail)
      }
      let store = try openOnce(path, for: access, lockTimeout, ownsProcess)
      store?.beginScarcity()
      return store
    }
  }

  private static func openOnce(
    _ path: String, for access: Access, _ lockTimeout: Int32, _ ownsProcess: Bool
  ) throws(Failure) -> Store? {
    var path = try StoreFile.resolve(path)
    let waiting: WriterLock.Waiting = ownsProcess ? .blocking : .polling
    let found = try StoreFile.inspect(path)
    switch (found, access) {
    case (.nothing, .reading), (.empty, .reading), (.nothing, .inspecting), (.empty, .inspecting),
      (.nothing, .writing(create: false)):
      return nil
    case (.nothing, .writing), (.empty, .writing):
      if found == .nothing {
        try StoreFile.makeDirectories(above: path)
        // Now that its directory is there, links on the way to it can be resolved too.
        path = try StoreFile.resolve(path)
      }
      return try create(path, lockTimeout, waiting)
    case (.database(let isForeign), _):
      return try openFound(path, isForeign: isForeign, for: access, lockTimeout, waiting)
    }
  }

  private static func create(
    _ path: String, _ lockTimeout: Int32, _ waiting: WriterLock.Waiting
  ) throws(Failure) -> Store {
    let lock = try WriterLock(store: path, waiting: waiting)
    try lock.acquire(within: lockTimeout)
    defer { lock.release() }
    try StoreFile.create(path)
    let connection = try Connection(path: path, writable: true, busyTimeout: lockTimeout)
    if try connection.integer("PRAGMA user_version") == 0 {
      try connection.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
    }
    let store = Store(connection, isWritable: true, lockTimeout, waiting, lock)
    try store.identify()
    try store.prepareToWrite(toStore: true)
    // The tables themselves out of the log, which every cold reader would read through for ever.
    try? store.checkpoint()
    return store
  }

  private static func openFound(
    _ path: String, isForeign: Bool, for access: Access, _ lockTimeout: Int32,
    _ waiting: WriterLock.Waiting
  ) throws(Failure) -> Store {
    if isForeign, case .writing = access {
      throw .store(path: path, .notTrusted, detail: "it belongs to another user")
    }
    var writable = !isForeign && Glibc.access(path, W_OK) == 0
    if case .inspecting = access { writable = false }
    if !writable, case .writing = access {
      throw .store(path: path, .readOnly, detail: "it is read-only")
    }
    let hadLog = StoreFile.walSize(path) > 0
    if writable, waiting == .blocking { Reserve.keepIndex(of: path) }
    let connection = try Connection(path: path, writable: writable, busyTimeout: lockTimeout)
    let store = Store(connection, isWritable: writable, lockTimeout, waiting, nil)
    do {
      try store.identify()
      if case .writing(let create) = access { try store.prepareToWrite(toStore: create) }
    } catch {
      // A refused file is left unchanged, without the empty log that opening it made.
      if !hadLog { connection.cleansUpOnClose() }
      throw error
    }
    return store
  }

  /// Makes a store that was opened for reading one that is written to, by the same connection.
  ///
  /// - Parameters:
  ///   - lockTimeout: how long to wait for locks from now on, in milliseconds.
  /// - Returns: false if it is not for this process to write to: opening it for that says why.
  /// - Throws: `Failure.store` if there is no room.
  public func beginWriting(lockTimeout: Int32) throws(Failure) -> Bool {
    // It may have been set aside since, or removed.
    guard isWritable, !isCopy, identity == StoreFile.identity(path) else { return false }
    self.lockTimeout = lockTimeout
    connection.busyTimeout(lockTimeout)
    try prepareToWrite(toStore: true)
    return true
  }

  private init(
    _ connection: Connection, isWritable: Bool, _ lockTimeout: Int32,
    _ waiting: WriterLock.Waiting, _ lock: WriterLock?
  ) {
    self.connection = connection
    self.isWritable = isWritable
    self.lockTimeout = lockTimeout
    self.waiting = waiting
    self.lock = lock
    // A process that stays has its own memory, and every commit of its is seen by the shared one.
    sharesMemory = isWritable && waiting == .blocking
    isCopy = false
    path = connection.path
    identity = StoreFile.identity(path)
  }

  /// A copy of a store in temporary space.
  init(copyOf store: Store) throws(Failure) {
    connection = try Connection(copyOf: store.connection)
    (isWritable, isCopy, sharesMemory) = (true, true, false)
    (lockTimeout, waiting, path) = (store.lockTimeout, store.waiting, store.path)
    identity = nil
    let version = Int(try connection.integer("PRAGMA user_version") ?? 0)
    for step in Schema.migrations.dropFirst(max(0, version)) { try connection.execute(step) }
  }

  // MARK: identity

  private func notOurs(_ why: String? = nil) -> Failure {
    .store(
      path: path, .notOurs,
      detail: "not a cachetronomy store" + (why.map { ": \($0)" } ?? ""))
  }

  private func identify() throws(Failure) {
    let version = try connection.integer("PRAGMA user_version") ?? 0
    let application = try connection.integer("PRAGMA application_id") ?? 0
    if application == Schema.applicationID {
      if version > Schema.version {
        throw .store(
          path: path, .newer,
          detail: "made by a newer cachetronomy (format \(version), this one knows "
            + "\(Schema.version))")
      }
      if let why = try shapeError() { throw notOurs(why) }
      if version == Schema.version { return }
    } else {
      guard application == 0, version == 0 else { throw notOurs() }
      let objects = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
      if objects > 0 {
        for (table, columns) in Schema.seedColumns {
          let found = try connection.text(
            "SELECT group_concat(name) FROM pragma_table_info('\(table)')")
          guard found == columns else { throw notOurs() }
        }
        if let why = try shapeError() { throw notOurs(why) }
      } else if !isWritable {
        throw notOurs()
      }
    }
    if isWritable { try migrate() } else { try pretend() }
  }

  private func migrate() throws(Failure) {
    let lock = try writerLock()
    try lock.acquire(within: lockTimeout)
    defer { lock.release() }
    try transaction { () throws(Failure) in
      let done = Int(try connection.integer("PRAGMA user_version") ?? 0)
      for (index, step) in Schema.migrations.enumerated() where index >= done {
        try connection.execute(step)
        try connection.execute("PRAGMA user_version = \(index + 1)")
      }
    }
  }

  /// A read-only file of Python's gets this program's tables in memory, empty.
  private func pretend() throws(Failure) {
    try connection.execute(Schema.temporary)
  }

  private func prepareToWrite(toStore isStoring: Bool) throws(Failure) {
    try connection.execute("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = FAST")
    // What little room there is, the next removal needs.
    if !Reserve.make(beside: path), isStoring {
      throw .store(path: path, .full, detail: "database or disk is full")
    }
  }

  // MARK: writing

  func writerLock() throws(Failure) -> WriterLock {
    if let lock { return lock }
    let made = try WriterLock(store: path, waiting: waiting)
    lock = made
    return made
  }

  /// Runs a write transaction: WriterLock, `BEGIN IMMEDIATE`, a checkpoint if the log has
  /// grown, and the memory tier brought up to date.
  package func write<T>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
    guard isWritable else { throw .store(path: path, .readOnly, detail: "it is read-only") }
    if isCopy { return try transaction(body) }
    let lock = try writerLock()
    try lock.acquire(within: lockTimeout)
    defer { lock.release() }
    return try writeLocked(body)
  }

  /// The same if the lock is free immediately; nil if it is not.
  func writeIfFree<T>(_ body: () throws(Failure) -> T) throws(Failure) -> T? {
    guard isWritable else { return nil }
    let lock = try writerLock()
    guard lock.tryAcquire() else { return nil }
    defer { lock.release() }
    return try writeLocked(body)
  }

  /// Runs what must not be inside a transaction while no other process of this program writes.
  func alone(_ body: () throws(Failure) -> Void) throws(Failure) {
    guard isWritable else { throw .store(path: path, .readOnly, detail: "it is read-only") }
    let lock = try writerLock()
    try lock.acquire(within: lockTimeout)
    defer { lock.release() }
    try body()
  }

  func isWriterLockFree() throws(Failure) -> Bool {
    guard isWritable else { return false }
    let lock = try writerLock()
    guard lock.tryAcquire() else { return false }
    lock.release()
    return true
  }

  private func writeLocked<T>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
    pendingPublish = nil
    var version: Int64 = 0
    let result: T
    do throws(Failure) {
      result = try transaction { () throws(Failure) in
        if beginTier() { version = try dataVersion() }
        let result = try body()
        try checkRoom()
        return result
      }
    } catch {
      // What did not become a transaction takes room in the log anyway.
      if case .store(_, .full, _) = error, !isScarce { foldLog("TRUNCATE") }
      throw error
    }
    Fault.reach()
    checkpointIfGrown()
    Fault.reach()
    // The tier is a convenience: what could not be published is not believed.
    try? publish(pendingPublish, version)
    return result
  }

  private func transaction<T>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
    var begin = try connection.prepare(.begin, "BEGIN IMMEDIATE")
    try begin.run()
    do {
      let result = try body()
      var commit = try connection.prepare(.commit, "COMMIT")
      try commit.run()
      return result
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
  }

  /// True for a process that lives long and writes much.
  ///
  /// A process that writes once folds a log of over 64 frames and cuts it off: every cold reader
  /// would pay for it. One that stays folds at 1000 and writes over the log from its start again:
  /// to cut it off and let it grow again costs more than the fold.
  package var isLongLived = false

  /// True while a pass folds the log in separate turns of the lock.
  var foldsApart = false

  private func checkpointIfGrown() {
    guard !foldsApart, connection.committedFrames > (isLongLived ? 1000 : 64) else { return }
    foldLog(isLongLived || isScarce ? "PASSIVE" : "TRUNCATE")
  }

  /// Folds a log of over 1000 frames in a separate turn of the lock, without cutting it off.
  func checkpointIfLong() throws(Failure) {
    if connection.committedFrames > 1000 { try checkpoint("PASSIVE") }
  }

  /// Whether this process wrote, or others left a log that every cold reader pays for.
  var wantsCheckpoint: Bool {
    connection.committedFrames > 1 || StoreFile.walSize(path) > 64 * 4120
  }

  /// Folds the log into the database, in its own turn of the lock.
  package func checkpoint(_ mode: String = "TRUNCATE") throws(Failure) {
    let lock = try writerLock()
    try lock.acquire(within: lockTimeout)
    defer { lock.release() }
    var version: Int64 = 0
    if sharesMemory {
      try? holding { () throws(Failure) in if beginTier() { version = try dataVersion() } }
    }
    foldLog(mode)
    try? publish(nil, version)
  }

  private func foldLog(_ wanted: String) {
    // On a full disk the room of the log may be all there is for the next removal.
    let mode = Reserve.isNeeded(beside: path) ? "PASSIVE" : wanted
    // Refused because of a reader: the next writer tries.
    connection.busyTimeout(0)
    defer { connection.busyTimeout(lockTimeout) }
    let busy = try? connection.integer("PRAGMA wal_checkpoint(\(mode))")
    isLogStuck = busy == nil
    guard busy == 0 else { return }
    if mode == "TRUNCATE" { connection.forgetFrames() }
    guard sharesMemory else { return }
    // A process that opens a store with an empty log alone makes its header again, with other
    // salts: memory would not be believed any more. A log of one commit gives the same header
    // again.
    try? transaction { () throws(Failure) in try count("checkpoints") }
  }

  /// A number that changes when another connection has committed.
  func dataVersion() throws(Failure) -> Int64 {
    var statement = try connection.prepare(.dataVersion, "PRAGMA data_version")
    return try statement.step() ? statement.integer(0) : 0
  }

  /// The version of the SQLite library in use.
  public static var libraryVersion: String { Connection.libraryVersion }

  /// Whether SQLite may lose a change if one program checkpoints while another writes, as 3.7.0 to
  /// 3.51.2 may; this program's processes prevent that.
  public static var libraryLosesChanges: Bool {
    (3_007_000...3_051_002).contains(Connection.libraryNumber)
  }

  /// Bytes of the database and its log on disk.
  public var sizeOnDisk: Int64 {
    var status = stat()
    let main = stat(path, &status) == 0 ? Int64(status.st_size) : 0
    return main + StoreFile.walSize(path)
  }
}
