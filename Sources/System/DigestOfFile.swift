internal import Glibc

extension Digest {
  /// A digest of an open file's bytes, whose offset is not moved.
  ///
  /// - Parameters:
  ///   - descriptor: the file.
  ///   - size: the bytes of the digest.
  ///   - limit: how many bytes of the file, from its start; nil is all.
  /// - Returns: nil if it cannot be read, with the reason in `errno`.
  package static func of(descriptor: Int32, size: Int = 32, first limit: Int64? = nil) -> [UInt8]? {
    var digest = Digest(size: size)
    return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      var offset: off_t = 0
      while true {
        let left = limit.map { Int(min(Int64(buffer.count), $0 - Int64(offset))) } ?? buffer.count
        let got = pread(descriptor, buffer.baseAddress, left, offset)
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { return nil }
        if got == 0 { return digest.finish() }
        offset += off_t(got)
        digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
      }
    }
  }
}
