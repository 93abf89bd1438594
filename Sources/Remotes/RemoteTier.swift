package import Cachetronomy
internal import System

/// The remote tier: sealed entries on a server that may at any time be slow, dead,
/// full or hostile.
///
/// Each verb waits for the server no longer than the timeout in all, and throws `Failure.remote`.
package final class RemoteTier: RemoteCache {
  private let access: RemoteAccess
  private let health: RemoteHealth?
  private let now: () -> Timestamp
  private var wire: Wire?
  private var opened: Seal?

  /// Nothing is asked of the server yet.
  ///
  /// - Parameter store: the resolved path of the store, next to which is noted how the server
  ///   fares.
  package init(_ access: RemoteAccess, store: String?, now: @escaping () -> Timestamp) {
    self.access = access
    self.now = now
    health = store.map { RemoteHealth(store: $0) }
  }

  #if Remote
    /// Whether this build has remotes.
    package static let isBuiltIn = true
  #else
    /// Whether this build has remotes.
    package static let isBuiltIn = false
  #endif

  static func notBuiltIn(_ server: String) -> Failure {
    .remote(server, .notBuiltIn, detail: "this build has no remotes (make build REMOTE=1)")
  }

  /// The settings effective.
  package var settings: RemoteSettings { access.settings }
  /// The server as messages name it.
  package var server: String { access.address.shown }
  /// What is wrong with the server, as far as is known.
  package var trouble: RemoteHealth.Record? {
    health?.trouble(server) ?? health?.trouble(writes)
  }

  func seal() throws(Failure) -> Seal {
    if let opened { return opened }
    let seal = try Seal(
      try TeamKey(file: access.keyFile), namespace: settings.namespace, server: server)
    opened = seal
    return seal
  }

  /// Whether the team's key can be used; contacts no server.
  package func checkKey() throws(Failure) { _ = try seal() }

  /// What a server that will not be written to is noted under: it may still be read.
  private var writes: String { server + " writes" }

  /// Asks some things immediately, within the timeout.
  ///
  /// - Parameters:
  ///   - isWrite: whether the server may refuse because it is full or read-only.
  ///   - isUrgent: whether to ask even a server that failed a moment ago, and to note no failure.
  ///   - fits: whether results can be served.
  func ask(
    _ commands: [[[UInt8]]], isWrite: Bool = false, isUrgent: Bool = false,
    fits: ([Answer]) -> Bool = { _ in true }
  ) throws(Failure) -> [Answer] {
    let seen = (
      server: health?.trouble(server)?.failures ?? 0,
      writes: health?.trouble(writes)?.failures ?? 0
    )
    for name in isWrite ? [server, writes] : [server] where !isUrgent {
      guard health?.admits(name, at: now()) != false else {
        throw .remote(server, .backingOff, detail: health?.trouble(name)?.detail ?? "")
      }
    }
    do throws(Failure) {
      let answers = try converse(commands, Deadline(after: settings.timeout))
      guard fits(answers) else { throw protocolError }
      health?.succeeded(server)
      if isWrite { health?.succeeded(writes) }
      return answers
    } catch {
      wire = nil
      if case .remote(_, let problem, let detail) = error, problem.isOfServer, !isUrgent {
        // What is too much for the line in the time may still be read.
        let size = commands.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } }
        if isWrite, problem == .refusal || size > 1 << 16 {
          health?.failed(writes, detail, at: now(), after: seen.writes)
        } else {
          health?.failed(server, detail, at: now(), after: seen.server)
        }
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
    for answer in answers.prefix(greeting.count) where answer != .status("OK") {
      throw protocolError
    }
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

  var protocolError: Failure {
    .remote(server, .protocolError, detail: "its reply does not match the request")
  }

  private static func meaning(_ word: String) -> String {
    switch word {
    case "NOAUTH": "it requires a password"
    case "WRONGPASS": "wrong user or password"
    case "NOPERM": "its user may not do that"
    case "OOM": "it is full"
    case "READONLY": "it is read-only"
    case "LOADING": "it is still loading"
    case "MOVED", "ASK", "CROSSSLOT": "it is a cluster, which is not supported"
    case "MISCONF": "it cannot save to its disk"
    default: "it replied '\(word)'"
    }
  }

  /// What an entry's name in the server is made from; another form of values has another.
  static let entry = "entry2"
  /// Before what is sealed stands when the run began, so that the server can compare it.
  private static let digitCount = 20

  /// Microseconds in decimal, so that texts are ordered as the numbers are.
  private static func digits(_ microseconds: Int64) -> [UInt8] {
    let text = "\(max(0, microseconds))"
    return Array((String(repeating: "0", count: digitCount - text.utf8.count) + text).utf8)
  }

  /// An entry; nil if there is none.
  ///
  /// - Throws: `Failure.remote` with `.authenticationFailed` for what this team did not
  ///   seal for this key.
  package func fetch(_ key: Key) throws(Failure) -> RemoteEntry? {
    let name = try seal().name(Self.entry, key.text)
    return try open(try ask([[word("GET"), name]]) { $0[0].isValue }[0], key)
  }

  func open(_ answer: Answer, _ key: Key) throws(Failure) -> RemoteEntry? {
    if case .nothing = answer { return nil }
    guard case .bytes(let value) = answer else { throw protocolError }
    let sealed = Array(value.dropFirst(Self.digitCount))
    guard let plain = try seal().open(sealed, for: key) else {
      throw .remote(
        server, .authenticationFailed, detail: "an entry is not what was sealed for it")
    }
    do throws(Failure) {
      return try RemoteEntry(decoding: plain, key: key)
    } catch {
      throw .remote(server, .authenticationFailed, detail: error.description)
    }
  }

  /// Stores an entry for as long as it can be used, the remote's own limit at most.
  ///
  /// - Returns: false if it is over the limits, or was removed since the lease was given.
  @discardableResult
  package func send(_ entry: RemoteEntry, lease: RemoteLease? = nil) throws(Failure) -> Bool {
    let left = (entry.entry.info?.keepUntil ?? entry.entry.expiry).since(now())
    let life = min(settings.timeToLive.microseconds, left) / 1000
    guard life > 0, entry.size <= settings.maxEntrySize else {
      if let lease { try end(lease, isKept: false) }
      return false
    }
    let seal = try seal()
    let key = entry.entry.key
    var names = [Self.entry, "lease"].map { seal.name($0, key.text) }
    names += entry.entry.tags.map { seal.name("tag", $0) }
    let created = entry.entry.info?.created.microseconds ?? 0
    // What is no recording was made immediately.
    let began = entry.entry.info.map { $0.began.microseconds } ?? 0
    var commands = [
      Script.call(
        Script.store, names,
        [
          seal.close(entry.encoded(), for: key), word("\(life)"), lease?.token ?? [],
          Self.digits(began > 0 ? began : created), Self.digits(created),
        ])
    ]
    if let lease { commands.append(release(lease, seal)) }
    return try ask(commands, isWrite: true)[0] == .integer(1)
  }

  /// Removes entries, and what other machines are about to store under their keys.
  ///
  /// - Returns: for each whether it was there.
  package func remove(_ keys: [Key]) throws(Failure) -> [Bool] {
    try requireWriting()
    let seal = try seal()
    var wereThere: [Bool] = []
    for start in stride(from: 0, to: keys.count, by: 1000) {
      let some = keys[start..<min(start + 1000, keys.count)]
      let names = [Self.entry, "lease"].flatMap { kind in some.map { seal.name(kind, $0.text) } }
      let command = Script.call(
        Script.remove, names, [RemoteLease.nothingKept, word("\(RemoteLease.life)")])
      let answers = try ask([command], isWrite: true) {
        if case .bytes(let marks) = $0[0] { marks.count == some.count } else { false }
      }
      if case .bytes(let marks) = answers[0] {
        wereThere += marks.map { $0 == UInt8(ascii: "1") }
      }
    }
    return wereThere
  }

  /// Removes all entries with any of some tags, of any writer.
  ///
  /// - Returns: how many were there.
  package func clear(tags: [String]) throws(Failure) -> Int64 {
    try requireWriting()
    let seal = try seal()
    let commands = tags.map { Script.call(Script.clear, [seal.name("tag", $0)], []) }
    return try ask(commands, isWrite: true).reduce(0) { sum, answer in
      if case .integer(let count) = answer { sum + count } else { sum }
    }
  }

  /// Asks for a reply.
  ///
  /// - Returns: how long it took, connection included, in microseconds.
  package func ping() throws(Failure) -> Int64 {
    _ = try seal()
    let start = MonotonicClock.now()
    _ = try ask([[word("PING")]], isUrgent: true) { $0 == [.status("PONG")] }
    return MonotonicClock.now() - start
  }
}
