internal import Glibc

/// The verb `run`: serves a command from the cache, or runs it and stores its recording.
///
/// Nothing that is wrong with the store stops the command: such failures go to `warn`.
public struct CachedRun {
  /// The command.
  public var invocation: Invocation
  /// The key of the command, and what making it found out.
  let command: CommandKey
  /// What of this call decides which recordings may be served.
  public var surroundings: CallSurroundings
  /// The effective profile.
  public var profile: Profile
  /// The rule that was taken, as `file:line`.
  public var rule: String?
  /// Run the command even if there is a result.
  public var refresh = false
  /// Serve from the cache or not at all.
  public var cachedOnly = false
  /// The words that start this program again for the same command, its name first; nil if no
  /// refresh may be started.
  public var refresher: [[UInt8]]?
  /// The descriptor of a flight that another call took and started us for.
  public var handedOver: Int32?
  /// Give no result, only see to it that there is one.
  public var background = false
  /// On a miss find out in what the key differs from that of the nearest earlier recording.
  public var isComparing = false
  /// The input that `--stdin` read; nil without it.
  public var input: CommandInput?
  /// Takes output while the command runs; nil gives it to `sink`.
  public var live: LiveOutput?
  /// How long to wait for another process that runs the same command, in microseconds.
  public var patience: Int64 = 600_000_000
  /// The store for reading; nil if there is none yet.
  public var store: Store?
  /// Opens the store for writing, made if need be; nil if nothing shall be stored.
  public var storeForWriting: (() throws(Failure) -> Store?)?
  /// The remote tier; nil if there is none, or this command is not for it.
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
  ///
  /// - Parameters:
  ///   - command: its key; nil makes it.
  ///   - stdin: what the command reads.
  public init(
    _ invocation: Invocation, _ command: CommandKey? = nil, stdin: StandardInput = .null,
    profile: Profile, store: Store?, sink: @escaping Sink,
    now: @escaping () -> Timestamp = Timestamp.now, warn: @escaping (Failure) -> Void
  ) {
    self.invocation = invocation
    let command = command ?? invocation.resolve()
    self.command = command
    surroundings = CallSurroundings(stdin: stdin, notes: command.notes)
    self.profile = profile
    self.store = store
    self.sink = sink
    self.now = now
    self.warn = warn
  }

  /// Makes a failing write an error instead of a fatal signal; the command
  /// does not inherit that.
  public static func blockFailedWrites() { Signals.blockFailedWrites() }

  /// Makes a write over `ulimit -f` an error instead of a signal; the command does not inherit it.
  public static func blockFileLimit() { Signals.blockFileLimit() }

  /// Executes the command in this process, as if it had been started directly.
  ///
  /// - Returns: the failure; otherwise not at all.
  public static func become(_ invocation: Invocation) -> Failure { Child.become(invocation) }

  /// Serves or runs the command.
  ///
  /// - Throws: `Failure.cannotRun`, or `Failure.file` if the output cannot be written.
  public func answer() throws(Failure) -> Outcome {
    Signals.blockFailedWrites()
    health.began = Timestamp.monotonic()
    if let outcome = try answerInBackground() { return outcome }
    var why = NotFound(miss: .forced)
    if !refresh {
      switch search() {
      case .success(let found): return try serve(found, isRefill: true)
      case .failure(let reason): why = reason
      }
    }
    let miss = why.miss
    if background { return startRefresh(miss) }
    let old = refresh || miss == .expired ? oldAnswer() : nil
    if let old, !refresh, old.isWithin(invocation.settings.staleWhileRevalidate),
      cachedOnly || canRefresh
    {
      return try serve(old)
    }
    if cachedOnly {
      if case .answered(let outcome) = try askRemote(runKey, try? storeForWriting?()) {
        return outcome
      }
      return Outcome(
        status: 1, key: runKey, verdict: .miss(miss), missDetail: why.detail, notKept: .notRun)
    }
    // Before the run, which stores what would then be nearest.
    let nearest =
      isComparing && miss == .absent && why.detail == nil ? self.nearest(to: runKey) : nil
    var outcome = try runOrShare(miss, old)
    outcome.nearest = nearest
    outcome.missDetail = why.detail
    return outcome
  }

  /// The stdin of this call.
  var stdin: StandardInput { surroundings.stdin }

  /// The key under which the command runs: with the contents of a regular file as its input in it.
  var runKey: Key {
    guard let contents = stdin.contentsDigest else { return command.key }
    return command.key(withInput: contents)
  }

  /// What a lookup found.
  struct Found {
    var entry: Entry
    var replay: Replay
  }

  /// Looks for a recording that this call may be served with.
  ///
  /// One that left its input untouched serves calls with any input; contents of a regular file are
  /// read only if there is none.
  func search() -> Result<Found, NotFound> { search(find) }

  func search<T>(_ find: (Key) -> Result<T, NotFound>) -> Result<T, NotFound> {
    let first = find(command.key)
    guard case .failure(let why) = first, stdin.hasContents else { return first }
    let second = find(runKey)
    if case .failure(let other) = second, other.miss == .absent, why.detail != nil {
      return .failure(why)
    }
    return second
  }

  private func serve(_ found: Found, isRefill: Bool) throws(Failure) -> Outcome {
    if !background { try give(found.replay) }
    let outcome = hit(found)
    if isRefill, profile.maxMemory > 0 { store?.refill(found.entry, found.replay) }
    return outcome
  }

  private func runOrShare(_ miss: Miss, _ old: StaleEntry?) throws(Failure) -> Outcome {
    // What fails to be read would fail to be written, after as long a wait.
    guard let storeForWriting, !health.isFailing else { return try run(miss, nil, nil, old) }
    var target: Store?
    do throws(Failure) {
      target = try storeForWriting()
    } catch {
      // Where the damaged one stood a new one can be made immediately.
      if complain(error, isKnown: store != nil) { target = try? storeForWriting() }
    }
    guard let target, !refresh, isSharing else { return try run(miss, target, nil, old) }
    return try runOnce(miss, target, old)
  }

  /// Nothing is kept of what runs with a ttl of 0: each such call is its own.
  private var isSharing: Bool { invocation.settings.timeToLive?.microseconds != 0 }

  /// Runs the command, or waits for another process that does.
  private func runOnce(_ miss: Miss, _ target: Store, _ old: StaleEntry?) throws(Failure) -> Outcome
  {
    // A command that calls itself with the same words would wait for its own end.
    guard !isWithinItself(runKey), let removals = try? target.removals() else {
      return try run(miss, target, nil, old)
    }
    let path = RunLock.path(store: target.path, key: runKey, removals: removals)
    switch RunLock.join(path, patience: patienceLeft) {
    case .alone: return try run(miss, target, nil, old)
    case .landed(let landing):
      // What the other call had as input, or one pipe for both streams, may be no result for us.
      guard landing.terms.objection(for: surroundings) == nil else {
        return try run(miss, target, nil, old)
      }
      if let old, old.isWithin(invocation.settings.staleIfError), !isKept(landing.status) {
        return try fallBack(to: old, "another call of it gave status \(landing.status)")
      }
      try landing.write(to: sink)
      stdin.advance(landing.terms)
      return Outcome(status: landing.status, key: runKey, verdict: .shared)
    case .leader(let flight):
      defer { flight.land() }
      // Another call may have finished between the lookup and the lock.
      var again = self
      again.store = health.isReplaced ? target : store ?? target
      if case .success(let found) = again.search() {
        return try again.serve(found, isRefill: false)
      }
      return try run(miss, target, flight, old)
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

  struct NotFound: Error {
    var miss: Miss
    /// Why there is no recording for this call though there is one for others.
    var detail: String?
  }

  private func find(_ key: Key) -> Result<Found, NotFound> {
    find(key) { entry, store throws(Failure) in
      let replay = try Replay(entry, from: store)
      return (Found(entry: entry, replay: replay), replay.of)
    }
  }

  /// The key of a recording that this call may be served with; what it printed is not read.
  func findKey(_ key: Key) -> Result<Key, NotFound> {
    find(key) { entry, _ throws(Failure) in (entry.key, try Recording(entry.data)) }
  }

  private func find<T>(
    _ key: Key, _ read: (Entry, Store) throws(Failure) -> (T, Recording)
  ) -> Result<T, NotFound> {
    guard let store else { return .failure(NotFound(miss: .absent)) }
    do throws(Failure) {
      switch try store.lookup(key, at: now(), within: invocation.settings.timeToLive) {
      case .miss(let why): return .failure(NotFound(miss: why))
      case .stale: return .failure(NotFound(miss: .expired))
      case .hit(let entry):
        // A row without this program's metadata was rewritten by another program.
        guard entry.info?.origin == .run else { return .failure(NotFound(miss: .corrupt)) }
        let (found, recording) = try read(entry, store)
        if let info = entry.info, isTooOld(recording, info) {
          return .failure(NotFound(miss: .expired))
        }
        if let detail = recording.terms.objection(for: surroundings) {
          return .failure(NotFound(miss: .absent, detail: detail))
        }
        return .success(found)
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

  /// Writes what a recording holds, and leaves the stdin where its command did.
  func give(_ replay: Replay) throws(Failure) {
    try replay.write(to: sink)
    stdin.advance(replay.of.terms)
  }

  private func hit(_ found: Found) -> Outcome {
    let now = now()
    if let store, store.isWritable, storeForWriting != nil {
      invocation.probe.writeDigests(beside: store.path)
    }
    let (entry, recording) = (found.entry, found.replay.of)
    let cost = entry.info?.cost ?? 0
    record(.hit, entry.key, saved: cost)
    let age = entry.info.map { now.since($0.created) } ?? 0
    return Outcome(
      status: recording.exitStatus, key: entry.key,
      verdict: .hit(age: age, left: left(entry, recording.exitStatus, at: now), saved: cost))
  }

  /// How long an entry may be served to this call, in microseconds; nil: for ever.
  func left(_ entry: Entry, _ status: Int32, at now: Timestamp) -> Int64? {
    var end = entry.expiry
    if let info = entry.info {
      let settings = invocation.settings
      let limits = [settings.timeToLive, isKept(status) ? nil : failureTimeToLive]
      for case let limit? in limits { end = min(end, limit.expiry(from: info.created)) }
    }
    return end == .never ? nil : end.since(now)
  }

  func record(_ kind: AccessJournal.Kind, _ key: Key, saved: Int64 = 0) {
    guard let store, store.isWritable else { return }
    let grown = AccessJournal(store: store.path)
      .append(kind, key, profile: profile.name, saved: saved, at: now())
    if grown { try? store.foldJournalIfFree(at: now()) }
  }
}

/// What became of the store on the way to a result.
private final class Health {
  /// When the question was asked.
  var began: Int64 = 0
  /// It could not be read.
  var isFailing = false
  /// It was damaged and another stands in its place.
  var isReplaced = false
}
