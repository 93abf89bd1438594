internal import Glibc

/// The right to be the one machine that runs a command, for a while: a mark in the server with a
/// token of ours and an end.
struct RemoteLease: Sendable {
  let key: Key
  let token = Array(Digest.hex(Random.bytes(16)).utf8)

  /// How long a lease lives that nobody renews, in milliseconds.
  static let life = 10_000
  /// In place of a token: who had the lease kept nothing.
  static let nothingKept = Array("nothing kept".utf8)

  init(key: Key) { self.key = key }

  /// What came of asking for one.
  enum Joined {
    /// We run the command.
    case leader(RemoteLease)
    /// Somebody has run it meanwhile.
    case landed(RemoteEntry)
    /// Somebody runs it.
    case taken
    /// Somebody ran it and kept nothing: we run the command without a lease.
    case alone
  }
}

/// Renews a lease while a command runs, on a thread of its own.
///
/// `@unchecked Sendable`: from `init` to the end of `stop`, which waits for the thread, only the
/// thread uses `tier`; its owner has nothing to ask of it while the command runs.
final class LeaseRenewal: @unchecked Sendable {
  private let tier: RemoteTier
  private let lease: RemoteLease
  private var background: Background?

  init(_ tier: RemoteTier, _ lease: RemoteLease) {
    (self.tier, self.lease) = (tier, lease)
    let began = Timestamp.monotonic()
    background = Background { [self] in
      // Its first call comes at once, when the lease is new.
      if Timestamp.monotonic() - began < Self.pause { return Self.pause }
      return (try? self.tier.renew(self.lease)) == true ? Self.pause : nil
    }
    Signals.blocked { background?.start() }
  }

  private static let pause = Int64(RemoteLease.life) * 1000 / 3

  func stop() {
    background?.stop()
    background = nil
  }
}
