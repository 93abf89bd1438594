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
  /// The tier that machines share; nil if there is none, or this command is not for it.
  public var remote: RemoteTier?
  /// Moves a damaged store out of the way, of which a connection may be open here if that is said;
  /// false if it is not damaged.
  public var setAside: (_ isKnown: Bool) -> Bool = { _ in false }
  private let health = Health()
  /// Takes the output.
  public var sink: Sink
  /// The time.
  public var now: () -> Timestamp
  /// A random number from 0 to 1, for `ttl_jitter`.
  public var chance: () -> Double = { .random(in: 0...1) }
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

  /// Makes a write that cannot be done an error of ours instead of a signal that ends us; the command
  /// does not inherit that.
  public static func blockFailedWrites() { Signals.blockFailedWrites() }

  /// Makes a write over `ulimit -f` an error, and no more than that; the command does not inherit it.
  public static func blockFileLimit() { Signals.blockFileLimit() }

  /// Puts the command in the place of this process, as if we were not there.
  ///
  /// - Returns: the failure; otherwise not at all.
  public static func become(_ invocation: Invocation) -> Failure { Child.become(invocation) }

  /// Answers the command.
  ///
  /// - Throws: `Failure.cannotRun`, or `Failure.file` if the output cannot be written.
  public func answer() throws(Failure) -> Outcome {
    Signals.blockFailedWrites()
    health.began = Timestamp.monotonic()
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
    if cachedOnly {
      if case .answered(let outcome) = try askRemote(key, try? storeForWriting?()) {
        return outcome
      }
      return Outcome(status: 1, key: key, verdict: .miss(miss), notKept: "not run")
    }
    // Before the run, which stores what would then be nearest.
    let nearest = isComparing && miss == .absent ? self.nearest(to: key) : nil
    var outcome = try runOrShare(key, miss, old)
    outcome.nearest = nearest
    return outcome
  }

  private func runOrShare(
    _ key: Key, _ miss: Miss, _ old: OldAnswer?
  ) throws(Failure) -> Outcome {
    // What fails to be read would fail to be written, after as long a wait.
    guard let storeForWriting, !health.isFailing else { return try run(key, miss, nil, nil, old) }
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
    guard !isWithinItself(key) else { return try run(key, miss, target, nil, old) }
    switch SharedFlight.join(path, patience: patienceLeft) {
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
  static let ancestors = "CACHETRONOMY_FLIGHT"

  /// Whether one of those that wait for this call runs the same command.
  func isWithinItself(_ key: Key) -> Bool {
    let above = invocation.environment.text(Self.ancestors)?.split(separator: ":") ?? []
    return key.digest.map { name in above.contains { $0 == name } } ?? true
  }

  /// What is left of the time to wait for others, here and elsewhere, in microseconds.
  var patienceLeft: Int64 {
    let left = patience.subtractingReportingOverflow(Timestamp.monotonic() - health.began)
    return left.overflow ? 0 : max(0, left.partialValue)
  }

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
        if let info = entry.info, isTooOld(replay.of, info) {
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

  /// Whether a failure that was kept is past the time that this call gives failures.
  func isTooOld(_ recording: Recording, _ info: Entry.Info) -> Bool {
    !invocation.settings.allows(status: recording.exitStatus, info, at: now())
  }

  /// Says what is wrong with the store, unless it could be moved out of the way.
  @discardableResult
  func complain(_ failure: Failure, isKnown: Bool = true) -> Bool {
    if failure.isDamage, setAside(isKnown) {
      health.isReplaced = true
      return true
    }
    if case .store(_, let problem, _) = failure, problem == .io || problem == .busy {
      health.isFailing = true
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
}

/// What became of the store on the way to an answer.
private final class Health {
  /// When the question was asked.
  var began: Int64 = 0
  /// It could not be read.
  var isFailing = false
  /// It was damaged and another stands in its place.
  var isReplaced = false
}
