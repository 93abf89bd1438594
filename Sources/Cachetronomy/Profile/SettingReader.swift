/// Reads a scalar or list by the type of its setting, never by YAML's guess.
package struct SettingReader {
  let file: String

  package init(file: String) { self.file = file }

  func complaint(_ node: Node, _ message: String) -> Diagnostic {
    Diagnostic(file: file, line: node.line, column: node.column, message: message)
  }

  func text(_ node: Node, _ want: String = "text") throws(Diagnostic) -> String {
    guard let text = node.text else { throw complaint(node, "want \(want)") }
    return text
  }

  func flag(_ node: Node) throws(Diagnostic) -> Bool {
    switch node.text?.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw complaint(node, "want true or false")
    }
  }

  func duration(_ node: Node) throws(Diagnostic) -> TimeToLive {
    let text = try text(node, "a duration")
    // As plain seconds Python would read it as an octal number.
    if text.utf8.count > 1, text.utf8.first == 0x30, Int64(text) != nil {
      throw complaint(node, leadingZero(text))
    }
    do throws(Failure) {
      return try TimeToLive(text)
    } catch {
      throw complaint(node, error.description + hint(text))
    }
  }

  /// A duration in whole seconds, at least 1: the seed's columns hold only that.
  func seconds(_ node: Node) throws(Diagnostic) -> Int64 {
    guard let seconds = try duration(node).wholeSeconds, seconds >= 1 else {
      throw complaint(node, "want whole seconds, at least 1")
    }
    return min(seconds, TimeToLive.neverInSeconds)
  }

  func count(_ node: Node, atLeast least: Int64 = 0) throws(Diagnostic) -> Int64 {
    let text = try text(node, "a number")
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
      throw complaint(node, "'\(text)' is not a number: want decimal digits\(hint(text))")
    }
    if text.utf8.count > 1, text.utf8.first == 0x30 {
      throw complaint(node, leadingZero(text))
    }
    guard let number = Int64(text), number >= least else {
      throw complaint(node, "'\(text)' is out of range: want at least \(least)")
    }
    return number
  }

  /// `0%` to `100%`, as its number.
  func percentage(_ node: Node) throws(Diagnostic) -> Int64 {
    let text = try text(node, "a percentage")
    let digits = text.dropLast()
    guard text.hasSuffix("%"), (1...3).contains(digits.utf8.count),
      digits == "0" || !digits.hasPrefix("0"),
      digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int64(digits),
      number <= 100
    else { throw complaint(node, "'\(text)' is not a percentage: want 0% to 100%, as 10%") }
    return number
  }

  private func leadingZero(_ text: String) -> String {
    let plain = text.drop { $0 == "0" }
    return "'\(text)' begins with 0: write \(plain.isEmpty ? "0" : String(plain))"
  }

  /// How to write what YAML has other spellings for: `1_000`, `0x10`, `1:30`, `1e3`.
  private func hint(_ text: String) -> String {
    let digits = text.filter { $0 != "_" && $0 != "," }
    if digits != text, Int64(digits) != nil { return " (write \(digits))" }
    if text.lowercased().hasPrefix("0x"), let number = Int64(text.dropFirst(2), radix: 16) {
      return " (write \(number))"
    }
    let sixtieths = text.split(separator: ":", omittingEmptySubsequences: false)
      .map { $0.utf8.count < 5 ? Int64($0) ?? -1 : -1 }
    if (2...4).contains(sixtieths.count), sixtieths.allSatisfy({ $0 >= 0 }) {
      return " (write \(sixtieths.reduce(0) { $0 * 60 + $1 }))"
    }
    if let number = Double(text), number >= 0, number < 1e15, number == number.rounded() {
      return " (write \(Int64(number)))"
    }
    return ""
  }

  /// Megabytes or a fraction: decimal digits, perhaps with a point.
  func number(_ node: Node) throws(Diagnostic) -> Double {
    let text = try text(node, "a number")
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
      parts[0] == "0" || !parts[0].hasPrefix("0"), let number = Double(text), number.isFinite
    else {
      throw complaint(node, "'\(text)' is not a number: want digits, as 500 or 0.1\(hint(text))")
    }
    return number
  }

  /// Bytes: `512 MiB`, `1 GiB`, `100 kB`, plain bytes.
  func size(_ node: Node) throws(Diagnostic) -> Int64 {
    let text = try text(node, "a size")
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    let units: [String: Int64] = [
      "": 1, "B": 1, "KB": 1000, "kB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
      "TB": 1_000_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
    ]
    guard let number = Int64(digits), digits == "0" || !digits.hasPrefix("0"),
      let factor = units[String(unit)],
      case let (bytes, overflow) = number.multipliedReportingOverflow(by: factor), !overflow
    else {
      throw complaint(node, "'\(text)' is not a size: want a number and B, KiB, MiB, GiB or TiB")
    }
    return bytes
  }

  func strings(_ node: Node) throws(Diagnostic) -> [String] {
    guard case .sequence(let items) = node.content else {
      throw complaint(node, "want a list, as [\(node.text ?? "a, b")]")
    }
    var texts: [String] = []
    for item in items { texts.append(try text(item, "text in the list")) }
    return texts
  }

  /// Paths that may begin with a variable.
  func paths(_ node: Node) throws(Diagnostic) -> [String] {
    let paths = try strings(node)
    guard case .sequence(let items) = node.content else { return paths }
    for (item, path) in zip(items, paths) {
      if let error = WatchedPath.validationError(path) { throw complaint(item, error) }
    }
    return paths
  }

  /// Paths of what a command makes.
  func outputs(_ node: Node) throws(Diagnostic) -> [String] {
    let paths = try strings(node)
    guard case .sequence(let items) = node.content else { return paths }
    for (item, path) in zip(items, paths) {
      if let error = RunSettings.outputError(path) { throw complaint(item, error) }
    }
    return paths
  }

  /// Absolute directories.
  func directories(_ node: Node) throws(Diagnostic) -> [String] {
    let paths = try strings(node)
    guard case .sequence(let items) = node.content else { return paths }
    for (item, path) in zip(items, paths) where !path.hasPrefix("/") || path == "/" {
      throw complaint(item, "want an absolute directory, as /usr")
    }
    return paths
  }

  /// How many variants of a traced result are kept.
  func variants(_ node: Node) throws(Diagnostic) -> Int64 {
    let number = try count(node)
    guard (1...64).contains(number) else { throw complaint(node, "want 1 to 64") }
    return number
  }

  /// Patterns of what is hidden in arguments.
  func redactions(_ node: Node) throws(Diagnostic) -> [String] {
    let patterns = try strings(node)
    guard case .sequence(let items) = node.content else { return patterns }
    for (item, pattern) in zip(items, patterns) {
      if let error = RunSettings.redactError(pattern) { throw complaint(item, error) }
    }
    return patterns
  }

  func statuses(_ node: Node) throws(Diagnostic) -> [Int32] {
    guard case .sequence(let items) = node.content else {
      throw complaint(node, "want a list of exit statuses, as [0, 1] or [0, 2-4]")
    }
    var statuses: [Int32] = []
    for item in items {
      let text = try text(item, "an exit status")
      // A plain number goes through `count`, which says how to write one of YAML's other spellings.
      if !text.contains("-") { _ = try count(item) }
      for end in text.split(separator: "-") where end.utf8.count > 1 && end.hasPrefix("0") {
        throw complaint(item, leadingZero(String(end)))
      }
      if let problem = RunSettings.add(text[...], to: &statuses) { throw complaint(item, problem) }
    }
    return statuses
  }

  func identity(
    _ node: Node, of allowed: [RunSettings.Identity]
  ) throws(Diagnostic) -> RunSettings.Identity {
    guard let value = RunSettings.Identity(rawValue: node.text ?? ""), allowed.contains(value)
    else {
      throw complaint(node, "want \(allowed.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  func policy(_ node: Node) throws(Diagnostic) -> Policy {
    guard let value = Policy(rawValue: node.text ?? "") else {
      throw complaint(node, "want \(Policy.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  /// The names and values of a mapping.
  func pairs(_ node: Node, _ want: String) throws(Diagnostic) -> [Node.Pair] {
    guard case .mapping(let pairs) = node.content else { throw complaint(node, "want \(want)") }
    return pairs
  }
}

/// The nearest of some names, if one is near enough to be meant.
public func nearest(to name: String, among names: some Sequence<String>) -> String? {
  let wanted = Array(name.utf8)
  var best: (name: String, distance: Int)?
  for candidate in names {
    let distance = editDistance(wanted, Array(candidate.utf8))
    if distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  guard let best, best.distance <= max(1, wanted.count / 3) else { return nil }
  return best.name
}

private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var row = Array(0...other.count)
  for (i, a) in one.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in other.enumerated() {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
      diagonal = above
    }
  }
  return row[other.count]
}
