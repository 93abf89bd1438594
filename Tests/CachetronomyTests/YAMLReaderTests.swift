import Testing

@testable import Cachetronomy

@Suite struct YAMLReaderTests {
  private func read(_ text: String) throws(Diagnostic) -> [Value] {
    try YAMLReader.documents(Array(text.utf8), file: "f.yaml").map(\.asValue)
  }

  /// Line and column of the complaint, and its words.
  private func complaint(_ bytes: [UInt8]) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try YAMLReader.documents(bytes, file: "f.yaml")
      return nil
    } catch {
      return error
    }
  }

  private func complaint(_ text: String) -> Diagnostic? { complaint(Array(text.utf8)) }

  @Test func everyScalarIsTextWhateverYAMLWouldGuess() throws {
    let text = "[on, no, 1, 010, 1.5, ~, null, true, 'a', \"b\", 2026-01-01, !!int 5, 1:30]"
    #expect(
      try read(text) == [
        .array(
          [
            "on", "no", "1", "010", "1.5", "~", "null", "true", "a", "b", "2026-01-01", "5", "1:30",
          ].map { .string($0) })
      ])
  }

  @Test func placesAreCountedFrom1() throws {
    let documents = try YAMLReader.documents(Array("a:\n  - b: é\n".utf8), file: "f")
    let item = try #require(documents.first?["a"])
    #expect((item.line, item.column) == (2, 3))
    guard case .sequence(let items) = item.content, case .mapping(let pairs)? = items.first?.content
    else {
      Issue.record("no list of mappings")
      return
    }
    #expect((pairs[0].name.line, pairs[0].name.column) == (2, 5))
    #expect((pairs[0].value.line, pairs[0].value.column) == (2, 8))
  }

  @Test func anEmptyFileHasNoDocuments() throws {
    #expect(try read("") == [])
    #expect(try read("# nothing\n") == [])
    #expect(try read("---\n") == [.string("")])
  }

  @Test func severalDocumentsAreRead() throws {
    #expect(
      try read("a: 1\n---\nb: 2\n...\n---\nc") == [
        .map([(.string("a"), .string("1"))]), .map([(.string("b"), .string("2"))]), .string("c"),
      ])
  }

  @Test func anchorsHoldWithinTheirDocument() throws {
    #expect(
      try read("a: &x [1, 2]\nb: *x\n") == [
        .map([
          (.string("a"), .array([.string("1"), .string("2")])),
          (.string("b"), .array([.string("1"), .string("2")])),
        ])
      ])
    #expect(complaint("a: &x 1\n---\nb: *x\n")?.description.hasPrefix("f.yaml:3:4: ") == true)
  }

  @Test func mergeKeysFillInWhatIsNotGiven() throws {
    let text = """
      base: &b {x: 1, y: 2}
      more: &m {y: 3, z: 4}
      one: {<<: *b, x: 9}
      many: {<<: [*b, *m]}
      """
    let read = try #require(try self.read(text).first)
    #expect(read["one"] == .map([(.string("x"), .string("9")), (.string("y"), .string("2"))]))
    #expect(
      read["many"]
        == .map([
          (.string("x"), .string("1")), (.string("y"), .string("2")), (.string("z"), .string("4")),
        ]))
    #expect(
      complaint("a: {<<: 1}")?.description
        == "f.yaml:1:9: '<<' must be a mapping, as in '<<: *name'")
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: 'a' is given twice"),
    ("a:\n  b: 1\n  b: 2\n", "f.yaml:3:3: 'b' is given twice"),
    ("[a]: 1\n", "f.yaml:1:1: a name must be text"),
    ("a: *b\n", "f.yaml:1:4: unknown alias '*b' (if this is a text, put it in quotes)"),
  ]) func whatIsNotAllowedIsRefusedAtItsPlace(text: String, words: String) {
    #expect(complaint(text)?.description == words)
  }

  @Test(arguments: [
    ("a: b: c\n", 1, 5), ("a: [1, 2\n", 2, 1), ("a: \"x\n", 2, 1), ("a: @x\n", 1, 4),
    ("a:\n\t- b\n", 2, 1), ("a: 'x' y\n", 1, 8), ("a: **/*.c\n", 1, 5), ("- a\nb: c\n", 2, 1),
  ]) func mistakesOfYAMLHaveTheirPlace(text: String, line: Int, column: Int) throws {
    let found = try #require(self.complaint(text))
    #expect((found.line, found.column) == (line, column), "\(found)")
    #expect(found.file == "f.yaml")
  }

  @Test func aMappingOrAliasErrorInsideAValueHintsAtQuotes() throws {
    for text in [
      "match: kubectl get: x\n", "match: *x\n", "match: @x\n", "match: * x\n", "a: & x\n",
    ] {
      let words = try #require(complaint(text)).message
      #expect(words.contains("quotes"), "\(words)")
    }
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    #expect(complaint([0x61, 0x3a, 0x20, 0xff, 0x0a]) != nil)
    #expect(complaint([0x61, 0x3a, 0x20, 0x00, 0x0a]) != nil)
  }

  @Test func filesOver1MiBAreRefused() throws {
    let comment = [0x23] + [UInt8](repeating: 0x61, count: (1 << 20) - 1)
    #expect(complaint(comment) == nil)
    let words = try #require(complaint(comment + [0x61])).description
    #expect(words == "f.yaml: the file has 1048577 bytes, the limit is 1 MiB")
  }

  @Test func nestingOver64IsRefused() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(complaint(nested(65)) == nil)
    let deep = try #require(complaint(nested(66)))
    #expect(deep.message == "nested deeper than 64 levels")
    #expect((deep.line, deep.column) == (1, 66))
    #expect(complaint(String(repeating: "[", count: 500_000)) != nil)
    #expect(complaint(String(repeating: "{a: ", count: 100_000)) != nil)
  }

  @Test func nestingByAliasesDoesNotTrap() {
    var text = "a0: &a0 [x]\n"
    for level in 1..<200 {
      text +=
        "a\(level): &a\(level) "
        + String(repeating: "[", count: 60) + "*a\(level - 1)" + String(repeating: "]", count: 60)
        + "\n"
    }
    #expect(complaint(text)?.message.contains("aliases that multiply") == true)
  }

  @Test func anAliasBombIsRefused() throws {
    var text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    for (last, next) in zip("abcdefgh", "bcdefghi") {
      let aliases = [String](repeating: "*\(last)", count: 10).joined(separator: ",")
      text += "\(next): &\(next) [\(aliases)]\n"
    }
    let words = try #require(complaint(text)).description
    #expect(words == "f.yaml:5:29: too many values (aliases that multiply?)")
  }

  @Test func anAliasWithinItsOwnAnchorIsRefused() {
    #expect(complaint("a: &a [*a]\n")?.description.hasPrefix("f.yaml:1:8: unknown alias") == true)
  }

  /// Looked up one by one in a list they take minutes.
  @Test(.timeLimit(.minutes(1))) func aMappingOfVeryManyNamesIsReadInTime() throws {
    let text = (0..<40_000).map { "name\($0): 1\n" }.joined()
    guard case .map(let pairs)? = try read(text).first else {
      Issue.record("no mapping")
      return
    }
    #expect(pairs.count == 40_000)
  }

  @Test func randomTextNeverTraps() {
    var random = FixedGenerator(seed: 12)
    let letters = Array("ab:- \n\t[]{},&*!|>'\"%@`#?~<=.0\\é".utf8)
    for _ in 0..<20_000 {
      let bytes = random.bytes(Int(random.next() % 40)).map { letters[Int($0) % letters.count] }
      _ = complaint(bytes)
    }
  }
}
