/// How a server is reached and what opens it, once the environment has been asked.
public struct RemoteAccess: Sendable {
  /// The server.
  public var address: RemoteAddress
  /// The settings in force.
  public var settings: RemoteSettings
  /// The file of the team's key, absolute.
  public var keyFile: String

  /// Where the parts come from is the caller's to say.
  public init(address: RemoteAddress, settings: RemoteSettings, keyFile: String) {
    (self.address, self.settings, self.keyFile) = (address, settings, keyFile)
  }

  /// The password in a file that nobody else may read: its first line.
  public static func password(file path: String) throws(Failure) -> String {
    try PrivateFile.read(path, what: "password file")
  }
}

#if Remote
  /// The tier that machines share: sealed entries on a server that may at any time be slow, dead,
  /// full or hostile.
  ///
  /// Each verb waits for the server no longer than the timeout in all, and throws `Failure.remote`.
  public final class RemoteTier {
    private let access: RemoteAccess
    private let health: RemoteHealth?
    private let now: () -> Timestamp
    private var wire: Wire?
    private var opened: Seal?

    /// Nothing is asked of the server yet.
    ///
    /// - Parameter store: the resolved path of the store, beside which is noted how the server fares.
    public init(_ access: RemoteAccess, store: String?, now: @escaping () -> Timestamp) {
      self.access = access
      self.now = now
      health = store.map { RemoteHealth(store: $0) }
    }

    /// Whether this build has remotes.
    public static let isBuiltIn = true

    /// The settings in force.
    public var settings: RemoteSettings { access.settings }
    /// The server as messages name it.
    public var server: String { access.address.shown }
    /// What is wrong with the server, as far as is known.
    public var trouble: RemoteHealth.Trouble? { health?.trouble(server) ?? health?.trouble(writes) }

    private func seal() throws(Failure) -> Seal {
      if let opened { return opened }
      let seal = try Seal(
        try TeamKey(file: access.keyFile), namespace: settings.namespace, server: server)
      opened = seal
      return seal
    }

    /// What a server that will not be written to is noted under: it may still be read.
    private var writes: String { server + " writes" }

    /// Asks some things at once, within the timeout.
    ///
    /// - Parameters:
    ///   - isWrite: whether the server may refuse because it is full or read-only.
    ///   - isUrgent: whether to ask even a server that failed a moment ago.
    func ask(
      _ commands: [[[UInt8]]], isWrite: Bool = false, isUrgent: Bool = false
    ) throws(Failure) -> [Answer] {
      for name in isWrite ? [server, writes] : [server] where !isUrgent {
        guard health?.admits(name, at: now()) != false else {
          throw .remote(server, .leftAlone, detail: health?.trouble(name)?.detail ?? "")
        }
      }
      do throws(Failure) {
        let answers = try converse(commands, Deadline(after: settings.timeout))
        health?.succeeded(server)
        if isWrite { health?.succeeded(writes) }
        return answers
      } catch {
        wire = nil
        if case .remote(_, let problem, let detail) = error, problem.isOfServer {
          health?.failed(isWrite && problem == .refusal ? writes : server, detail, at: now())
        }
        throw error
      }
    }

    private func converse(
      _ commands: [[[UInt8]]], _ deadline: Deadline
    ) throws(Failure) -> [Answer] {
      // An idle server closes: a connection that was there before is worth a second try.
      if let wire {
        do throws(Failure) {
          return try check(try wire.ask(commands, until: deadline))
        } catch {
          self.wire = nil
          guard case .remote(_, .unreachable, _) = error, !deadline.isOver else { throw error }
        }
      }
      let fresh = try Wire(
        access.address, certificates: settings.certificates,
        limit: Int(settings.maxEntrySize) * 2 + (1 << 20), until: deadline)
      let greeting = greeting
      let answers = try check(try fresh.ask(greeting + commands, until: deadline))
      for answer in answers.prefix(greeting.count) where answer != .status("OK") { throw nonsense }
      wire = fresh
      return Array(answers.dropFirst(greeting.count))
    }

    private var greeting: [[[UInt8]]] {
      var commands: [[String]] = []
      if let password = access.address.password {
        commands.append(["AUTH"] + (access.address.user.map { [$0] } ?? []) + [password])
      }
      if access.address.database != 0 { commands.append(["SELECT", "\(access.address.database)"]) }
      return commands.map { $0.map { Array($0.utf8) } }
    }

    private func check(_ answers: [Answer]) throws(Failure) -> [Answer] {
      for case .refusal(let word) in answers {
        throw .remote(server, .refusal, detail: Self.meaning(word))
      }
      return answers
    }

    private var nonsense: Failure {
      health?.failed(server, Self.nonsenseDetail, at: now())
      return .remote(server, .nonsense, detail: Self.nonsenseDetail)
    }

    private static let nonsenseDetail = "it answers something else than was asked"

    private static func meaning(_ word: String) -> String {
      switch word {
      case "NOAUTH": "it wants a password"
      case "WRONGPASS": "wrong user or password"
      case "NOPERM": "its user may not do that"
      case "OOM": "it is full"
      case "READONLY": "it is read-only"
      case "LOADING": "it is still loading"
      case "MOVED", "ASK", "CROSSSLOT": "it is a cluster, which is not supported"
      case "MISCONF": "it cannot save to its disk"
      default: "it answers '\(word)'"
      }
    }

    /// An entry; nil if there is none.
    ///
    /// - Throws: `Failure.remote` with `.forged` for what this team did not seal for this key.
    func fetch(_ key: Key) throws(Failure) -> RemoteEntry? {
      let name = try seal().name("entry", key.text)
      return try open(try ask([[Self.word("GET"), name]])[0], key)
    }

    private func open(_ answer: Answer, _ key: Key) throws(Failure) -> RemoteEntry? {
      if case .nothing = answer { return nil }
      guard case .bytes(let sealed) = answer else { throw nonsense }
      guard let plain = try seal().open(sealed, for: key) else {
        throw .remote(server, .forged, detail: "an entry is not what was sealed for it")
      }
      do throws(Failure) {
        return try RemoteEntry(decoding: plain, key: key)
      } catch {
        throw .remote(server, .forged, detail: error.description)
      }
    }

    /// Stores an entry for as long as it is of use, the remote's own limit at most.
    ///
    /// - Returns: false if it is over the limits.
    @discardableResult
    func send(_ entry: RemoteEntry, lease: RemoteLease? = nil) throws(Failure) -> Bool {
      let left = (entry.entry.info?.keepUntil ?? entry.entry.expiry).since(now())
      let life = min(settings.timeToLive.microseconds, left) / 1000
      guard life > 0, entry.size <= settings.maxEntrySize else {
        if let lease { try end(lease, isKept: false) }
        return false
      }
      let seal = try seal()
      let key = entry.entry.key
      var names = [seal.name("entry", key.text)]
      names += entry.entry.tags.map { seal.name("tag", $0) }
      var commands = [
        Self.script(
          Self.store, names, [seal.close(entry.encoded(), for: key), Self.word("\(life)")])
      ]
      if let lease { commands.append(release(lease, seal)) }
      _ = try ask(commands, isWrite: true)
      return true
    }

    // The set of a tag lives as long as the entry in it that lives longest.
    private static let store = """
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      for i = 2, #KEYS do
        redis.call('SADD', KEYS[i], KEYS[1])
        if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then
          redis.call('PEXPIRE', KEYS[i], ARGV[2])
        end
      end
      return 1
      """

    /// Removes entries.
    ///
    /// - Returns: how many were there.
    public func remove(_ keys: [Key]) throws(Failure) -> Int64 {
      let seal = try seal()
      var removed: Int64 = 0
      for start in stride(from: 0, to: keys.count, by: 1000) {
        let names = keys[start..<min(start + 1000, keys.count)].map { seal.name("entry", $0.text) }
        if case .integer(let count) = try ask([[Self.word("DEL")] + names], isWrite: true)[0] {
          removed += count
        }
      }
      return removed
    }

    /// Removes all entries with any of some tags, whoever put them there.
    ///
    /// - Returns: how many were there.
    public func clear(tags: [String]) throws(Failure) -> Int64 {
      let seal = try seal()
      let commands = tags.map { Self.script(Self.clear, [seal.name("tag", $0)], []) }
      return try ask(commands, isWrite: true).reduce(0) { sum, answer in
        if case .integer(let count) = answer { sum + count } else { sum }
      }
    }

    private static let clear = """
      local removed = 0
      for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
        removed = removed + redis.call('DEL', name)
      end
      redis.call('DEL', KEYS[1])
      return removed
      """

    /// Asks for a sign of life.
    ///
    /// - Returns: how long it took, connection included, in microseconds.
    public func ping() throws(Failure) -> Int64 {
      _ = try seal()
      let start = Timestamp.monotonic()
      guard try ask([[Self.word("PING")]], isUrgent: true) == [.status("PONG")] else {
        throw nonsense
      }
      return Timestamp.monotonic() - start
    }

    // MARK: leases

    /// Asks to be the one machine that runs a command.
    func join(_ key: Key) throws(Failure) -> RemoteLease.Joined {
      let seal = try seal()
      let lease = RemoteLease(key: key)
      let name = seal.name("lease", key.text)
      let answers = try ask(
        [
          [
            Self.word("SET"), name, lease.token, Self.word("NX"), Self.word("PX"),
            Self.word("\(RemoteLease.life)"),
          ],
          [Self.word("GET"), seal.name("entry", key.text)],
          [Self.word("GET"), name],
        ], isWrite: true)
      let isOurs = answers[0] == .status("OK")
      guard isOurs || answers[0] == .nothing else { throw nonsense }
      if let entry = try open(answers[1], key) {
        if isOurs { try end(lease, isKept: true) }
        return .landed(entry)
      }
      if isOurs { return .leader(lease) }
      switch answers[2] {
      case .nothing: return .taken
      case .bytes(RemoteLease.nothingKept): return .alone
      // Only a token is worth waiting for.
      case .bytes(let token) where token.count == lease.token.count: return .taken
      default: throw nonsense
      }
    }

    /// Keeps a lease for another while; false if it is somebody else's by now.
    func renew(_ lease: RemoteLease) throws(Failure) -> Bool {
      let name = try seal().name("lease", lease.key.text)
      let answer = try ask([
        Self.script(Self.prolong, [name], [lease.token, Self.word("\(RemoteLease.life)")])
      ])
      return answer[0] == .integer(1)
    }

    private static let prolong = """
      if redis.call('GET', KEYS[1]) == ARGV[1] then
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
      end
      return 0
      """

    /// Gives a lease back.
    ///
    /// - Parameter isKept: whether there is an entry now; if not, those who wait run it themselves.
    func end(_ lease: RemoteLease, isKept: Bool) throws(Failure) {
      let seal = try seal()
      if isKept {
        _ = try ask([release(lease, seal)])
      } else {
        let name = seal.name("lease", lease.key.text)
        _ = try ask([
          Self.script(
            Self.giveUp, [name], [lease.token, RemoteLease.nothingKept, Self.word("2000")])
        ])
      }
    }

    private func release(_ lease: RemoteLease, _ seal: Seal) -> [[UInt8]] {
      Self.script(Self.free, [seal.name("lease", lease.key.text)], [lease.token])
    }

    private static let free = """
      if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
      return 0
      """

    private static let giveUp = """
      if redis.call('GET', KEYS[1]) == ARGV[1] then
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      end
      return 0
      """

    private static func word(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func script(
      _ text: String, _ names: [[UInt8]], _ values: [[UInt8]]
    ) -> [[UInt8]] {
      [word("EVAL"), word(text), word("\(names.count)")] + names + values
    }
  }
#else
  /// In this build there are no remotes: every verb throws.
  public final class RemoteTier {
    /// Whether this build has remotes.
    public static let isBuiltIn = false

    private let access: RemoteAccess

    /// Nothing is asked of the server, now or later.
    public init(_ access: RemoteAccess, store: String?, now: @escaping () -> Timestamp) {
      self.access = access
    }

    /// The settings in force.
    public var settings: RemoteSettings { access.settings }
    /// The server as messages name it.
    public var server: String { access.address.shown }
    /// None: it is never asked.
    public var trouble: RemoteHealth.Trouble? { nil }

    private var absent: Failure {
      .remote(server, .notBuiltIn, detail: "this build has no remotes (make build REMOTE=1)")
    }

    func fetch(_ key: Key) throws(Failure) -> RemoteEntry? { throw absent }
    @discardableResult
    func send(_ entry: RemoteEntry, lease: RemoteLease? = nil) throws(Failure) -> Bool {
      throw absent
    }
    /// Throws.
    public func remove(_ keys: [Key]) throws(Failure) -> Int64 { throw absent }
    /// Throws.
    public func clear(tags: [String]) throws(Failure) -> Int64 { throw absent }
    /// Throws.
    public func ping() throws(Failure) -> Int64 { throw absent }
    func join(_ key: Key) throws(Failure) -> RemoteLease.Joined { throw absent }
    func renew(_ lease: RemoteLease) throws(Failure) -> Bool { throw absent }
    func end(_ lease: RemoteLease, isKept: Bool) throws(Failure) { throw absent }
  }
#endif
