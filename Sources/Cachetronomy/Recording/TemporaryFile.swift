internal import Glibc
internal import System

/// A file without a name, which the kernel removes when it is closed, however the process ends.
package final class TemporaryFile {
  private let descriptor: Int32
  package private(set) var size = 0
  private let directory: String

  package init(in directory: String) throws(Failure) {
    self.directory = directory
    var name = Array((directory + "/.cachetronomy-XXXXXX").utf8CString)
    descriptor = name.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
    guard descriptor >= 0 else { throw Self.failure("make a temporary file in", directory) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(name)
  }

  /// Takes ownership of an open descriptor, which is closed with this instance.
  package init(owning descriptor: Int32, in directory: String) {
    self.descriptor = descriptor
    self.directory = directory
  }

  deinit { close(descriptor) }

  private static func failure(_ verb: String, _ directory: String) -> Failure {
    .file(verb: verb, path: directory, reason: SystemError.text(errno))
  }

  /// Passes the descriptor to `body`, positioned at the start; nothing can be appended afterwards.
  func withDescriptor<T>(_ body: (Int32) throws(Failure) -> T) throws(Failure) -> T {
    lseek(descriptor, 0, SEEK_SET)
    return try body(descriptor)
  }

  package func append(_ bytes: [UInt8]) throws(Failure) {
    let result: Result<Void, Failure> = bytes.withUnsafeBytes { buffer in
      Result { () throws(Failure) in try append(buffer) }
    }
    try result.get()
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var left = bytes[...]
    while !left.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: left)
      let count = write(descriptor, part.baseAddress, part.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("write a temporary file in", directory) }
      left = left.dropFirst(count)
      size += count
    }
  }

  package func read(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
          off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          failed = true
          break
        }
        filled += got
      }
    }
    if failed { throw Self.failure("read a temporary file in", directory) }
    return bytes
  }
}
