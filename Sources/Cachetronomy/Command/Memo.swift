internal import Glibc

/// `run` as one verb: answers a command from the store, or runs it and keeps what it printed.
///
/// Nothing that is wrong with the store stops the command: such failures go to `warn`.
public struct Memo {
  /// The command.
  public var invocation: Invocation
  /// The profile in force.
  public var profile: Profile
  /// The rule that was taken, as `file:line`.
  public var rule: String?
  /// Run the command even if there is an answer.
  public var refresh = false
  /// Answer from the store or not at all.
  public var cachedOnly = false
  /// The words that start this program again for the same command, our own name first; nil if no
  /// refresh may be started.
  public var refresher: [[UInt8]]?
  /// The descriptor of a flight that another call took and started us for.
  public var handedOver: Int32?
  /// Give no answer, only see to it that there is one.
  public var background = false
  /// On a miss find out in what the key differs from that of the nearest earlier recording.
  public var isComparing = false
  /// What the command reads; nil is nothing.
  public var input: CommandInput?
  /// Whether somebody has sent input that the command was not given; asked after it has ended.
  public var isInputWaiting: () -> Bool = { false }
  /// How long to wait for another process that runs the same command, in microseconds.
  public var patience: Int64 = 600_000_000
  /// The store for reading; nil if there is none yet.
  public var store: Store?
  /// Opens the store for writing, made if need be; nil if nothing shall be stored.
  public var storeForWriting: (() throws(Failure) -> Store?)?
  /// Moves a damaged store out of the way, of which a connection may be open here if that is said;
  /// false if it is not damaged.
  public var setAside: (_ isKnown: Bool) -> Bool = { _ in false }
  private let health = Health()
  /// Takes the output.
  public var sink: Sink
  /// The time.
  public var now: () -> Timestamp
  /// Takes what is wrong with the cache.
  public var warn: (Failure) -> Void

  /// A question about a command.
  public init(
    _ invocation: Invocation, profile: Profile, store: Store?, sink: @escaping Sink,
    now: @escaping () -> Timestamp = Timestamp.now, warn: @escaping (Failure) -> Void
  ) {
    self.invocation = invocation
    self.profile = profile
    self.store = store
    self.sink = sink
    self.now = now
    self.warn = warn
  }

  /// What happened, in the terms that `-v` prints.
  public struct Outcome: Sendable {
    /// The exit status of the command, now or then.
    public var status: Int32
    /// The entry's name.
    public var key: Key
    /// What the store had.
    public var verdict: Verdict
    /// Why the result was not kept; nil if it was, or was a hit.
    public var notKept: String?
    /// On a miss, if it was asked for: the nearest earlier recording of the same words.
    public var nearest: Explanation.Nearest?
    /// A signal that came to us and killed the command.
    public var signal: Int32?
  }

  /// What the store had.
  public enum Verdict: Sendable, Equatable {
    /// A fresh answer: its age, the time left (nil: for ever) and what it took to make, in
    /// microseconds.
    case hit(age: Int64, left: Int64?, saved: Int64)
    /// None, and why.
    case miss(Miss)
    /// An old answer: its age, how long past its time, and whether this call had a new one made.
    case stale(age: Int64, overdue: Int64, isRefreshing: Bool)
    /// An old answer of that age in place of a failure, and what failed.
    case fallback(age: Int64, String)
    /// Nothing was asked of it but a run in the background, and that was started.
    case started
    /// None, but another process ran the command meanwhile.
    case shared
  }

  /// Puts the command in the place of this process, as if we were not there.
  ///
  /// - Returns: the failure; otherwise not at all.
  public static func become(_ invocation: Invocation) -> Failure { Child.become(invocation) }

  /// Answers the command.
  ///
  /// - Throws: `Failure.cannotRun`, or `Failure.file` if the output cannot be written.
  public func answer() throws(Failure) -> Outcome {
    Signals.blockBrokenPipe()
    let key = invocation.key()
    if let outcome = try answerInBackground(key) { return outcome }
    let miss: Miss
    if refresh {
      miss = .forced
    } else {
      switch find(key) {
      case .success(let (entry, replay)):
        if !background { try replay.write(to: sink) }
        let outcome = hit(key, entry, replay.of)
        if profile.maxMemory > 0 { store?.refill(entry, replay) }
        return outcome
      case .failure(let why): miss = why.miss
      }
    }
    if background { return startRefresh(key, miss) }
    let old = refresh || miss == .expired ? oldAnswer(key) : nil
    if let old, !refresh, old.isWithin(invocation.settings.staleWhileRevalidate),
      cachedOnly || canRefresh
    {
      return try serve(old, key)
    }
    if cachedOnly { return Outcome(status: 1, key: key, verdict: .miss(miss), notKept: "not run") }
    // Before the run, which stores what would then be nearest.
    let nearest = isComparing && miss == .absent ? self.nearest(to: key) : nil
    var outcome = try runOrShare(key, miss, old)
    outcome.nearest = nearest
    return outcome
  }

  private func runOrShare(
    _ key: Key, _ miss: Miss, _ old: OldAnswer?
  ) throws(Failure) -> Outcome {
    guard let storeForWriting else { return try run(key, miss, nil, nil, old) }
    var target: Store?
    do throws(Failure) {
      target = try storeForWriting()
    } catch {
      // Where the damaged one stood a new one can be made at once.
      if complain(error, isKnown: store != nil) { target = try? storeForWriting() }
    }
    guard let target, !refresh, isSharing else { return try run(key, miss, target, nil, old) }
    return try runOnce(key, miss, target, old)
  }

  /// Nothing is kept of what runs with a ttl of 0: each such call is its own.
  private var isSharing: Bool { invocation.settings.timeToLive?.microseconds != 0 }

  /// Runs the command, or waits for another process that does.
  private func runOnce(
    _ key: Key, _ miss: Miss, _ target: Store, _ old: OldAnswer?
  ) throws(Failure) -> Outcome {
    let path = SharedFlight.path(store: target.path, key: key)
    // A command that calls itself with the same words would wait for its own end.
    let ancestors = invocation.environment.text(Self.ancestors)?.split(separator: ":") ?? []
    guard let name = key.digest, !ancestors.contains(where: { $0 == name }) else {
      return try run(key, miss, target, nil, old)
    }
    switch SharedFlight.join(path, patience: patience) {
    case .alone: return try run(key, miss, target, nil, old)
    case .landed(let landing):
      if let old, old.isWithin(invocation.settings.staleIfError), !isKept(landing.status) {
        return try fallBack(to: old, key, "another call of it gave status \(landing.status)")
      }
      try landing.write(to: sink)
      return Outcome(status: landing.status, key: key, verdict: .shared)
    case .leader(let flight):
      defer { flight.land() }
      // Somebody may have landed between our look and our take-off.
      var again = self
      again.store = health.isReplaced ? target : store ?? target
      if case .success(let (entry, replay)) = again.find(key) {
        try replay.write(to: sink)
        return again.hit(key, entry, replay.of)
      }
      return try run(key, miss, target, flight, old)
    }
  }

  /// Names the flights that a command is part of, for the calls that it makes.
  private static let ancestors = "CACHETRONOMY_FLIGHT"

  struct NotFound: Error { var miss: Miss }

  func find(_ key: Key) -> Result<(Entry, Replay), NotFound> {
    guard let store else { return .failure(NotFound(miss: .absent)) }
    do throws(Failure) {
      switch try store.lookup(key, at: now(), within: invocation.settings.timeToLive) {
      case .miss(let why): return .failure(NotFound(miss: why))
      case .stale: return .failure(NotFound(miss: .expired))
      case .hit(let entry):
        // A row that lost what only we know of it was rewritten by another program.
        guard entry.info?.origin == .run else { return .failure(NotFound(miss: .corrupt)) }
        let replay = try Replay(entry, from: store)
        if let limit = failureTimeToLive, !isKept(replay.of.exitStatus), let info = entry.info,
          now().since(info.created) > limit.microseconds
        {
          return .failure(NotFound(miss: .expired))
        }
        return .success((entry, replay))
      }
    } catch .badValue {
      return .failure(NotFound(miss: .corrupt))
    } catch {
      complain(error)
      return .failure(NotFound(miss: .absent))
    }
  }

  /// Says what is wrong with the store, unless it could be moved out of the way.
  @discardableResult
  private func complain(_ failure: Failure, isKnown: Bool = true) -> Bool {
    if failure.isDamage, setAside(isKnown) {
      health.isReplaced = true
      return true
    }
    warn(failure)
    return false
  }

  func hit(_ key: Key, _ entry: Entry, _ recording: Recording) -> Outcome {
    let now = now()
    let cost = entry.info?.cost ?? 0
    record(.hit, key, saved: cost)
    let left = entry.expiry == .never ? nil : entry.expiry.since(now)
    let age = entry.info.map { now.since($0.created) } ?? 0
    return Outcome(
      status: recording.exitStatus, key: key, verdict: .hit(age: age, left: left, saved: cost))
  }

  func record(_ kind: AccessJournal.Kind, _ key: Key, saved: Int64 = 0) {
    guard let store, store.isWritable else { return }
    let grown = AccessJournal(store: store.path)
      .append(kind, key, profile: profile.name, saved: saved, at: now())
    if grown { try? store.foldJournalIfFree(at: now()) }
  }

  func run(
    _ key: Key, _ miss: Miss, _ target: Store?, _ flight: SharedFlight?, _ old: OldAnswer?
  ) throws(Failure) -> Outcome {
    let began = now()
    var witness: Store.Witness?
    do {
      witness = try (target ?? store)?.witness(at: began)
    } catch {
      complain(error)
    }
    let spool = Spool(
      directory: (target ?? store)?.directory ?? "/tmp",
      limit: isKeeping && target != nil ? profile.maxEntrySize : 0, flight: flight?.file)
    var call = invocation
    if flight != nil, let name = key.digest {
      let above = call.environment.text(Self.ancestors).map { $0 + ":" } ?? ""
      call.environment.set(Self.ancestors, to: above + name)
    }
    let held =
      handedOver == nil && old?.isWithin(invocation.settings.staleIfError) == true
      ? HeldOutput(sink, beside: target ?? store) : nil
    let start = Timestamp.monotonic()
    func watch(_ input: Int32?) throws(Failure) -> Watching.Result {
      try Watching.run(
        call, input: input, pass: held?.take ?? sink,
        record: { stream, bytes in
          spool.append(stream, bytes)
          return spool.abandoned == nil
        })
    }
    let result: Watching.Result
    if let input { result = try input.withDescriptor(watch) } else { result = try watch(nil) }
    let duration = Timestamp.monotonic() - start
    var outcome = Outcome(
      status: result.ending.status, key: key, verdict: .miss(miss), signal: result.signal)
    if result.wasCutOff, case .killed = result.ending { outcome.status = 0 }
    if result.isOutOfTime { outcome.status = Watching.timeoutStatus }
    var instead: Outcome?
    if let held {
      if let old, held.isHolding, let why = failure(of: result) {
        instead = try fallBack(to: old, key, why)
      } else {
        try held.release()
      }
    }
    // A signal that was meant for this call is none of theirs: one of them takes over.
    if let flight, result.signal == nil, !result.wasCutOff, spool.share() {
      flight.finish(status: outcome.status)
    }
    outcome.notKept = reason(not: result, spool, target, old)
    if outcome.notKept == nil, invocation.key() != key {
      outcome.notKept = "what it reads changed while it ran"
    }
    if outcome.notKept == nil, let target {
      do throws(Failure) {
        let entry = try entry(key, result.ending.status, duration, began, spool, target)
        if try !target.put(entry, unless: witness) {
          outcome.notKept = "the entry was removed or replaced while it ran"
          if let id = entry.info?.recording { try target.dropChunks(of: id) }
        }
        if handedOver == nil {
          AccessJournal(store: target.path).append(
            AccessJournal.Kind(miss), key, profile: profile.name, at: began)
        }
      } catch {
        complain(error)
        outcome.notKept = error.description
      }
    } else if instead == nil, handedOver == nil {
      record(AccessJournal.Kind(miss), key)
    }
    return instead ?? outcome
  }

  /// Why a silent command's result is not kept: it may have waited for what was sent.
  public static let unreadInput = "standard input was not given to it"

  private var isKeeping: Bool {
    storeForWriting != nil && invocation.settings.timeToLive?.microseconds != 0
  }

  private func reason(
    not result: Watching.Result, _ spool: Spool, _ target: Store?, _ old: OldAnswer?
  ) -> String? {
    if invocation.settings.timeToLive?.microseconds == 0 { return "the ttl is 0" }
    if storeForWriting == nil { return "storing is switched off" }
    if target == nil { return "there is no store" }
    if result.wasCutOff { return "its reader left before it ended" }
    if result.isOutOfTime { return "it ran out of time" }
    if spool.bytes == 0, isInputWaiting() { return Self.unreadInput }
    switch result.ending {
    case .killed(let signal): return "it was killed by signal \(signal)"
    case .exited(let status):
      guard isKept(status) || failureTimeToLive != nil else {
        return "exit status \(status) is not kept"
      }
      if !isKept(status), let old, isServable(old) {
        return "exit status \(status) is not kept in place of an answer that still serves"
      }
    }
    switch spool.abandoned {
    case .tooLarge: return "its output is over \(profile.maxEntrySize) bytes"
    case .failed(let failure):
      warn(failure)
      return failure.description
    case nil: return nil
    }
  }

  func isKept(_ status: Int32) -> Bool {
    (invocation.settings.cacheStatus ?? [0]).contains(status)
  }

  /// How long results with other statuses are kept; nil if they are not.
  private var failureTimeToLive: TimeToLive? {
    invocation.settings.failureTimeToLive.flatMap { $0.microseconds > 0 ? $0 : nil }
  }

  private func entry(
    _ key: Key, _ status: Int32, _ duration: Int64, _ began: Timestamp, _ spool: Spool,
    _ target: Store
  ) throws(Failure) -> Entry {
    spool.finish()
    if case .failed(let failure) = spool.abandoned { throw failure }
    let data = try Recording.encode(
      argv: invocation.shownArguments, directory: invocation.directory, exitStatus: status,
      duration: duration, spool)
    var id: [UInt8]?
    if !spool.isSmall {
      let fresh = Random.bytes(16)
      try target.putChunks(of: fresh, spool.chunks())
      id = fresh
    }
    let stored = now()
    let success = invocation.settings.timeToLive ?? profile.timeToLive
    let expiry = (isKept(status) ? success : failureTimeToLive ?? success).expiry(from: stored)
    let tags = profile.tags + invocation.settings.tags.filter { !profile.tags.contains($0) }
    return Entry(
      key: key, data: data, format: "msgpack", expiry: expiry, tags: tags, profile: profile.name,
      info: Entry.Info(
        created: stored, keepUntil: keepUntil(expiry, status), size: spool.bytes,
        cost: max(0, duration),
        origin: .run, rule: rule, recording: id, began: began,
        parts: (try? target.secret()).map { Fingerprints(of: invocation, secret: $0).encoded }))
  }
}

/// What became of the store on the way to an answer.
private final class Health {
  /// It was damaged and another stands in its place.
  var isReplaced = false
}
