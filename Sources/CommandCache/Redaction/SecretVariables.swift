internal import CPOSIX
internal import Cachetronomy
internal import System

/// The variables of an environment that hold secrets, and where their values stand in other texts.
struct SecretVariables {
  private let environment: Environment
  /// The places of the variables in the environment.
  private let variables: [Int]
  /// How many bytes the shortest value has.
  private let shortest: Int

  /// Shorter values are too likely to be in an argument by chance.
  static let minimum = 8

  init(_ environment: Environment, _ names: SecretNames) {
    self.environment = environment
    var (found, shortest): ([Int], Int) = ([], .max)
    for index in 0..<environment.count {
      let size = environment.value(index).count
      guard size >= Self.minimum else { continue }
      let isSecret = environment.name(index).withUnsafeBufferPointer { name in
        names.isSecret(name) && !name.isOne(of: "PWD OLDPWD")
      }
      guard isSecret else { continue }
      found.append(index)
      shortest = min(shortest, size)
    }
    (variables, self.shortest) = (found, shortest)
  }

  var isEmpty: Bool { variables.isEmpty }

  /// The names of the variables.
  var names: [[UInt8]] { variables.map { Array(environment.name($0)) } }

  /// Whether a text may have one of the values in it, unchanged or without quotes and backslashes.
  ///
  /// Few values are looked for one by one: that takes less than an index of them.
  func mayBe(in text: ByteText, isPlain: Bool) -> Bool {
    if text.count < Self.minimum || !isPlain && text.count < shortest { return false }
    if variables.count > 8 { return true }
    for variable in variables {
      let isFound = environment.value(variable).withUnsafeBufferPointer { value in
        isPlain && value.contains(where: ByteKind.isMark)
          || cachetronomy_find(text.baseAddress, text.count, value.baseAddress, value.count)
      }
      if isFound { return true }
    }
    return false
  }

  /// An index of the values, unchanged or without their quotes and backslashes.
  func index(isPlain: Bool) -> SecretIndex {
    var values: [(bytes: [UInt8], variable: Int)] = []
    values.reserveCapacity(variables.count)
    for variable in variables {
      let value = environment.value(variable)
      let bytes = isPlain ? value.filter { !ByteKind.isMark($0) } : Array(value)
      if bytes.count >= Self.minimum { values.append((bytes, variable)) }
    }
    return SecretIndex(values)
  }
}

/// Texts to be found in others, all immediately.
///
/// They are sorted, so that those that a text may begin with are next to each other, and each knows
/// the longest of the others that it begins with. The place of a text takes a binary search.
final class SecretIndex {
  private var values: [[UInt8]] = []
  private var variables: [Int] = []
  /// The first eight bytes of each as a number that is ordered unchanged.
  private var beginnings: [UInt64] = []
  /// The longest other value that each begins with; -1 if there is none.
  private var parents: [Int] = []
  /// A bit for each hash of eight bytes that a value begins with.
  private var filter: [UInt64]

  fileprivate init(_ found: [(bytes: [UInt8], variable: Int)]) {
    var size = 1
    while size < found.count / 4 { size *= 2 }
    filter = [UInt64](repeating: 0, count: size)
    // Of several variables with the same value the first one is named.
    let sorted = found.sorted { one, other in
      one.bytes == other.bytes
        ? one.variable < other.variable : one.bytes.lexicographicallyPrecedes(other.bytes)
    }
    var open: [Int] = []
    for (bytes, variable) in sorted where values.last != bytes {
      while let last = open.last, !bytes.starts(with: values[last]) { open.removeLast() }
      parents.append(open.last ?? -1)
      open.append(values.count)
      values.append(bytes)
      variables.append(variable)
      let beginning = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
      beginnings.append(beginning)
      let (word, bit) = Self.place(of: beginning, size)
      filter[word] |= bit
    }
  }

  private static func place(of beginning: UInt64, _ size: Int) -> (word: Int, bit: UInt64) {
    let hash = beginning &* 0x9e37_79b9_7f4a_7c15
    return (Int(hash >> 32) & (size - 1), 1 << (hash >> 58))
  }

  /// The work that a search may take: about this much for each byte, and a start.
  private static let (workPerByte, leastWork) = (32, 1 << 20)

  /// Finds the values in a text, the longest at each place.
  ///
  /// - Returns: false if that takes too much work; not all are found then.
  func find(
    in text: ByteText, _ note: (_ start: Int, _ size: Int, _ variable: Int) -> Void
  ) -> Bool {
    if values.isEmpty || text.count < 8 { return true }
    var work = Self.leastWork + text.count * Self.workPerByte
    var window: UInt64 = 0
    var covered = 0
    for at in 0..<text.count {
      window = window << 8 | UInt64(text[at])
      if at < 7 { continue }
      let (word, bit) = Self.place(of: window, filter.count)
      if filter[word] & bit == 0 { continue }
      let start = at - 7
      guard let found = longest(window, text, start, &work) else { continue }
      if work < 0 { return false }
      let end = start + values[found].count
      if end > covered { note(start, values[found].count, variables[found]) }
      covered = max(covered, end)
    }
    return work >= 0
  }

  /// The longest value that a text goes on with at a place.
  private func longest(
    _ window: UInt64, _ text: ByteText, _ start: Int, _ work: inout Int
  ) -> Int? {
    // The last value that is not after the text in their order.
    var (low, high) = (0, values.count)
    var common = 0
    while low < high {
      let middle = (low + high) / 2
      work -= 1
      if beginnings[middle] != window {
        if beginnings[middle] < window { low = middle + 1 } else { high = middle }
        continue
      }
      let (size, isAfter) = compare(values[middle], text, start, &work)
      if isAfter {
        high = middle
      } else {
        (low, common) = (middle + 1, size)
      }
      if work < 0 { return middle }
    }
    guard low > 0, beginnings[low - 1] == window else { return nil }
    var candidate = low - 1
    while candidate >= 0, values[candidate].count > common {
      candidate = parents[candidate]
      work -= 1
    }
    return candidate >= 0 ? candidate : nil
  }

  /// How many bytes a value and a text have in common, and whether the value is after the text in
  /// their order.
  private func compare(
    _ value: [UInt8], _ text: ByteText, _ start: Int, _ work: inout Int
  ) -> (Int, isAfter: Bool) {
    let size = min(value.count, text.count - start)
    var at = 8
    value.withUnsafeBufferPointer { value in
      while at < size, value[at] == text[start + at] { at += 1 }
    }
    at = min(at, size)
    work -= at / 8
    if at == size { return (at, value.count > size) }
    return (at, value[at] > text[start + at])
  }
}
