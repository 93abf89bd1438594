internal import Cachetronomy
internal import System

/// The parts of one argument that are hidden.
struct RedactedSpans {
  /// For each part where it begins, where it ends, and the variable whose value it is, or -1.
  ///
  /// Numbers, since an array of structures costs its metadata.
  private var spans: [Int] = []
  /// Whether all of it is hidden, whatever the parts are.
  var hidesAll = false

  var isEmpty: Bool { spans.isEmpty && !hidesAll }

  /// Adds a part; `variable` is the one whose value it is.
  mutating func add(_ start: Int, _ end: Int, variable: Int = -1) {
    guard start < end else { return }
    let last = spans.count - 3
    // A part of the last one, unless it says whose value that is.
    if last >= 0, spans[last] <= start, end <= spans[last + 1],
      variable < 0 || spans[last + 2] >= 0 || spans[last] < start || end < spans[last + 1]
    {
      return
    }
    spans.append(start)
    spans.append(end)
    spans.append(variable)
  }

  private static let stars = Array("***".utf8)

  /// The argument with `$NAME` for values of variables and `***` for the other parts.
  func applied(to word: [UInt8], _ environment: Environment) -> [UInt8] {
    if hidesAll { return Self.stars }
    let ordered = ordered
    var result: [UInt8] = []
    result.reserveCapacity(word.count + 16)
    var (at, first) = (0, 0)
    while first < ordered.count {
      // Those that overlap are hidden as one.
      let start = spans[ordered[first]]
      var (next, end) = (first + 1, spans[ordered[first] + 1])
      while next < ordered.count, spans[ordered[next]] < end {
        end = max(end, spans[ordered[next] + 1])
        next += 1
      }
      result.append(contentsOf: word[at..<start])
      append(ordered[first..<next], start, end, environment, to: &result)
      (at, first) = (end, next)
    }
    result.append(contentsOf: word[at...])
    return result
  }

  /// The places of the parts in `spans` by where they begin, the longest first.
  private var ordered: [Int] {
    let places = Array(stride(from: 0, to: spans.count, by: 3))
    if places.count == 1 { return places }
    return places.sorted {
      spans[$0] == spans[$1] ? spans[$0 + 1] > spans[$1 + 1] : spans[$0] < spans[$1]
    }
  }

  /// Appends what stands for parts that overlap: the names of variables if these are all of it.
  private func append(
    _ group: ArraySlice<Int>, _ start: Int, _ end: Int, _ environment: Environment,
    to result: inout [UInt8]
  ) {
    var (areValues, isValue) = (true, false)
    for place in group {
      if spans[place + 2] < 0 {
        areValues = false
      } else if spans[place] == start, spans[place + 1] == end {
        isValue = true
      }
    }
    var shown = start
    if areValues || isValue {
      for place in group where spans[place + 2] >= 0 && spans[place] >= shown {
        result.append(0x24)
        result.append(contentsOf: environment.name(spans[place + 2]))
        shown = spans[place + 1]
      }
    }
    if shown < end { result.append(contentsOf: Self.stars) }
  }
}
