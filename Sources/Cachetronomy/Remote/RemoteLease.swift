internal import Glibc
internal import System

/// The right to be the one machine that runs a command, for a while: a mark in the server with a
/// random token and an end.
package struct RemoteLease: Sendable {
  package let key: Key
  package let token = Array(Digest.hex(Random.bytes(16)).utf8)

  /// How long a lease lives without renewal, in milliseconds.
  package static let life = 5000
  /// In place of a token: who had the lease kept nothing.
  package static let nothingKept = Array("nothing kept".utf8)

  package init(key: Key) { self.key = key }

  /// What came of asking for one.
  package enum JoinResult {
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
package final class LeaseRenewal: @unchecked Sendable {
  private let tier: any RemoteCache
  private let lease: RemoteLease
  private var background: Background?
  private var isLost = false

  package init(_ tier: any RemoteCache, _ lease: RemoteLease) {
    (self.tier, self.lease) = (tier, lease)
    let began = MonotonicClock.now()
    background = Background { [self] in
      // Its first call comes immediately, when the lease is new.
      if MonotonicClock.now() - began < Self.pause { return Self.pause }
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
  package func stop() -> Bool {
    background?.stop()
    background = nil
    return !isLost
  }
}
