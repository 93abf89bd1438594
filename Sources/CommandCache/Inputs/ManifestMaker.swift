internal import Cachetronomy
internal import Glibc
internal import System

/// Makes the manifest of a call from the questions that making its key asked.
struct ManifestMaker {
  /// The arguments of the whole program, without its own name.
  let arguments: [[UInt8]]
  let environment: Environment
  /// The working directory.
  let directory: [UInt8]
  /// Arguments that hold a secret.
  private let secretArguments: [[UInt8]]
  private let redactor: Redactor
  /// The first index of each whole argument: there may be thousands, each of them a path.
  private let places: [[UInt8]: Int]

  /// - Parameters:
  ///   - arguments: those of the whole program, without its own name.
  ///   - call: the command, whose key has been made.
  init(arguments: [[UInt8]], of call: Invocation) {
    (self.arguments, environment, directory) = (arguments, call.environment, call.directory)
    redactor = call.redactor
    places = Dictionary(zip(arguments, arguments.indices)) { first, _ in first }
    secretArguments = zip(call.argv, redactor.redacted(call.argv)).filter { $0 != $1 }.map(\.0)
  }

  /// The observations of a key; nil if they do not tell all that it depends on, if they may have
  /// changed unseen since, or if one would show a secret.
  func observations() -> [Observation]? {
    let probe = environment.probe
    guard probe.isComplete else { return nil }
    var kept: [[UInt8]: Observation] = [:]
    var order: [[UInt8]] = []
    var stamps = SettledStamps()
    for answer in probe.answers {
      guard stamps.isSettled(answer, since: probe.began), let observation = observation(answer)
      else { return nil }
      var name = [UInt8(answer.kind.rawValue)] + answer.path
      if answer.kind == .access { name.append(UInt8(answer.status.st_mode & 7)) }
      if let known = kept[name] {
        // What changed between two questions has made half of the key.
        guard known == observation else { return nil }
      } else {
        kept[name] = observation
        order.append(name)
      }
      guard order.count <= ManifestFile.observationLimit else { return nil }
    }
    // What a file is tells its type as well.
    let type = UInt8(Observation.Kind.type.rawValue)
    let file = UInt8(Observation.Kind.file.rawValue)
    return order.compactMap { name in
      name[0] == type && kept[[file] + name.dropFirst()] != nil ? nil : kept[name]
    } + variables(probe)
  }

  /// What was asked of variables that the digest of the call leaves out.
  private func variables(_ probe: Probe) -> [Observation] {
    var names = probe.variables
    // The text of a key hides the values of secrets.
    for name in redactor.secretVariables { names.insert(name) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name in
      guard CallDigest.ignores(name[...]) else { return nil }
      return Observation(
        variable: name, value: environment[String(decoding: name, as: UTF8.self)])
    }
  }

  private func observation(_ answer: Probe.Answer) -> Observation? {
    guard let path = path(answer.path) else { return nil }
    switch answer.kind {
    case .absent, .absentLink: return Observation(answer.kind, path, error: answer.error)
    case .access:
      var observation = Observation(.access, path, error: answer.error)
      observation.facts.mode = UInt32(answer.status.st_mode)
      return observation
    default: return Observation(answer.kind, path, answer.status)
    }
  }

  /// How a path is written: as part of an argument where it is one, since arguments may hold
  /// secrets.
  ///
  /// - Returns: nil if it may show a secret.
  private func path(_ path: [UInt8]) -> Observation.Path? {
    var path = path
    if path.count > directory.count + 1, path.starts(with: directory),
      path[directory.count] == 0x2f, path[directory.count + 1] != 0x2f
    {
      path.removeFirst(directory.count + 1)
    }
    guard !path.isEmpty, path.count < Int(PATH_MAX) else { return nil }
    if let index = places[path] { return .argument(index, 0, path) }
    for (index, argument) in arguments.enumerated() {
      if let offset = argument.firstIndex(of: path) { return .argument(index, offset, path) }
    }
    if !secretArguments.isEmpty {
      guard path.first == 0x2f else { return nil }
      for part in path.split(separator: 0x2f) {
        if secretArguments.contains(where: { $0.holds(Array(part)) }) { return nil }
      }
    }
    return redactor.redacted(path) == path ? .literal(path) : nil
  }
}

extension ResolvedCommand {
  /// The manifest of a call whose key has been made, for later calls that are the same.
  ///
  /// - Parameters:
  ///   - arguments: those of the whole program, without its own name.
  ///   - call: the command, whose environment records the results.
  ///   - profilesSum: of the profiles that the plan was made by.
  /// - Returns: nil if what the key depends on cannot be checked without making it.
  func manifest(
    _ arguments: [[UInt8]], _ call: Invocation, key: Key, profilesSum: UInt64
  ) -> ManifestFile? {
    guard settings.cache != false, settings.stdin != true,
      let digest = CallDigest.of(
        arguments, environment: call.environment, directory: call.directory),
      let observations = ManifestMaker(arguments: arguments, of: call).observations()
    else { return nil }
    let oldest = settings.timeToLive.flatMap { $0 == .never ? nil : $0.microseconds }
    return ManifestFile(
      call: digest, profilesSum: profilesSum, verb: .run, oldest: oldest,
      statuses: Set((settings.cacheStatus ?? [0]).compactMap { UInt8(exactly: $0) }), key: key,
      profile: profile.name, observations: observations)
  }
}
