import Testing

@testable import Cachetronomy
@testable import System

@Suite struct ChecksumTests {
  private let bytes: [UInt8] = {
    var random = FixedGenerator(seed: 4)
    return random.bytes(203)
  }()

  @Test func everyFlippedBitIsSeen() {
    let sum = Checksum.of(bytes)
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        #expect(Checksum.of(damaged) != sum)
      }
    }
  }

  @Test func everyTruncationIsSeen() {
    let sums = Set((0...bytes.count).map { Checksum.of(Array(bytes.prefix($0))) })
    #expect(sums.count == bytes.count + 1)
  }

  @Test func lengthsOfZerosAreToldApart() {
    let sums = Set((0...1024).map { Checksum.of([UInt8](repeating: 0, count: $0)) })
    #expect(sums.count == 1025)
  }

  @Test func everySwapOfTwoUnequalBytesIsSeen() {
    let sum = Checksum.of(bytes)
    for one in bytes.indices {
      for other in bytes.indices where other > one && bytes[one] != bytes[other] {
        var damaged = bytes
        damaged.swapAt(one, other)
        #expect(Checksum.of(damaged) != sum)
      }
    }
  }

  @Test func swappedWordsAreSeen() {
    var words = (0..<8).map { UInt8($0) } + (8..<16).map { UInt8($0) }
    let sum = Checksum.of(words)
    words = Array(words[8...]) + Array(words[..<8])
    #expect(Checksum.of(words) != sum)
  }
}
