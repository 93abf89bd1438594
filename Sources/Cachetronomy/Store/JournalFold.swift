internal import Glibc
internal import System

extension Store {
  /// Folds the access journal into the tables.
  ///
  /// Exactly once, also across a kill at any point: the sums are committed together with the
  /// segment's name, and names are never used again.
  public func foldJournal(at now: Timestamp) throws(Failure) {
    guard isWritable else { return }
    let journal = AccessJournal(store: path)
    var segments = Segment.waiting(beside: journal.path)
    var status = stat()
    if lstat(journal.path, &status) == 0, status.st_size > 0 {
      let name = journal.path + "." + Digest.hex(Random.bytes(8))
      if rename(journal.path, name) == 0 { segments.append(name) }
    }
    for name in segments { try fold(name) }
  }

  /// The same if no other process is writing: for a reader who has other things to do.
  public func foldJournalIfFree(at now: Timestamp) throws(Failure) {
    guard try isWriterLockFree() else { return }
    connection.busyTimeout(0)
    defer { connection.busyTimeout(lockTimeout) }
    try foldJournal(at: now)
  }

  private func fold(_ name: String) throws(Failure) {
    guard let segment = Segment(name) else { return }
    let mark = "segment/" + segment.id
    try write { () throws(Failure) in
      let done = max(0, Int(try number(of: mark)))
      let bytes = segment.read(from: done)
      guard !bytes.isEmpty else { return }
      try add(AccessJournal.decode(bytes))
      try setState(mark, nil)
      try count(mark, by: Int64(done + bytes.count))
    }
    guard unlink(name) == 0 else { return }
    // The name is gone for good, so its mark may go; a kill before this leaves one small row.
    try write { () throws(Failure) in try setState(mark, nil) }
  }

  /// Reads that are not folded yet; changes nothing, and takes no lock that a hit would wait for.
  func pendingReads() throws(Failure) -> [AccessJournal.Record] {
    let journal = AccessJournal(store: path)
    var records: [AccessJournal.Record] = []
    for name in Segment.waiting(beside: journal.path) + [journal.path] {
      guard let segment = Segment(name, isLocked: false) else { continue }
      let done = name == journal.path ? 0 : max(0, Int(try number(of: "segment/" + segment.id)))
      records += AccessJournal.decode(segment.read(from: done))
    }
    return records
  }

  /// Adds records to the tables; inside a write transaction.
  func add(_ records: [AccessJournal.Record]) throws(Failure) {
    var counters: [AccessJournal.Kind: Int64] = [:]
    var (saved, remoteSaved): (Int64, Int64) = (0, 0)
    let sums = AccessJournal.sums(of: records)
    for record in records {
      counters[record.kind, default: 0] += 1
      if record.kind == .remoteHit {
        remoteSaved = remoteSaved.addingReportingOverflow(max(0, record.saved)).partialValue
      }
      guard record.kind == .hit || record.kind == .stale else { continue }
      saved = saved.addingReportingOverflow(max(0, record.saved)).partialValue
    }
    for (profile, group) in Dictionary(grouping: sums, by: { $0.value.last.profile }) {
      var reads: [Key: (count: Int64, last: Timestamp)] = [:]
      for (key, sum) in group { reads[key] = (sum.count, sum.last.time) }
      try add(reads, profile: profile)
    }
    for (kind, count) in counters { try self.count(kind.counter, by: count) }
    if saved > 0 { try count("saved", by: saved) }
    if remoteSaved > 0 { try count("remote_saved", by: remoteSaved) }
    try addTallies(records.filter { AccessJournal.Kind.lookups.contains($0.kind) })
  }
}

extension Store {
  /// Adds reads to the access log; inside a write transaction.
  func add(
    _ reads: [Key: (count: Int64, last: Timestamp)], profile: String
  ) throws(Failure) {
    var access = try connection.prepare(
      """
      INSERT INTO access_log VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (key) DO UPDATE SET access_count = access_count + excluded.access_count,
        last_accessed_by_profile = CASE WHEN excluded.last_accessed >= last_accessed
          THEN excluded.last_accessed_by_profile ELSE last_accessed_by_profile END,
        last_accessed = max(last_accessed, excluded.last_accessed)
      """)
    for (key, read) in reads {
      access.bind(1, key.text)
      access.bind(2, read.count)
      access.bind(3, read.last.description)
      access.bind(4, profile)
      try access.run()
    }
  }
}

extension AccessJournal {
  /// How often each key was read, and the last record of it.
  static func sums(of records: [Record]) -> [Key: (count: Int64, last: Record)] {
    var sums: [Key: (count: Int64, last: Record)] = [:]
    for record in records where record.kind == .hit || record.kind == .stale {
      let key = Key(stored: record.key)
      let sum = sums[key]
      let last = sum.map { $0.last.time > record.time ? $0.last : record } ?? record
      sums[key] = ((sum?.count ?? 0) + 1, last)
    }
    return sums
  }
}

/// A renamed piece of the journal that is no longer appended to.
private struct Segment: ~Copyable {
  let id: String
  private let descriptor: Int32

  /// Opens a segment.
  ///
  /// - Parameter isLocked: whether it is to be locked; otherwise it may still grow.
  /// - Returns: nil if it is gone, is not a journal segment, or a hit that opened it earlier still
  ///   writes.
  init?(_ path: String, isLocked: Bool = true) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    id = String(path.suffix(16))
    guard descriptor >= 0 else { return nil }
    // Checked under the lock: another folder may have taken the segment, and its mark, away since
    // it was opened.
    guard !isLocked || flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      let status = OwnedFile.status(ofOwned: descriptor), status.st_nlink > 0
    else { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  borrowing func read(from offset: Int) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) > offset else { return [] }
    let count = Int(status.st_size) - offset
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
          off_t(offset + filled))
        guard got > 0 else { break }
        filled += got
      }
    }
  }

  /// Segments that an earlier folder left.
  static func waiting(beside path: String) -> [String] {
    let size = path.utf8.count + 17
    return StoreFile.siblings(of: path, mark: ".").filter { $0.utf8.count == size }
  }
}
