/// Turns a `Value` into any `Decodable`.
public struct ValueDecoder {
  /// The thing that a value stands for.
  ///
  /// - Throws: `Failure.badValue` if it is of another shape.
  public static func decode<T: Decodable>(_ type: T.Type, from value: Value) throws(Failure) -> T {
    if let direct = Source(value: value, codingPath: []).direct(type) { return direct }
    do {
      return try T(from: Source(value: value, codingPath: []))
    } catch let failure as Failure {
      throw failure
    } catch DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context),
      DecodingError.dataCorrupted(let context)
    {
      throw .badValue(format: "\(type)", detail: Self.place(context))
    } catch {
      throw .badValue(format: "\(type)", detail: "\(error)")
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? context.debugDescription : "\(context.debugDescription) at '\(path)'"
  }

  fileprivate struct Source: Decoder {
    let value: Value
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func mismatch(_ want: Any.Type) -> DecodingError {
      .typeMismatch(
        want, .init(codingPath: codingPath, debugDescription: "want \(want), found \(kind)"))
    }

    private var kind: String {
      switch value {
      case .null: "nothing"
      case .bool: "a boolean"
      case .int, .uint: "a whole number"
      case .double: "a number"
      case .string: "text"
      case .bytes: "bytes"
      case .array: "a list"
      case .map: "a map"
      case .extension: "an extension"
      }
    }

    /// A value that needs no own decoder.
    func direct<T>(_ type: T.Type) -> T? {
      // Types are compared before anything is cast: a cast that fails costs a hundred times as
      // much.
      if type == String.self { return value.text as? T }
      if type == Int.self { return value.integer.flatMap { Int(exactly: $0) } as? T ?? whole(type) }
      if type == Bool.self {
        if case .bool(let flag) = value { return flag as? T }
        return nil
      }
      if type == Double.self { return double as? T }
      if type == [UInt8].self {
        switch value {
        case .bytes(let bytes): return bytes as? T
        case .string(let text): return Array(text.utf8) as? T
        default: return nil
        }
      }
      if type == Value.self { return value as? T }
      switch value {
      case .int, .uint, .double: return whole(type) ?? (type == Float.self ? single as? T : nil)
      default: return nil
      }
    }

    private var single: Float? { double.map { Float($0) } }

    private var double: Double? {
      switch value {
      case .double(let value): value
      case .int(let value): Double(value)
      case .uint(let value): Double(value)
      default: nil
      }
    }

    private func whole<T>(_ type: T.Type) -> T? {
      guard let type = type as? any FixedWidthInteger.Type else { return nil }
      switch value {
      case .int(let number): return make(type, number) as? T
      case .uint(let number): return make(type, number) as? T
      // JSON has one kind of number: 3.0 is a whole one.
      case .double(let number):
        return Int64(exactly: number).flatMap { make(type, $0) } as? T
      default: return nil
      }
    }

    private func make<I: FixedWidthInteger>(_: I.Type, _ number: some BinaryInteger) -> I? {
      I(exactly: number)
    }

    func get<T: Decodable>(_ type: T.Type) throws -> T {
      if let direct = direct(type) { return direct }
      return try T(from: self)
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
      guard case .map(let pairs) = value else { throw mismatch([String: Value].self) }
      return KeyedDecodingContainer(Keyed(pairs, codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
      if case .bytes(let bytes) = value {
        return Unkeyed(items: bytes.map { .int(Int64($0)) }, codingPath: codingPath)
      }
      guard case .array(let items) = value else { throw mismatch([Value].self) }
      return Unkeyed(items: items, codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
      Single(source: self)
    }
  }

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let pairs: [(key: Value, value: Value)]
    let codingPath: [any CodingKey]

    init(_ pairs: [(key: Value, value: Value)], _ path: [any CodingKey]) {
      self.pairs = pairs
      codingPath = path
    }

    var allKeys: [Key] {
      var seen: Set<String> = []
      return pairs.compactMap { pair in
        let name = pair.key.text ?? JSONWriter.text(pair.key)
        return seen.insert(name).inserted ? Key(stringValue: name) : nil
      }
    }

    /// The value of a name, the last one if it is repeated.
    ///
    /// Maps are small: no table is built.
    private func find(_ name: String) -> Value? {
      for pair in pairs.reversed() {
        if case .string(let text) = pair.key {
          if text.utf8.count == name.utf8.count, text.utf8.elementsEqual(name.utf8) {
            return pair.value
          }
        } else if JSONWriter.text(pair.key) == name {
          return pair.value
        }
      }
      return nil
    }

    func contains(_ key: Key) -> Bool { find(key.stringValue) != nil }

    private func source(_ key: any CodingKey) throws -> Source {
      guard let value = find(key.stringValue) else {
        throw DecodingError.keyNotFound(
          key, .init(codingPath: codingPath, debugDescription: "'\(key.stringValue)' is missing"))
      }
      return Source(value: value, codingPath: codingPath + [key])
    }

    func decodeNil(forKey key: Key) throws -> Bool { try source(key).value == .null }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      try source(key).get(type)
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try source(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try source(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
      Source(value: find("super") ?? .null, codingPath: codingPath)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try source(key) }
  }

  private struct Unkeyed: UnkeyedDecodingContainer {
    let items: [Value]
    let codingPath: [any CodingKey]
    var currentIndex = 0

    init(items: [Value], codingPath: [any CodingKey]) {
      self.items = items
      self.codingPath = codingPath
    }

    var count: Int? { items.count }
    var isAtEnd: Bool { currentIndex >= items.count }

    private func source() throws -> Source {
      guard !isAtEnd else {
        throw DecodingError.valueNotFound(
          Value.self, .init(codingPath: codingPath, debugDescription: "the list is too short"))
      }
      return Source(value: items[currentIndex], codingPath: codingPath)
    }

    mutating func decodeNil() throws -> Bool {
      guard try source().value == .null else { return false }
      currentIndex += 1
      return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
      let result = try source().get(type)
      currentIndex += 1
      return result
    }

    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
      defer { currentIndex += 1 }
      return try source().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      defer { currentIndex += 1 }
      return try source().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
      defer { currentIndex += 1 }
      return try source()
    }
  }

  private struct Single: SingleValueDecodingContainer {
    let source: Source
    var codingPath: [any CodingKey] { source.codingPath }

    func decodeNil() -> Bool { source.value == .null }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
      if let direct = source.direct(type) { return direct }
      // A primitive that is of another kind would ask its container, which is us, for ever.
      if type is any Primitive.Type { throw source.mismatch(type) }
      return try T(from: source)
    }
  }
}

/// Types whose own decoding asks a single-value container for themselves.
private protocol Primitive {}
extension Bool: Primitive {}
extension String: Primitive {}
extension Double: Primitive {}
extension Float: Primitive {}
extension Int: Primitive {}
extension Int8: Primitive {}
extension Int16: Primitive {}
extension Int32: Primitive {}
extension Int64: Primitive {}
extension UInt: Primitive {}
extension UInt8: Primitive {}
extension UInt16: Primitive {}
extension UInt32: Primitive {}
extension UInt64: Primitive {}

extension Value: Decodable {
  /// A value decodes as itself from the formats here; other decoders give no way to ask what comes.
  public init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? single.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? single.decode(Double.self) {
      self = .double(value)
    } else if let value = try? single.decode(String.self) {
      self = .string(value)
    } else if let value = try? single.decode([Value].self) {
      self = .array(value)
    } else {
      let names = try single.decode([String: Value].self)
      self = .map(names.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) })
    }
  }
}
