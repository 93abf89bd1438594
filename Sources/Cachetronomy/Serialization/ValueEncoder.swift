/// Turns any `Encodable` into a `Value`.
public struct ValueEncoder {
  /// The value of something encodable.
  ///
  /// - Throws: `Failure.badValue` if it refuses to be encoded.
  public static func encode(_ value: some Encodable) throws(Failure) -> Value {
    if let direct = value as? any DirectValue { return direct.asValue }
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
      if let direct = value as? any DirectValue {
        content = .value(direct.asValue)
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

/// What is a value without any encoding.
private protocol DirectValue { var asValue: Value { get } }

extension Bool: DirectValue { fileprivate var asValue: Value { .bool(self) } }
extension String: DirectValue { fileprivate var asValue: Value { .string(self) } }
extension Double: DirectValue { fileprivate var asValue: Value { .double(self) } }
extension Float: DirectValue { fileprivate var asValue: Value { .double(Double(self)) } }
extension Int: DirectValue { fileprivate var asValue: Value { .int(Int64(self)) } }
extension Int8: DirectValue { fileprivate var asValue: Value { .int(Int64(self)) } }
extension Int16: DirectValue { fileprivate var asValue: Value { .int(Int64(self)) } }
extension Int32: DirectValue { fileprivate var asValue: Value { .int(Int64(self)) } }
extension Int64: DirectValue { fileprivate var asValue: Value { .int(self) } }
extension UInt8: DirectValue { fileprivate var asValue: Value { .int(Int64(self)) } }
extension UInt16: DirectValue { fileprivate var asValue: Value { .int(Int64(self)) } }
extension UInt32: DirectValue { fileprivate var asValue: Value { .int(Int64(self)) } }
extension UInt: DirectValue { fileprivate var asValue: Value { UInt64(self).asValue } }
extension UInt64: DirectValue {
  fileprivate var asValue: Value { Int64(exactly: self).map { .int($0) } ?? .uint(self) }
}
extension [UInt8]: DirectValue { fileprivate var asValue: Value { .bytes(self) } }
extension Value: DirectValue { fileprivate var asValue: Value { self } }

extension Value: Encodable {
  /// A value encodes as itself in our formats, and as what it holds elsewhere.
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
