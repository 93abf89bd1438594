internal import Cachetronomy
internal import CommandCache

/// The verb `run`, once its command line has been read.
enum RunVerb {
  /// The exit status, and the signal to die of, if the command died of one that this process received.
  typealias Ending = (status: Int32, signal: Int32?)

  /// Serves or runs a command.
  ///
  /// - Parameter prepared: the command and its key, if the profiles in memory were enough for that.
  static func run(
    _ line: RunArguments, _ prepared: PreparedRun? = nil
  ) throws(Failure) -> Ending {
    CachedRun.blockFailedWrites()
    let request = try RunRequest(line, prepared)
    if request.isOff, !line.explain {
      if let status = request.statusWithoutRun { return (status, nil) }
      throw CachedRun.exec(try request.resolve(Profile(name: Profile.defaultName)).call)
    }
    let reporter = WarningReporter(line.common, request.environment)
    let opened = try request.open(reporter)
    var resolved = try ResolvedRun(request, opened)
    let notCached = resolved.notCached
    if let notCached, !line.explain {
      return try resolved.runUncached(reporter, why: notCached)
    }
    try resolved.readInput()
    var stores = false
    let run = resolved.cachedRun(reporter) { stores = true }
    if line.explain {
      let report = ExplainReport(run.explain(notCached: notCached), resolved.command)
      try report.write(json: line.json)
      return (report.status, nil)
    }
    // The process ends with this: to release the store takes a tenth of a hit.
    if let store = opened.store { _ = Unmanaged.passRetained(store) }
    // Also where the output could not be written.
    defer { if stores { line.common.collectIfDue(opened.profile, request.environment) } }
    let outcome = try run.answer()
    reporter.count()
    RunReport.write(outcome, resolved, line)
    return (outcome.status, outcome.signal)
  }
}
