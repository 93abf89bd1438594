import Glibc

/// How much is made up: `make fuzz` sets `FUZZ_COUNT`, the inputs for each reader, and `FUZZ_SEED`.
enum Fuzzing {
  private static func setting(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }

  /// - Parameter usual: how many without `make fuzz`.
  static func count(usual: Int = 3000) -> Int { setting("FUZZ_COUNT").map { Int($0) } ?? usual }

  static let seed = setting("FUZZ_SEED") ?? 1
}

/// Makes inputs from good ones: the same for the same seed.
struct Mutator {
  private var random: FixedGenerator
  private let words: [[UInt8]]

  init(seed: UInt64, words: [[UInt8]]) {
    random = FixedGenerator(seed: seed)
    self.words = words
  }

  private static let edges: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x20, 0x22]

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(1, bound))) }

  mutating func next(_ good: [[UInt8]]) -> [UInt8] {
    if below(50) == 0 { return random.bytes(below(200)) }
    var bytes = good[below(good.count)]
    for _ in 0...below(4) {
      let at = below(bytes.count + 1)
      switch below(9) {
      case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(below(8))
      case 1 where at < bytes.count: bytes[at] = Self.edges[below(Self.edges.count)]
      case 2 where at < bytes.count: bytes.remove(at: at)
      case 3: bytes.insert(UInt8(below(256)), at: at)
      case 4: bytes.removeLast(bytes.count - at)
      case 5:
        let other = good[below(good.count)]
        bytes = Array(bytes[..<at]) + other.suffix(below(other.count + 1))
      case 6:
        // A stretch doubled.
        let piece = bytes[at..<min(bytes.count, at + below(40))]
        bytes.insert(contentsOf: piece, at: at)
      case 7 where !words.isEmpty: bytes.insert(contentsOf: words[below(words.count)], at: at)
      default:
        // Numbers at their limits, of four and eight bytes.
        let width = below(2) == 0 ? 4 : 8
        guard bytes.count >= width else { continue }
        let start = below(bytes.count - width + 1)
        let high = below(2) == 0
        for place in start..<start + width { bytes[place] = 0xff }
        if high { bytes[start + width - 1] = 0x7f }
      }
    }
    return bytes
  }
}
