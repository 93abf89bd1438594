import Testing

@testable import Cachetronomy

@Suite struct MessagePackTimestampTests {
  /// Bytes as Python's `msgpack.packb(msgpack.Timestamp(seconds, nanoseconds))` gives them.
  static let known: [(Int64, [UInt8])] = [
    (0, [0xd6, 0xff, 0, 0, 0, 0]),
    (1_000_000, [0xd6, 0xff, 0, 0, 0, 1]),
    (4_294_967_295_000_000, [0xd6, 0xff, 0xff, 0xff, 0xff, 0xff]),
    (1_000_001, [0xd7, 0xff, 0, 0, 0x0f, 0xa0, 0, 0, 0, 1]),
    (4_294_967_296_000_000, [0xd7, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]),
    (-1_000_000, [0xc7, 12, 0xff, 0, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8)),
    (-1, [0xc7, 12, 0xff, 0x3b, 0x9a, 0xc6, 0x18] + [UInt8](repeating: 0xff, count: 8)),
  ]

  @Test(arguments: known)
  func `each form is written as others read it, and read back`(
    microseconds: Int64, bytes: [UInt8]
  ) throws {
    let moment = Timestamp(microseconds: microseconds)
    #expect(MessagePackWriter.encode(Value(timestamp: moment)) == bytes)
    #expect(try MessagePackReader.decode(bytes).timestamp == moment)
  }

  @Test func `what is no timestamp gives nil`() {
    #expect(Value.extension(-1, [1, 2, 3]).timestamp == nil)
    #expect(Value.extension(1, [0, 0, 0, 0]).timestamp == nil)
    #expect(Value.int(0).timestamp == nil)
    #expect(Value.extension(-1, [UInt8](repeating: 0xff, count: 8)).timestamp == nil)
    #expect(
      Value.extension(-1, [0, 0, 0, 0, 0x7f] + [UInt8](repeating: 0, count: 7)).timestamp == nil)
  }
}
