/// The environment that a command gets, as bytes.
public struct Environment: Sendable {
  /// A name and a value.
  public struct Variable: Sendable, Equatable {
    /// The part before the first `=`.
    public var name: [UInt8]
    /// The rest.
    public var value: [UInt8]

    /// A variable from text.
    public init(_ name: String, _ value: String) {
      self.name = Array(name.utf8)
      self.value = Array(value.utf8)
    }

    init(_ name: [UInt8], _ value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  /// The variables in the order given.
  public var variables: [Variable]

  /// An environment of these variables.
  public init(_ variables: [Variable]) { self.variables = variables }

  /// Copies a C array of `NAME=value` that ends with a null pointer.
  public init(_ block: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
    variables = []
    guard let block else { return }
    variables.reserveCapacity(64)
    var at = 0
    while let item = block[at] {
      at += 1
      var cut = 0
      while item[cut] != 0, item[cut] != 0x3d { cut += 1 }
      // What has no '=' is no variable; programs cannot see it by name either.
      guard item[cut] == 0x3d else { continue }
      var end = cut + 1
      while item[end] != 0 { end += 1 }
      item.withMemoryRebound(to: UInt8.self, capacity: end) { bytes in
        variables.append(
          Variable(
            Array(UnsafeBufferPointer(start: bytes, count: cut)),
            Array(UnsafeBufferPointer(start: bytes + cut + 1, count: end - cut - 1))))
      }
    }
  }

  /// The value of a variable; nil if it is not set.
  public subscript(name: String) -> [UInt8]? {
    let wanted = name.utf8
    return variables.first { $0.name.count == wanted.count && $0.name.elementsEqual(wanted) }?.value
  }

  /// The value as text; nil if it is not set, empty or not UTF-8.
  public func text(_ name: String) -> String? {
    guard let value = self[name], !value.isEmpty else { return nil }
    return String(validating: value, as: UTF8.self)
  }

  /// Takes a variable away.
  ///
  /// - Returns: what its value was.
  mutating func remove(_ name: String) -> [UInt8]? {
    let value = self[name]
    let name = Array(name.utf8)
    if value != nil { variables.removeAll { $0.name == name } }
    return value
  }

  /// Sets a variable.
  mutating func set(_ name: String, to value: String) {
    let variable = Variable(name, value)
    variables.removeAll { $0.name == variable.name }
    variables.append(variable)
  }

  /// The variables that are in the key, sorted by name, so that their order makes no difference.
  ///
  /// - Parameters:
  ///   - wanted: globs of those that count; nil counts all. A name in full counts even if it is
  ///     noise.
  ///   - ignored: globs of more noise.
  func keyed(_ wanted: [String]?, ignoring ignored: [String]) -> [Variable] {
    if let wanted, wanted.isEmpty { return [] }
    let named = wanted?.map { Pattern($0) }
    let literal = named?.filter(\.isLiteral) ?? []
    let noise = ignored.map { Pattern($0) }
    return variables.filter { variable in
      if literal.contains(where: { $0.matches(variable.name) }) { return true }
      if let named, !named.contains(where: { $0.matches(variable.name) }) { return false }
      if variable.name.withUnsafeBufferPointer({ Noise.contains($0) }) { return false }
      return !noise.contains { $0.matches(variable.name) }
    }.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }
}
