internal import CPOSIX
internal import Glibc
internal import System

/// Removals on a full disk.
///
/// SQLite writes what changes to the log first, which takes room where there is none. The log gets
/// the reserve; then everything is removed in transactions so small that they fit, and after each
/// the log is folded, so that its room is used again, and free pages go back to the file system.
/// The log is not cut off meanwhile: another process would take its room. Every step is an ordinary
/// transaction.
extension Store {
  /// Runs a removal; if the disk is full, runs it again in steps.
  func removing<T>(
    _ whole: () throws(Failure) -> T, inSteps steps: () throws(Failure) -> T
  ) throws(Failure) -> T {
    if !isScarce {
      do throws(Failure) {
        let result = try whole()
        giveBackIfTight()
        return result
      } catch .store(_, .full, _) {
        beginScarcity()
      }
    }
    defer { endScarcity() }
    return try steps()
  }

  /// Runs a small write that frees something, on a full disk too.
  func writeWhateverIsFull<T>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
    try removing({ () throws(Failure) in try write(body) }) { () throws(Failure) in try write(body)
    }
  }

  /// Folds the journal of reads, on a full disk at another time.
  public func foldJournalIfRoom(at now: Timestamp) throws(Failure) {
    do throws(Failure) { try foldJournal(at: now) } catch .store(_, .full, _) {}
  }

  /// Refuses a transaction by which the database grows where the disk is too full: it could be
  /// committed to the log, but the log could not be folded, and no removal would have room.
  ///
  /// Inside a write transaction.
  func checkRoom() throws(Failure) {
    guard !isScarce else { return }
    let free = Int64(cachetronomy_filesystem_free(path))
    guard free >= 0, free < 64 << 20 else { return }
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    let pages = try connection.integer("PRAGMA page_count") ?? 0
    let growth = pages * (try connection.integer("PRAGMA page_size") ?? 0) - Int64(status.st_size)
    // Each page goes to the log first.
    guard growth > 0, free < growth.plus(growth).plus(Reserve.size / 2) else { return }
    throw .store(path: path, .full, detail: "database or disk is full")
  }

  // MARK: begin and end

  /// Takes the reserve; from here on writes are to be small.
  func beginScarcity() {
    guard !isScarce else { return }
    isScarce = true
    // What it had in temporary files is gone then.
    try? connection.execute("PRAGMA temp_store = MEMORY")
    RunLock.sweepDead(beside: path)
    dropMemoryOnThisDisk()
    _ = Reserve.release(beside: path)
    Fault.reach()
    Reserve.extendLog(of: path)
    Fault.reach()
    // What is in the log may be there to be used again.
    try? checkpoint("PASSIVE")
  }

  /// Gives back what can be, and makes the reserve again.
  func endScarcity() {
    guard isScarce else { return }
    giveBack(all: true)
    isScarce = false
    Reserve.make(beside: path)
    try? checkpoint()
  }

  /// A store in the memory file system shares it with its own memory tier.
  private func dropMemoryOnThisDisk() {
    var (ours, memory) = (stat(), stat())
    guard sharesMemory, stat(path, &ours) == 0, stat(TierDirectory.root, &memory) == 0,
      ours.st_dev == memory.st_dev
    else { return }
    try? alone { () throws(Failure) in
      try holding { () throws(Failure) in if beginTier() { tier?.forgetAll() } }
    }
  }

  // MARK: steps

  /// Pages that the next transaction may change.
  private var pageBudget: Int64 {
    let free = FileSystem(of: directory)?.free ?? 0
    return free.plus(Reserve.logShare) / 2 / 4096
  }

  /// Entries that the next transaction may remove.
  var stepRows: Int64 { min(max(1, pageBudget / 24), 512) }

  /// After a step: makes room for the next.
  ///
  /// - Parameter all: whether all free pages go back, also a few.
  func giveBack(all: Bool = false) {
    try? checkpoint("PASSIVE")
    while let recording = orphaned.last {
      let more = try? write { () throws(Failure) in
        try removeChunks(of: recording, atMost: stepRows)
      }
      try? checkpoint("PASSIVE")
      if more != true { orphaned.removeLast() }
    }
    guard (try? connection.integer("PRAGMA auto_vacuum")) == 2, var pages = try? freePages() else {
      return
    }
    // Those at the end of the file cost next to nothing, of others each is moved by way of the log.
    while pages > 0, let free = try? freePages(), free > (all || isLogStuck ? 0 : 32) {
      let isDone: Void? = try? write { () throws(Failure) in
        var statement = try connection.prepare("PRAGMA incremental_vacuum(\(pages))")
        while try statement.step() {}
      }
      try? checkpoint("PASSIVE")
      guard let left = try? freePages(), isDone == nil || left < free else { return }
      if isDone == nil { pages /= 4 }
    }
  }

  /// A removal that needed only the available room may be one that is to make room.
  private func giveBackIfTight() {
    guard let free = FileSystem(of: directory)?.free, free < 64 << 20 else { return }
    let isFull = free < 4 * Reserve.size
    guard isFull || ((try? freePages()) ?? 0) > 64 else { return }
    giveBack(all: isFull)
    Reserve.make(beside: path)
    try? checkpoint()
  }

  /// Removes what is selected in steps, the newest first: their pages are at the end of the file,
  /// which shrinks by them without a page being moved.
  func removeInSteps(
    _ selection: Selection, because reason: Reason?, profile: String, at now: Timestamp
  ) throws(Failure) -> Removed {
    let (condition, values) = Self.stepCondition(selection, now)
    if !selection.isOfExpired { try write { () throws(Failure) in try count("removals") } }
    var removed = Removed()
    var more = true
    while more {
      let step = try write { () throws(Failure) in
        try remove(
          try nextRows(where: condition, values), because: reason, profile: profile, at: now)
      }
      removed.add(step)
      // A row of a damaged file may stay.
      more = step.entries > 0
      giveBack()
    }
    if case .all = selection { try removeAllChunks() }
    return removed
  }

  private struct Row {
    var id: Int64
    var key: String
    var size: Int64
  }

  private func nextRows(where condition: String, _ values: [String]) throws(Failure) -> [Row] {
    var select = try connection.prepare(
      """
      SELECT c.rowid, c.key, coalesce(i.size, length(CAST(c.data AS BLOB)))
      FROM cache c LEFT JOIN entry_info i ON i.key = c.key WHERE \(condition)
      ORDER BY c.rowid DESC LIMIT \(stepRows)
      """)
    for (index, value) in values.enumerated() { select.bind(Int32(index + 1), value) }
    var rows: [Row] = []
    while try select.step() {
      rows.append(
        Row(id: select.integer(0), key: select.text(1), size: max(0, select.integer(2))))
    }
    return rows
  }

  private func remove(
    _ rows: [Row], because reason: Reason?, profile: String, at now: Timestamp
  ) throws(Failure) -> Removed {
    var removed = Removed()
    var delete = try connection.prepare("DELETE FROM cache WHERE rowid = ?")
    for row in rows {
      tier?.forget(Key(stored: row.key))
      try setChunksApart("(SELECT key FROM cache WHERE rowid = \(row.id))")
      delete.bind(1, row.id)
      try delete.run()
      if connection.changes > 0 { removed.add(Removed(1, row.size)) }
    }
    Fault.reach()
    if let reason {
      try logEvictions(rows.map { ($0.key, 0) }, because: reason, profile: profile, at: now)
    }
    return removed
  }

  /// Removes the metadata of an entry before its row, and remembers its chunks.
  ///
  /// The trigger on the row would remove all chunks of a large recording immediately; so they
  /// follow in steps. If that is cut short, `gc` finds them.
  func setChunksApart(_ key: String) throws(Failure) {
    var find = try connection.prepare(
      "SELECT recording FROM entry_info WHERE recording IS NOT NULL AND key = \(key)")
    guard try find.step() else { return }
    orphaned.append(find.bytes(0))
    find.reset()
    try connection.execute("DELETE FROM entry_info WHERE key = \(key)")
  }

  private func removeChunks(of recording: [UInt8], atMost count: Int64) throws(Failure) -> Bool {
    var delete = try connection.prepare(
      """
      DELETE FROM chunk WHERE recording = ?1
        AND n < (SELECT min(n) FROM chunk WHERE recording = ?1) + \(count)
        AND recording NOT IN (SELECT recording FROM entry_info WHERE recording IS NOT NULL)
      """)
    delete.bind(1, recording)
    try delete.run()
    return connection.changes > 0
  }

  /// Those of recordings that are under way, too.
  private func removeAllChunks() throws(Failure) {
    while let id = try firstChunk() {
      orphaned.append(id)
      giveBack()
      if try firstChunk() == id { return }
    }
  }

  private func firstChunk() throws(Failure) -> [UInt8]? {
    var first = try connection.prepare("SELECT recording FROM chunk ORDER BY recording LIMIT 1")
    return try first.step() ? first.bytes(0) : nil
  }
}
