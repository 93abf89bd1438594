internal import System

extension Key {
  /// The beginning of the keys of a traced command's results, each for other inputs.
  ///
  /// A variant is `run:`, the shortened command, `@`, 16 digits of the digest of the question, `#`,
  /// and 32 digits that depend on the inputs: found by the order of keys, and shown and removed as any other entry.
  var variantPrefix: String? {
    guard let digest else { return nil }
    return "\(text.dropLast(33))@\(digest.prefix(16))#"
  }

  /// The key of a variant.
  ///
  /// - Parameter inputs: a digest of the inputs, 16 bytes.
  /// - Returns: nil if this is no key of a recording.
  package func variant(_ inputs: [UInt8]) -> Key? {
    variantPrefix.map { Key(stored: $0 + Digest.hex(inputs)) }
  }
}

extension Store {
  /// The keys of the variants of a traced command, newest first.
  package func variants(of key: Key) throws(Failure) -> [Key] {
    guard let prefix = key.variantPrefix else { return [] }
    var statement = try connection.prepare(
      """
      SELECT c.key FROM cache c JOIN entry_info i ON i.key = c.key
      WHERE c.key >= ?1 AND c.key < ?2 ORDER BY i.created DESC LIMIT 64
      """)
    statement.bind(1, prefix)
    statement.bind(2, prefix.dropLast() + "$")
    var keys: [Key] = []
    while try statement.step() { keys.append(Key(stored: statement.text(0))) }
    return keys
  }

  /// Removes the oldest variants of a traced command over a number.
  package func trimVariants(
    of key: Key, to count: Int64, profile: String, at now: Timestamp
  ) throws(Failure) {
    let excess = try variants(of: key).dropFirst(Int(clamping: max(1, count)))
    if excess.isEmpty { return }
    _ = try remove(.keys(Array(excess)), because: .size, profile: profile, at: now)
  }
}
