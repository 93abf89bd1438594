/// Runs the command on a miss.
extension Memo {
  func run(
    _ miss: Miss, _ target: Store?, _ flight: SharedFlight?, _ old: OldAnswer?
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
      // The result is shared locally by now, so local waiters need not wait for the remote.
      if stored != nil || lease != nil { flight?.land() }
      let isOurs = renewal?.stop() ?? true
      if stored != nil || lease != nil {
        share(stored ?? key, target, isKept: stored != nil && isOurs, lease)
      }
    }
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
    let held =
      handedOver == nil && old?.isWithin(invocation.settings.staleIfError) == true
      ? HeldOutput(liveSink, then: sink, beside: target ?? store) : nil
    let run = try runCommand(
      spool, held, flight, isNamed: flight != nil || lease != nil, key: key)
    var outcome = Outcome(
      status: run.result.ending.status, key: key, verdict: .miss(miss), signal: run.result.signal)
    if run.result.wasCutOff, case .killed = run.result.ending { outcome.status = 0 }
    if run.result.isOutOfTime { outcome.status = ChildMonitor.timeoutStatus }
    var instead: Outcome?
    if let held {
      if let old, held.isHolding, let why = failure(of: run.result) {
        instead = try fallBack(to: old, why)
      } else {
        try held.release()
      }
    }
    // A signal or limit of this call does not concern the waiting ones: one of them takes over.
    if let flight, run.isShareable, run.result.signal == nil, !run.result.wasCutOff,
      !run.result.isOutOfTime, spool.share()
    {
      flight.finish(status: outcome.status, run.terms)
    }
    outcome.notKept = reason(not: run, spool, target, old)
    if outcome.notKept == nil, let target {
      do throws(Failure) {
        let entry = try entry(run, began, spool, target)
        outcome.key = entry.key
        if try store(entry, in: target, unless: witness) {
          stored = entry.key
        } else {
          outcome.notKept = .removed
        }
        invocation.probe.writeDigests(beside: target.path)
        if handedOver == nil {
          AccessJournal(store: target.path).append(
            AccessJournal.Kind(miss), outcome.key, profile: profile.name, at: began)
        }
      } catch {
        complain(error)
        outcome.notKept = .failed(error)
      }
    } else if instead == nil, handedOver == nil {
      record(AccessJournal.Kind(miss), key)
    }
    if let failure = run.result.unwritten { throw failure }
    return instead ?? outcome
  }

  private func store(
    _ entry: Entry, in target: Store, unless witness: Store.Witness?
  ) throws(Failure) -> Bool {
    guard try target.put(entry, unless: witness, intoMemory: profile.maxMemory > 0) else {
      if let id = entry.info?.recording { try target.dropChunks(of: id) }
      return false
    }
    // A command that now reads its input would be found under the key of one that does not.
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

  /// A finished run of the command.
  struct Run {
    var result: ChildMonitor.Result
    /// In microseconds.
    var duration: Int64
    var finding: InputWatch.Finding
    var terms: ServingTerms
    /// A file that the script was to create and did not replace.
    var notMade: [UInt8]?

    /// Whether waiting processes may use the result.
    var isShareable: Bool { finding != .read && finding != .unknown || terms.input.isInKey }
  }

  private func runCommand(
    _ spool: Spool, _ held: HeldOutput?, _ flight: SharedFlight?, isNamed: Bool, key: Key
  ) throws(Failure) -> Run {
    var call = invocation
    if isNamed, let name = key.digest {
      let above = call.environment.text(Self.ancestors).map { $0 + ":" } ?? ""
      call.environment.set(Self.ancestors, to: above + name)
    }
    // Held stdout follows at the end, so its order relative to stderr is lost anyway.
    let isMerged = held == nil && surroundings.hasOneStream
    let watch = input == nil ? stdin.watch() : nil
    let before = surroundings.outputs.prints()
    let output: any LiveSink = held ?? liveSink
    let start = Timestamp.monotonic()
    func monitor(_ descriptor: Int32?) throws(Failure) -> ChildMonitor.Result {
      var request = ChildMonitor.Request(
        invocation: call, input: stdin.childInput, isMerged: isMerged, sink: output,
        record: { stream, bytes in
          spool.append(stream, bytes)
          return spool.abandoned == nil
        })
      if let descriptor { request.input = .descriptor(descriptor) }
      request.watch = watch
      request.releaseWaiters = { readsInput in
        if readsInput, !stdin.hasContents { spool.abandon(.readsInput) }
        flight?.release()
      }
      return try ChildMonitor.run(request)
    }
    var result: ChildMonitor.Result
    do throws(Failure) {
      if let input { result = try input.withDescriptor(monitor) } else { result = try monitor(nil) }
    } catch {
      guard Child.isNothingLeft(error), input == nil, handedOver == nil else { throw error }
      // Recording is impossible, so the command runs without the cache.
      warn(error)
      throw stdin.childInput == .inherited
        ? Child.become(invocation) : Child.becomeWithoutInput(invocation)
    }
    let duration = Timestamp.monotonic() - start
    if invocation.hasPipefail, result.ending == .exited(141) { result.ending = .exited(0) }
    let finding = watch?.finish() ?? .nothing
    var run = Run(result: result, duration: duration, finding: finding, terms: ServingTerms())
    run.terms.isMerged = isMerged
    run.terms.input = input == nil ? stdin.recorded(finding) : .given
    switch surroundings.outputs.judge(before: before, after: surroundings.outputs.prints()) {
    case .success(let prints): run.terms.outputs = prints
    case .failure(let file): run.notMade = file.path
    }
    return run
  }

  private var isKeeping: Bool {
    storeForWriting != nil && invocation.settings.timeToLive?.microseconds != 0
  }

  private func reason(
    not run: Run, _ spool: Spool, _ target: Store?, _ old: OldAnswer?
  ) -> NotKept? {
    let result = run.result
    if invocation.settings.timeToLive?.microseconds == 0 { return .timeToLiveIsZero }
    if storeForWriting == nil { return .storingIsOff }
    if target == nil { return .noStore }
    if result.wasCutOff { return .readerLeft }
    if result.isOutOfTime { return .outOfTime }
    switch result.ending {
    case .killed(let signal): return .killed(signal: signal)
    case .exited(let status) where !isKept(status):
      // A failure does not replace a stale entry that can be served instead of it.
      if failureTimeToLive == nil || old.map(isServable) == true { return .status(status) }
    case .exited: break
    }
    switch spool.abandoned {
    case .tooLarge: return .tooLarge(limit: profile.maxEntrySize)
    case .failed(let failure):
      warn(failure)
      return .failed(failure)
    case .readsInput: return .readInput
    case nil: return objection(to: run)
    }
  }

  /// Returns why the result may not be stored because of what the command read.
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
    _ run: Run, _ began: Timestamp, _ spool: Spool, _ target: Store
  ) throws(Failure) -> Entry {
    spool.finish()
    if case .failed(let failure) = spool.abandoned { throw failure }
    let status = run.result.ending.status
    let data = try Recording.encode(
      argv: invocation.shownArguments, directory: invocation.directory, exitStatus: status,
      duration: run.duration, terms: run.terms, spool)
    var id: [UInt8]?
    if !spool.isSmall {
      let fresh = Random.bytes(16)
      try target.putChunks(of: fresh, spool.chunks())
      id = fresh
    }
    let stored = now()
    let success = invocation.settings.timeToLive ?? profile.timeToLive
    let time = isKept(status) ? success : failureTimeToLive ?? success
    let jitter = invocation.settings.ttlJitter ?? profile.ttlJitter
    let expiry = (jitter == 0 ? time : time.shortened(by: jitter, chance())).expiry(from: stored)
    let tags = profile.tags + invocation.settings.tags.filter { !profile.tags.contains($0) }
    let isByContents = run.terms.input.isInKey && input == nil
    return Entry(
      key: isByContents ? runKey : command.key, data: data, format: "msgpack", expiry: expiry,
      tags: tags, profile: profile.name,
      info: Entry.Info(
        created: stored, keepUntil: keepUntil(expiry, status), size: spool.bytes,
        cost: max(0, run.duration), origin: .run, rule: rule, recording: id, began: began,
        parts: (try? target.secret()).map {
          fingerprints(secret: $0, isWithContents: isByContents).encoded
        }))
  }
}
