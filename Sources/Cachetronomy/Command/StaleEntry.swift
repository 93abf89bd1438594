/// An expired result that may still be served.
struct StaleEntry {
  var entry: Entry
  var replay: Replay
  /// Microseconds since it was stored.
  var age: Int64
  /// Microseconds since its time was up; below zero while it is not.
  var overdue: Int64

  /// Whether it may be served this long after its expiry.
  func isWithin(_ window: TimeToLive?) -> Bool {
    guard let window, window.microseconds > 0 else { return false }
    return overdue <= window.microseconds
  }
}

extension CachedRun {
  /// Tells the process started for a refresh where its flight is.
  public static let marker = "CACHETRONOMY_REFRESH"

  /// The descriptor of a flight, if this process was started to run a command in the background;
  /// the variable that says so is taken out of the environment.
  public static func handedOver(_ environment: inout Environment) -> Int32? {
    environment.remove(marker) == Array(Child.handedOver.description.utf8)
      ? Child.handedOver : nil
  }

  /// The longer of both windows in which an expired result serves.
  private var window: TimeToLive {
    let none = TimeToLive(microseconds: 0)
    return max(
      invocation.settings.staleWhileRevalidate ?? none, invocation.settings.staleIfError ?? none)
  }

  func isServable(_ old: StaleEntry) -> Bool { old.isWithin(window) }

  /// When `gc` may take an entry.
  func keepUntil(_ expiry: Timestamp, _ status: Int32) -> Timestamp {
    isKept(status) && expiry != .never ? window.expiry(from: expiry) : expiry
  }

  /// What the store has for this call, whatever its age; nil if it may not be served past expiry.
  func oldAnswer() -> StaleEntry? {
    if let old = oldAnswer(command.key) { return old }
    return stdin.hasContents ? oldAnswer(runKey) : nil
  }

  private func oldAnswer(_ key: Key) -> StaleEntry? {
    let limit = invocation.settings.timeToLive
    guard let store, window.microseconds > 0, limit?.microseconds != 0,
      let entry = try? store.entry(key), let info = entry.info,
      let replay = try? Replay(entry, from: store), isKept(replay.of.exitStatus),
      replay.of.terms.objection(for: surroundings) == nil
    else { return nil }
    let now = now()
    let end = min(entry.expiry, limit?.expiry(from: info.created) ?? .never)
    // Made in the future: its age is unknown.
    let isOdd = info.created > now.adding(microseconds: 1_000_000)
    return StaleEntry(
      entry: entry, replay: replay, age: max(0, now.since(info.created)),
      overdue: isOdd ? max(0, now.since(end)) : now.since(end))
  }

  /// Whether an expired result can be replaced in the background.
  var canRefresh: Bool {
    refresher != nil && storeForWriting != nil && store?.isWritable == true
  }

  /// Gives an expired result immediately, and has a new one made by a process that outlives this
  /// one.
  func serve(_ old: StaleEntry) throws(Failure) -> Outcome {
    try give(old.replay)
    record(.stale, old.entry.key, saved: old.entry.info?.cost ?? 0)
    let isStarted = cachedOnly ? false : store.map { detach($0) } ?? false
    return Outcome(
      status: old.replay.of.exitStatus, key: old.entry.key,
      verdict: .stale(age: old.age, overdue: max(0, old.overdue), isRefreshing: isStarted))
  }

  /// Gives an expired result in place of a failure.
  func fallBack(to old: StaleEntry, _ why: String) throws(Failure) -> Outcome {
    try give(old.replay)
    record(.stale, old.entry.key, saved: 0)
    return Outcome(
      status: old.replay.of.exitStatus, key: old.entry.key, verdict: .fallback(age: old.age, why))
  }

  /// Why a result is no result; nil if it is one, or if it is only for us to hear.
  func failure(of result: ChildMonitor.Result) -> String? {
    if result.signal != nil || result.wasCutOff { return nil }
    if result.isOutOfTime { return "the command ran out of time" }
    switch result.ending {
    case .killed(let signal): return "the command was killed by signal \(signal)"
    case .exited(let status):
      return isKept(status) ? nil : "the command failed with status \(status)"
    }
  }

  /// Has the command run by a process that outlives us, unless one does already.
  func startRefresh(_ miss: Miss) -> Outcome {
    var outcome = Outcome(status: 0, key: runKey, verdict: .started)
    do throws(Failure) {
      if let target = try storeForWriting?() {
        if !detach(target) { outcome.verdict = .miss(miss) }
      }
    } catch {
      warn(error)
      outcome.verdict = .miss(miss)
    }
    if outcome.verdict != .started { outcome.notKept = .notRun }
    return outcome
  }

  /// Starts one process for a refresh; false if the command is being run already, or it cannot be.
  private func detach(_ store: Store) -> Bool {
    guard let refresher, let removals = try? store.removals(),
      let flight = RunLock.takeIfFree(
        RunLock.path(store: store.path, key: runKey, removals: removals))
    else { return false }
    var environment = invocation.environment
    environment.set(Self.marker, to: Child.handedOver.description)
    do throws(Failure) {
      func start(_ descriptor: Int32?) throws(Failure) {
        try Child.detach(
          refresher, environment: environment, input: descriptor, lock: flight.descriptor)
      }
      if let input { try input.withDescriptor(start) } else { try stdin.withCopy(start) }
      return true
    } catch {
      flight.land()
      warn(error)
      return false
    }
  }

  /// Runs the command in the process that was started for it, whose output goes nowhere.
  ///
  /// - Returns: nil if this is no such process.
  func answerInBackground() throws(Failure) -> Outcome? {
    guard let handedOver, let target = try? storeForWriting?(),
      let flight = RunLock.adopt(handedOver, of: runKey, store: target.path)
    else { return nil }
    let nothing = Outcome(status: 0, key: runKey, verdict: .shared, notKept: .notRun)
    defer { flight.land() }
    var again = self
    again.store = target
    again.sink = { _, _ in true }
    again.live = nil
    // Another call may have finished between the lookup of the starting process and its lock.
    if !refresh, case .success = again.search() { return nothing }
    return try again.run(refresh ? .forced : .expired, target, flight, again.oldAnswer())
  }
}
