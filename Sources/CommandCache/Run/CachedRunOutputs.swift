internal import Cachetronomy
internal import Glibc
internal import System

/// The files that a command makes and that come back on a hit.
extension CachedRun {
  /// Whether files come back with a result.
  var hasOutputs: Bool { !invocation.settings.output.isEmpty }

  /// Puts the files of a result back that are not in place.
  ///
  /// - Returns: how many; nil if that is not possible, which was reported: the command has to run.
  func restoreOutputs(of recording: Recording) -> OutputRestorer.Count? {
    if recording.files.isEmpty { return OutputRestorer.Count() }
    guard let store, let list = OutputList(decoding: recording.files) else { return nil }
    var restorer = OutputRestorer(
      invocation.outputs, from: store, Probe(keeps: false, invocation.probe.digests))
    do throws(Failure) {
      try restorer.restore(list)
      return restorer.count
    } catch {
      warn(error)
      // Otherwise it would stand for what the command makes now.
      if let damaged = restorer.damaged { try? storeForWriting?()?.dropOutput(damaged.digest) }
      health.cannotRestore = true
      return nil
    }
  }

  /// Lists what a successful run made, with its contents in the store.
  ///
  /// - Parameter made: what the tracer saw of it.
  func collectOutputs(of run: Run, made: [[UInt8]], into target: Store) -> Result<
    OutputList, NotKept
  > {
    if let path = run.readOutput { return .failure(.readOutput(shown(path))) }
    var collector = OutputCollector(
      invocation.outputs, into: target, limit: profile.maxOutputSize, name: shown)
    return collector.collect(made: made)
  }

  /// What a manifest has to compare of a result's files; nil if they are not settled yet.
  func outputObservations(of recording: Recording) -> [Observation]? {
    guard let list = OutputList(decoding: recording.files) else { return nil }
    let (now, paths) = (SettledStamps.now(), invocation.outputs)
    var stamps = SettledStamps()
    var observations: [Observation] = []
    for item in list.items {
      let path = paths.absolute(item.path)
      var status = stat()
      guard invocation.redactor.redacted(path) == path,
        path.withCPath({ lstat($0, &status) }) == 0, stamps.isLocal(path, status)
      else { return nil }
      if case .directory = item.kind {
        observations.append(Observation(.directoryItself, .literal(path), status))
      } else {
        guard stamps.isSettled(status, before: now) else { return nil }
        observations.append(Observation(.link, .literal(path), status))
      }
    }
    return observations
  }
}
