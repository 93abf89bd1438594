internal import Cachetronomy
internal import System

/// An expired entry that may still be served.
struct StaleEntry {
  var entry: Entry
  var replay: Replay
  /// Microseconds since it was stored.
  var age: Int64
  /// Microseconds since it expired; negative if it has not.
  var overdue: Int64

  /// Whether it expired at most `window` ago.
  func isWithin(_ window: TimeToLive?) -> Bool {
    guard let window, window.microseconds > 0 else { return false }
    return overdue <= window.microseconds
  }
}

extension CachedRun {
  /// The variable that tells a refreshing process at which descriptor its single-flight lock is.
  package static let marker = "CACHETRONOMY_LOCK"

  /// Returns the descriptor of the single-flight lock if this process was started for a background
  /// refresh, and removes the variable that names it from the environment.
  package static func takeInheritedLock(_ environment: inout Environment) -> Int32? {
    environment.remove(marker) == Array(Child.inheritedLock.description.utf8)
      ? Child.inheritedLock : nil
  }

  /// The longer of the two stale windows.
  private var window: TimeToLive {
    let none = TimeToLive(microseconds: 0)
    return max(
      invocation.settings.staleWhileRevalidate ?? none, invocation.settings.staleIfError ?? none)
  }

  func isServable(_ old: StaleEntry) -> Bool { old.isWithin(window) }

  /// Returns the time after which `gc` may remove an entry.
  func keepUntil(_ expiry: Timestamp, _ status: Int32) -> Timestamp {
    isKept(status) && expiry != .never ? window.expiry(from: expiry) : expiry
  }

  /// Returns the entry for this call whether expired or not; nil if it may not be served after
  /// expiry.
  func oldAnswer() -> StaleEntry? {
    if let old = oldAnswer(command.key) { return old }
    return stdin.hasContents ? oldAnswer(runKey) : nil
  }

  private func oldAnswer(_ key: Key) -> StaleEntry? {
    let settings = invocation.settings
    guard let store, window.microseconds > 0, !settings.isUncached,
      let entry = try? store.entry(key), let info = entry.info,
      let replay = try? Replay(entry, from: store), isKept(replay.of.exitStatus),
      replay.of.terms.objection(for: surroundings) == nil
    else { return nil }
    let now = now()
    return StaleEntry(
      entry: entry, replay: replay, age: max(0, now.since(info.created)),
      overdue: entry.freshness.overdue(at: now, within: settings.timeToLive))
  }

  /// Whether a stale entry can be refreshed in the background.
  var canRefresh: Bool {
    refresher != nil && storeForWriting != nil && store?.isWritable == true
  }

  /// Serves a stale entry immediately, and starts a process that refreshes it.
  ///
  /// - Returns: nil if its outputs cannot be restored.
  func serve(_ old: StaleEntry) throws(Failure) -> Outcome? {
    guard !hasOutputs || restoreOutputs(of: old.replay.of) != nil else { return nil }
    try give(old.replay)
    record(.stale, old.entry.key, saved: old.entry.info?.cost ?? 0)
    let isStarted = cachedOnly ? false : store.map { detach($0) } ?? false
    return Outcome(
      status: old.replay.of.exitStatus, key: old.entry.key,
      verdict: .stale(age: old.age, overdue: max(0, old.overdue), isRefreshing: isStarted))
  }

  /// Serves an expired entry instead of a failure.
  func fallBack(to old: StaleEntry, _ why: String) throws(Failure) -> Outcome {
    try give(old.replay)
    record(.stale, old.entry.key, saved: 0)
    return Outcome(
      status: old.replay.of.exitStatus, key: old.entry.key, verdict: .fallback(age: old.age, why))
  }

  /// Returns why a run failed; nil if it succeeded, or was ended by a signal to this process.
  func failure(of result: ChildMonitor.Result) -> String? {
    if result.signal != nil || result.wasCutOff { return nil }
    if result.isOutOfTime { return "the command timed out" }
    switch result.ending {
    case .killed(let signal): return "the command was killed by signal \(signal)"
    case .exited(let status):
      return isKept(status) ? nil : "the command failed with status \(status)"
    }
  }

  /// Starts a detached process that runs the command, unless one is running it already.
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

  /// Starts the process of a refresh; returns false if the command is already running or on
  /// failure.
  private func detach(_ store: Store) -> Bool {
    guard let refresher, let removals = try? store.removals(),
      let runLock = RunLock.takeIfFree(
        RunLock.path(store: store.path, key: runKey, removals: removals))
    else { return false }
    var environment = invocation.environment
    environment.set(Self.marker, to: Child.inheritedLock.description)
    do throws(Failure) {
      func start(_ descriptor: Int32?) throws(Failure) {
        try Child.detach(
          refresher, environment: environment, input: descriptor, lock: runLock.descriptor)
      }
      if let input { try input.withDescriptor(start) } else { try stdin.withCopy(start) }
      return true
    } catch {
      runLock.release()
      warn(error)
      return false
    }
  }

  /// Runs the command in the process that was started for a refresh, and discards its output.
  ///
  /// - Returns: nil if this process was not started for a refresh.
  func answerInBackground() throws(Failure) -> Outcome? {
    guard let inheritedLock, let target = try? storeForWriting?(),
      let runLock = RunLock.adopt(inheritedLock, of: runKey, store: target.path)
    else { return nil }
    let nothing = Outcome(status: 0, key: runKey, verdict: .shared, notKept: .notRun)
    defer { runLock.release() }
    var again = self
    again.store = target
    again.sink = { _, _ in true }
    again.live = nil
    // Another process may have stored a result before the starting process took the lock.
    if !refresh, case .success = again.search() { return nothing }
    return try again.run(refresh ? .forced : .expired, target, runLock, again.oldAnswer())
  }
}
