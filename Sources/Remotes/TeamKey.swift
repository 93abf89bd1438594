package import Cachetronomy
internal import Glibc
internal import System

/// The key that a team shares: who has it can read and make entries of a remote, no other process
/// can.
package struct TeamKey: Sendable {
  /// 32 bytes, never printed.
  let bytes: [UInt8]

  private static let mark = "cachetronomy-team-key-1 "

  /// Reads the key of a file that no other process may read.
  ///
  /// - Throws: `Failure.file` with what is wrong; the content is never quoted.
  package init(file path: String) throws(Failure) {
    let text = try PrivateFile.read(path, what: "team key")
    guard text.hasPrefix(Self.mark),
      let bytes = Self.decode(text.dropFirst(Self.mark.utf8.count))
    else { throw .file(verb: "use team key", path: path, reason: "it is no team key") }
    self.bytes = bytes
  }

  private static func decode(_ text: Substring) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for at in stride(from: 0, to: 64, by: 2) {
      guard let byte = UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
    }
    return bytes
  }

  /// Makes a new key in a new file, 0600.
  ///
  /// - Throws: `Failure.file`, also if the file is there already.
  package static func make(file path: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw .file(verb: "make team key", path: path, reason: SystemError.text(errno))
    }
    defer { close(descriptor) }
    let text = Array((mark + Digest.hex(Random.bytes(32)) + "\n").utf8)
    guard write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
      let reason = SystemError.text(errno)
      unlink(path)
      throw .file(verb: "make team key", path: path, reason: reason)
    }
  }
}

/// A small file that only its owner may read.
enum PrivateFile {
  /// The first line of a file of at most 4 KiB.
  ///
  /// - Throws: `Failure.file` if others could read or write it, or it is not there.
  static func read(_ path: String, what: String) throws(Failure) -> String {
    func failure(_ reason: String) -> Failure {
      .file(verb: "use \(what)", path: path, reason: reason)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(SystemError.text(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(SystemError.text(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw failure("not a file") }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw failure("it belongs to another user")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw failure("other users can read or write it (run chmod 600)")
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw failure(SystemError.text(errno)) }
    let line = bytes[..<count].prefix { $0 != 0x0a && $0 != 0x0d }
    guard let text = String(validating: line, as: UTF8.self), !text.isEmpty else {
      throw failure("it holds no text")
    }
    return text
  }
}
