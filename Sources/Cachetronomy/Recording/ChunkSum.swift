internal import System

/// A checksum over the chunks of a large recording, computed when they are written and read.
package struct ChunkSum {
  /// The number of chunks added.
  package private(set) var count = 0
  private var (output, errors): (Int64, Int64) = (0, 0)
  private var sum = Checksum()

  /// The checksum of all bytes and chunk boundaries added.
  package var value: Int64 { Int64(bitPattern: sum.value) }

  package init() {}

  /// Adds the next chunk.
  ///
  /// - Returns: false if it does not consist of whole frames.
  mutating func add(_ chunk: UnsafeRawBufferPointer) -> Bool {
    count += 1
    withUnsafeBytes(of: Checksum.ofLanes(chunk)) { sum.update($0) }
    let isWhole = try? Frames.walk(chunk) { stream, piece in
      if stream == .output { output += Int64(piece.count) } else { errors += Int64(piece.count) }
    }
    return isWhole == true
  }

  package mutating func add(_ chunk: [UInt8]) -> Bool { chunk.withUnsafeBytes { add($0) } }

  /// Whether these are the chunks of a recording.
  package func fits(_ recording: Recording) -> Bool {
    // The first version of recordings had no checksum.
    recording.body == .chunks(count) && recording.outputBytes == output
      && recording.errorBytes == errors && (recording.chunkSum ?? value) == value
  }
}

extension Store {
  /// Passes the chunks of a large recording to `body` in order, in place.
  ///
  /// Call this inside `reading`, so that all chunks belong to one recording.
  ///
  /// - Returns: whether all chunks are present and unchanged.
  package func chunks(
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
