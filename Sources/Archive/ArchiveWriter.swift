internal import Cachetronomy
internal import System

/// Writes the lines of an archive.
///
/// Each line ends with a digest of all bytes before it.
struct ArchiveWriter {
  private var writer = JSONWriter()
  private var expiry: (time: Timestamp, text: String)?

  /// What was written since the last `take`.
  var count: Int { writer.bytes.count }

  mutating func take() -> [UInt8] {
    defer { writer = JSONWriter() }
    return writer.bytes
  }

  mutating func header(at now: Timestamp) {
    writer.raw("{\"cachetronomy_export\":1,\"created_at\":\"\(now)\",\"version\":")
    writer.quote(Version.current)
    writer.raw("}\n")
  }

  /// An entry; returns the digest of its line, which its chunks refer to.
  @discardableResult
  mutating func entry(_ entry: Entry, chunks: Int) -> String {
    let start = writer.bytes.count
    writer.raw("{\"key\":")
    writer.quote(entry.key.text)
    writer.raw(",\"format\":\"\(entry.format)\"")
    value(entry)
    if expiry?.time != entry.expiry { expiry = (entry.expiry, entry.expiry.description) }
    writer.raw(",\"expires_at\":\"")
    writer.raw(expiry?.text ?? "")
    writer.raw("\"")
    if !entry.tags.isEmpty {
      writer.raw(",\"tags\":")
      writer.write(.array(entry.tags.map { .string($0) }))
    }
    if entry.version != 1 { writer.raw(",\"version\":\(entry.version)") }
    writer.raw(",\"profile\":")
    writer.quote(entry.profile)
    if let info = entry.info { self.info(info, entry.expiry) }
    if chunks > 0 { writer.raw(",\"chunks\":\(chunks)") }
    return end(start)
  }

  private mutating func value(_ entry: Entry) {
    if let range = EntryLimits.text(of: entry) {
      writer.raw(",\"text\":")
      entry.data.withUnsafeBufferPointer {
        writer.quote(utf8: UnsafeBufferPointer(rebasing: $0[range]))
      }
      return
    }
    let isText = entry.data.withUnsafeBufferPointer { bytes in
      guard bytes.count <= EntryLimits.textValueLimit, Payload.isUTF8(bytes) else { return false }
      writer.raw(",\"data\":")
      writer.quote(utf8: bytes)
      return true
    }
    if !isText {
      writer.raw(",\"data_base64\":\"")
      writer.raw(Base64.encode(entry.data))
      writer.raw("\"")
    }
  }

  private mutating func info(_ info: Entry.Info, _ expiry: Timestamp) {
    writer.raw(",\"origin\":\"\(info.origin.name)\",\"created_at\":\"")
    writer.raw(info.created.description)
    writer.raw("\",\"size_bytes\":")
    writer.raw(info.size.description)
    if info.keepUntil != expiry { writer.raw(",\"keep_until\":\"\(info.keepUntil)\"") }
    if info.cost != 0 { writer.raw(",\"cost_microseconds\":\(info.cost)") }
    if info.began.microseconds != 0 { writer.raw(",\"began_at\":\"\(info.began)\"") }
    if let rule = info.rule {
      writer.raw(",\"rule\":")
      writer.quote(rule)
    }
  }

  mutating func chunk(_ number: Int, of entry: String, _ bytes: [UInt8]) {
    let start = writer.bytes.count
    writer.raw("{\"chunk\":\(number),\"of\":\"\(entry)\",\"data_base64\":\"")
    writer.raw(Base64.encode(bytes))
    writer.raw("\"")
    end(start)
  }

  /// A line of another kind: one member, whose value says all.
  mutating func line(_ name: String, _ value: Value) {
    let start = writer.bytes.count
    writer.raw("{\"\(name)\":")
    writer.write(value)
    end(start)
  }

  /// The last line: without it a file was cut short.
  mutating func trailer(entries: Int64) {
    let start = writer.bytes.count
    writer.raw("{\"end\":true,\"entries\":\(entries)")
    end(start)
  }

  @discardableResult
  private mutating func end(_ start: Int) -> String {
    var digest = Digest()
    writer.bytes.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    let text = Digest.hex(digest.finish())
    writer.raw(",\"digest\":\"")
    writer.raw(text)
    writer.raw("\"}\n")
    return text
  }
}

extension Entry.Origin {
  /// How an archive names it.
  var name: String {
    switch self {
    case .set: "set"
    case .run: "run"
    case .import: "import"
    }
  }

  init?(name: String) {
    switch name {
    case "set": self = .set
    case "run": self = .run
    case "import": self = .import
    default: return nil
    }
  }
}
