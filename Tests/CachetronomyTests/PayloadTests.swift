import Testing

@testable import Cachetronomy

@Suite struct PayloadTests {
  private func printed(_ data: [UInt8], _ format: String, raw: Bool = false) throws -> [UInt8] {
    let key = try Key("k")
    return try Payload.printed(
      Entry(key: key, data: data, format: format, expiry: .never), raw: raw)
  }

  @Test func bytesComeBackAsTheyWereGiven() throws {
    var random = FixedGenerator(seed: 6)
    let texts = ["", "a", "é😀", String(repeating: "x", count: 70_000)].map { Array($0.utf8) }
    let others: [[UInt8]] = [[0xff], [0], [0xc3], [0xed, 0xa0, 0x80], random.bytes(70_000)]
    for bytes in texts + others {
      #expect(try printed(try Payload.encode(bytes), "msgpack") == bytes)
    }
  }

  @Test func textIsKeptAsStrAndOtherBytesAsBin() throws {
    #expect(try Payload.encode(Array("é".utf8)) == hex("a2c3a9"))
    #expect(try Payload.encode([0xff]) == hex("c401ff"))
    #expect(try Payload.encode([0xed, 0xa0, 0x80]) == hex("c403eda080"))
    #expect(try Payload.encode([]) == hex("a0"))
  }

  @Test func jsonIsPrintedAsItIsStoredAndUnquotedOnlyWhenRaw() throws {
    let text = Array(#""a\n\u00e9""#.utf8)
    #expect(try printed(text, "json") == text)
    #expect(try printed(text, "orjson", raw: true) == Array("a\né".utf8))
    #expect(try printed(Array("[ 1 ]".utf8), "json", raw: true) == Array("[ 1 ]".utf8))
    #expect(try printed(Array("NaN".utf8), "json") == Array("NaN".utf8))
  }

  @Test func otherMessagePackIsPrintedAsCompactJSON() throws {
    #expect(
      try printed(hex("82a161920102a162c401ff"), "msgpack")
        == Array(#"{"a":[1,2],"b":"/w=="}"#.utf8))
  }

  @Test func whatIsDamagedOrUnknownIsBadValue() {
    for (data, format) in [("a5", "msgpack"), ("c0c0", "msgpack"), ("00", "pickle")] {
      #expect(throws: Failure.self) { try printed(hex(data), format) }
    }
  }

  @Test func checkHoldsAValueToItsFormat() {
    #expect(throws: Never.self) { try Payload.check(Array("{}".utf8), format: "json") }
    #expect(throws: Failure.self) { try Payload.check(Array("{".utf8), format: "json") }
    #expect(throws: Failure.self) { try Payload.check(Array("NaN".utf8), format: "orjson") }
    #expect(throws: Failure.self) { try Payload.check([0xc1], format: "msgpack") }
    #expect(throws: Failure.self) { try Payload.check([0xc0], format: "pickle") }
  }
}
