import Testing

@testable import Cachetronomy

@Suite struct KeyTests {
  @Test func anEmptyOrTooLongKeyIsRefused() throws {
    #expect(throws: Failure.badKey("it is empty")) { try Key("") }
    #expect(throws: Never.self) { try Key(String(repeating: "a", count: 65_536)) }
    #expect(throws: Failure.self) { try Key(String(repeating: "a", count: 65_537)) }
    // The limit is one of bytes.
    #expect(throws: Failure.self) { try Key(String(repeating: "é", count: 32_769)) }
  }

  @Test func keysAreComparedByteForByte() throws {
    let (composed, decomposed) = (try Key("é"), try Key("e\u{301}"))
    #expect(composed.text == decomposed.text, "Swift calls them equal")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(decomposed < composed)
    #expect(!(composed < decomposed))
  }

  @Test func keysAreSortedAsTheStoreSortsThem() throws {
    let keys = try ["a", "B", "é", "e\u{301}", "😀", "\u{ffff}", "z"].map { try Key($0) }
    #expect(keys.sorted().map(\.text) == ["B", "a", "e\u{301}", "z", "é", "\u{ffff}", "😀"])
  }

  @Test func theDigestIsThe32DigitsOfARecordingsKey() throws {
    let digits = "0123456789abcdef0123456789abcdef"
    #expect(try Key("run:ls -l#\(digits)").digest == digits)
    #expect(try Key("run:'é'#\(digits)").digest == digits)
    for text in [
      "ls#\(digits)", "run:ls#\(digits.uppercased())", "run:ls\(digits)", "run:ls#\(digits)0",
      "run:ls#\(digits.dropLast())g", "run:", "run:#", "run:\(digits)",
    ] {
      #expect(try Key(text).digest == nil, "\(text)")
    }
  }
}
