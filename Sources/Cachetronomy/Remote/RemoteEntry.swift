internal import System

/// An entry as it travels through a server, the chunks of a large recording with it.
package struct RemoteEntry: Equatable {
  package var entry: Entry
  package var chunks: [[UInt8]]

  private static let version: Int64 = 1

  /// All of it but its key, to which it is sealed, and its fingerprints, which are of one store.
  package func encoded() -> [UInt8] {
    var writer = MessagePackWriter(capacity: entry.data.count + 256)
    let info = entry.info
    writer.beginArray(14)
    writer.write(Self.version)
    writer.write(entry.format)
    entry.data.withUnsafeBytes { writer.write(binary: $0) }
    writer.write(entry.expiry.microseconds)
    writer.beginArray(entry.tags.count)
    for tag in entry.tags { writer.write(tag) }
    writer.write(entry.version)
    writer.write(entry.profile)
    writer.write(info?.created.microseconds ?? 0)
    writer.write(info?.keepUntil.microseconds ?? entry.expiry.microseconds)
    writer.write(info?.cost ?? 0)
    writer.write(info?.origin.rawValue ?? Entry.Origin.set.rawValue)
    writer.write(info?.rule ?? "")
    writer.write(info?.began.microseconds ?? 0)
    writer.beginArray(chunks.count)
    for chunk in chunks { chunk.withUnsafeBytes { writer.write(binary: $0) } }
    return writer.bytes
  }

  init(entry: Entry, chunks: [[UInt8]] = []) { (self.entry, self.chunks) = (entry, chunks) }

  /// - Throws: `Failure.badValue` if it is no entry, though it was sealed with the team's key.
  package init(decoding bytes: [UInt8], key: Key) throws(Failure) {
    func bad(_ why: String) -> Failure { .badValue(format: "remote entry", detail: why) }
    guard case .array(let parts) = try MessagePackReader.decode(bytes), parts.count == 14,
      parts[0].integer == Self.version
    else { throw bad("it is of another version") }
    guard let format = parts[1].text, case .bytes(let data) = parts[2],
      let expiry = parts[3].integer, case .array(let tags) = parts[4],
      let version = parts[5].integer, let profile = parts[6].text,
      let created = parts[7].integer, let keepUntil = parts[8].integer,
      let cost = parts[9].integer, let number = parts[10].integer,
      let origin = Entry.Origin(rawValue: number), let rule = parts[11].text,
      let began = parts[12].integer, case .array(let pieces) = parts[13]
    else { throw bad("its parts do not fit") }
    let names = tags.compactMap(\.text)
    chunks = pieces.compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
    guard names.count == tags.count, chunks.count == pieces.count else {
      throw bad("its parts do not fit")
    }
    entry = Entry(
      key: key, data: data, format: format, expiry: Timestamp(microseconds: expiry), tags: names,
      version: version, profile: profile,
      info: Entry.Info(
        created: Timestamp(microseconds: created), keepUntil: Timestamp(microseconds: keepUntil),
        size: Int64(data.count), cost: cost, origin: origin, rule: rule.isEmpty ? nil : rule,
        recording: chunks.isEmpty ? nil : Random.bytes(16),
        began: Timestamp(microseconds: began)))
    if let error = EntryLimits.validationError(of: entry) { throw bad(error) }
    guard origin == .run else { return }
    let recording = try Recording(data)
    let (size, overflow) = recording.outputBytes.addingReportingOverflow(recording.errorBytes)
    guard !overflow, size >= 0 else { throw bad("its sizes do not fit") }
    entry.info?.size = size
    guard case .chunks = recording.body else { return }
    var sum = ChunkSum()
    guard chunks.allSatisfy({ sum.add($0) }), sum.fits(recording) else {
      throw bad("chunks are missing or damaged")
    }
  }

  /// Bytes of the value and its chunks.
  package var size: Int64 { chunks.reduce(Int64(entry.data.count)) { $0 + Int64($1.count) } }
}

extension Store {
  /// An entry with its chunks, to be sent; nil if it is gone or over a limit.
  package func remoteEntry(_ key: Key, limit: Int64) throws(Failure) -> RemoteEntry? {
    try reading { () throws(Failure) in
      guard let entry = try entry(key) else { return nil }
      var whole = RemoteEntry(entry: entry)
      guard whole.size <= limit, entry.info?.size ?? 0 <= limit else { return nil }
      guard let id = entry.info?.recording else { return whole }
      let recording = try Recording(entry.data)
      // Files stay on the machine that made them.
      guard recording.files.isEmpty else { return nil }
      guard case .chunks = recording.body else { return whole }
      let isWhole = try chunks(of: id, recording) { bytes throws(Failure) in
        if whole.size <= limit { whole.chunks.append(Array(bytes)) }
      }
      return isWhole && whole.size <= limit ? whole : nil
    }
  }
}
