internal import Cachetronomy
internal import CommandCache

/// What a command line of `run` asks for, checked before anything is opened.
struct RunRequest {
  let line: RunArguments
  let environment: Environment
  /// The settings of the options.
  let flags: RunSettings
  /// Maximum wait for another process that runs the command; nil for the default.
  let waitLimit: TimeToLive?
  let command: ResolvedCommand.Command
  /// The working directory; `.` if it has no path.
  let directory: [UInt8]
  /// Why the working directory has no path; nil if it has one.
  ///
  /// A command can run there, but cannot be cached.
  let nowhere: Failure?
  /// The descriptor of a lock that another process took before it started this one.
  let inheritedLock: Int32?
  /// The command and its key, if the profiles in memory were enough for that.
  let prepared: PreparedRun?

  /// - Throws: `Failure` for what the user has to correct: options, paths on the command line.
  init(_ line: RunArguments, _ prepared: PreparedRun?) throws(Failure) {
    (self.line, self.prepared) = (line, prepared)
    var environment = ArgumentBytes.environment()
    line.add(environment)
    environment.probe = prepared?.call.environment.probe ?? Probe(keeps: true)
    inheritedLock = CachedRun.takeInheritedLock(&environment)
    self.environment = environment
    flags = try line.settings()
    waitLimit = try line.wait.map { text throws(Failure) in try TimeToLive(text) }
    try line.check()
    guard let command = try line.key.command(line.words, in: environment) else {
      throw .badSetting("command line", "no command given (see 'cachetronomy run --help')")
    }
    self.command = command
    for case let word? in [line.common.store, line.common.profile] {
      _ = try ArgumentBytes.plain(word, "command line")
    }
    // A wrong path in the environment is a warning only.
    if line.common.store != nil { _ = try StoreLocation.find(line.common.store, environment) }
    var (directory, nowhere) = ([UInt8(ascii: ".")], Failure?.none)
    do throws(Failure) {
      directory = try WorkingDirectory.path(named: environment["PWD"])
    } catch {
      nowhere = error
    }
    (self.directory, self.nowhere) = (directory, nowhere)
  }

  /// Whether nothing is printed, since only a refresh is wanted.
  var isSilent: Bool { line.background || line.warm }

  /// Whether `CACHETRONOMY_DISABLE` is set and not `0`.
  var isOff: Bool {
    environment["CACHETRONOMY_DISABLE"].map { $0 != [UInt8(ascii: "0")] } ?? false
  }

  /// The exit status of a call that may neither run the command nor serve it; nil if it may run it.
  var statusWithoutRun: Int32? { line.cachedOnly ? Status.miss : isSilent ? Status.done : nil }

  /// The command by a profile, with its key if that is known.
  func resolve(
    _ profile: Profile
  ) throws(Failure) -> (resolved: ResolvedCommand, call: Invocation, key: CommandKey?) {
    let resolved = try ResolvedCommand(command, profile: profile, flags: flags)
    if let prepared, prepared.isOf(resolved) { return (resolved, prepared.call, prepared.command) }
    return (resolved, try resolved.invocation(directory: directory, environment: environment), nil)
  }

  /// The store for reading and the profile.
  ///
  /// A corrupt store is set aside. Any other failure is a warning, and the command runs without the
  /// cache.
  /// - Throws: `Failure.unknownProfile` for a profile named on the command line.
  func open(_ reporter: WarningReporter) throws(Failure) -> OpenedStore {
    var opened = OpenedStore()
    do throws(Failure) {
      do throws(Failure) {
        try opened.read(self)
      } catch {
        let isKnown = opened.store != nil
        opened.store = nil
        guard error.isDamage, reporter.setAside(isKnown: isKnown) else { throw error }
        try opened.read(self)
      }
    } catch {
      if case .unknownProfile = error, line.common.profile != nil { throw error }
      reporter.warn(error)
      (opened.store, opened.isUsable) = (nil, false)
    }
    if let store = opened.store { environment.probe.readDigests(beside: store.path) }
    return opened
  }
}

/// The store that `run` reads, with the effective profile.
struct OpenedStore {
  /// Nil if there is none yet, or it cannot be used.
  var store: Store?
  var profile = Profile(name: Profile.defaultName)
  /// Whether results may be stored.
  var isUsable = true

  fileprivate mutating func read(_ request: RunRequest) throws(Failure) {
    let (common, environment) = (request.line.common, request.environment)
    store = try common.reading(environment)
    if let store, !store.isTrusted {
      throw .store(path: store.path, .notTrusted, detail: "it belongs to another user")
    }
    profile = try common.profile(in: store, environment)
    if try StoreLocation.find(common.store, environment) == nil {
      throw .store(path: "", .missing, detail: "no HOME, and neither --db nor CACHETRONOMY_DB")
    }
  }
}
