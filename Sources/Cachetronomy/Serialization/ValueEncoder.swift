/// Turns any `Encodable` into a `Value`.
public struct ValueEncoder {
  /// The value of something encodable.
  ///
  /// - Throws: `Failure.badValue` if it refuses to be encoded.
  public static func encode(_ value: some Encodable) throws(Failure) -> Value {
    if let direct = direct(value) { return direct }
    let box = Box()
    do {
      try value.encode(to: Target(box: box, codingPath: []))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .badValue(format: "\(type(of: value))", detail: "\(error)")
    }
    return box.value
  }

  /// What is a value without any encoding; nil for all else.
  fileprivate static func direct<T>(_ value: T) -> Value? {
    // Types are compared before anything is cast: a cast that fails costs a hundred times as much.
    let type = T.self
    return switch true {
    case type == String.self: (value as? String).map { .string($0) }
    case type == Int.self: (value as? Int).map { .int(Int64($0)) }
    case type == Bool.self: (value as? Bool).map { .bool($0) }
    case type == Double.self: (value as? Double).map { .double($0) }
    case type == [UInt8].self: (value as? [UInt8]).map { .bytes($0) }
    case type == Value.self: value as? Value
    case type == Float.self: (value as? Float).map { .double(Double($0)) }
    case type == Int64.self: (value as? Int64).map { .int($0) }
    case type == UInt64.self: (value as? UInt64).map { whole($0) }
    case type == UInt.self: (value as? UInt).map { whole($0) }
    case type == Int32.self: (value as? Int32).map { whole($0) }
    case type == UInt32.self: (value as? UInt32).map { whole($0) }
    case type == Int16.self: (value as? Int16).map { whole($0) }
    case type == UInt16.self: (value as? UInt16).map { whole($0) }
    case type == Int8.self: (value as? Int8).map { whole($0) }
    case type == UInt8.self: (value as? UInt8).map { whole($0) }
    default: nil
    }
  }

  private static func whole(_ number: some FixedWidthInteger) -> Value {
    Int64(exactly: number).map { .int($0) } ?? .uint(UInt64(truncatingIfNeeded: number))
  }

  /// A place that fills while its owner encodes.
  fileprivate final class Box {
    enum Content {
      case empty
      case value(Value)
      case list([Box])
      case map([(String, Box)])
    }
    var content = Content.empty

    var value: Value {
      switch content {
      case .empty: .map([])
      case .value(let value): value
      case .list(let items): .array(items.map(\.value))
      case .map(let pairs): .map(pairs.map { (.string($0.0), $0.1.value) })
      }
    }

    func put<T: Encodable>(_ value: T, path: [any CodingKey]) throws {
      if let direct = ValueEncoder.direct(value) {
        content = .value(direct)
      } else {
        try value.encode(to: Target(box: self, codingPath: path))
      }
    }
  }

  fileprivate struct Target: Encoder {
    let box: Box
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
      if case .map = box.content {} else { box.content = .map([]) }
      return KeyedEncodingContainer(Keyed(box: box, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
      if case .list = box.content {} else { box.content = .list([]) }
      return Unkeyed(box: box, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
      Single(box: box, codingPath: codingPath)
    }
  }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: Box
    let codingPath: [any CodingKey]

    private func place(_ name: String) -> Box {
      let place = Box()
      guard case .map(var pairs) = box.content else { return place }
      pairs.removeAll { $0.0 == name }
      pairs.append((name, place))
      box.content = .map(pairs)
      return place
    }

    func encodeNil(forKey key: Key) { place(key.stringValue).content = .value(.null) }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
      try place(key.stringValue).put(value, path: codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      Target(box: place(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      Target(box: place(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { Target(box: place("super"), codingPath: codingPath) }

    func superEncoder(forKey key: Key) -> any Encoder {
      Target(box: place(key.stringValue), codingPath: codingPath + [key])
    }
  }

  private struct Unkeyed: UnkeyedEncodingContainer {
    let box: Box
    let codingPath: [any CodingKey]

    var count: Int { if case .list(let items) = box.content { items.count } else { 0 } }

    private func place() -> Box {
      let place = Box()
      guard case .list(var items) = box.content else { return place }
      box.content = .empty
      items.append(place)
      box.content = .list(items)
      return place
    }

    func encodeNil() { place().content = .value(.null) }

    func encode<T: Encodable>(_ value: T) throws { try place().put(value, path: codingPath) }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
      Target(box: place(), codingPath: codingPath).container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      Target(box: place(), codingPath: codingPath).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { Target(box: place(), codingPath: codingPath) }
  }

  private struct Single: SingleValueEncodingContainer {
    let box: Box
    let codingPath: [any CodingKey]

    func encodeNil() { box.content = .value(.null) }

    func encode<T: Encodable>(_ value: T) throws { try box.put(value, path: codingPath) }
  }
}

extension Value: Encodable {
  /// A value encodes as itself in the formats here, and as its content elsewhere.
  public func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    switch self {
    case .null: try single.encodeNil()
    case .bool(let value): try single.encode(value)
    case .int(let value): try single.encode(value)
    case .uint(let value): try single.encode(value)
    case .double(let value): try single.encode(value)
    case .string(let value): try single.encode(value)
    case .bytes(let value), .extension(_, let value): try single.encode(value)
    case .array(let items): try single.encode(items)
    case .map(let pairs):
      var names: [String: Value] = [:]
      for pair in pairs { names[pair.key.text ?? JSONWriter.text(pair.key)] = pair.value }
      try single.encode(names)
    }
  }
}
