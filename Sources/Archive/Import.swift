package import Cachetronomy
internal import System

/// Brings entries from files into a store.
package struct Import {
  /// How a file is written.
  package enum Format: String, Sendable, CaseIterable {
    /// What `export` writes.
    case jsonl
    /// Key, tab, value.
    case tsv
    /// A store of this program or of Python's.
    case sqlite
  }

  /// What is wanted of an import.
  package struct Settings: Sendable {
    /// How the files are written; nil examines the first bytes.
    package var format: Format?
    /// What to do with a key that is there.
    package var conflict = Store.Conflict.newer
    /// How long entries are kept from now on; nil leaves them the time they have.
    package var ttl: TimeToLive?
    /// Leaves out what is not right, where otherwise nothing of its file is taken.
    package var skipsBad = false
    /// Only checks and counts.
    package var isDry = false

    /// The usual.
    package init() {}
  }

  /// What an import did.
  package struct Report: Sendable, Equatable {
    /// Entries that were stored.
    package var stored: Int64 = 0
    /// Entries that were not, since what is there stays.
    package var kept: Int64 = 0
    /// Lines and entries left out since they are not right.
    package var bad: Int64 = 0
  }

  private var store: Store?
  private let make: () throws(Failure) -> Store?
  private let profile: Profile
  private let settings: Settings
  private let now: Timestamp
  private let complain: (Failure) -> Void
  private let progress: (Int64, Double) -> Void
  private var seen: Int64 = 0
  /// Whether the file has values without metadata.
  private var isOfValues = false
  /// What was done so far.
  package private(set) var report = Report()

  /// An import.
  ///
  /// - Parameters:
  ///   - store: where to; nil, for a dry run, is an empty one.
  ///   - profile: the profile that values without one are saved under.
  ///   - settings: what is wanted.
  ///   - now: the time.
  ///   - make: makes the store that is not there, once the first file was found to be right.
  ///   - complain: receives what is left out.
  ///   - progress: receives occasionally how many entries were seen, and the part that is done.
  package init(
    into store: Store?, profile: Profile, _ settings: Settings, at now: Timestamp,
    make: @escaping () throws(Failure) -> Store? = { () throws(Failure) in nil },
    complain: @escaping (Failure) -> Void = { _ in },
    progress: @escaping (Int64, Double) -> Void = { _, _ in }
  ) {
    self.store = store
    self.make = make
    self.profile = profile
    self.settings = settings
    self.now = now
    self.complain = complain
    self.progress = progress
  }

  /// Imports one file; nothing of it if anything in it is not right.
  ///
  /// - Throws: `Failure.badArchive` for that.
  package mutating func run(_ file: ArchiveFile) throws(Failure) {
    var format = settings.format
    if format == nil { format = try Self.format(of: file) }
    var foreign: Store?
    if format == .sqlite {
      guard file.name != "standard input" else {
        throw file.bad("a store must be a file, not stdin")
      }
      foreign = try Store.open(file.name, for: .inspecting)
    }
    func source() throws(Failure) -> ArchiveSource {
      switch format {
      case .jsonl: .lines(try ArchiveReader(file))
      case .tsv: .values(TabbedReader(file, like: sample))
      case .sqlite, nil:
        if let foreign { .store(StoreReader(foreign)) } else { throw file.bad("it is empty") }
      }
    }
    isOfValues = format == .tsv
    seen = 0
    let share = settings.isDry || settings.skipsBad ? 1.0 : 0.3
    if settings.isDry || !settings.skipsBad {
      try check(try source(), of: file, share: share)
    }
    if settings.isDry { return }
    seen = 0
    let whole = try source()
    if store == nil { store = try make() }
    store?.isLongLived = true
    try apply(whole, of: file, from: settings.skipsBad ? 0 : share)
    try store?.checkpoint()
  }

  private static func format(of file: ArchiveFile) throws(Failure) -> Format {
    let head = try file.head(4096)
    if head.starts(with: "SQLite format 3\0".utf8) { return .sqlite }
    if head.first == UInt8(ascii: "{") { return .jsonl }
    if head.prefix(while: { $0 != 0x0a }).contains(0x09) { return .tsv }
    throw .badArchive(
      file: file.name, line: head.isEmpty ? 0 : 1,
      head.isEmpty ? "it is empty" : "not an export, no store, and no tab after a key")
  }

  private var sample: Entry {
    profile.newEntry(Key(stored: ""), [], origin: .import, at: now, timeToLive: settings.ttl)
  }

  // MARK: the checking pass

  private mutating func check(
    _ source: ArchiveSource, of file: ArchiveFile, share: Double
  ) throws(Failure) {
    while let item = try next(of: source) {
      switch item {
      case .entry(let entry): try count(entry)
      case .recording(let entry, let chunks):
        do throws(Failure) {
          while try chunks() != nil {}
          try count(entry)
        } catch {
          try leaveOut(error)
        }
      case .profile, .log, .active: break
      }
      advance(file, 0, share)
    }
  }

  private mutating func count(_ entry: Entry) throws(Failure) {
    guard settings.isDry else { return }
    if try store?.admits(entry, settings.conflict) ?? true {
      report.stored += 1
    } else {
      report.kept += 1
    }
  }

  /// The next thing that is right.
  private mutating func next(of source: ArchiveSource) throws(Failure) -> ArchiveItem? {
    while true {
      do throws(Failure) {
        return try source.next()
      } catch {
        try leaveOut(error)
      }
    }
  }

  private mutating func leaveOut(_ failure: Failure) throws(Failure) {
    guard settings.skipsBad, case .badArchive = failure else { throw failure }
    report.bad += 1
    complain(failure)
  }

  private mutating func advance(_ file: ArchiveFile, _ from: Double, _ share: Double) {
    seen += 1
    guard seen % 256 == 0 else { return }
    progress(seen, from + share * Double(file.offset) / Double(max(1, file.size)))
  }

  // MARK: the writing pass

  private static let manyEntries = 128

  private mutating func apply(
    _ source: ArchiveSource, of file: ArchiveFile, from: Double
  ) throws(Failure) {
    guard let store else { return }
    var item = try next(of: source)
    while let first = item {
      if case .recording(let entry, let chunks) = first {
        try put(entry, chunks, in: store)
        advance(file, from, 1 - from)
        item = try next(of: source)
        continue
      }
      try store.write { () throws(Failure) in
        let start = MonotonicClock.now()
        var batch = 0
        while let here = item {
          switch here {
          case .recording: return
          case .entry(let entry):
            // To look for each in memory takes longer than to fill the memory again.
            batch += 1
            if batch == Self.manyEntries { store.tier?.forgetAll() }
            try put(entry, in: store)
          case .profile(let profile): try store.bring(profile, settings.conflict)
          case .active(let name): try store.bring(active: name, settings.conflict)
          case .log(let kind, let row): try store.bring(kind, row)
          }
          advance(file, from, 1 - from)
          item = try next(of: source)
          if MonotonicClock.now() - start >= GCPass.batchTime { return }
        }
      }
      // Others want the lock too.
      if item != nil { WriterBackoff.short() }
    }
  }

  private func timed(_ entry: Entry) -> Entry {
    // A value without its own time has one from now on.
    guard let ttl = settings.ttl ?? (isOfValues ? profile.timeToLive : nil) else { return entry }
    var entry = entry
    entry.expiry = profile.expiry(from: now, ttl)
    entry.info?.keepUntil = entry.expiry
    return entry
  }

  private mutating func put(_ entry: Entry, in store: Store) throws(Failure) {
    guard try store.admits(entry, settings.conflict) else {
      report.kept += 1
      return
    }
    _ = try store.insert(timed(entry))
    report.stored += 1
  }

  private func putAll(
    of entry: Entry, under id: [UInt8], _ chunks: () throws(Failure) -> [UInt8]?, in store: Store
  ) throws(Failure) {
    let recording = try Recording(entry.data)
    // Under a new name: the one it had may be in use here.
    var left = recording.chunkCount
    try store.putChunks(of: id) { () throws(Failure) in
      left -= 1
      return left < 0 ? nil : try chunks()
    }
    let contents = OutputList(decoding: recording.files)?.contents ?? []
    try store.putOutputs(contents, isForeign: true) { _, _ throws(Failure) in
      try chunks() ?? []
    }
    // The sums are checked at the end.
    while try chunks() != nil {}
  }

  private mutating func put(
    _ entry: Entry, _ chunks: () throws(Failure) -> [UInt8]?, in store: Store
  ) throws(Failure) {
    let id = Random.bytes(16)
    do throws(Failure) {
      guard try store.admits(entry, settings.conflict) else {
        while try chunks() != nil {}
        report.kept += 1
        return
      }
      try putAll(of: entry, under: id, chunks, in: store)
    } catch {
      try? store.dropChunks(of: id)
      return try leaveOut(error)
    }
    var entry = timed(entry)
    entry.info?.recording = id
    try store.write { () throws(Failure) in
      if try store.admits(entry, settings.conflict) {
        _ = try store.insert(entry)
        report.stored += 1
      } else {
        report.kept += 1
      }
    }
  }
}
