internal import Glibc

/// What the key holds of a file.
struct FileStamp: Equatable {
  var size: Int64
  /// Nanoseconds since 1970.
  var modified: Int64

  /// Nil if the path leads to no regular file.
  init?(_ path: [UInt8], _ probe: Probe) {
    var status = stat()
    guard probe.status(path, &status), status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }

  init(_ status: stat) {
    size = Int64(status.st_size)
    modified = status.st_mtim.nanoseconds
  }

  /// A digest of a file's bytes; nil if it cannot be read.
  static func digest(_ path: [UInt8], _ probe: Probe) -> [UInt8]? {
    let descriptor = probe.open(path)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return digest(descriptor: descriptor)
  }

  /// A digest of an open file's bytes, whose offset is not moved; nil if it cannot be read.
  static func digest(descriptor: Int32) -> [UInt8]? {
    var digest = Digest(size: 32)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var offset: off_t = 0
    while true {
      let got = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, offset)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { return nil }
      if got == 0 { return digest.finish() }
      offset += off_t(got)
      buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
    }
  }
}

extension [UInt8] {
  /// The bytes as a C string, for as long as the body runs.
  func withCPath<T>(_ body: (UnsafePointer<CChar>) -> T) -> T {
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
