import Testing

@testable import Cachetronomy
@testable import System

@Suite struct DigestTests {
  @Test func abcIsAsInAppendixAOfTheRFC() {
    #expect(
      Digest.hex(Digest.of(Array("abc".utf8), size: 64))
        == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
  }

  @Test func selfTestOfAppendixEOfTheRFCHolds() {
    func sequence(_ count: Int, _ seed: UInt32) -> [UInt8] {
      var (a, b) = (0xdead_4bad &* seed, UInt32(1))
      return (0..<count).map { _ in
        let t = a &+ b
        (a, b) = (b, t)
        return UInt8(t >> 24)
      }
    }
    var all = Digest(size: 32)
    for size in [20, 32, 48, 64] {
      for count in [0, 3, 128, 129, 255, 1024] {
        let bytes = sequence(count, UInt32(count))
        all.update(Digest.of(bytes, size: size))
        all.update(Digest.of(bytes, size: size, key: sequence(size, UInt32(size))))
      }
    }
    #expect(
      Digest.hex(all.finish())
        == "c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475")
  }

  @Test(arguments: [
    (
      0,
      "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
        + "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568"
    ),
    (
      1,
      "961f6dd1e4dd30f63901690c512e78e4b45e4742ed197c3c5e45c549fd25f2e4"
        + "187b0bc9fe30492b16b0d0bc4ef9b0f34c7003fac09a5ef1532e69430234cebd"
    ),
    (
      128,
      "72065ee4dd91c2d8509fa1fc28a37c7fc9fa7d5b3f8ad3d0d7a25626b57b1b44"
        + "788d4caf806290425f9890a3a2a35a905ab4b37acfd0da6e4517b2525c9651e4"
    ),
  ]) func keyedVectorsOfTheReferenceHold(count: Int, digits: String) {
    let bytes = (0..<count).map { UInt8($0) }
    #expect(Digest.hex(Digest.of(bytes, size: 64, key: (0..<64).map { UInt8($0) })) == digits)
  }

  @Test(.enabled(if: Shell.has("python3")))
  func everyLengthAndSizeAgreesWithPython() throws {
    let script = """
      import hashlib
      for size in (1, 16, 20, 32, 64):
        for n in (0, 1, 63, 64, 127, 128, 129, 255, 256, 257, 1000):
          for k in (0, 1, 16, 32, 64):
            data = bytes(i * 7 % 251 for i in range(n)); key = bytes(i * 5 % 256 for i in range(k))
            print(hashlib.blake2b(data, digest_size=size, key=key).hexdigest())
      """
    let python = try Shell.run(["python3", "-c", script])
    try #require(python.status == 0, "\(python.errors)")
    var ours: [String] = []
    for size in [1, 16, 20, 32, 64] {
      for count in [0, 1, 63, 64, 127, 128, 129, 255, 256, 257, 1000] {
        for keySize in [0, 1, 16, 32, 64] {
          let bytes = (0..<count).map { UInt8($0 * 7 % 251) }
          let key = (0..<keySize).map { UInt8($0 * 5 % 256) }
          ours.append(Digest.hex(Digest.of(bytes, size: size, key: key)))
        }
      }
    }
    #expect(ours == python.text.split(separator: "\n").map(String.init))
  }

  @Test func piecesOfAnySizeGiveTheSameDigest() {
    var random = FixedGenerator(seed: 3)
    let bytes = random.bytes(1000)
    let whole = Digest.of(bytes, size: 32)
    for _ in 0..<200 {
      var digest = Digest(size: 32)
      var left = bytes[...]
      while !left.isEmpty {
        let part = left.prefix(Int.random(in: 0...300, using: &random))
        digest.update(part)
        left = left.dropFirst(part.count)
      }
      #expect(digest.finish() == whole)
    }
  }
}
