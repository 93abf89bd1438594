internal import Cachetronomy
internal import Glibc
internal import System

/// Looks results up in the remote and stores them there.
///
/// Used only after a miss in the store. A failure of the server never stops the command.
extension CachedRun {
  /// The outcome of a lookup.
  enum RemoteAnswer {
    /// The remote had the result, and it was written.
    case answered(Outcome)
    /// The command has to run here, under a lease if other machines shall wait for it.
    case run(RemoteLease?)
  }

  /// Looks up a key that the store does not have.
  func askRemote(_ key: Key, _ target: Store?) throws(Failure) -> RemoteAnswer {
    // The inputs of a traced command are those of one machine.
    guard let remote, !refresh, !isTraced, !hasOutputs, remote.settings.mode.reads else {
      return .run(nil)
    }
    let witness = try? target?.witness(at: now())
    var found: RemoteEntry?
    var lease: RemoteLease?
    do throws(Failure) {
      found = try remote.fetch(key)
      if found.flatMap({ usable($0) }) == nil {
        found = nil
        if isLeasing(remote, target, key) { (found, lease) = try waitForOthers(remote, key) }
      }
    } catch {
      complainOfRemote(error)
    }
    if let found, let replay = usable(found) {
      if !background { try give(replay) }
      return .answered(keep(found, replay, target, witness))
    }
    if let target, target.isWritable {
      AccessJournal(store: target.path)
        .append(.remoteMiss, key, profile: profile.name, at: now())
    }
    return .run(lease)
  }

  private func isLeasing(_ remote: any RemoteCache, _ target: Store?, _ key: Key) -> Bool {
    remote.settings.mode == .readWrite && target != nil && !cachedOnly && !isWithinItself(key)
      && !invocation.settings.isUncached
  }

  /// Takes the lease for a command, or waits for the machine that holds it.
  private func waitForOthers(
    _ remote: any RemoteCache, _ key: Key
  ) throws(Failure) -> (RemoteEntry?, RemoteLease?) {
    let deadline = Deadline(after: TimeToLive(microseconds: waitLeft))
    // Short commands end soon; long ones do not justify frequent requests.
    var pause: UInt32 = 20_000
    repeat {
      switch try remote.join(key, unless: { usable($0) != nil }) {
      case .leader(let lease): return (nil, lease)
      case .alone: return (nil, nil)
      case .landed(let entry): return (entry, nil)
      case .taken:
        usleep(pause + UInt32.random(in: 0..<pause / 4))
        pause = min(pause * 3 / 2, 250_000)
      }
    } while !deadline.isOver
    return (nil, nil)
  }

  /// Prepares the replay of an entry of another machine; nil if it may not be served.
  private func usable(_ found: RemoteEntry) -> Replay? {
    guard found.entry.info?.origin == .run,
      found.entry.freshness.isFresh(at: now(), within: invocation.settings.timeToLive),
      let replay = try? Replay(found.entry, chunks: found.chunks),
      replay.of.terms.objection(for: surroundings) == nil
    else { return nil }
    // A failure that others keep is not served to a call that keeps none.
    guard isKept(replay.of.exitStatus) || failureTimeToLive != nil else { return nil }
    return isTooOld(replay.of, found.entry) ? nil : replay
  }

  /// Stores a remote result that has already been written.
  private func keep(
    _ found: RemoteEntry, _ replay: Replay, _ target: Store?, _ witness: Store.PutPrecondition?
  ) -> Outcome {
    let now = now()
    let entry = found.entry
    let info = entry.info
    let cost = info?.cost ?? 0
    if let target, target.isWritable {
      do throws(Failure) {
        var own = found
        own.entry.info?.parts =
          (try? target.secret()).map { fingerprints(secret: $0).encoded }
        _ = try target.keep(own, unless: witness)
        let journal = AccessJournal(store: target.path)
        journal.append(.hit, entry.key, profile: profile.name, saved: cost, at: now)
        journal.append(.remoteHit, entry.key, profile: profile.name, saved: cost, at: now)
      } catch {
        complain(error)
      }
    }
    return Outcome(
      status: replay.of.exitStatus, key: entry.key,
      verdict: .remoteHit(
        age: max(0, info.map { now.since($0.created) } ?? 0),
        left: left(entry, replay.of.exitStatus, at: now), saved: cost))
  }

  /// Sends a stored result to the remote and releases the lease, after local waiters were released.
  func share(_ key: Key, _ target: Store?, isKept: Bool, _ lease: RemoteLease?) {
    guard let remote, !isTraced, !hasOutputs, remote.settings.mode.writes else { return }
    do throws(Failure) {
      if isKept, let target,
        let entry = try target.remoteEntry(key, limit: remote.settings.maxEntrySize)
      {
        try remote.send(entry, lease: lease)
      } else if let lease {
        try remote.end(lease, isKept: false)
      }
    } catch {
      complainOfRemote(error)
    }
  }

  private func complainOfRemote(_ failure: Failure) {
    // The failure that began the backoff was already reported.
    if case .remote(_, .backingOff, _) = failure { return }
    warn(failure)
  }
}
