extension Store {
  /// The secret that fingerprints are made with; it never leaves the store.
  package func secret() throws(Failure) -> [UInt8] {
    var statement = try connection.prepare("SELECT value FROM state WHERE name = 'secret'")
    return try statement.step() ? statement.bytes(0) : []
  }

  /// The newest recordings whose keys begin as this one up to the digest, each with its
  /// fingerprints.
  package func neighbours(of key: Key) throws(Failure) -> [(
    key: Key, created: Timestamp, parts: [UInt8]
  )] {
    // Up to and with the '#' before the 32 digits; '$' is what comes after '#'.
    let prefix = String(key.text.dropLast(32))
    var statement = try connection.prepare(
      """
      SELECT key, created, parts FROM entry_info
      WHERE key >= ?1 AND key < ?2 AND key <> ?3 AND parts IS NOT NULL
      ORDER BY created DESC LIMIT 100
      """)
    statement.bind(1, prefix)
    statement.bind(2, String(prefix.dropLast()) + "$")
    statement.bind(3, key.text)
    var found: [(Key, Timestamp, [UInt8])] = []
    while try statement.step() {
      found.append(
        (
          Key(stored: statement.text(0)), Timestamp(microseconds: statement.integer(1)),
          statement.bytes(2)
        ))
    }
    return found
  }
}
