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

  /// Removes the variants of a traced command over a number: those that were not used for the
  /// longest time.
  package func trimVariants(
    of key: Key, to count: Int64, profile: String, at now: Timestamp
  ) throws(Failure) {
    let (count, all) = (Int(clamping: max(1, count)), try variants(of: key))
    guard all.count > count else { return }
    try foldJournalIfFree(at: now)
    let excess = try byLastUse(all).dropFirst(count)
    _ = try remove(.keys(Array(excess)), because: .size, profile: profile, at: now)
  }

  /// Sorts entries by when they were stored or read last, the latest first.
  private func byLastUse(_ keys: [Key]) throws(Failure) -> [Key] {
    var statement = try connection.prepare(
      """
      SELECT i.created, a.last_accessed FROM entry_info i LEFT JOIN access_log a ON a.key = i.key
      WHERE i.key = ?1
      """)
    var used: [(key: Key, at: Timestamp)] = []
    for key in keys {
      statement.bind(1, key.text)
      var last = Timestamp(microseconds: 0)
      if try statement.step() {
        let read = statement.isNull(1) ? nil : Timestamp(statement.text(1))
        last = max(Timestamp(microseconds: statement.integer(0)), read ?? last)
      }
      statement.reset()
      used.append((key, last))
    }
    return used.sorted { $0.at > $1.at }.map(\.key)
  }
}
