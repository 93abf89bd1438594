/// What happens on a miss.
extension Memo {
  func run(
    _ key: Key, _ miss: Miss, _ target: Store?, _ flight: SharedFlight?, _ old: OldAnswer?
  ) throws(Failure) -> Outcome {
    let lease: RemoteLease?
    switch try askRemote(key, target) {
    case .answered(let outcome): return outcome
    case .run(let ours): lease = ours
    }
    let renewal = lease.flatMap { lease in remote.map { LeaseRenewal($0, lease) } }
    var isStored = false
    defer {
      // The callers of this machine have waited long enough.
      if isStored || lease != nil { flight?.land() }
      let isOurs = renewal?.stop() ?? true
      if isStored || lease != nil {
        share(key, target, isKept: isStored && isOurs, lease)
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
    var call = invocation
    if flight != nil || lease != nil, let name = key.digest {
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
    do throws(Failure) {
      if let input { result = try input.withDescriptor(watch) } else { result = try watch(nil) }
    } catch {
      guard Child.isNothingLeft(error), input == nil, handedOver == nil else { throw error }
      // Nothing is left to record by: the command does without us.
      warn(error)
      throw Child.becomeWithoutInput(invocation)
    }
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
    // A signal or a limit that was meant for this call is none of theirs: one of them takes over.
    if let flight, result.signal == nil, !result.wasCutOff, !result.isOutOfTime, spool.share() {
      flight.finish(status: outcome.status)
    }
    outcome.notKept = reason(not: result, spool, target, old)
    if outcome.notKept == nil, invocation.key() != key {
      outcome.notKept = "what it reads changed while it ran"
    }
    if outcome.notKept == nil, let target {
      do throws(Failure) {
        let entry = try entry(key, result.ending.status, duration, began, spool, target)
        isStored = try target.put(
          entry, unless: witness, intoMemory: profile.maxMemory > 0)
        if !isStored {
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

  func isKept(_ status: Int32) -> Bool { invocation.settings.keeps(status) }

  /// How long results with other statuses are kept; nil if they are not.
  var failureTimeToLive: TimeToLive? { invocation.settings.failureLimit }

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
    let time = isKept(status) ? success : failureTimeToLive ?? success
    let jitter = invocation.settings.ttlJitter ?? profile.ttlJitter
    let expiry = (jitter == 0 ? time : time.shortened(by: jitter, chance())).expiry(from: stored)
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
