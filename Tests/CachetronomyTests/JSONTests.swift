import Testing

@testable import Cachetronomy

@Suite struct JSONTests {
  private func decode(_ text: String, lenient: Bool = false) throws -> Value {
    try JSONReader.decode(Array(text.utf8), lenient: lenient)
  }

  @Test(arguments: [
    ("null", Value.null), (" true\n", .bool(true)), ("\t\r\n false ", .bool(false)),
    ("0", .int(0)), ("-1", .int(-1)), ("9223372036854775807", .int(.max)),
    ("-9223372036854775808", .int(.min)), ("9223372036854775808", .uint(1 << 63)),
    ("18446744073709551615", .uint(.max)), ("1.5", .double(1.5)), ("-0.0", .double(-0.0)),
    ("-0", .double(-0.0)), ("1e3", .double(1000)), ("1E+3", .double(1000)),
    ("25e-1", .double(2.5)), ("1.25e2", .double(125)), ("\"\"", .string("")),
    ("[]", .array([])), ("[ ]", .array([])), ("{}", .map([])), ("{ }", .map([])),
    ("[1, [2] ,\n3]", .array([.int(1), .array([.int(2)]), .int(3)])),
    ("{\"a\":1,\"b\":[{}]}", .map([(.string("a"), .int(1)), (.string("b"), .array([.map([])]))])),
    ("{\"a\":1,\"a\":2}", .map([(.string("a"), .int(1)), (.string("a"), .int(2))])),
    (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")),
    (#""\u0041\u00e9\u00E9\u20ac""#, .string("Aéé€")),
    (#""\ud83d\ude00\uD83D\uDE00""#, .string("😀😀")), ("\"é😀\u{7f}\"", .string("é😀\u{7f}")),
    (#""\u0000""#, .string("\0")), (#""\uffff""#, .string("\u{ffff}")),
  ]) func readsWhatTheRFCAllows(text: String, value: Value) throws {
    #expect(try decode(text) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "nullx", "True", "NaN", "Infinity", "-Infinity", "-", "+1", ".5", "1.", "1.e2",
    "1e", "1e+", "01", "-01", "00", "0x10", "1_000", "1 2", "[", "]", "[1", "[1,", "[1,]", "[,1]",
    "[1 2]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}",
    "{1:2}", "{\"a\" 1}", "{'a':1}", "'a'", "\"", "\"a", "\"\\", "\"\\\"", "\"\\x41\"", "\"\\a\"",
    "\"\\u\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\u+123\"", "\"\t\"", "\"\n\"", "\"\0\"", "[1]]",
    "{}}", "// a\n1", "/* */1", "1//", "\u{feff}1", "[\"a\",\u{a0}1]", "\u{c}1", "nan", "1e1.5",
    "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\ud800\"", "\"\\udc00\"",
    "\"\\ud800\\u0041\"", "\"\\udc00\\ud800\"",
  ]) func refusesWhatTheRFCDoesNot(text: String) {
    #expect(failure { () throws(Failure) in try JSONReader.decode(Array(text.utf8)) } != nil)
  }

  @Test func textThatIsNotUTF8IsRefused() {
    for middle: [UInt8] in [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80]] {
      let outcome = failure { () throws(Failure) in try JSONReader.decode([0x22] + middle + [0x22])
      }
      #expect(outcome?.isBadValue == true)
    }
  }

  @Test func complaintsSayLineAndColumn() {
    #expect(
      failure { () throws(Failure) in try JSONReader.decode(Array("{\n  \"a\": x}".utf8)) }
        == .badValue(format: "json", detail: "no value begins here (line 2, column 8)"))
  }

  @Test func whatPythonWritesBeyondTheStandardIsReadOnlyWhenLenient() throws {
    #expect(
      try decode("[NaN, Infinity, -Infinity]", lenient: true)
        == .array([.double(.nan), .double(.infinity), .double(-.infinity)]))
  }

  @Test func numbersBeyond64BitsBecomeDoubles() throws {
    #expect(try decode("18446744073709551616") == .double(18_446_744_073_709_551_616))
    #expect(try decode("-9223372036854775809") == .double(-9_223_372_036_854_775_808))
    #expect(try decode("1e400") == .double(.infinity))
    let digits = String(repeating: "7", count: 10_000)
    #expect(throws: Never.self) { try decode(digits) }
    #expect(throws: Never.self) { try decode("0." + digits + "e-" + "99") }
  }

  @Test func nestingIsReadToItsLimitAndRefusedBeyond() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try decode(nested(513)) }
    #expect(throws: Failure.self) { try decode(nested(514)) }
    #expect(throws: Failure.self) { try decode(String(repeating: "[", count: 1_000_000)) }
    #expect(throws: Failure.self) { try decode(String(repeating: "{\"a\":", count: 200_000)) }
  }

  @Test func tagsAreSpelledAsPythonSpellsThem() {
    #expect(JSONWriter.tags([]) == "[]")
    #expect(JSONWriter.tags(["a", "é"]) == #"["a", "\u00e9"]"#)
    #expect(JSONWriter.tags(["😀"]) == #"["\ud83d\ude00"]"#)
    #expect(
      JSONWriter.tags(["/\"\\\u{8}\u{c}\n\r\t", "\u{1f}\u{7f}\u{80}\u{2028}"])
        == #"["/\"\\\b\f\n\r\t", "\u001f\u007f\u0080\u2028"]"#)
  }

  @Test(.enabled(if: Shell.has("python3")))
  func tagsOfEveryKindOfCharacterAgreeWithPython() throws {
    let script = """
      import json
      for c in list(range(0xd800)) + list(range(0xe000, 0x10ffff, 257)): print(json.dumps([chr(c)]))
      """
    let python = try Shell.run(["python3", "-c", script])
    try #require(python.status == 0, "\(python.errors)")
    let codes = Array(0..<0xd800) + stride(from: 0xe000, to: 0x10ffff, by: 257)
    let ours = codes.compactMap { Unicode.Scalar(UInt32($0)) }.map {
      JSONWriter.tags([String(Character($0))])
    }
    #expect(ours.joined(separator: "\n") + "\n" == python.text)
  }

  @Test func compactTextHasNoBlanksAndKeepsCharacters() {
    let value = Value.map([
      (.string("é"), .array([.int(1), .uint(.max), .double(1.5), .bool(true), .null])),
      (.int(1), .string("a\"\\\n\u{1}😀\u{7f}")), (.string("b"), .bytes([0xff])),
      (.string("t"), .bytes([0x61])), (.string("n"), .double(.nan)),
    ])
    #expect(
      JSONWriter.text(value)
        == "{\"é\":[1,18446744073709551615,1.5,true,null],\"1\":\"a\\\"\\\\\\n\\u0001😀\u{7f}\","
        + "\"b\":\"/w==\",\"t\":\"a\",\"n\":null}")
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var random = FixedGenerator(seed: 7)
    for _ in 0..<5000 {
      let text = String(decoding: random.bytes(Int(random.next() % 20)), as: UTF8.self)
      let number = Double(bitPattern: random.next())
      let value = Value.array([
        .string(text), .int(Int64(bitPattern: random.next())),
        .double(number.isFinite && number.rounded() != number ? number : 0.5),
      ])
      for style in [JSONWriter.Style.compact, .python] {
        #expect(try JSONReader.decode(JSONWriter.encode(value, style)) == value)
      }
    }
  }

  @Test func randomBytesNeverTrap() {
    var random = FixedGenerator(seed: 8)
    let letters = Array("[]{}:,\"\\u0d8eE+-.1234567890 truefalsn\n".utf8)
    for _ in 0..<100_000 {
      let bytes = random.bytes(Int(random.next() % 16)).map { byte in
        byte < 240 ? letters[Int(byte) % letters.count] : byte
      }
      _ = try? JSONReader.decode(bytes, lenient: true)
    }
  }
}

@Suite struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ]) func vectorsOfTheRFCHold(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
  }

  @Test func allBytesComeBack() {
    var random = FixedGenerator(seed: 9)
    for count in 0..<300 {
      let bytes = random.bytes(count)
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    #expect(Base64.encode([0xfb, 0xff, 0xfe]) == "+//+")
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "====", "=", "Z===", "Zm9v=", "Zm9 ", "Zm9v\n", "Zm-_", "Zh==",
    "Zm9=", "=Zm9", "Zg==Zg==", "Zm=v", "Zm9vZ", "é===", "Zm9\0",
  ]) func anythingElseGivesNil(text: String) { #expect(Base64.decode(text) == nil) }
}
