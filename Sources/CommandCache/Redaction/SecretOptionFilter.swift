internal import Cachetronomy
internal import System

/// A filter of the words in `SecretOptions.all`; a test holds it to that table.
extension SecretOptions {
  /// Whether a word may be in a row as a program or before the options of one.
  ///
  /// It spares nearly all words a search.
  static func mayHold(_ word: ByteText) -> Bool {
    guard word.count > 1 else { return false }
    let hash = hash(word)
    return bits(hash >> 6) >> UInt64(hash & 63) & 1 == 1
  }

  /// Made of the size and three of the letters, so that few words that are typed often pass.
  static func hash(_ word: ByteText) -> Int {
    let letters = Int(word[0]) * 83 + Int(word[1]) * 833 + Int(word[word.count - 1]) * 627
    return (letters &+ word.count &* 261) & 1023
  }

  /// The bits of the hashes of all words, 64 at a time.
  static func bits(_ index: Int) -> UInt64 {
    switch index {
    case 0: 0x2021110200110018
    case 1: 0x008000ba04000100
    case 2: 0x000112400840b000
    case 3: 0x0000003010400010
    case 4: 0x8040000222100080
    case 5: 0x50018142140c4a69
    case 6: 0x080cc00800010210
    case 7: 0xab0048004002a0c1
    case 8: 0x0201000300860102
    case 9: 0x8140000200484c00
    case 10: 0x8640a28902c01400
    case 11: 0x40b1880110000100
    case 12: 0x0100008101042480
    case 13: 0x44038c0400100144
    case 14: 0x12000c848840004c
    default: 0x414801000a228028
    }
  }
}
