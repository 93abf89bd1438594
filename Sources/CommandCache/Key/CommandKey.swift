package import Cachetronomy
internal import System

/// The cache key of a command, with the findings made while computing it.
///
/// A class, since an optional structure of this size costs its metadata.
package final class CommandKey: Sendable {
  /// `run:`, the shortened command, `#`, and 32 hexadecimal digits.
  package let key: Key
  /// The findings made while computing the key.
  package let notes: KeyNotes
  let parts: KeyParts
  private let shown: String
  private let digest: [UInt8]

  init(shown: String, parts: KeyParts, digest: [UInt8], notes: KeyNotes) {
    (self.shown, self.parts, self.digest, self.notes) = (shown, parts, digest, notes)
    key = Self.key(shown, digest)
  }

  /// Returns the key of the same command with a regular file as stdin.
  ///
  /// - Parameter contents: a digest of the file's contents and offset.
  package func key(withInput contents: [UInt8]) -> Key {
    var bytes = digest
    bytes.append(contentsOf: "standard input".utf8)
    bytes.append(contentsOf: contents)
    return Self.key(shown, Digest.of(bytes))
  }

  private static func key(_ shown: String, _ digest: [UInt8]) -> Key {
    Key(stored: "run:\(shown)#\(Digest.hex(digest))")
  }
}
