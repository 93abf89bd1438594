/// A way to write values as bytes, known by its name.
public struct Format: Sendable {
  /// The name, as the `fmt` column has it.
  public let name: String
  /// Writes a value.
  public let encode: @Sendable (Value) throws(Failure) -> [UInt8]
  /// Reads what `encode` wrote; the bytes may be anything.
  public let decode: @Sendable ([UInt8]) throws(Failure) -> Value

  /// A format of the caller's own.
  ///
  /// Python readers know only `json`, `orjson` and `msgpack`.
  public init(
    name: String, encode: @escaping @Sendable (Value) throws(Failure) -> [UInt8],
    decode: @escaping @Sendable ([UInt8]) throws(Failure) -> Value
  ) {
    self.name = name
    self.encode = encode
    self.decode = decode
  }

  /// MessagePack: every kind of value, bytes included.
  public static let msgpack = Format(
    name: "msgpack", encode: { value in MessagePackWriter.encode(value) },
    decode: { bytes throws(Failure) in try MessagePackReader.decode(bytes) })

  /// JSON as Python's `json` writes it; no bytes, no NaN.
  public static let json = Format(
    name: "json",
    encode: { value throws(Failure) in try encodeJSON(value, .compact) },
    decode: { bytes throws(Failure) in try JSONReader.decode(bytes, lenient: true) })

  /// JSON as orjson writes it; read as JSON.
  public static let orjson = Format(name: "orjson", encode: json.encode, decode: json.decode)

  /// Formats that every store may hold.
  public static let builtIn = [msgpack, json, orjson]

  private static func encodeJSON(
    _ value: Value, _ style: JSONWriter.Style
  ) throws(Failure) -> [UInt8] {
    guard value.fitsJSON else {
      throw .badValue(format: "json", detail: "bytes, NaN and infinities have no place in it")
    }
    return JSONWriter.encode(value, style)
  }
}

extension Value {
  /// Whether JSON can say it and say it back.
  var fitsJSON: Bool {
    switch self {
    case .bytes, .extension: false
    case .double(let number): number.isFinite
    case .array(let items): items.allSatisfy(\.fitsJSON)
    case .map(let pairs): pairs.allSatisfy { $0.key.text != nil && $0.value.fitsJSON }
    default: true
    }
  }
}
