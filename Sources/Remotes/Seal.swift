#if Remote
  internal import CSodium
  internal import Cachetronomy
  internal import System

  /// Closes and opens what is kept on a server: who writes to the server can neither read nor forge
  /// it, nor move it to another name.
  struct Seal {
    private let sealing: [UInt8]
    private let naming: [UInt8]
    private let namespace: String

    private static let version: UInt8 = 1
    private static let nonceSize = 24
    private static let tagSize = 16

    /// - Throws: `Failure.remote` if the machine has no random bytes.
    init(_ key: TeamKey, namespace: String, server: String) throws(Failure) {
      guard sodium_init() >= 0, let sealing = Self.derive(key, 1), let naming = Self.derive(key, 2)
      else { throw .remote(server, .unreachable, detail: "no cryptography on this machine") }
      (self.sealing, self.naming, self.namespace) = (sealing, naming, namespace)
    }

    private static func derive(_ key: TeamKey, _ number: UInt64) -> [UInt8]? {
      var derived = [UInt8](repeating: 0, count: 32)
      let context = Array("cachetro".utf8).map { CChar(bitPattern: $0) }
      return crypto_kdf_derive_from_key(&derived, derived.count, number, context, key.bytes) == 0
        ? derived : nil
    }

    /// A name on the server, which tells nothing to a reader without the key.
    func name(_ kind: String, _ text: String) -> [UInt8] {
      var parts: [UInt8] = []
      parts.add(Array(namespace.utf8))
      parts.add(Array(kind.utf8))
      parts.add(Array(text.utf8))
      var digest = [UInt8](repeating: 0, count: 16)
      crypto_generichash(
        &digest, digest.count, parts, UInt64(parts.count), naming, naming.count)
      return Array("cachetronomy:1:\(kind):\(Digest.hex(digest))".utf8)
    }

    /// What an entry is bound to.
    private func binding(_ key: Key) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.add(Array("cachetronomy remote 1".utf8))
      bytes.add(Array(namespace.utf8))
      bytes.add(Array(key.text.utf8))
      return bytes
    }

    /// Version, nonce, sealed bytes.
    func close(_ plain: [UInt8], for key: Key) -> [UInt8] {
      let nonce = Random.bytes(Self.nonceSize)
      let bound = binding(key)
      var sealed = [UInt8](repeating: 0, count: plain.count + Self.tagSize)
      var count: UInt64 = 0
      crypto_aead_xchacha20poly1305_ietf_encrypt(
        &sealed, &count, plain, UInt64(plain.count), bound, UInt64(bound.count), nil, nonce, sealing
      )
      return [Self.version] + nonce + sealed
    }

    /// What was sealed; nil if it was changed, or is sealed with another key or for another name.
    func open(_ sealed: [UInt8], for key: Key) -> [UInt8]? {
      let head = 1 + Self.nonceSize
      guard sealed.first == Self.version, sealed.count >= head + Self.tagSize else { return nil }
      let bound = binding(key)
      var plain = [UInt8](repeating: 0, count: sealed.count - head - Self.tagSize)
      var count: UInt64 = 0
      let code = sealed.withUnsafeBufferPointer { bytes -> Int32 in
        guard let start = bytes.baseAddress else { return -1 }
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
          &plain, &count, nil, start + head, UInt64(bytes.count - head), bound,
          UInt64(bound.count), start + 1, sealing)
      }
      return code == 0 ? plain : nil
    }
  }
#endif
