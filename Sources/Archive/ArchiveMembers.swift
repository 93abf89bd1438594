internal import Cachetronomy
internal import System

extension ArchiveLine {
  /// The names an entry's line may have, each once.
  private enum Name: String {
    case key, format, text, data, tags, version, profile, origin, rule, chunks, digest
    case base64 = "data_base64"
    case expiry = "expires_at"
    case created = "created_at"
    case size = "size_bytes"
    case keepUntil = "keep_until"
    case cost = "cost_microseconds"
    case began = "began_at"

    var bit: UInt32 {
      switch self {
      case .key: 1
      case .format: 1 << 1
      case .text: 1 << 2
      case .data: 1 << 3
      case .tags: 1 << 4
      case .version: 1 << 5
      case .profile: 1 << 6
      case .origin: 1 << 7
      case .rule: 1 << 8
      case .chunks: 1 << 9
      case .digest: 1 << 10
      case .base64: 1 << 11
      case .expiry: 1 << 12
      case .created: 1 << 13
      case .size: 1 << 14
      case .keepUntil: 1 << 15
      case .cost: 1 << 16
      case .began: 1 << 17
      }
    }
  }

  /// Reads the members of an entry's line.
  static func entry(
    _ pairs: [(key: Value, value: Value)], _ digest: String
  ) throws(Flaw) -> ArchiveLine {
    var members = EntryMembers()
    for (key, value) in pairs {
      guard case .string(let text) = key, let name = Name(rawValue: text) else {
        throw Flaw("unknown member '\(key.text ?? "")'")
      }
      try members.read(name, value)
    }
    return .entry(try members.entry(), chunks: Int(clamping: members.chunks), digest: digest)
  }

  /// The members of an entry's line that were read so far.
  private struct EntryMembers {
    private var seen: UInt32 = 0
    private var draft = Entry(key: Key(stored: ""), data: [], format: "", expiry: .never)
    private var (origin, created, size): (Entry.Origin?, Timestamp?, Int64?)
    private var (keepUntil, began): (Timestamp?, Timestamp?)
    private var cost: Int64 = 0
    private var rule: String?
    private(set) var chunks: Int64 = 0

    mutating func read(_ name: Name, _ value: Value) throws(Flaw) {
      let text = name.rawValue
      if seen & name.bit != 0 { throw Flaw("'\(text)' stands twice") }
      seen |= name.bit
      switch name {
      case .key: draft.key = Key(stored: try string(value, text))
      case .format: draft.format = try string(value, text)
      case .text, .data, .base64: draft.data = try bytes(name, try string(value, text))
      case .expiry: draft.expiry = try time(value, text)
      case .tags:
        guard case .array(let items) = value else { throw Flaw("'tags' is no list") }
        for item in items { draft.tags.append(try string(item, text)) }
      case .version: draft.version = try number(value, text)
      case .profile: draft.profile = try string(value, text)
      case .origin:
        origin = Entry.Origin(name: try string(value, text))
        if origin == nil { throw Flaw("unknown origin") }
      case .created: created = try time(value, text)
      case .size: size = try number(value, text)
      case .keepUntil: keepUntil = try time(value, text)
      case .cost: cost = try number(value, text)
      case .began: began = try time(value, text)
      case .rule: rule = try string(value, text)
      case .chunks: chunks = try number(value, text)
      case .digest: break
      }
    }

    private func bytes(_ name: Name, _ text: String) throws(Flaw) -> [UInt8] {
      switch name {
      case .text:
        var writer = MessagePackWriter(capacity: 0)
        writer.write(text)
        return writer.bytes
      case .base64:
        guard let bytes = Base64.decode(text) else { throw Flaw("bad base64") }
        return bytes
      default: return Array(text.utf8)
      }
    }

    /// Whether chunks or files belong to an entry, which it names by an id.
    private func isNamed(_ entry: Entry, _ origin: Entry.Origin) -> Bool {
      chunks > 0 || origin == .run && (try? Recording(entry.data).isNamed) == true
    }

    /// The entry, if its members fit each other.
    func entry() throws(Flaw) -> Entry {
      for name in [Name.format, .expiry, .profile] where seen & name.bit == 0 {
        throw Flaw("'\(name.rawValue)' is missing")
      }
      let values = seen & (Name.text.bit | Name.data.bit | Name.base64.bit)
      guard values.nonzeroBitCount == 1 else {
        throw Flaw("want one value: text, data, data_base64")
      }
      if seen & Name.text.bit != 0, draft.format != "msgpack" {
        throw Flaw("'text' requires the format msgpack")
      }
      var entry = draft
      if let origin, let created, let size {
        entry.info = Entry.Info(
          created: created, keepUntil: keepUntil ?? entry.expiry, size: size, cost: cost,
          origin: origin, rule: rule, recording: isNamed(entry, origin) ? [] : nil,
          began: began ?? Timestamp(microseconds: 0))
      } else if origin != nil || created != nil || size != nil || chunks != 0 {
        throw Flaw("'origin', 'created_at' and 'size_bytes' go together")
      }
      if let error = EntryLimits.validationError(of: entry) { throw Flaw(error) }
      if chunks != 0 {
        guard let recording = try? Recording(entry.data),
          Int64(recording.chunkCount + recording.outputChunkCount) == chunks
        else { throw Flaw("the number of chunks does not fit") }
      }
      return entry
    }
  }

  private static func string(_ value: Value, _ name: String) throws(Flaw) -> String {
    guard case .string(let text) = value else { throw Flaw("'\(name)' is no text") }
    return text
  }

  private static func number(_ value: Value, _ name: String) throws(Flaw) -> Int64 {
    guard case .int(let number) = value else { throw Flaw("'\(name)' is no whole number") }
    return number
  }

  private static func time(_ value: Value, _ name: String) throws(Flaw) -> Timestamp {
    guard case .string(let text) = value, let time = Timestamp(text) else {
      throw Flaw("'\(name)' is no time")
    }
    return time
  }
}
