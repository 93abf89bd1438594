/// The key of a command, and what making it found out.
///
/// A class, since an optional structure of this size costs its metadata.
public final class CommandKey: Sendable {
  /// `run:`, the command shortened, `#`, 32 hexadecimal digits.
  public let key: Key
  /// What making the key found out.
  public let notes: KeyNotes
  let parts: KeyParts
  private let shown: String
  private let digest: [UInt8]

  init(shown: String, parts: KeyParts, digest: [UInt8], notes: KeyNotes) {
    (self.shown, self.parts, self.digest, self.notes) = (shown, parts, digest, notes)
    key = Self.key(shown, digest)
  }

  /// The key of the same command with a regular file as stdin.
  ///
  /// - Parameter contents: a digest of the file and its offset.
  public func key(withInput contents: [UInt8]) -> Key {
    var bytes = digest
    bytes.append(contentsOf: "standard input".utf8)
    bytes.append(contentsOf: contents)
    return Self.key(shown, Digest.of(bytes))
  }

  private static func key(_ shown: String, _ digest: [UInt8]) -> Key {
    Key(stored: "run:\(shown)#\(Digest.hex(digest))")
  }
}
