package import Cachetronomy
internal import System

/// Writes a store as JSON Lines: a header, then a line for each entry and each chunk of a large
/// one.
package struct Export {
  private let store: Store?
  private let filter: Store.Filter
  private let everything: Bool
  private let now: Timestamp
  private let write: ([UInt8]) throws(Failure) -> Void
  private var lines = ArchiveWriter()

  /// What an export did.
  package struct Report: Sendable, Equatable {
    /// Entries written.
    package var entries: Int64 = 0
    /// Entries left out since they are damaged.
    package var damaged: Int64 = 0
  }

  /// An export of some entries.
  ///
  /// - Parameters:
  ///   - store: nil gives a header alone.
  ///   - filter: which entries.
  ///   - everything: profiles and logs too.
  ///   - now: the time.
  ///   - write: takes what is written, some 100 KB at a time; nothing of the store is held
  ///     meanwhile.
  package init(
    _ store: Store?, _ filter: Store.Filter, everything: Bool, at now: Timestamp,
    _ write: @escaping ([UInt8]) throws(Failure) -> Void
  ) {
    self.store = store
    self.filter = filter
    self.everything = everything
    self.now = now
    self.write = write
  }

  /// Writes all of it.
  package mutating func run() throws(Failure) -> Report {
    lines.header(at: now)
    var report = Report()
    guard let store else {
      lines.trailer(entries: 0)
      try flush()
      return report
    }
    if everything { try profiles(of: store) }
    var last: Store.Listed?
    repeat {
      let page = try store.page(after: last, key: nil, filter, limit: 500, values: 128 << 10)
      for listed in page {
        if try entry(listed, of: store) {
          report.entries += 1
        } else {
          report.damaged += 1
        }
      }
      try flush()
      last = page.last
    } while last != nil
    if everything { try logs(of: store) }
    lines.trailer(entries: report.entries)
    try flush()
    return report
  }

  private mutating func flush() throws(Failure) {
    if lines.count > 0 { try write(lines.take()) }
  }

  /// Writes one entry; false if it is damaged.
  private mutating func entry(
    _ listed: Store.Listed, of store: Store
  ) throws(Failure) -> Bool {
    guard listed.isSound, EntryLimits.validationError(of: listed.entry) == nil else { return false }
    guard let id = listed.entry.info?.recording else {
      lines.entry(listed.entry, chunks: 0)
      return true
    }
    guard let recording = try? Recording(listed.entry.data),
      let files = OutputList(decoding: recording.files)
    else { return false }
    let outputs = files.contents
    let count = recording.chunkCount + outputs.reduce(0) { $0 + $1.chunkCount }
    // Copied first: the chunks go when another process replaces the entry, and a slow reader must
    // not hold a transaction open.
    let copy = SpillFile(beside: store)
    var sizes: [Int] = []
    let isWhole = try store.reading { () throws(Failure) in
      if recording.chunkCount > 0 {
        let isWhole = try store.chunks(of: id, recording) { bytes throws(Failure) in
          try copy.append(bytes)
          sizes.append(bytes.count)
        }
        if !isWhole { return false }
      }
      for content in outputs {
        let isWhole = try store.bytes(of: content) { bytes throws(Failure) in
          try copy.append(bytes)
          sizes.append(bytes.count)
        }
        if !isWhole { return false }
      }
      return true
    }
    guard isWhole, sizes.allSatisfy({ $0 <= EntryLimits.chunkLimit }) else {
      return false
    }
    let digest = lines.entry(listed.entry, chunks: count)
    var offset = 0
    for (number, size) in sizes.enumerated() {
      lines.chunk(number, of: digest, try copy.bytes(at: offset, count: size))
      offset += size
      try flush()
    }
    return true
  }

  private mutating func profiles(of store: Store) throws(Failure) {
    for profile in try store.profiles() {
      let settings = ProfileSetting.allCases.compactMap { setting in
        setting.node(of: profile).map { (setting.rawValue, $0) }
      }
      lines.line(
        "profile",
        .map([
          (.string("name"), .string(profile.name)),
          (.string("settings"), Node(pairs: settings).asValue),
        ]))
    }
    lines.line("active_profile", .string(try store.activeProfileName()))
    try flush()
  }

  private mutating func logs(of store: Store) throws(Failure) {
    for kind in Store.LogKind.allCases {
      var last: Int64?
      while let page = try store.logPage(kind, after: last) {
        // What no import would take is left out.
        for row in page.rows where (try? ArchiveLine.log(kind, row)) != nil {
          lines.line(kind.rawValue, row)
        }
        last = page.last
        try flush()
      }
    }
  }
}
