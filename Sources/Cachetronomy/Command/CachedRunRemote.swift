internal import Glibc

/// What `run` asks of the remote tier, and gives it.
///
/// Only a miss of the store comes here, and nothing that is wrong with the server stops the
/// command.
extension CachedRun {
  /// What came of asking.
  enum RemoteAnswer {
    /// It had the result, and that was given.
    case answered(Outcome)
    /// This process runs the command; with a lease if other machines should wait for it.
    case run(RemoteLease?)
  }

  /// Asks the remote for a key that the store does not have.
  func askRemote(_ key: Key, _ target: Store?) throws(Failure) -> RemoteAnswer {
    guard let remote, !refresh, remote.settings.mode.reads else { return .run(nil) }
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

  private func isLeasing(_ remote: RemoteTier, _ target: Store?, _ key: Key) -> Bool {
    remote.settings.mode == .readWrite && target != nil && !cachedOnly && !isWithinItself(key)
      && invocation.settings.timeToLive?.microseconds != 0
  }

  /// Becomes the machine that runs a command, or waits for the one that does.
  private func waitForOthers(
    _ remote: RemoteTier, _ key: Key
  ) throws(Failure) -> (RemoteEntry?, RemoteLease?) {
    let deadline = Deadline(after: TimeToLive(microseconds: patienceLeft))
    // Short commands end soon; long ones are not worth a busy server.
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

  /// Makes ready to give an entry of another machine's, if it may be given.
  private func usable(_ found: RemoteEntry) -> Replay? {
    guard let info = found.entry.info, info.origin == .run,
      found.entry.state(at: now()) == .fresh,
      let replay = try? Replay(found.entry, chunks: found.chunks),
      replay.of.terms.objection(for: surroundings) == nil
    else { return nil }
    // A failure that others keep is no result to who keeps none.
    guard isKept(replay.of.exitStatus) || failureTimeToLive != nil else { return nil }
    let age = now().since(info.created)
    if let limit = invocation.settings.timeToLive, limit != .never, age > limit.microseconds {
      return nil
    }
    return isTooOld(replay.of, info) ? nil : replay
  }

  /// Keeps a result here; it has been given already.
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

  /// Gives the other machines what was stored, and the lease back; every process else has gone on.
  func share(_ key: Key, _ target: Store?, isKept: Bool, _ lease: RemoteLease?) {
    guard let remote, remote.settings.mode.writes else { return }
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
    // It was told when it began.
    if case .remote(_, .leftAlone, _) = failure { return }
    warn(failure)
  }
}
