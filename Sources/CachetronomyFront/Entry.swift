/// An entry as the memory tier has it: the library's `HotEntry`.
struct Entry {
  let created: Int64
  let expiry: Int64
  let cost: Int64
  let exitStatus: UInt32
  /// 0 for a value, 1 for a recording, 2 for a recording of both streams in one.
  let kind: UInt32
  /// What the command had as stdin.
  let input: UInt32
  /// Whether the command's script replaces files, which have to be as it left them.
  let hasOutputs: Bool
  let turns: Bytes
  let payload: Bytes

  // Magic (8), version (4), size of the key (4), checksum of all that follows (8), size, created,
  // expiry, cost (8 each), exit status (4), kind (4), number of turns (8), how far the input was
  // moved (8), kind of input (4), number of outputs (4), key, outputs (8 each), turns, payload. A
  // turn is a length times two, plus one for stderr.
  private static var magic: UInt64 { 0x7972_746e_6579_6e74 }
  private static var version: UInt32 { 3 }
  private static var headSize: Int { 88 }

  /// The part of a file that is the entry; nil if it is none.
  ///
  /// A manifest may follow.
  static func part(of file: Bytes) -> Bytes? {
    guard file.count >= headSize, file.number64(0) == magic, file.number32(8) == version else {
      return nil
    }
    let size = file.number64(24)
    guard size >= UInt64(truncatingIfNeeded: headSize),
      size <= UInt64(truncatingIfNeeded: file.count)
    else { return nil }
    return file.part(0, Int(truncatingIfNeeded: size))
  }

  /// - Returns: nil if it is damaged, of another version or of another key.
  init?(_ whole: Bytes, key: Bytes) {
    guard let file = Self.part(of: whole), Int(file.number32(12)) == key.count,
      file.part(Self.headSize, key.count).equals(key),
      file.number64(16) == Checksum.ofLanes(file.from(24))
    else { return nil }
    created = file.signed64(32)
    expiry = file.signed64(40)
    cost = file.signed64(48)
    exitStatus = file.number32(56)
    kind = file.number32(60)
    input = file.number32(80)
    let outputs = Int(file.number32(84))
    let count = file.number64(64)
    // Small enough that no product below is too large.
    let most = file.count / 8
    guard kind <= 2, exitStatus <= 255, outputs <= most, count <= UInt64(truncatingIfNeeded: most)
    else { return nil }
    var cursor = Cursor(file, at: Self.headSize &+ key.count)
    let prints = cursor.part(outputs &* 8)
    turns = cursor.part(Int(truncatingIfNeeded: count) &* 8)
    guard cursor.isGood else { return nil }
    payload = file.from(cursor.at)
    hasOutputs = Self.hasNonzero(prints)
    guard Self.sum(turns, most: payload.count) == payload.count else { return nil }
  }

  private static func hasNonzero(_ words: Bytes) -> Bool {
    var at = 0
    while at < words.count {
      if words.number64(at) != 0 { return true }
      at &+= 8
    }
    return false
  }

  /// The sum of all lengths; -1 if it is over the limit.
  private static func sum(_ turns: Bytes, most: Int) -> Int {
    var sum = 0
    var at = 0
    while at < turns.count {
      let length = turns.number64(at) >> 1
      guard length <= UInt64(truncatingIfNeeded: most &- sum) else { return -1 }
      sum &+= Int(truncatingIfNeeded: length)
      at &+= 8
    }
    return sum
  }

  /// Whether it is fresh.
  ///
  /// - Parameters:
  ///   - now: microseconds since 1970.
  ///   - oldest: the maximum age in microseconds; -1 for none.
  func isFresh(at now: Int64, oldest: Int64) -> Bool {
    guard now < expiry, created <= now &+ 1_000_000 else { return false }
    // A date before 1970, or none at all, is older than any limit.
    return oldest < 0 || created > 0 && now &- created <= oldest
  }
}
