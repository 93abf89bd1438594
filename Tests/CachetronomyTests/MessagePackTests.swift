import Testing

@testable import Cachetronomy
@testable import System

/// The bytes are those of Python's msgpack 1.2.4, `packb(use_bin_type=True)`.
@Suite struct MessagePackTests {
  static let small: [(Value, String)] = [
    (.null, "c0"), (.bool(false), "c2"), (.bool(true), "c3"),
    (.int(0), "00"), (.int(1), "01"), (.int(127), "7f"), (.int(128), "cc80"),
    (.int(255), "ccff"), (.int(256), "cd0100"), (.int(65_535), "cdffff"),
    (.int(65_536), "ce00010000"), (.int(4_294_967_295), "ceffffffff"),
    (.int(4_294_967_296), "cf0000000100000000"), (.int(.max), "cf7fffffffffffffff"),
    (.uint(1 << 63), "cf8000000000000000"), (.uint(.max), "cfffffffffffffffff"),
    (.int(-1), "ff"), (.int(-32), "e0"), (.int(-33), "d0df"), (.int(-128), "d080"),
    (.int(-129), "d1ff7f"), (.int(-32_768), "d18000"), (.int(-32_769), "d2ffff7fff"),
    (.int(-2_147_483_648), "d280000000"), (.int(-2_147_483_649), "d3ffffffff7fffffff"),
    (.int(.min), "d38000000000000000"),
    (.double(0), "cb0000000000000000"), (.double(-0.0), "cb8000000000000000"),
    (.double(1.5), "cb3ff8000000000000"), (.double(1e300), "cb7e37e43c8800759c"),
    (.double(.infinity), "cb7ff0000000000000"), (.double(.nan), "cb7ff8000000000000"),
    (.string(""), "a0"), (.string("a"), "a161"), (.string("é😀"), "a6c3a9f09f9880"),
    (.bytes([]), "c400"), (.bytes([0]), "c40100"), (.array([]), "90"), (.map([]), "80"),
    (.extension(5, [7]), "d40507"), (.extension(5, [7, 7]), "d5050707"),
    (.extension(5, [7, 7, 7, 7]), "d60507070707"),
    (.extension(-1, [UInt8](repeating: 7, count: 8)), "d7ff0707070707070707"),
    (
      .extension(5, [UInt8](repeating: 7, count: 16)), "d80507070707070707070707070707070707"
    ),
    (.extension(5, []), "c70005"), (.extension(5, [7, 7, 7]), "c70305070707"),
    (
      .map([
        (
          .string("b"),
          .array([
            .int(1), .int(-1), .string("é"), .bytes([0xff]), .null, .bool(true), .double(1.5),
          ])
        ), (.string("a"), .map([(.string("x"), .int(1 << 40))])),
      ]), "82a1629701ffa2c3a9c401ffc0c3cb3ff8000000000000a16181a178cf0000010000000000"
    ),
  ]

  @Test func everyFamilyIsWrittenAsPythonWritesIt() {
    for (value, digits) in Self.small {
      #expect(Digest.hex(MessagePackWriter.encode(value)) == digits)
    }
  }

  @Test func everyFamilyOfPythonsIsRead() throws {
    for (value, digits) in Self.small {
      #expect(try MessagePackReader.decode(hex(digits)) == value)
    }
    #expect(try MessagePackReader.decode(hex("ca3fc00000")) == .double(1.5))
  }

  @Test(arguments: [
    (31, "bf"), (32, "d920"), (255, "d9ff"), (256, "da0100"), (65_535, "daffff"),
    (65_536, "db00010000"),
  ]) func textOfEveryLengthHasTheShortestHead(count: Int, head: String) throws {
    let bytes = hex(head) + [UInt8](repeating: 0x61, count: count)
    let value = Value.string(String(repeating: "a", count: count))
    #expect(MessagePackWriter.encode(value) == bytes)
    #expect(try MessagePackReader.decode(bytes) == value)
  }

  @Test(arguments: [
    (255, "c4ff"), (256, "c50100"), (65_535, "c5ffff"), (65_536, "c600010000"),
  ]) func bytesOfEveryLengthHaveTheShortestHead(count: Int, head: String) throws {
    let data = [UInt8](repeating: 0xfe, count: count)
    #expect(MessagePackWriter.encode(.bytes(data)) == hex(head) + data)
    #expect(try MessagePackReader.decode(hex(head) + data) == .bytes(data))
  }

  @Test(arguments: [
    (15, "9f"), (16, "dc0010"), (65_535, "dcffff"), (65_536, "dd00010000"),
  ]) func listsOfEveryLengthHaveTheShortestHead(count: Int, head: String) throws {
    let bytes = hex(head) + [UInt8](repeating: 0xc0, count: count)
    let value = Value.array([Value](repeating: .null, count: count))
    #expect(MessagePackWriter.encode(value) == bytes)
    #expect(try MessagePackReader.decode(bytes) == value)
  }

  @Test(arguments: [
    (15, "8f"), (16, "de0010"), (65_535, "deffff"), (65_536, "df00010000"),
  ]) func mapsOfEveryLengthHaveTheShortestHead(count: Int, head: String) throws {
    let value = Value.map((0..<count).map { (.string(String($0)), .null) })
    let bytes = MessagePackWriter.encode(value)
    #expect(bytes.starts(with: hex(head)))
    #expect(try MessagePackReader.decode(bytes) == value)
  }

  @Test(arguments: [
    (17, "c71105"), (255, "c7ff05"), (256, "c8010005"), (65_535, "c8ffff05"),
    (65_536, "c90001000005"),
  ]) func extensionsOfEveryLengthHaveTheShortestHead(count: Int, head: String) throws {
    let data = [UInt8](repeating: 7, count: count)
    #expect(MessagePackWriter.encode(.extension(5, data)) == hex(head) + data)
    #expect(try MessagePackReader.decode(hex(head) + data) == .extension(5, data))
  }

  @Test func longerFormsThanNeededAreReadToo() throws {
    #expect(try MessagePackReader.decode(hex("cf0000000000000001")) == .int(1))
    #expect(try MessagePackReader.decode(hex("d3ffffffffffffffff")) == .int(-1))
    #expect(try MessagePackReader.decode(hex("db0000000161")) == .string("a"))
    #expect(try MessagePackReader.decode(hex("dd00000001c0")) == .array([.null]))
    #expect(try MessagePackReader.decode(hex("df0000000101c0")) == .map([(.int(1), .null)]))
  }

  /// A document with every family in it.
  private static let document = MessagePackWriter.encode(
    .map(
      small.enumerated().map { (.int(Int64($0)), $1.0) }
        + [
          (.string("long"), .string(String(repeating: "é", count: 200))),
          (.string("bytes"), .bytes([UInt8](repeating: 0xff, count: 300))),
          (.string("list"), .array([Value](repeating: .int(-7), count: 20))),
        ]))

  @Test func everyPrefixOfADocumentIsRefused() {
    for count in 0..<Self.document.count {
      let outcome = failure { () throws(Failure) in
        try MessagePackReader.decode(Array(Self.document.prefix(count)))
      }
      #expect(outcome?.isBadValue == true, "\(count) bytes")
    }
    #expect(throws: Never.self) { try MessagePackReader.decode(Self.document) }
  }

  @Test func bytesAfterTheValueAreRefused() {
    #expect(failure { () throws(Failure) in try MessagePackReader.decode([0xc0, 0xc0]) } != nil)
  }

  @Test func theByteThatBeginsNoValueIsRefused() {
    #expect(
      failure { () throws(Failure) in try MessagePackReader.decode([0xc1]) }
        == .badValue(format: "msgpack", detail: "byte 0xc1 begins no value (at byte 1)"))
  }

  @Test func textThatIsNotUTF8IsRefused() {
    for digits in ["a1ff", "a2c3", "a2c328", "a3eda080", "a2c080", "d901ff"] {
      #expect(failure { () throws(Failure) in try MessagePackReader.decode(hex(digits)) } != nil)
    }
  }

  @Test func nestingIsReadToItsLimitAndRefusedBeyond() {
    for (head, tail) in [("91", "c0"), ("81c0", "c0")] {
      for (depth, isRead) in [(512, true), (513, false), (100_000, false)] {
        let bytes = (0..<depth).flatMap { _ in hex(head) } + hex(tail)
        let outcome = failure { () throws(Failure) in try MessagePackReader.decode(bytes) }
        #expect((outcome == nil) == isRead, "\(depth) of \(head)")
      }
    }
  }

  @Test func hugeDeclaredLengthsAreRefusedAndReserveNothing() {
    for digits in [
      "c6ffffffff00", "c9ffffffff0500", "dbffffffff61", "ddffffffffc0", "dfffffffffc0c0",
      "c5ffff", "c8ffff05", "daffff", "dcffff", "deffff", "c4ff", "c7ff05", "d9ff",
      "ddfffffffeddfffffffeddfffffffe",
    ] {
      let outcome = failure { () throws(Failure) in try MessagePackReader.decode(hex(digits)) }
      #expect(outcome?.isBadValue == true, "\(digits)")
      // The same by the readers of a head.
      hex(digits).withUnsafeBytes { bytes in
        var reader = MessagePackReader(bytes)
        _ = try? reader.blob()
        #expect(reader.offset <= bytes.count)
      }
    }
  }

  @Test func randomBytesNeverTrap() {
    var random = FixedGenerator(seed: 5)
    var read = 0
    for round in 0..<200_000 {
      var bytes = random.bytes(Int(random.next() % 24))
      // Every second round is a valid document with a few bytes changed.
      if round % 2 == 0 {
        bytes = Array(hex(Self.small[Int(random.next() % UInt64(Self.small.count))].1))
        for _ in 0..<2 {
          bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        }
      }
      if let value = try? MessagePackReader.decode(bytes) {
        read += 1
        if round % 16 == 0 {
          #expect((try? MessagePackReader.decode(MessagePackWriter.encode(value))) == value)
        }
      }
      _ = try? Recording(bytes)
    }
    #expect(read > 10_000)
  }

  @Test func theReadersOfAHeadRefuseEverythingElse() {
    hex("c0").withUnsafeBytes { bytes in
      var reader = MessagePackReader(bytes)
      #expect(failure { () throws(Failure) in try reader.blob() } != nil)
      reader = MessagePackReader(bytes)
      #expect(failure { () throws(Failure) in try reader.mapCount() } != nil)
    }
    hex("81a161c40201ff").withUnsafeBytes { bytes in
      var reader = MessagePackReader(bytes)
      #expect((try? reader.mapCount()) == 1)
      #expect((try? reader.read()) == .string("a"))
      #expect((try? reader.blob()) == 5..<7)
      #expect(reader.offset == 7)
    }
  }
}
