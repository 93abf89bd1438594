extension Profile {
  /// Makes an entry that is stored now under this profile: with its tags, and an expiry from which
  /// its jitter is taken.
  ///
  /// - Parameters:
  ///   - data: the stored value, in `format`.
  ///   - timeToLive: how long to keep it; nil takes the profile's.
  ///   - jitter: the share, in percent, by which that is shortened at random; nil takes the
  ///     profile's.
  ///   - tags: tags next to those of the profile.
  ///   - chance: a random number from 0 to 1.
  public func newEntry(
    _ key: Key, _ data: [UInt8], format: String = "msgpack", origin: Entry.Origin = .set,
    at now: Timestamp, timeToLive: TimeToLive? = nil, jitter: Int64? = nil,
    tags more: [String] = [],
    version: Int64 = 1, chance: () -> Double = { .random(in: 0...1) }
  ) -> Entry {
    let expiry = expiry(from: now, timeToLive, jitter: jitter, chance: chance)
    return Entry(
      key: key, data: data, format: format, expiry: expiry,
      tags: tags + more.filter { !tags.contains($0) }, version: version, profile: name,
      info: Entry.Info(
        created: now, keepUntil: expiry, size: Int64(data.count), origin: origin))
  }

  /// The expiry of an entry that is stored now.
  package func expiry(
    from now: Timestamp, _ timeToLive: TimeToLive? = nil, jitter: Int64? = nil,
    chance: () -> Double = { .random(in: 0...1) }
  ) -> Timestamp {
    let (time, jitter) = (timeToLive ?? self.timeToLive, jitter ?? ttlJitter)
    // Without a jitter the random number generator is not asked.
    return (jitter == 0 ? time : time.shortened(by: jitter, chance())).expiry(from: now)
  }
}
