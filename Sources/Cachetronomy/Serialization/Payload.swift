/// The value of an entry as the shell gives and takes it.
public enum Payload {
  /// Formats that a store may hold.
  public static let formats = ["json", "orjson", "msgpack"]

  /// Bytes as `set` keeps them: a MessagePack text where they are UTF-8, else a binary.
  ///
  /// - Throws: `Failure.tooLarge` over what SQLite can hold in one row.
  public static func encode(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    let limit = 999_000_000
    guard bytes.count <= limit else { throw .tooLarge(bytes.count, limit: limit) }
    var writer = MessagePackWriter(capacity: bytes.count + 5)
    let isText = bytes.withUnsafeBufferPointer { isUTF8($0) }
    if isText { writer.beginText(bytes.count) } else { writer.beginBinary(bytes.count) }
    writer.raw(bytes)
    return writer.bytes
  }

  /// Whether bytes are UTF-8.
  package static func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // A view of the bytes is checked without a copy of them.
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var ascii = true
    for byte in bytes where byte >= 0x80 {
      ascii = false
      break
    }
    if ascii { return true }
    while true {
      switch decoder.decode(&iterator) {
      case .emptyInput: return true
      case .error: return false
      case .scalarValue: continue
      }
    }
  }

  /// Checks that text or bytes are what their format says; they are kept unchanged.
  public static func check(_ bytes: [UInt8], format: String) throws(Failure) {
    switch format {
    case "json", "orjson": _ = try JSONReader.decode(bytes)
    case "msgpack": _ = try MessagePackReader.decode(bytes)
    default:
      throw .badSetting(
        "format '\(format)'", "want \(formats.joined(separator: ", "))")
    }
  }

  /// The bytes that `get` prints.
  ///
  /// A text's or binary's own, JSON as stored, any other MessagePack as compact JSON. With `raw` a
  /// JSON text loses its quotes.
  ///
  /// - Throws: `Failure.badValue` if the value is damaged or its format unknown.
  public static func printed(_ entry: Entry, raw: Bool = false) throws(Failure) -> [UInt8] {
    switch entry.format {
    case "msgpack":
      if let range = entry.data.withUnsafeBytes({ bytes -> Range<Int>? in
        var reader = MessagePackReader(bytes)
        guard let range = try? reader.blob(), reader.offset == bytes.count else { return nil }
        return range
      }) {
        return Array(entry.data[range])
      }
      return JSONWriter.encode(try MessagePackReader.decode(entry.data))
    case "json", "orjson":
      if raw, case .string(let text)? = try? JSONReader.decode(entry.data, lenient: true) {
        return Array(text.utf8)
      }
      return entry.data
    case let other:
      throw .badValue(format: other, detail: "the format is unknown")
    }
  }
}
