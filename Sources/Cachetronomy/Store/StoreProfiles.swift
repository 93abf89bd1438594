extension Store {
  private static let columns = """
    p.name, p.time_to_live, p.ttl_cleanup_interval, p.memory_based_eviction, \
    p.free_memory_target, p.memory_cleanup_interval, p.max_items_in_memory, p.tags, s.value
    """
  private static let tables =
    "profiles p LEFT JOIN state s ON s.name = 'profile/' || p.name"

  /// A profile by name; without one the active profile.
  ///
  /// - Returns: nil if the store has none of that name.
  public func profile(_ name: String?) throws(Failure) -> Profile? {
    var statement = try connection.prepare(
      """
      SELECT \(Self.columns) FROM \(Self.tables) WHERE p.name =
        coalesce(?1, (SELECT value FROM state WHERE name = 'active_profile'), 'default')
      """)
    statement.bind(1, name)
    return try statement.step() ? try read(statement) : nil
  }

  /// All profiles by name.
  public func profiles() throws(Failure) -> [Profile] {
    var statement = try connection.prepare(
      "SELECT \(Self.columns) FROM \(Self.tables) ORDER BY p.name")
    var profiles: [Profile] = []
    while try statement.step() { profiles.append(try read(statement)) }
    return profiles
  }

  /// The name of the profile in use where none is named.
  public func activeProfileName() throws(Failure) -> String {
    try stateText("active_profile") ?? Profile.defaultName
  }

  /// Makes a profile the one in use where none is named.
  ///
  /// - Throws: `Failure.unknownProfile` if there is none of that name.
  public func use(profile name: String) throws(Failure) {
    guard try profile(name) != nil else { throw try unknown(name) }
    try write { () throws(Failure) in
      tier?.forgetProfiles()
      try setActive(name)
    }
  }

  private func setActive(_ name: String) throws(Failure) {
    try setState("active_profile", name == Profile.defaultName ? nil : name)
  }

  /// The failure for a name that is no profile, with the nearest that is.
  public func unknown(_ name: String) throws(Failure) -> Failure {
    .unknownProfile(name, near: nearest(to: name, among: try profiles().map(\.name)))
  }

  /// Saves profiles, all or none, and remembers the files they came from.
  ///
  /// - Parameters:
  ///   - sources: for each profile's name the file's absolute path and its digest.
  ///   - origins: for each profile's name where its settings were written.
  ///   - pruned: names of profiles to remove in the same step.
  public func save(
    _ profiles: [Profile], from sources: [String: (path: String, digest: String)] = [:],
    origins: [String: Origins] = [:], removing pruned: [String] = []
  ) throws(Failure) {
    try changeProfiles { () throws(Failure) in
      ProfileChange(profiles, from: sources, origins: origins, removing: pruned, active: nil)
    }
  }

  /// A change of profiles that was made by what the store has.
  public struct ProfileChange {
    /// The profiles to save, from which files, and where their settings are written.
    public var profiles: [Profile]
    /// For each profile's name the file's absolute path and its digest.
    public var sources: [String: (path: String, digest: String)]
    /// For each profile's name where its settings were written.
    public var origins: [String: Origins]
    /// Names of profiles to remove.
    public var pruned: [String]
    /// The profile to use from then on; nil leaves it.
    public var active: String?

    /// A change.
    public init(
      _ profiles: [Profile], from sources: [String: (path: String, digest: String)],
      origins: [String: Origins], removing pruned: [String], active: String?
    ) {
      (self.profiles, self.sources, self.origins) = (profiles, sources, origins)
      (self.pruned, self.active) = (pruned, active)
    }
  }

  /// Changes profiles, all or none, by what the store has at that moment.
  ///
  /// - Parameter change: called while no other process can write; what it throws leaves all
  ///   unchanged.
  public func changeProfiles(
    _ change: () throws(Failure) -> ProfileChange
  ) throws(Failure) {
    try write { () throws(Failure) in
      let change = try change()
      tier?.forgetProfiles()
      for profile in change.profiles {
        try save(profile, change.sources[profile.name])
        try setState("origins/" + profile.name, change.origins[profile.name]?.encoded)
      }
      for name in change.pruned { _ = try remove(profile: name) }
      if let active = change.active { try setActive(active) }
    }
  }

  /// The body of `save`, inside a write transaction.
  func save(
    _ profile: Profile, _ source: (path: String, digest: String)?
  ) throws(Failure) {
    var row = try connection.prepare(
      """
      INSERT INTO profiles VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO UPDATE SET
        time_to_live = excluded.time_to_live,
        ttl_cleanup_interval = excluded.ttl_cleanup_interval,
        memory_based_eviction = excluded.memory_based_eviction,
        free_memory_target = excluded.free_memory_target,
        memory_cleanup_interval = excluded.memory_cleanup_interval,
        max_items_in_memory = excluded.max_items_in_memory, tags = excluded.tags
      """)
    row.bind(1, profile.name)
    row.bind(2, profile.timeToLive.wholeSeconds ?? 3600)
    row.bind(3, profile.ttlCleanupInterval)
    row.bind(4, Int64(profile.memoryBasedEviction ? 1 : 0))
    row.bind(5, profile.freeMemoryTarget)
    row.bind(6, profile.memoryCleanupInterval)
    row.bind(7, profile.maxItemsInMemory)
    row.bind(8, JSONWriter.tags(profile.tags))
    try row.run()
    let builtIn = Profile(name: profile.name)
    let extras = ProfileSetting.allCases.compactMap { setting -> (String, Node)? in
      guard !setting.isSeeds, let node = setting.node(of: profile),
        node != setting.node(of: builtIn)
      else { return nil }
      return (setting.rawValue, node)
    }
    try setState(
      "profile/" + profile.name,
      extras.isEmpty ? nil : JSONWriter.text(Node(pairs: extras).asValue))
    if let source {
      try setState(
        "source/" + profile.name,
        JSONWriter.text(.array([.string(source.path), .string(source.digest)])))
    }
  }

  /// Where the settings of a profile were written, as far as that is known.
  public func origins(of name: String) throws(Failure) -> Origins {
    try stateText("origins/" + name).map { Origins(decoding: $0) } ?? Origins()
  }

  /// The file a profile was applied from, and the digest that the file had then.
  public func source(of name: String) throws(Failure) -> (path: String, digest: String)? {
    guard let text = try stateText("source/" + name),
      case .array(let parts)? = try? JSONReader.decode(Array(text.utf8)), parts.count == 2,
      let path = parts[0].text, let digest = parts[1].text
    else { return nil }
    return (path, digest)
  }

  /// Removes a profile; entries saved under it stay.
  ///
  /// - Returns: false if there was none.
  public func delete(profile name: String) throws(Failure) -> Bool {
    try writeWhateverIsFull { () throws(Failure) in
      tier?.forgetProfiles()
      return try remove(profile: name)
    }
  }

  private func remove(profile name: String) throws(Failure) -> Bool {
    var row = try connection.prepare("DELETE FROM profiles WHERE name = ?")
    row.bind(1, name)
    try row.run()
    let existed = connection.changes > 0
    for kind in ["profile/", "source/", "origins/"] { try setState(kind + name, nil) }
    if try stateText("active_profile") == name { try setState("active_profile", nil) }
    return existed
  }

  private func read(_ row: borrowing Statement) throws(Failure) -> Profile {
    var profile = Profile(name: row.text(0))
    let seconds = row.integer(1)
    // Python checks its limits only when it reads; what it would refuse counts as not said.
    if seconds >= 1 {
      profile.timeToLive =
        seconds >= TimeToLive.neverInSeconds ? .never : TimeToLive(seconds: seconds)
    }
    profile.ttlCleanupInterval = max(0, row.integer(2))
    profile.memoryBasedEviction = row.integer(3) != 0
    profile.freeMemoryTarget = max(0, row.double(4))
    profile.memoryCleanupInterval = max(0, row.integer(5))
    profile.maxItemsInMemory = max(0, row.integer(6))
    if case .array(let tags)? = try? JSONReader.decode(row.bytes(7)) {
      profile.tags = tags.compactMap(\.text)
    }
    guard !row.isNull(8), let extras = try? JSONReader.decode(row.bytes(8)),
      case .mapping(let pairs) = Node(extras).content
    else { return profile }
    let reader = SettingReader(file: "profile \(profile.name) in \(path)")
    do {
      for pair in pairs {
        try ProfileSetting(rawValue: pair.name.text ?? "")?
          .read(pair.value, with: reader, into: &profile)
      }
    } catch {
      throw .profileFile(error)
    }
    return profile
  }
}
