internal import Cachetronomy
internal import CommandCache

/// A command of `run` with its settings, cache key and stdin.
struct ResolvedRun {
  let request: RunRequest
  let opened: OpenedStore
  let command: ResolvedCommand
  private(set) var call: Invocation
  private(set) var key: CommandKey
  let stdin: StandardInput
  /// The input that `--stdin` read.
  private var input: CommandInput?

  init(_ request: RunRequest, _ opened: OpenedStore) throws(Failure) {
    (self.request, self.opened) = (request, opened)
    let resolved = try request.resolve(opened.profile)
    (command, call) = (resolved.resolved, resolved.call)
    key = resolved.key ?? call.resolve()
    stdin =
      command.settings.stdin == true
      ? .given : request.line.noStdin ? .null : .inherited(request.environment.probe)
  }

  /// Why no result of the command can be stored, whatever the settings; nil if there is no reason.
  var obstacle: String? {
    request.nowhere?.description ?? key.notes.obstacle ?? stdin.obstacle
  }

  /// Why the command is not cached; nil if it is.
  var notCached: String? {
    if request.isOff { return "CACHETRONOMY_DISABLE is set" }
    if request.line.rulesOnly, command.rule == nil {
      return "no rule of profile \(opened.profile.name) matches"
    }
    if command.settings.cache == false { return "rule \(command.rule?.source ?? "") says so" }
    return obstacle
  }

  /// Reads the input of `--stdin`, which is part of the key.
  mutating func readInput() throws(Failure) {
    guard stdin.isGiven else { return }
    let read = try Input.spool(beside: opened.store)
    input = read
    call.input = read.digest
    key = call.resolve()
  }

  /// The cached run.
  ///
  /// - Parameter storing: called when the store is opened for writing.
  func cachedRun(
    _ reporter: WarningReporter, storing: @escaping () -> Void
  ) -> CachedRun {
    let line = request.line
    var run = bare(reporter, store: opened.store)
    run.setAside = reporter.setAside
    if command.settings.remote != false {
      do throws(Failure) {
        run.remote = try RemotePlace.tier(
          of: opened.profile, store: opened.store, request.environment)
      } catch {
        reporter.warn(error)
      }
    }
    if let prepared = request.prepared, prepared.isOf(command), HotPath.wantsManifest {
      run.manifests = ManifestContext(
        arguments: ArgumentBytes.own(), command: command, profilesSum: prepared.profilesSum)
    }
    run.rule = command.rule?.source
    run.refresh = line.refresh
    run.input = input
    run.inheritedLock = request.inheritedLock
    run.refresher = ArgumentBytes.all()
    run.background = request.isSilent
    run.isComparing = line.isVerbose
    if let waitLimit = request.waitLimit { run.waitLimit = waitLimit.microseconds }
    run.cachedOnly = line.cachedOnly
    if opened.isUsable, !line.noStore {
      let (store, environment) = (opened.store, request.environment)
      run.storeForWriting = { () throws(Failure) in
        storing()
        if let store, try store.beginWriting(lockTimeout: 3000) { return store }
        return try line.common.writing(environment, create: true, lockTimeout: 3000)
      }
    }
    return run
  }

  /// Runs a command that cannot be cached: directly in this process if possible.
  func runUncached(_ reporter: WarningReporter, why: String) throws(Failure) -> RunVerb.Ending {
    let isObstacle = why == obstacle
    if let nowhere = request.nowhere, isObstacle {
      reporter.warn(nowhere)
    } else if request.line.isVerbose {
      Output.say("not cached: \(why)")
    }
    if let status = request.statusWithoutRun { return (status, nil) }
    // The options that shape a run apply to a command whose result cannot be stored, too.
    let isBounded = command.settings.timeout.map { $0.microseconds > 0 } ?? false
    guard isObstacle,
      request.nowhere != nil || isBounded || request.line.noStdin || call.hasPipefail
    else { throw CachedRun.exec(call) }
    var run = bare(reporter, store: nil)
    if stdin.isGiven { run.input = try Input.spool(beside: opened.store) }
    run.refresh = true
    let outcome = try run.answer()
    return (outcome.status, outcome.signal)
  }

  private func bare(_ reporter: WarningReporter, store: Store?) -> CachedRun {
    var run = CachedRun(
      call, key, stdin: stdin, profile: opened.profile, store: store, sink: Output.pass,
      warn: reporter.warn)
    run.live = LiveOutput()
    return run
  }
}
