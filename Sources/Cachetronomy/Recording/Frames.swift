/// Output of both streams in the order in which it came: stream (1 byte), length (4), bytes.
package enum Frames {
  package static let headSize = 5

  package static func head(_ stream: Stream, _ count: Int) -> [UInt8] {
    var head = [stream.rawValue]
    withUnsafeBytes(of: UInt32(clamping: count).littleEndian) { head.append(contentsOf: $0) }
    return head
  }

  /// Iterates over the frames in some bytes.
  ///
  /// - Returns: false if the bytes are not a sequence of whole frames.
  package static func walk(
    _ bytes: UnsafeRawBufferPointer,
    _ body: (Stream, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    var at = 0
    while at < bytes.count {
      guard bytes.count - at >= headSize, let stream = Stream(rawValue: bytes[at]) else {
        return false
      }
      let count = Int(
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 1, as: UInt32.self)))
      at += headSize
      guard count <= bytes.count - at else { return false }
      try body(stream, UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]))
      at += count
    }
    return true
  }
}
