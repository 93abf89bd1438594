package import Cachetronomy
internal import Glibc
internal import System

/// Runs a command through the cache: serves its result from the store, or runs and records it.
///
/// A failure of the store never stops the command: it is passed to `warn`.
package struct CachedRun {
  /// The command.
  package var invocation: Invocation
  /// The cache key of the command, with the findings made while computing it.
  private(set) var command: CommandKey
  /// The streams of this call, which decide which recordings may be served.
  package var surroundings: CallSurroundings
  /// The active profile.
  package var profile: Profile
  /// The matching rule, as `file:line`.
  package var rule: String?
  /// Run the command even if a result is stored.
  package var refresh = false
  /// Serve the result from the store and never run the command.
  package var cachedOnly = false
  /// The arguments that start this program again for the same command, its own name first; nil
  /// disables background refreshes.
  package var refresher: [[UInt8]]?
  /// The descriptor of a single-flight lock that another process took and passed to this one.
  package var inheritedLock: Int32?
  /// Print nothing, only make sure that a fresh result is stored.
  package var background = false
  /// On a miss, find out how the key differs from that of the nearest earlier recording.
  package var isComparing = false
  /// The stdin that `--stdin` read; nil without it.
  package var input: CommandInput?
  /// Receives output while the command runs; nil passes it to `sink`.
  package var live: LiveOutput?
  /// What a manifest is made with; nil writes none.
  package var manifests: ManifestContext?
  /// Maximum wait for another process running the same command, in microseconds.
  package var waitLimit: Int64 = 600_000_000
  /// The store to read from; nil if there is none yet.
  package var store: Store?
  /// Opens the store for writing and creates it if needed; nil if nothing shall be stored.
  package var storeForWriting: (() throws(Failure) -> Store?)?
  /// The remote; nil if there is none, or the command is not allowed there.
  package var remote: (any RemoteCache)?
  /// Quarantines a corrupt store; returns false if the store is not corrupt.
  ///
  /// The argument tells whether this process may have a connection to the store.
  package var setAside: (_ isKnown: Bool) -> Bool = { _ in false }
  let health = Health()
  /// Receives the output.
  package var sink: Sink
  /// Returns the current time.
  package var now: () -> Timestamp
  /// Returns a random number from 0 to 1, for `ttl_jitter`.
  package var chance: () -> Double = { .random(in: 0...1) }
  /// Reports failures of the cache.
  package var warn: (Failure) -> Void

  /// Prepares a lookup of a command.
  ///
  /// - Parameters:
  ///   - command: its cache key; nil computes it.
  ///   - stdin: the stdin of the command.
  package init(
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

  /// Makes a write to a closed pipe an error instead of a fatal signal; the command does not
  /// inherit this.
  package static func blockFailedWrites() { Signals.blockFailedWrites() }

  /// Makes a write over `ulimit -f` an error instead of a fatal signal; the command does not
  /// inherit this.
  package static func blockFileLimit() { Signals.blockFileLimit() }

  /// Replaces this process with the command, as if it had been started directly.
  ///
  /// - Returns: the failure; does not return on success.
  package static func exec(_ invocation: Invocation) -> Failure { Child.exec(invocation) }

  /// Serves the result of the command, or runs it.
  ///
  /// - Throws: `Failure.cannotRun`, or `Failure.file` if the output cannot be written.
  package func answer() throws(Failure) -> Outcome {
    do throws(Failure) {
      return try answerOnce()
    } catch .cannotRun(.notTraceable(let reason)) {
      // Its ttl bounds what the tracer would have seen.
      var outcome = try untraced().answerOnce()
      outcome.notTraced = reason
      return outcome
    }
  }

  /// The same call, with the inputs that its words name in place of those that a tracer finds.
  private func untraced() -> CachedRun {
    var run = self
    run.invocation.settings.trace = false
    run.command = run.invocation.resolve()
    run.surroundings = CallSurroundings(stdin: stdin, notes: run.command.notes)
    // A manifest would serve the traced command.
    run.manifests = nil
    return run
  }

  private func answerOnce() throws(Failure) -> Outcome {
    Signals.blockFailedWrites()
    health.began = MonotonicClock.now()
    if let outcome = try answerInBackground() { return outcome }
    var why = NotFound(miss: .forced)
    if !refresh {
      switch search() {
      case .success(let found):
        if let outcome = try serve(found, isRefill: true) { return outcome }
        why = NotFound(miss: .absent, detail: "its outputs cannot be restored")
      case .failure(let reason): why = reason
      }
    }
    let miss = why.miss
    if background { return startRefresh(miss) }
    let old = refresh || miss == .expired ? oldAnswer() : nil
    if let old, !refresh, old.isWithin(invocation.settings.staleWhileRevalidate),
      cachedOnly || canRefresh, let outcome = try serve(old)
    {
      return outcome
    }
    if cachedOnly {
      if case .answered(let outcome) = try askRemote(runKey, try? storeForWriting?()) {
        return outcome
      }
      return Outcome(
        status: 1, key: runKey, verdict: .miss(miss), missDetail: why.detail, notKept: .notRun)
    }
    // Computed before the run, which stores an entry that would then be the nearest.
    let nearest =
      isComparing && miss == .absent && why.detail == nil ? self.nearest(to: runKey) : nil
    var outcome = try runOrShare(miss, old)
    outcome.nearest = nearest
    outcome.missDetail = why.detail
    outcome.changedInputs = why.changedInputs
    return outcome
  }

  /// The stdin of this call.
  var stdin: StandardInput { surroundings.stdin }

  /// The key under which the command runs: with the contents of a regular file on stdin in it.
  var runKey: Key {
    guard let contents = stdin.contentsDigest else { return command.key }
    return command.key(withInput: contents)
  }

  /// The result of a lookup.
  struct Found {
    var entry: Entry
    var replay: Replay
  }

  /// Searches for a recording that may be served to this call.
  ///
  /// A recording whose command did not read its input is served with any input. The contents of a
  /// regular file are read only if there is no such recording.
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

  /// Serves a result.
  ///
  /// - Returns: nil if its outputs cannot be restored: the command has to run.
  private func serve(_ found: Found, isRefill: Bool) throws(Failure) -> Outcome? {
    var files: OutputRestorer.Count?
    if !background, hasOutputs {
      files = restoreOutputs(of: found.replay.of)
      if files == nil { return nil }
    }
    if !background { try give(found.replay) }
    var outcome = hit(found)
    outcome.files = files
    if isRefill, profile.maxMemory > 0 {
      store?.refill(found.entry, found.replay)
      if isTraced || hasOutputs { keepManifest(of: found) }
    }
    return outcome
  }

  private func runOrShare(_ miss: Miss, _ old: StaleEntry?) throws(Failure) -> Outcome {
    // A store that could not be read would fail on the write too, after the same wait.
    guard let storeForWriting, !health.isFailing else { return try run(miss, nil, nil, old) }
    var target: Store?
    do throws(Failure) {
      target = try storeForWriting()
    } catch {
      // The corrupt store was moved away, so a new one can be created immediately.
      if complain(error, isKnown: store != nil) { target = try? storeForWriting() }
    }
    guard let target, !refresh, isSharing else { return try run(miss, target, nil, old) }
    return try runOnce(miss, target, old)
  }

  /// Whether the result may be shared: with a ttl of 0 nothing is kept, and each call runs on its
  /// own.
  private var isSharing: Bool { !invocation.settings.isUncached }

  /// Runs the command, or waits for another process running it.
  private func runOnce(_ miss: Miss, _ target: Store, _ old: StaleEntry?) throws(Failure) -> Outcome
  {
    // A command that calls itself with the same arguments would wait for its own end.
    guard !isWithinItself(runKey), let removals = try? target.removals() else {
      return try run(miss, target, nil, old)
    }
    let path = RunLock.path(store: target.path, key: runKey, removals: removals)
    switch RunLock.join(path, timeout: waitLeft) {
    case .alone: return try run(miss, target, nil, old)
    case .landed(let landing):
      // The other process may have had other input, or one pipe for both streams.
      guard landing.terms.objection(for: surroundings) == nil else {
        return try run(miss, target, nil, old)
      }
      // It may have run in another directory.
      if hasOutputs {
        if let outcome = try serveStored(in: target) { return outcome }
        return try run(miss, target, nil, old)
      }
      if let old, old.isWithin(invocation.settings.staleIfError), !isKept(landing.status) {
        return try fallBack(to: old, "another process running it got status \(landing.status)")
      }
      try landing.write(to: sink)
      stdin.advance(landing.terms)
      return Outcome(status: landing.status, key: runKey, verdict: .shared)
    case .leader(let runLock):
      defer { runLock.release() }
      // Another process may have stored a result after the first lookup and before the lock was
      // taken.
      if let outcome = try serveStored(in: target) { return outcome }
      return try run(miss, target, runLock, old)
    }
  }

  /// Serves a result that another process has stored meanwhile; nil if there is none.
  private func serveStored(in target: Store) throws(Failure) -> Outcome? {
    if health.cannotRestore { return nil }
    var again = self
    again.store = health.isReplaced ? target : store ?? target
    guard case .success(let found) = again.search() else { return nil }
    return try again.serve(found, isRefill: false)
  }

  /// Names the variable that lists the single-flight locks that a command runs under.
  static let ancestors = "CACHETRONOMY_FLIGHT"

  /// Whether an ancestor of this process runs the same command and waits for it.
  func isWithinItself(_ key: Key) -> Bool {
    let above = invocation.environment.text(Self.ancestors)?.split(separator: ":") ?? []
    return key.digest.map { name in above.contains { $0 == name } } ?? true
  }

  /// The remaining time to wait for other processes, here and on other machines, in microseconds.
  var waitLeft: Int64 {
    let left = waitLimit.subtractingReportingOverflow(MonotonicClock.now() - health.began)
    return left.overflow ? 0 : max(0, left.partialValue)
  }

  struct NotFound: Error {
    var miss: Miss
    /// Why none of the existing recordings may be served to this call.
    var detail: String?
    /// The inputs of a traced command that have changed.
    var changedInputs: [String] = []
  }

  private func find(_ key: Key) -> Result<Found, NotFound> {
    find(key) { entry, store throws(Failure) in
      let replay = try Replay(entry, from: store)
      return (Found(entry: entry, replay: replay), replay.of)
    }
  }

  /// Returns the key of a recording that may be served to this call, without reading its output.
  func findKey(_ key: Key) -> Result<Key, NotFound> {
    find(key) { entry, _ throws(Failure) in (entry.key, try Recording(entry.data)) }
  }

  private func find<T>(
    _ key: Key, _ read: (Entry, Store) throws(Failure) -> (T, Recording)
  ) -> Result<T, NotFound> {
    if isTraced { return findVariant(of: key) { findOne($0, read) } }
    return findOne(key, read)
  }

  private func findOne<T>(
    _ key: Key, _ read: (Entry, Store) throws(Failure) -> (T, Recording)
  ) -> Result<T, NotFound> {
    guard let store else { return .failure(NotFound(miss: .absent)) }
    do throws(Failure) {
      switch try store.lookup(key, at: now(), within: invocation.settings.timeToLive) {
      case .miss(let why): return .failure(NotFound(miss: why))
      case .stale: return .failure(NotFound(miss: .expired))
      case .hit(let entry):
        // The row has lost its `entry_info`, so another program has rewritten it.
        guard entry.info?.origin == .run else { return .failure(NotFound(miss: .corrupt)) }
        if let why = try inputObjection(entry) { return .failure(why) }
        let (found, recording) = try read(entry, store)
        if isTooOld(recording, entry) { return .failure(NotFound(miss: .expired)) }
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

  /// Whether a recorded failure is older than this call's limit for failures.
  func isTooOld(_ recording: Recording, _ entry: Entry) -> Bool {
    !invocation.settings.allows(status: recording.exitStatus, entry.freshness, at: now())
  }

  /// Reports a failure of the store, unless the store was corrupt and could be quarantined.
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

  /// Writes the output of a recording, and moves the offset of stdin to where its command left it.
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
    var outcome = Outcome(
      status: recording.exitStatus, key: entry.key,
      verdict: .hit(age: age, left: left(entry, recording.exitStatus, at: now), saved: cost))
    outcome.inputCount = InputList.count(in: recording.inputs)
    return outcome
  }

  /// Returns how long an entry may still be served to this call, in microseconds; nil is unlimited.
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

/// The state of the store during one call.
final class Health {
  /// When the call began.
  var began: Int64 = 0
  /// Whether it could not be read.
  var isFailing = false
  /// Whether files of a result could not be restored, so that the command runs.
  var cannotRestore = false
  /// Whether it was corrupt and has been replaced.
  var isReplaced = false
}
