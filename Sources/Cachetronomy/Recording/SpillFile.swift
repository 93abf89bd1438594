internal import Glibc
internal import System

/// A byte buffer: in memory while it is small, else in an unlinked temporary file.
package final class SpillFile {
  /// Maximum number of bytes in memory.
  static let smallLimit = 1 << 20

  private let directories: [String]
  private var memory: [UInt8] = []
  private var file: TemporaryFile?

  /// - Parameter store: its directory holds the temporary file; `/tmp` if that fails or it is nil.
  package init(beside store: Store?) {
    directories = (store.map { [$0.directory] } ?? []) + ["/tmp"]
  }

  private func spill() throws(Failure) -> TemporaryFile {
    var last = Failure.file(verb: "make", path: "a temporary file", reason: "there is no room")
    for directory in directories {
      do throws(Failure) {
        let made = try TemporaryFile(in: directory)
        try made.append(memory)
        return made
      } catch {
        last = error
      }
    }
    throw last
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    if let file { return try file.append(bytes) }
    guard memory.count + bytes.count > Self.smallLimit else {
      return memory.append(contentsOf: bytes)
    }
    let made = try spill()
    // Old bytes are copied first, so that a failure leaves them in memory.
    (file, memory) = (made, [])
    try made.append(bytes)
  }

  /// Passes all bytes to `body`, piece by piece, until it returns false.
  ///
  /// - Parameter count: the number of bytes; those that a failed `append` left behind are excluded.
  package func read(
    _ count: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Bool
  ) throws(Failure) {
    var offset = 0
    while offset < count {
      let size = min(count - offset, 1 << 16)
      let piece =
        try file?.read(at: offset, count: size) ?? Array(memory[offset..<offset + size])
      offset += size
      let result: Result<Bool, Failure> = piece.withUnsafeBytes { bytes in
        Result { () throws(Failure) in try body(bytes) }
      }
      if try !result.get() { return }
    }
  }

  /// Returns some of the bytes.
  package func bytes(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    try file?.read(at: offset, count: count) ?? Array(memory[offset..<offset + count])
  }

  /// Passes a descriptor to `body` that reads all bytes from the start.
  func withDescriptor<T>(_ body: (Int32) throws(Failure) -> T) throws(Failure) -> T {
    if file == nil {
      (file, memory) = (try spill(), [])
    }
    guard let file else { return try body(-1) }
    return try file.withDescriptor(body)
  }
}

/// The stdin of a command, read to its end and included in its key.
public final class CommandInput {
  /// The digest of all its bytes.
  public let digest: [UInt8]
  private let spillFile: SpillFile

  /// Reads a descriptor to its end, in constant memory.
  ///
  /// - Parameter store: its directory holds input over 1 MiB.
  /// - Throws: `Failure.file` if the input cannot be read or buffered.
  public init(reading descriptor: Int32, beside store: Store?) throws(Failure) {
    var (sum, buffer) = (Digest(size: 32), [UInt8](repeating: 0, count: 1 << 16))
    let spillFile = SpillFile(beside: store)
    while true {
      let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      if got < 0, errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, -1)
        continue
      }
      // A closed descriptor counts as empty input.
      if got == 0 || got < 0 && errno == EBADF { break }
      guard got >= 0 else {
        throw .file(verb: "read", path: "stdin", reason: SystemError.text(errno))
      }
      let result: Result<Void, Failure> = buffer.withUnsafeBytes { all in
        Result { () throws(Failure) in
          let bytes = UnsafeRawBufferPointer(rebasing: all[..<got])
          sum.update(bytes)
          try spillFile.append(bytes)
        }
      }
      try result.get()
    }
    (digest, self.spillFile) = (sum.finish(), spillFile)
  }

  /// Passes a descriptor to `body` that reads all bytes from the start.
  package func withDescriptor<T>(_ body: (Int32) throws(Failure) -> T) throws(Failure) -> T {
    try spillFile.withDescriptor(body)
  }
}
