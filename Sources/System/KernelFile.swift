internal import Glibc

/// Files in which the kernel reports what it knows.
package enum KernelFile {
  /// All that a file says; nil if it cannot be read, with the reason in `errno`.
  package static func text(_ path: String) -> String? {
    bytes(path, limit: .max).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The first bytes of a file; nil if it cannot be read, with the reason in `errno`.
  package static func bytes(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 8192)
    while bytes.count < limit {
      let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if got < 0 { return nil }
      if got == 0 { break }
      bytes += buffer[..<got]
    }
    return bytes
  }

  /// The digits that a file says, as a number.
  package static func number(_ path: String) -> Int64? {
    text(path).flatMap { Int64($0.filter(\.isNumber)) }
  }
}
