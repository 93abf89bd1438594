package import Cachetronomy
internal import Glibc
internal import System
internal import Trace

/// What is particular to a traced command: its results are told apart by its inputs.
extension CachedRun {
  /// Whether the inputs of the command are found by tracing it.
  var isTraced: Bool { invocation.settings.isTraced }

  /// Examines files without recording that for the key, which does not depend on them.
  var inputProbe: Probe { invocation.inputProbe }

  /// Searches the results of a traced command for one whose inputs are unchanged.
  func findVariant<T>(
    of key: Key, _ find: (Key) -> Result<T, NotFound>
  ) -> Result<T, NotFound> {
    guard let store else { return .failure(NotFound(miss: .absent)) }
    do throws(Failure) {
      var first: NotFound?
      for variant in try store.variants(of: key) {
        switch find(variant) {
        case .success(let found): return .success(found)
        case .failure(let why): first = first ?? why
        }
      }
      return .failure(first ?? NotFound(miss: .absent))
    } catch {
      complain(error)
      return .failure(NotFound(miss: .absent))
    }
  }

  /// Why a recording may not be served by its inputs; nil if it may.
  func inputObjection(_ entry: Entry) throws(Failure) -> NotFound? {
    guard isTraced else { return nil }
    guard let list = InputList(decoding: try Recording(entry.data).inputs) else {
      return NotFound(miss: .corrupt)
    }
    let changed = list.changed(inputProbe)
    guard let path = changed.first else { return nil }
    let more = changed.count > 1 ? " and \(changed.count - 1) more" : ""
    var found = NotFound(miss: .absent, detail: "\(shown(path))\(more) changed")
    found.changedInputs = changed.map(shown)
    return found
  }

  /// Writes a manifest of a traced call, by which the front serves later ones.
  func keepManifest(of found: Found) {
    guard let manifests, let store, key(isOf: found.entry),
      let inputs = inputObservations(of: found.replay.of),
      let files = outputObservations(of: found.replay.of),
      var manifest = manifests.command.manifest(
        manifests.arguments, invocation, key: found.entry.key,
        profilesSum: manifests.profilesSum)
    else { return }
    manifest.observations += inputs + files
    if !files.isEmpty { manifest.created = found.entry.info?.created.microseconds }
    guard manifest.observations.count <= ManifestFile.observationLimit else { return }
    store.keepManifest(manifest)
  }

  private func inputObservations(of recording: Recording) -> [Observation]? {
    isTraced
      ? InputList(decoding: recording.inputs)?.observations(redactor: invocation.redactor) : []
  }

  /// Whether an entry is that of the command without its stdin, or a variant of it.
  private func key(isOf entry: Entry) -> Bool {
    isTraced ? isVariant(entry) : entry.key == command.key
  }

  private func isVariant(_ entry: Entry) -> Bool {
    command.key.variant([]).map { entry.key.text.hasPrefix($0.text) } ?? false
  }

  /// A path relative to the working directory, with secrets hidden.
  func shown(_ path: [UInt8]) -> String {
    let directory = invocation.directory + [0x2f]
    let path = path.starts(with: directory) ? Array(path.dropFirst(directory.count)) : path
    return ShellWords.quote(invocation.redactor.redacted(path))
  }

  /// Decides whether the result of a traced run may be stored.
  ///
  /// - Returns: its inputs and what it made below its directory, or why not.
  func judge(_ trace: TraceOutcome) -> Result<TraceFindings, NotKept> {
    if let why = trace.cannotTrace { return .failure(.cannotTrace(why)) }
    let hasLimit = invocation.settings.timeToLive != nil
    if let refusal = trace.refusal, refusal.kind.isFinal || !hasLimit {
      return .failure(reason(refusal))
    }
    var judgement = TraceJudgement(
      invocation.settings, invocation.outputs, inputProbe, invocation.redactor)
    judgement.judge(trace.inputs)
    if trace.usesMachine { judgement.addMachine() }
    if let refusal = judgement.refusal { return .failure(reason(refusal)) }
    return .success(TraceFindings(inputs: InputList(judgement.items), made: judgement.made))
  }

  private func reason(_ refusal: Refusal) -> NotKept {
    let detail = refusal.detail
    let path = detail.hasPrefix("/") ? shown(Array(detail.utf8)) : detail
    return switch refusal.kind {
    case .network: .traced("it talked to \(path) (--ttl keeps it)")
    case .device: .traced("it used \(path) (--ttl keeps it)")
    case .call: .traced("it used \(path)")
    case .created: .traced("it made \(path) (--output \(path) keeps it)")
    case .removed: .traced("it removed \(path)")
    case .changed: .traced("it changed \(path)")
    case .raced: .traced("\(path) changed while it ran")
    case .secret: .traced("the path \(path) may show a secret")
    case .leftRunning: .traced("a process that it started still runs")
    }
  }
}

extension Invocation {
  /// Examines the inputs of results.
  fileprivate var inputProbe: Probe {
    let probe = Probe(keeps: false, self.probe.digests)
    probe.outputs = settings.output.isEmpty ? nil : outputs
    return probe
  }
}

/// What the tracer found.
struct TraceFindings {
  var inputs: InputList
  /// What the command made or changed below its directory, for `--output auto`.
  var made: [[UInt8]]
}

/// What the manifest of a call is made with.
package struct ManifestContext {
  /// The arguments of the whole program, without its own name.
  let arguments: [[UInt8]]
  let command: ResolvedCommand
  /// The checksum of the profiles that `command` was made with.
  let profilesSum: UInt64

  package init(arguments: [[UInt8]], command: ResolvedCommand, profilesSum: UInt64) {
    (self.arguments, self.command, self.profilesSum) = (arguments, command, profilesSum)
  }
}

extension NotKept: Error {}

extension Store {
  /// The result of a traced command whose inputs are unchanged; nil if there is none.
  package func validVariant(of key: Key, _ call: Invocation) throws(Failure) -> Key? {
    let probe = call.inputProbe
    for variant in try variants(of: key) {
      guard let entry = try entry(variant), let recording = try? Recording(entry.data),
        let list = InputList(decoding: recording.inputs), list.holds(probe)
      else { continue }
      return variant
    }
    return nil
  }
}
