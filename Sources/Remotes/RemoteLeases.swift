package import Cachetronomy
internal import System

extension RemoteTier {
  /// Asks to be the one machine that runs a command.
  ///
  /// - Parameter isUsable: whether an existing entry is acceptable.
  package func join(
    _ key: Key, unless isUsable: (RemoteEntry) -> Bool
  ) throws(Failure) -> RemoteLease.JoinResult {
    let seal = try seal()
    let lease = RemoteLease(key: key)
    let name = seal.name("lease", key.text)
    let answers = try ask(
      [
        [
          word("SET"), name, lease.token, word("NX"), word("PX"),
          word("\(RemoteLease.life)"),
        ],
        [word("GET"), seal.name(Self.entry, key.text)],
        [word("GET"), name],
      ], isWrite: true
    ) {
      ($0[0] == .status("OK") || $0[0] == .nothing) && $0[1].isValue && $0[2].isValue
    }
    // Held too if the result to a first try was lost.
    let isOurs = answers[0] == .status("OK") || answers[2] == .bytes(lease.token)
    do throws(Failure) {
      if let entry = try open(answers[1], key), isUsable(entry) {
        if isOurs { try? end(lease, isKept: true) }
        return .landed(entry)
      }
    } catch {
      if isOurs { try? end(lease, isKept: false) }
      throw error
    }
    if isOurs { return .leader(lease) }
    switch answers[2] {
    case .nothing: return .taken
    case .bytes(RemoteLease.nothingKept): return .alone
    // Only a token is worth waiting for.
    case .bytes(let token) where token.count == lease.token.count: return .taken
    default: throw protocolError
    }
  }

  /// Keeps a lease for another while; false if it is another user's by now.
  package func renew(_ lease: RemoteLease) throws(Failure) -> Bool {
    let name = try seal().name("lease", lease.key.text)
    let answer = try ask(
      [Script.call(Script.prolong, [name], [lease.token, word("\(RemoteLease.life)")])],
      isWrite: true, isUrgent: true)
    return answer[0] == .integer(1)
  }

  /// Gives a lease back.
  ///
  /// - Parameter isKept: whether there is an entry now; if not, those who wait run it themselves.
  package func end(_ lease: RemoteLease, isKept: Bool) throws(Failure) {
    let seal = try seal()
    if isKept {
      _ = try ask([release(lease, seal)], isWrite: true)
    } else {
      let name = seal.name("lease", lease.key.text)
      let command = Script.call(
        Script.giveUp, [name], [lease.token, RemoteLease.nothingKept, word("2000")])
      _ = try ask([command], isWrite: true)
    }
  }

  func release(_ lease: RemoteLease, _ seal: Seal) -> [[UInt8]] {
    Script.call(Script.free, [seal.name("lease", lease.key.text)], [lease.token])
  }
}
