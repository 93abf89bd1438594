internal import System

/// The limits of an entry that comes from outside: an archive, or a remote.
package enum EntryLimits {
  /// A value may be this long, in bytes: it is in memory as a whole, more than once.
  static let valueLimit = 256 << 20
  /// All tags together may be this long, in bytes.
  static let tagsLimit = 1 << 20
  /// A line may be this long, in bytes: the largest value as base64, and what goes with it.
  package static let lineLimit = 384 << 20
  /// This many values of JSON may be in a line.
  package static let memberLimit = 200_000
  /// Texts next to key and value may be this long, in bytes.
  package static let textLimit = 65_536
  /// Values up to this size are written as text where they are text.
  package static let textValueLimit = 1 << 20
  /// A chunk of a large recording may be this long, in bytes.
  package static let chunkLimit = 1 << 20

  /// What is wrong with an entry; nil if nothing is.
  package static func validationError(of entry: Entry) -> String? {
    let length = entry.key.text.utf8.count
    if length == 0 { return "the key is empty" }
    if length > Key.limit { return "the key has \(length) bytes, the limit is \(Key.limit)" }
    if entry.key.text.utf8.contains(0) { return "the key holds a NUL" }
    if entry.data.count > valueLimit {
      return
        "the value has \(entry.data.count) bytes, the limit is \(ByteSize.text(Int64(valueLimit)))"
    }
    if entry.tags.count > memberLimit / 2
      || entry.tags.reduce(0, { $0 + $1.utf8.count }) > tagsLimit
    {
      return "there are too many tags"
    }
    if !Payload.formats.contains(entry.format) { return "unknown format '\(entry.format)'" }
    if entry.version < 1 { return "the version is below 1" }
    if !isTime(entry.expiry) { return "the expiry is out of range" }
    for text in entry.tags + [entry.profile, entry.info?.rule ?? ""]
    where text.utf8.count > textLimit || text.utf8.contains(0) {
      return "a tag, profile or rule is too long or holds a NUL"
    }
    if let info = entry.info {
      for time in [info.created, info.keepUntil, info.began] where !isTime(time) {
        return "a time is out of range"
      }
      if info.began.microseconds < 0 || info.created.microseconds < 0 {
        return "a time before 1970"
      }
      if info.size < 0 || info.cost < 0 { return "a size or cost below zero" }
    }
    do throws(Failure) {
      if entry.info?.origin == .run {
        let recording = try Recording(entry.data)
        if entry.format != "msgpack" || recording.isNamed != (entry.info?.recording != nil)
          || OutputList(decoding: recording.files) == nil
        {
          return "its recording does not fit"
        }
        return nil
      }
      switch entry.format {
      case "msgpack":
        if text(of: entry) == nil { _ = try MessagePackReader.decode(entry.data) }
      default: _ = try JSONReader.decode(entry.data, lenient: true)
      }
      return entry.info?.recording == nil ? nil : "chunks for what is no recording"
    } catch {
      return error.description
    }
  }

  private static func isTime(_ time: Timestamp) -> Bool {
    time >= .earliest && time <= .never
  }

  /// Where the text lies in a value that is one MessagePack text in its shortest form.
  package static func text(of entry: Entry) -> Range<Int>? {
    guard entry.format == "msgpack", entry.data.count <= textValueLimit else { return nil }
    return entry.data.withUnsafeBytes { bytes in
      switch bytes.first ?? 0 {
      case 0xa0...0xbf, 0xd9, 0xda, 0xdb: break
      default: return nil
      }
      var reader = MessagePackReader(bytes)
      guard let range = try? reader.blob(), reader.offset == bytes.count else { return nil }
      let head =
        switch range.count {
        case ..<32: 1
        case ..<256: 2
        case ..<65536: 3
        default: 5
        }
      guard range.lowerBound == head,
        Payload.isUTF8(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[range]))
      else { return nil }
      return range
    }
  }
}
