internal import Cachetronomy
internal import System

/// What happens on a miss.
extension CachedRun {
  func run(
    _ miss: Miss, _ target: Store?, _ runLock: RunLock?, _ old: StaleEntry?
  ) throws(Failure) -> Outcome {
    let key = runKey
    let lease: RemoteLease?
    switch try askRemote(key, target) {
    case .answered(let outcome): return outcome
    case .run(let ours): lease = ours
    }
    let renewal = lease.flatMap { lease in remote.map { LeaseRenewal($0, lease) } }
    var stored: Key?
    defer {
      // The callers of this machine have waited long enough.
      if stored != nil || lease != nil { runLock?.release() }
      let isOurs = renewal?.stop() ?? true
      if stored != nil || lease != nil {
        share(stored ?? key, target, isKept: stored != nil && isOurs, lease)
      }
    }
    let began = now()
    let witness = witness(target, at: began)
    let recorder = OutputRecorder(
      directory: (target ?? store)?.directory ?? "/tmp",
      limit: isKeeping && target != nil ? profile.maxEntrySize : 0, runLock: runLock?.file)
    let held =
      inheritedLock == nil && old?.isWithin(invocation.settings.staleIfError) == true
      ? DeferredOutput(liveSink, then: sink, beside: target ?? store) : nil
    var run = try runCommand(
      recorder, held, runLock, isNamed: runLock != nil || lease != nil, key: key)
    var outcome = Outcome(
      status: run.status, key: key, verdict: .miss(miss), signal: run.result.signal)
    let instead = try release(held, run, old)
    if let runLock, run.isForOthers, recorder.share() {
      runLock.finish(status: outcome.status, run.terms)
    }
    outcome.notKept = reason(not: run, recorder, target, old)
    if outcome.notKept == nil { outcome.notKept = complete(&run, &outcome, target) }
    if outcome.notKept == nil, let target {
      stored = keep(run, began, recorder, target, witness, &outcome)
    } else if instead == nil, inheritedLock == nil {
      record(AccessJournal.Kind(miss), key)
    }
    if let failure = run.result.unwritten { throw failure }
    return instead ?? outcome
  }

  /// Adds what a result depends on and the files that come back with it.
  ///
  /// - Returns: why it may not be stored; nil if it may.
  private func complete(_ run: inout Run, _ outcome: inout Outcome, _ target: Store?) -> NotKept? {
    var made: [[UInt8]] = []
    if let trace = run.result.trace {
      switch judge(trace) {
      case .success(let found):
        (run.inputs, outcome.inputCount) = (found.inputs, found.inputs.items.count)
        made = found.made
      case .failure(let why): return why
      }
    }
    guard hasOutputs, isKept(run.status), let target else { return nil }
    switch collectOutputs(of: run, made: made, into: target) {
    case .success(let list): (run.files, outcome.keptFiles) = (list, list.fileCount)
    case .failure(let why): return why
    }
    return nil
  }

  /// What must hold for the result to be stored; nil if the store cannot be read.
  private func witness(_ target: Store?, at began: Timestamp) -> Store.PutPrecondition? {
    do throws(Failure) {
      return try (target ?? store)?.witness(at: began)
    } catch {
      complain(error)
      return nil
    }
  }

  /// Writes the output that was held back, or an expired result in place of a failure.
  ///
  /// - Returns: the outcome of serving the expired result; nil if the output was written.
  private func release(
    _ held: DeferredOutput?, _ run: Run, _ old: StaleEntry?
  ) throws(Failure) -> Outcome? {
    guard let held else { return nil }
    if let old, held.isHolding, let why = failure(of: run.result),
      !hasOutputs || restoreOutputs(of: old.replay.of) != nil
    {
      return try fallBack(to: old, why)
    }
    try held.release()
    return nil
  }

  /// Stores a result.
  ///
  /// - Returns: its key; nil if it was not stored, with the reason in the outcome.
  private func keep(
    _ run: Run, _ began: Timestamp, _ recorder: OutputRecorder, _ target: Store,
    _ witness: Store.PutPrecondition?, _ outcome: inout Outcome
  ) -> Key? {
    var stored: Key?
    do throws(Failure) {
      let entry = try entry(run, began, recorder, target)
      outcome.key = entry.key
      if try store(entry, in: target, unless: witness) {
        stored = entry.key
      } else {
        outcome.notKept = .removed
      }
      invocation.probe.writeDigests(beside: target.path)
      if run.inputs != nil {
        try target.trimVariants(
          of: runKey, to: invocation.settings.traceVariants ?? 8, profile: profile.name, at: now())
      }
      if inheritedLock == nil, case .miss(let miss) = outcome.verdict {
        AccessJournal(store: target.path).append(
          AccessJournal.Kind(miss), outcome.key, profile: profile.name, at: began)
      }
    } catch {
      complain(error)
      outcome.notKept = .failed(error)
    }
    return stored
  }

  private func store(
    _ entry: Entry, in target: Store, unless witness: Store.PutPrecondition?
  ) throws(Failure) -> Bool {
    guard try target.put(entry, unless: witness, intoMemory: profile.maxMemory > 0) else {
      if let id = entry.info?.recording { try target.dropChunks(of: id) }
      return false
    }
    // A command that reads its input now would be found under the key of one that does not.
    if refresh, entry.key != command.key, try target.entry(command.key) != nil {
      try target.remove(
        .keys([command.key]), because: .user, profile: profile.name, at: now())
    }
    return true
  }

  private var liveSink: any LiveSink {
    if let live { return live }
    return BlockingSink(sink)
  }

  /// A run of the command, and what is known of it when it is over.
  struct Run {
    var result: ChildMonitor.Result
    /// In microseconds.
    var duration: Int64
    var finding: InputWatch.Finding
    var terms: ServingTerms
    /// The inputs of a traced command.
    var inputs: InputList?
    /// The files that come back on a hit.
    var files = OutputList()
    /// A file of `--output` that the command read before it changed it.
    var readOutput: [UInt8]?
    /// A file that the script was to make and left unchanged.
    var notMade: [UInt8]?

    /// The exit status for the caller.
    var status: Int32 {
      if result.isOutOfTime { return ChildMonitor.timeoutStatus }
      if result.wasCutOff, case .killed = result.ending { return 0 }
      return result.ending.status
    }

    /// Whether calls that wait may have the result.
    ///
    /// A signal or a limit that was meant for this call does not concern them: one of them takes
    /// over.
    var isForOthers: Bool {
      (finding != .read && finding != .unknown || terms.input.isInKey)
        && result.signal == nil && !result.wasCutOff && !result.isOutOfTime
    }
  }

  private func runCommand(
    _ recorder: OutputRecorder, _ held: DeferredOutput?, _ runLock: RunLock?, isNamed: Bool,
    key: Key
  ) throws(Failure) -> Run {
    var call = invocation
    if isNamed, let name = key.digest {
      let above = call.environment.text(Self.ancestors).map { $0 + ":" } ?? ""
      call.environment.set(Self.ancestors, to: above + name)
    }
    // Held output follows at the end, whatever came on stderr meanwhile.
    let isMerged = held == nil && surroundings.hasOneStream
    let watch = input == nil ? stdin.watch() : nil
    let before = surroundings.outputs.prints()
    let reads =
      hasOutputs && !isTraced
      ? OutputReads(invocation.outputs, of: invocation, command.notes.namedOutputs) : nil
    let output: any LiveSink = held ?? liveSink
    let start = MonotonicClock.now()
    func monitor(_ descriptor: Int32?) throws(Failure) -> ChildMonitor.Result {
      var request = ChildMonitor.Request(
        invocation: call, input: stdin.childInput, isMerged: isMerged, sink: output,
        record: { stream, bytes in
          recorder.append(stream, bytes)
          return recorder.abandoned == nil
        })
      if let descriptor { request.input = .descriptor(descriptor) }
      request.watch = watch
      if isTraced {
        request.traces = invocation.settings.traceTimes == true
        request.mayRunUntraced = invocation.settings.timeToLive == nil
      }
      request.releaseWaiters = { readsInput in
        if readsInput, !stdin.hasContents { recorder.abandon(.readsInput) }
        runLock?.releaseUnfinished()
      }
      return try ChildMonitor.run(request)
    }
    var result: ChildMonitor.Result
    do throws(Failure) {
      if let input { result = try input.withDescriptor(monitor) } else { result = try monitor(nil) }
    } catch {
      guard Child.isNothingLeft(error), input == nil, inheritedLock == nil else { throw error }
      // Nothing is left to record by: the command does without us.
      warn(error)
      throw stdin.childInput == .inherited
        ? Child.exec(invocation) : Child.execWithoutInput(invocation)
    }
    let duration = MonotonicClock.now() - start
    if invocation.hasPipefail, result.ending == .exited(141) { result.ending = .exited(0) }
    let finding = watch?.finish() ?? .nothing
    var run = Run(result: result, duration: duration, finding: finding, terms: ServingTerms())
    run.terms.isMerged = isMerged
    run.terms.input = input == nil ? stdin.recorded(finding) : .given
    run.readOutput = reads?.firstRead()
    switch surroundings.outputs.judge(before: before, after: surroundings.outputs.prints()) {
    case .success(let prints): run.terms.outputs = prints
    case .failure(let file): run.notMade = file.path
    }
    return run
  }

  private var isKeeping: Bool {
    storeForWriting != nil && !invocation.settings.isUncached
  }

  private func reason(
    not run: Run, _ recorder: OutputRecorder, _ target: Store?, _ old: StaleEntry?
  ) -> NotKept? {
    let result = run.result
    if invocation.settings.isUncached { return .timeToLiveIsZero }
    if storeForWriting == nil { return .storingIsOff }
    if target == nil { return .noStore }
    if result.wasCutOff { return .readerLeft }
    if result.isOutOfTime { return .outOfTime }
    switch result.ending {
    case .killed(let signal): return .killed(signal: signal)
    case .exited(let status) where !isKept(status):
      // A failure does not take the place of what stands in for it.
      if failureTimeToLive == nil || old.map(isServable) == true { return .status(status) }
    case .exited: break
    }
    switch recorder.abandoned {
    case .tooLarge: return .tooLarge(limit: profile.maxEntrySize)
    case .failed(let failure):
      warn(failure)
      return .failed(failure)
    case .readsInput: return .readInput
    case nil: return objection(to: run)
    }
  }

  /// Why what the command read forbids to store its result.
  private func objection(to run: Run) -> NotKept? {
    if run.terms.input.isInKey {
      if stdin.hasChanged { return .inputChanged }
    } else if run.finding == .read {
      return .readInput
    } else if run.finding == .unknown {
      return .mayHaveReadInput
    }
    if let path = run.notMade {
      return .didNotReplace(
        ShellWords.quote(invocation.redactor.redacted(path)))
    }
    return invocation.hasKey(command) ? nil : .keyChanged
  }

  func isKept(_ status: Int32) -> Bool { invocation.settings.keeps(status) }

  /// How long results with other statuses are kept; nil if they are not.
  var failureTimeToLive: TimeToLive? { invocation.settings.failureLimit }

  private func entry(
    _ run: Run, _ began: Timestamp, _ recorder: OutputRecorder, _ target: Store
  ) throws(Failure) -> Entry {
    recorder.finish()
    if case .failed(let failure) = recorder.abandoned { throw failure }
    let status = run.result.ending.status
    let data = try Recording.encode(
      argv: invocation.shownArguments, directory: invocation.directory, exitStatus: status,
      duration: run.duration, terms: run.terms, inputs: run.inputs?.encoded() ?? [],
      files: run.files.items.isEmpty ? [] : run.files.encoded(), recorder)
    var id: [UInt8]?
    if !recorder.isSmall {
      let fresh = Random.bytes(16)
      try target.putChunks(of: fresh, recorder.chunks())
      id = fresh
    } else if !run.files.items.isEmpty {
      id = Random.bytes(16)
    }
    let stored = now()
    // A traced result without a ttl is valid until an input changes.
    let success =
      invocation.settings.timeToLive ?? (run.inputs == nil ? profile.timeToLive : .never)
    let isByContents = run.terms.input.isInKey && input == nil
    let question = isByContents ? runKey : command.key
    let key = run.inputs.flatMap { question.variant($0.digest) } ?? question
    var entry = profile.newEntry(
      key, data, origin: .run, at: stored,
      timeToLive: isKept(status) ? success : failureTimeToLive ?? success,
      jitter: invocation.settings.ttlJitter, tags: invocation.settings.tags, chance: chance)
    entry.info = Entry.Info(
      created: stored, keepUntil: keepUntil(entry.expiry, status),
      size: recorder.bytes.plus(run.files.size),
      cost: max(0, run.duration), origin: .run, rule: rule, recording: id, began: began,
      parts: (try? target.secret()).map {
        fingerprints(secret: $0, isWithContents: isByContents).encoded
      })
    return entry
  }
}
