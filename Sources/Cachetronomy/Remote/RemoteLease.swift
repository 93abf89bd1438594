internal import Glibc

/// The right to be the one machine that runs a command, for a while: a mark in the server with a
/// random token and an end.
struct RemoteLease: Sendable {
  let key: Key
  let token = Array(Digest.hex(Random.bytes(16)).utf8)

  /// How long a lease lives without renewal, in milliseconds.
  static let life = 5000
  /// In place of a token: who had the lease kept nothing.
  static let nothingKept = Array("nothing kept".utf8)

  init(key: Key) { self.key = key }

  /// What came of asking for one.
  enum Joined {
    /// This process runs the command.
    case leader(RemoteLease)
    /// Another process has run it meanwhile.
    case landed(RemoteEntry)
    /// Another process runs it.
    case taken
    /// Another process ran it and kept nothing: this process runs the command without a lease.
    case alone
  }
}

/// Renews a lease while a command runs, on its own thread.
///
/// `@unchecked Sendable`: from `init` to the end of `stop`, which waits for the thread, only the
/// thread uses `tier` and `isLost`; their owner has nothing to ask of them while the command runs.
final class LeaseRenewal: @unchecked Sendable {
  private let tier: RemoteTier
  private let lease: RemoteLease
  private var background: Background?
  private var isLost = false

  init(_ tier: RemoteTier, _ lease: RemoteLease) {
    (self.tier, self.lease) = (tier, lease)
    let began = Timestamp.monotonic()
    background = Background { [self] in
      // Its first call comes immediately, when the lease is new.
      if Timestamp.monotonic() - began < Self.pause { return Self.pause }
      do throws(Failure) {
        isLost = try !self.tier.renew(self.lease)
        return isLost ? nil : Self.pause
      } catch {
        // A server that does not reply may do so before the lease is over.
        return Self.pause / 3
      }
    }
    Signals.blocked { background?.start() }
  }

  private static let pause = Int64(RemoteLease.life) * 1000 / 3

  /// Ends the renewing.
  ///
  /// - Returns: whether the lease was still held when the server was last asked: if not, the entry
  ///   was removed, or another machine runs the command.
  func stop() -> Bool {
    background?.stop()
    background = nil
    return !isLost
  }
}

#if Remote
  extension RemoteTier {
    /// Asks to be the one machine that runs a command.
    ///
    /// - Parameter isUsable: whether an existing entry is acceptable.
    func join(
      _ key: Key, unless isUsable: (RemoteEntry) -> Bool
    ) throws(Failure) -> RemoteLease.Joined {
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
    func renew(_ lease: RemoteLease) throws(Failure) -> Bool {
      let name = try seal().name("lease", lease.key.text)
      let answer = try ask(
        [Script.call(Script.prolong, [name], [lease.token, word("\(RemoteLease.life)")])],
        isWrite: true, isUrgent: true)
      return answer[0] == .integer(1)
    }

    /// Gives a lease back.
    ///
    /// - Parameter isKept: whether there is an entry now; if not, those who wait run it themselves.
    func end(_ lease: RemoteLease, isKept: Bool) throws(Failure) {
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
#endif
