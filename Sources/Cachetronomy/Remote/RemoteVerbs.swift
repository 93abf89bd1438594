/// The verbs of `--remote`: what `get`, `set` and `delete` ask of the remote tier.
extension RemoteCache {
  /// Brings an entry into the store, if the remote has one that is fresh.
  ///
  /// - Returns: false if it has none.
  public func bring(_ key: Key, into store: Store, at now: Timestamp) throws(Failure) -> Bool {
    guard settings.mode.reads else { throw refusal("write-only") }
    let witness = try store.witness(at: now)
    guard let found = try fetch(key), found.entry.state(at: now) == .fresh else { return false }
    return try store.keep(found, unless: witness)
  }

  /// Sends an entry of the store.
  ///
  /// - Returns: false if it is gone, or over the limits of the remote.
  public func push(_ key: Key, from store: Store) throws(Failure) -> Bool {
    try requireWriting()
    guard let entry = try store.remoteEntry(key, limit: settings.maxEntrySize) else { return false }
    return try send(entry, lease: nil)
  }

  package func requireWriting() throws(Failure) {
    guard settings.mode.writes else { throw refusal("read-only") }
  }

  private func refusal(_ mode: String) -> Failure {
    .badSetting("option --remote", "the remote of this profile is \(mode)")
  }
}

extension Store {
  /// Keeps an entry that the remote had, its chunks first; false if a removal came in between.
  package func keep(_ found: RemoteEntry, unless witness: PutPrecondition?) throws(Failure) -> Bool
  {
    let id = found.entry.info?.recording
    if let id {
      var left = found.chunks[...]
      try putChunks(of: id) { left.popFirst() }
    }
    let size = found.entry.info?.size ?? Int64(found.entry.data.count)
    if try put(found.entry, unless: witness, remoteBytes: size) { return true }
    if let id { try dropChunks(of: id) }
    return false
  }
}
