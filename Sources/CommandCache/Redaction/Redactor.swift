internal import Cachetronomy
internal import System

/// Hides secrets in arguments, for everything that is written or printed.
///
/// As far as they can be told: by the values of variables, by the programs and options before them
/// (`SecretOptions`), by names (`SecretNames`), by what stands around them (`SecretShapes`), and by
/// a user's own patterns. The digest of a key has the true bytes.
struct Redactor {
  private let environment: Environment
  private let names: SecretNames
  private let variables: SecretVariables
  private let patterns: [RedactionPattern]

  init(_ environment: Environment, patterns: [String] = []) {
    self.environment = environment
    var names = SecretNames()
    var texts: [RedactionPattern] = []
    for pattern in patterns {
      if let name = RedactionPattern.name(pattern) {
        names.others.append(name)
      } else {
        texts.append(RedactionPattern(pattern))
      }
    }
    self.names = names
    self.patterns = texts
    variables = SecretVariables(environment, names)
  }

  /// The arguments with `$NAME` for the value of a secret variable and `***` for other secrets.
  ///
  /// - Parameter limit: how many bytes are needed; arguments after those are left out.
  func redacted(_ argv: [[UInt8]], upTo limit: Int = .max) -> [[UInt8]] {
    var result: [[UInt8]] = []
    result.reserveCapacity(argv.count)
    var reader = ArgumentReader(names)
    var search = Search()
    var size = 0
    for word in argv {
      if size > limit { break }
      let shown = redacted(word, &reader, &search)
      result.append(shown)
      size += shown.count + 1
    }
    return result
  }

  /// A text that is no argument of a command, as a path, with secrets hidden.
  func redacted(_ text: [UInt8]) -> [UInt8] { redacted([text])[0] }

  /// The names of the variables whose values are hidden.
  var secretVariables: [[UInt8]] { variables.names }

  /// The indexes of values, once a word needs them.
  private struct Search {
    var exact: SecretIndex?
    var plain: SecretIndex?
  }

  private func redacted(
    _ word: [UInt8], _ reader: inout ArgumentReader, _ search: inout Search
  ) -> [UInt8] {
    var spans = RedactedSpans()
    word.withUnsafeBufferPointer { bytes in
      let text = ArgumentText(bytes)
      let isScript = reader.precedesScript
      reader.take(text, &spans)
      let kinds = SecretShapes.kinds(of: bytes)
      if kinds & SecretShapes.hasShape != 0 {
        SecretShapes.hide(in: text, isOneValue: !isScript, names, &spans)
      }
      if kinds & SecretShapes.hasBlank != 0 { ScriptArguments(names).hide(in: text, &spans) }
      for pattern in patterns { pattern.hide(in: bytes, &spans) }
      hideValues(in: bytes, &search, &spans)
    }
    return spans.isEmpty ? word : spans.applied(to: word, environment)
  }

  // MARK: values of variables

  private func hideValues(
    in bytes: ByteText, _ search: inout Search, _ spans: inout RedactedSpans
  ) {
    if variables.isEmpty || bytes.count < SecretVariables.minimum { return }
    if variables.mayBe(in: bytes, isPlain: false) {
      let exact = search.exact ?? variables.index(isPlain: false)
      search.exact = exact
      let isAll = exact.find(in: bytes) { start, size, variable in
        spans.add(start, start + size, variable: variable)
      }
      if !isAll { return spans.hidesAll = true }
    }
    // A value may stand in a script with quotes in it.
    if bytes.contains(where: ByteKind.isMark) { hidePlainValues(in: bytes, &search, &spans) }
  }

  private func hidePlainValues(
    in bytes: ByteText, _ search: inout Search, _ spans: inout RedactedSpans
  ) {
    var (plain, places): ([UInt8], [Int]) = ([], [])
    for at in 0..<bytes.count where !ByteKind.isMark(bytes[at]) {
      plain.append(bytes[at])
      places.append(at)
    }
    let isAll = plain.withUnsafeBufferPointer { text in
      if !variables.mayBe(in: text, isPlain: true) { return true }
      let index = search.plain ?? variables.index(isPlain: true)
      search.plain = index
      return index.find(in: text) { start, size, variable in
        spans.add(places[start], places[start + size - 1] + 1, variable: variable)
      }
    }
    if !isAll { spans.hidesAll = true }
  }
}
