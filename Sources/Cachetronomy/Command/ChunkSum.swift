/// Adds up the chunks of a large recording, on writing and on reading.
struct ChunkSum {
  /// Chunks so far.
  private(set) var count = 0
  private var (output, errors): (Int64, Int64) = (0, 0)
  private var sum = Checksum()

  /// The sum of all bytes so far, and of where each chunk ends.
  var value: Int64 { Int64(bitPattern: sum.value) }

  /// Adds the next chunk.
  ///
  /// - Returns: false if it is not made of whole frames.
  mutating func add(_ chunk: UnsafeRawBufferPointer) -> Bool {
    count += 1
    withUnsafeBytes(of: Checksum.ofLanes(chunk)) { sum.update($0) }
    let isWhole = try? Frames.walk(chunk) { stream, piece in
      if stream == .output { output += Int64(piece.count) } else { errors += Int64(piece.count) }
    }
    return isWhole == true
  }

  mutating func add(_ chunk: [UInt8]) -> Bool { chunk.withUnsafeBytes { add($0) } }

  /// Whether these are the chunks that a recording was made of.
  func fits(_ recording: Recording) -> Bool {
    // The first recordings had no sum.
    recording.body == .chunks(count) && recording.outputBytes == output
      && recording.errorBytes == errors && (recording.chunkSum ?? value) == value
  }
}

extension Store {
  /// Hands over the chunks of a large recording, one after the other and in place.
  ///
  /// Inside `reading`, so that all are of one recording.
  ///
  /// - Returns: whether they are all there and as they were made.
  func chunks(
    of id: [UInt8], _ recording: Recording,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    guard case .chunks(let count) = recording.body else { return false }
    var sum = ChunkSum()
    var isWhole = true
    for number in 0..<count {
      let found = try chunk(of: id, number: number) { bytes throws(Failure) in
        isWhole = sum.add(bytes)
        if isWhole { try body(bytes) }
      }
      guard found, isWhole else { return false }
    }
    return sum.fits(recording)
  }
}
