internal import CPOSIX
internal import Cachetronomy
internal import CommandCache
internal import Glibc

/// A command of `run` with its key, made by the profiles that the memory tier has.
struct PreparedRun {
  var plan: ResolvedCommand
  var call: Invocation
  var command: CommandKey
  /// The checksum of those profiles.
  var profilesSum: UInt64

  /// Whether a plan from the store's own profiles is the same.
  func isOf(_ other: ResolvedCommand) -> Bool {
    plan.argv == other.argv && plan.settings == other.settings
      && plan.profile.name == other.profile.name
  }
}

/// Serves `run`, `get` and `has` from the shared memory tier, before the argument parser or
/// SQLite is touched.
///
/// Only what is certain: a command line in plain form, memory that is true at this moment, a fresh
/// entry. Anything else falls through to those who read the line and the store in full.
enum HotPath {
  /// The exit status of a result that was given; nil if there was none.
  ///
  /// - Parameter prepared: gets the command of `run` and its key, if that is all that is certain.
  /// - Throws: `Failure.file` if the output cannot be written.
  static func answer(
    _ words: [[UInt8]], _ prepared: inout PreparedRun?
  ) throws(Failure) -> Int32? {
    guard let verb = words.first, !EnvironmentOptions.isAny(in: ArgumentBytes.environment()) else {
      return nil
    }
    if verb.elementsEqual("run".utf8) { return try run(words, &prepared) }
    if verb.elementsEqual("get".utf8) { return try get(Array(words.dropFirst())) }
    if verb.elementsEqual("has".utf8) { return has(Array(words.dropFirst())) ? Status.done : nil }
    return nil
  }

  // MARK: run

  private static func run(
    _ words: [[UInt8]], _ prepared: inout PreparedRun?
  ) throws(Failure) -> Int32? {
    guard let line = RunArguments(words, from: 1), !line.refresh, !line.common.verbose, !line.warm,
      !line.background, !line.explain
    else { return nil }
    var environment = ArgumentBytes.environment()
    environment.probe = Probe(keeps: true)
    if environment[CachedRun.marker] != nil { return nil }
    if let off = environment["CACHETRONOMY_DISABLE"], off != [UInt8(ascii: "0")] { return nil }
    if let wait = line.wait, (try? TimeToLive(wait)) == nil { return nil }
    guard let question = question(line, words: line.words, environment) else { return nil }
    let stdin: StandardInput = line.noStdin ? .null : .inherited(environment.probe)
    prepared = question.prepared
    // Its files may have to be restored.
    guard question.prepared?.plan.settings.output.isEmpty == true else { return nil }
    guard let command = question.prepared?.command, stdin.obstacle == nil else { return nil }
    let surroundings = CallSurroundings(stdin: stdin, notes: command.notes)
    if let status = try replay(question, question.key, surroundings, environment) { return status }
    guard let contents = stdin.contentsDigest else { return nil }
    return try replay(
      question, command.key(withInput: contents), surroundings, environment)
  }

  /// Whether a manifest of this call is of use.
  ///
  /// Making one takes as long as the hit.
  static var wantsManifest: Bool {
    #if DEBUG
      true
    #else
      cachetronomy_front_wants_manifest()
    #endif
  }

  private static func replay(
    _ question: Question, _ key: Key, _ surroundings: CallSurroundings, _ environment: Environment
  ) throws(Failure) -> Int32? {
    guard let entry = question.store.entry(key), entry.isRecording else { return nil }
    let now = Timestamp.now()
    guard entry.isFresh(at: now, within: question.limit),
      entry.terms.admits(surroundings)
    else { return nil }
    // A failure that was kept has its own limit.
    guard question.admits(entry.exitStatus) else { return nil }
    try entry.replay(to: Output.pass)
    surroundings.stdin.advance(entry.terms)
    if key == question.key, wantsManifest { question.keepManifest() }
    question.key = key
    environment.probe.writeDigests(beside: question.store.path)
    note(question, saved: entry.cost, at: now)
    return entry.exitStatus
  }

  /// What is asked for.
  ///
  /// A class: optional structures of this size cost their metadata.
  private final class Question {
    let store: HotStore
    var key: Key
    /// The command of `run`.
    var prepared: PreparedRun?
    /// Writes what made the key down for later calls.
    var keepManifest: () -> Void = {}
    let profile: String
    /// How old a result may be where a flag or a rule says so.
    var limit: TimeToLive?
    /// Statuses that no own limit holds for; nil if failures have none.
    var kept: [Int32]?

    /// The statuses that `run` serves; nil is 0.
    var answers: [Int32]?

    /// Whether `run` may give a recording of this exit status, for sure.
    func admits(_ status: Int32) -> Bool {
      if let answers { return answers.contains(status) }
      return status == 0
    }

    init(_ store: HotStore, _ key: Key, profile: String) {
      (self.store, self.key, self.profile) = (store, key, profile)
    }
  }

  /// The entry that a command line means.
  private static func question(
    _ line: RunArguments, words: [[UInt8]], _ environment: Environment
  ) -> Question? {
    do throws(Failure) {
      guard let command = try line.key.command(words, in: environment),
        let store = try store(line, environment)
      else { return nil }
      let plan = try store.resolved(
        command, try line.common.choice(environment), flags: try line.settings())
      if line.rulesOnly, plan.rule == nil { return nil }
      guard plan.settings.cache != false, plan.settings.stdin != true else { return nil }
      let directory = try WorkingDirectory.path(named: environment["PWD"])
      environment.probe.readDigests(beside: store.path)
      let call = try plan.invocation(directory: directory, environment: environment)
      let resolved = call.resolve()
      guard resolved.notes.obstacle == nil else { return nil }
      let question = Question(store, resolved.key, profile: plan.profile.name)
      question.prepared = PreparedRun(
        plan: plan, call: call, command: resolved, profilesSum: store.profilesSum)
      question.keepManifest = {
        let arguments = ArgumentBytes.own()
        guard arguments.first?.elementsEqual("run".utf8) == true else { return }
        store.keepManifest(of: arguments, call, plan, key: resolved.key)
      }
      question.limit = plan.settings.timeToLive
      question.answers = plan.settings.cacheStatus
      if plan.settings.failureTimeToLive != nil { question.kept = plan.settings.cacheStatus ?? [0] }
      return question
    } catch {
      // A process that reads the line in full has the words for it.
      return nil
    }
  }

  private static func store(
    _ line: RunArguments, _ environment: Environment
  ) throws(Failure) -> HotStore? {
    guard let place = try StoreLocation.find(line.common.store, environment) else { return nil }
    return HotStore(place.path)
  }

  private static func note(_ question: Question, saved: Int64 = 0, at now: Timestamp) {
    let path = question.store.path
    let isLong = AccessJournal(store: path)
      .append(.hit, question.key, profile: question.profile, saved: saved, at: now)
    guard isLong, let open = try? Store.open(path, for: .reading, ownsProcess: true) else { return }
    try? open.foldJournalIfFree(at: now)
  }

  // MARK: get, has

  private static func get(_ words: [[UInt8]]) throws(Failure) -> Int32? {
    // On a terminal what is printed depends on the value. The value may be a file.
    guard !Terminal.isOutput, let found = target(words),
      found.prepared?.plan.settings.output.isEmpty != false
    else { return nil }
    let now = Timestamp.now()
    guard let entry = found.store.entry(found.key), entry.isFresh(at: now, within: found.limit),
      found.kept?.contains(entry.exitStatus) != false
    else { return nil }
    try entry.write(errors: false) { _, bytes throws(Failure) in try Output.pass(.output, bytes) }
    note(found, at: now)
    return Status.done
  }

  private static func has(_ words: [[UInt8]]) -> Bool {
    guard let found = target(words), let entry = found.store.entry(found.key) else { return false }
    return entry.isFresh(at: .now(), within: found.limit)
      && found.kept?.contains(entry.exitStatus) != false
  }

  /// What `get` and `has` are asked for: one key, or a command after `--`.
  private static func target(_ words: [[UInt8]]) -> Question? {
    let cut = words.firstIndex { $0.elementsEqual("--".utf8) }
    guard let line = RunArguments(cut.map { Array(words[..<$0]) } ?? words) else { return nil }
    // Only what both verbs take.
    let plain = RunArguments()
    (plain.common, plain.key, plain.words) = (line.common, line.key, line.words)
    guard plain == line, !line.common.verbose else { return nil }
    let environment = ArgumentBytes.environment()
    if cut != nil || line.key.pipeline != nil {
      guard line.words.isEmpty else { return nil }
      let command = cut.map { Array(words[($0 + 1)...]) } ?? []
      return question(line, words: command, environment)
    }
    // '#' and digits mean a key that only the store knows.
    guard line.key == KeyValues(), line.words.count == 1, let word = line.words.first,
      word.first != UInt8(ascii: "#"), let key = try? ArgumentBytes.key(ArgumentBytes.text(word)),
      let store = try? store(line, environment),
      let choice = try? line.common.choice(environment),
      let profile = store.profileName(choice)
    else { return nil }
    return Question(store, key, profile: profile)
  }
}
