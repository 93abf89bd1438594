extension [UInt8] {
  /// Passes the bytes to `body` as a C string that is valid only during the call.
  @inlinable @inline(__always)
  package func withCPath<T>(_ body: (UnsafePointer<CChar>) -> T) -> T {
    var copy = self
    copy.append(0)
    return copy.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        // Never empty: the terminator was appended.
        text.baseAddress.map(body) ?? "".withCString(body)
      }
    }
  }
}
