/// A value between formats: what JSON and MessagePack can say, maps in the order written.
public indirect enum Value: Sendable, Equatable {
  /// Nothing.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number within 64 bits.
  case int(Int64)
  /// A whole number over `Int64.max`.
  case uint(UInt64)
  /// A binary64 number, NaN and infinities included.
  case double(Double)
  /// Text.
  case string(String)
  /// Bytes.
  case bytes([UInt8])
  /// A list.
  case array([Value])
  /// Keys and values in the order written; a key may be any value.
  case map([(key: Value, value: Value)])
  /// MessagePack's extension: a type number and bytes.
  case `extension`(Int8, [UInt8])

  /// The value under a text key of a map; the last one if a key is repeated.
  public subscript(name: String) -> Value? {
    guard case .map(let pairs) = self else { return nil }
    return pairs.last { $0.key == .string(name) }?.value
  }

  /// Whether both are the same, byte for byte.
  public static func == (one: Value, other: Value) -> Bool {
    switch (one, other) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.uint(let a), .uint(let b)): a == b
    case (.int(let a), .uint(let b)), (.uint(let b), .int(let a)): UInt64(exactly: a) == b
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.map(let a), .map(let b)):
      a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
    case (.extension(let a, let x), .extension(let b, let y)): a == b && x == y
    default: false
    }
  }
}

extension Value {
  /// The whole number, if it is one within `Int64`.
  public var integer: Int64? {
    switch self {
    case .int(let value): value
    case .uint(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// The text, if it is text.
  public var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}
