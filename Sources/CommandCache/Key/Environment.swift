internal import Cachetronomy
internal import System

/// The environment of a command, as bytes.
///
/// All variables are in one block: an array of values would cost more to build than all the lookups
/// that follow.
package struct Environment {
  /// Reads the other inputs of the cache key, and records which variables were read.
  package var probe = Probe()

  /// A name and a value.
  package struct Variable: Sendable, Equatable {
    /// The part before the first `=`.
    package var name: [UInt8]
    /// The part after it.
    package var value: [UInt8]

    /// Creates a variable from text.
    package init(_ name: String, _ value: String) {
      self.name = Array(name.utf8)
      self.value = Array(value.utf8)
    }

    init(_ name: [UInt8], _ value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  /// The variables as `NAME=value`, concatenated.
  private var block: [UInt8] = []
  /// Three offsets for each variable: its start, its `=` and its end.
  private var places: [Int] = []
  /// Entries without `=`, which programs can list but not look up.
  private var nameless: [Nameless] = []

  /// An entry without `=`.
  private struct Nameless {
    /// The number of variables before it.
    var place: Int
    var bytes: [UInt8]
  }

  /// Creates an environment with these variables.
  package init(_ variables: [Variable]) {
    for variable in variables { append(variable) }
  }

  /// Copies a C array of `NAME=value` that ends with a null pointer.
  package init(_ block: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
    guard let block else { return }
    self.block.reserveCapacity(8192)
    places.reserveCapacity(256)
    var at = 0
    while let item = block[at] {
      at += 1
      var cut = 0
      while item[cut] != 0, item[cut] != 0x3d { cut += 1 }
      guard item[cut] == 0x3d else {
        let bytes = UnsafeRawBufferPointer(start: item, count: cut)
        nameless.append(Nameless(place: count, bytes: Array(bytes)))
        continue
      }
      var end = cut + 1
      while item[end] != 0 { end += 1 }
      let start = self.block.count
      item.withMemoryRebound(to: UInt8.self, capacity: end) { bytes in
        self.block.append(contentsOf: UnsafeBufferPointer(start: bytes, count: end))
      }
      mark(start, start + cut, start + end)
    }
  }

  private mutating func mark(_ start: Int, _ cut: Int, _ end: Int) {
    places.append(start)
    places.append(cut)
    places.append(end)
  }

  private mutating func append(_ variable: Variable) {
    let start = block.count
    block.append(contentsOf: variable.name)
    block.append(0x3d)
    block.append(contentsOf: variable.value)
    mark(start, start + variable.name.count, block.count)
  }

  /// The number of variables.
  var count: Int { places.count / 3 }

  /// Returns the name of a variable.
  func name(_ index: Int) -> ArraySlice<UInt8> { block[places[index * 3]..<places[index * 3 + 1]] }

  /// Returns the value of a variable.
  func value(_ index: Int) -> ArraySlice<UInt8> {
    block[places[index * 3 + 1] + 1..<places[index * 3 + 2]]
  }

  /// The variables in the given order.
  package var variables: [Variable] {
    (0..<count).map { Variable(Array(name($0)), Array(value($0))) }
  }

  /// All entries in the given order, as `execve` takes them.
  var entries: [[UInt8]] {
    var entries: [[UInt8]] = []
    var rest = nameless[...]
    for index in 0..<count {
      while let first = rest.first, first.place <= index {
        entries.append(first.bytes)
        rest = rest.dropFirst()
      }
      entries.append(Array(block[places[index * 3]..<places[index * 3 + 2]]))
    }
    return entries + rest.map(\.bytes)
  }

  /// Returns the entries without `=` that are in the key, sorted.
  ///
  /// - Parameters: as for `keyed`.
  func keyedNameless(_ wanted: [String]?, ignoring ignored: [String]) -> [[UInt8]] {
    if nameless.isEmpty { return [] }
    let (named, ignored) = (wanted?.map { Pattern($0) }, ignored.map { Pattern($0) })
    return nameless.map(\.bytes).filter { entry in
      entry.withUnsafeBufferPointer { Self.verdict(on: $0, named, ignored) } != .ignored
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The value of a variable; nil if it is not set.
  package subscript(name: String) -> [UInt8]? {
    let wanted = name.utf8
    probe.note(variable: wanted)
    for index in 0..<count {
      let found = self.name(index)
      if found.count == wanted.count, found.elementsEqual(wanted) { return Array(value(index)) }
    }
    return nil
  }

  /// Returns the value as text; nil if it is not set, empty or not UTF-8.
  package func text(_ name: String) -> String? {
    guard let value = self[name], !value.isEmpty else { return nil }
    return String(utf8: value)
  }

  /// Removes a variable.
  ///
  /// - Returns: its value; nil if it was not set.
  mutating func remove(_ name: String) -> [UInt8]? {
    let value = self[name]
    if value != nil { drop(Array(name.utf8)) }
    return value
  }

  /// Sets a variable.
  mutating func set(_ name: String, to value: String) { set(name, to: Array(value.utf8)) }

  /// Sets a variable.
  mutating func set(_ name: String, to value: [UInt8]) {
    let variable = Variable(Array(name.utf8), value)
    drop(variable.name)
    append(variable)
  }

  private mutating func drop(_ name: [UInt8]) {
    var index = 0
    while index < count {
      // The bytes stay in the block, but no lookup finds them there.
      if self.name(index).elementsEqual(name) {
        places.removeSubrange(index * 3..<index * 3 + 3)
      } else {
        index += 1
      }
    }
  }

  /// Returns the variables in the key, sorted by name so that their order makes no difference.
  ///
  /// - Parameters:
  ///   - wanted: globs of the variables to include; nil includes all. An exact name is included
  ///     even if it is ignored by default.
  ///   - ignored: globs of additional variables to ignore.
  /// - Returns: indices below `count`; the complement `~index` where only a part of the value is in
  ///   the key, which `keyedVariable(_:)` returns.
  func keyed(_ wanted: [String]?, ignoring ignored: [String]) -> [Int] {
    if let wanted, wanted.isEmpty { return [] }
    let named = wanted?.map { Pattern($0) }
    // An ignored variable is included by its exact name, and so is its absence.
    for name in wanted ?? [] { probe.note(variable: name.utf8) }
    let more = ignored.isEmpty ? nil : ignored.map { Pattern($0) }
    let count = count
    if count > 256 {
      return (0..<count).compactMap { index in
        switch name(index).withUnsafeBufferPointer({ Self.verdict(on: $0, named, more) }) {
        case .ignored: nil
        case .kept: index
        case .partial: partialUse(of: index)
        }
      }.sorted { name(max($0, ~$0)).lexicographicallyPrecedes(name(max($1, ~$1))) }
    }
    return [Int](unsafeUninitializedCapacity: count) { found, filled in
      block.withUnsafeBufferPointer { block in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count + 1) { starts in
          for index in 0..<count {
            let name = UnsafeBufferPointer(
              rebasing: block[places[index * 3]..<places[index * 3 + 1]])
            var counted = index
            switch Self.verdict(on: name, named, more) {
            case .ignored: continue
            case .kept: break
            case .partial:
              guard let part = partialUse(of: index) else { continue }
              counted = part
            }
            // Eight letters distinguish nearly all names, and most are inserted near their place.
            let start = Self.start(of: name)
            var place = filled
            while place > 0,
              start < starts[place - 1]
                || start == starts[place - 1] && precedes(index, found[place - 1], block)
            {
              starts[place] = starts[place - 1]
              found[place] = found[place - 1]
              place -= 1
            }
            starts[place] = start
            found[place] = counted
            filled += 1
          }
        }
      }
    }
  }

  /// Returns the first eight bytes of a name as a number with the same order as the bytes.
  private static func start(of name: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var start: UInt64 = 0
    for at in 0..<8 { start = start << 8 | (at < name.count ? UInt64(name[at]) : 0) }
    return start
  }

  private func precedes(_ one: Int, _ other: Int, _ block: UnsafeBufferPointer<UInt8>) -> Bool {
    let other = max(other, ~other)
    let (first, second) = (places[one * 3], places[other * 3])
    let (size, otherSize) = (places[one * 3 + 1] - first, places[other * 3 + 1] - second)
    for at in 0..<min(size, otherSize) where block[first + at] != block[second + at] {
      return block[first + at] < block[second + at]
    }
    return size < otherSize
  }

  /// Appends the names and values of variables that `keyed` returned, each after its length.
  func append(_ indices: [Int], to bytes: inout [UInt8]) {
    block.withUnsafeBufferPointer { block in
      for index in indices {
        guard index >= 0 else {
          let variable = keyedVariable(index)
          bytes.add(variable.name)
          bytes.add(variable.value)
          continue
        }
        let (start, cut, end) = (places[index * 3], places[index * 3 + 1], places[index * 3 + 2])
        bytes.append(little: UInt64(cut - start))
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: block[start..<cut]))
        bytes.append(little: UInt64(end - cut - 1))
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: block[cut + 1..<end]))
      }
    }
  }

  private static func verdict(
    on name: UnsafeBufferPointer<UInt8>, _ named: [Pattern]?, _ ignored: [Pattern]?
  ) -> IgnoredVariableFilter.Verdict {
    if let named {
      var isNamed = false
      for pattern in named where pattern.matches(name) {
        if pattern.isLiteral { return .kept }
        isNamed = true
      }
      if !isNamed { return .ignored }
    }
    let verdict = IgnoredVariableFilter.verdict(on: name)
    guard let ignored, verdict != .ignored else { return verdict }
    for pattern in ignored where pattern.matches(name) { return .ignored }
    return verdict
  }
}

// Variables that are ignored in part, or only if another variable is set.
extension Environment {
  /// Returns what `keyed` reports for a variable in `IgnoredVariables.partial`.
  ///
  /// - Returns: nil if the whole variable is ignored.
  private func partialUse(of index: Int) -> Int? {
    let name = String(decoding: name(index), as: UTF8.self)
    switch name {
    case "WINDOW": return self["STY"] == nil ? index : nil
    case "TMPDIR", "TEMPDIR", "TMP", "TEMP":
      guard let top = self["NIX_BUILD_TOP"], !top.isEmpty, value(index).starts(with: top) else {
        return index
      }
      let next = value(index).dropFirst(top.count).first
      return next == nil || next == UInt8(ascii: "/") ? nil : index
    default: return keyedVariable(~index).value.isEmpty ? nil : ~index
    }
  }

  /// Returns a variable that `keyed` reported, with the part of its value that is in the key.
  func keyedVariable(_ place: Int) -> Variable {
    guard place < 0 else { return Variable(Array(name(place)), Array(value(place))) }
    let value = value(~place).withUnsafeBufferPointer { MakeFlags.withoutJobs($0) }
    return Variable(Array(name(~place)), value)
  }
}
