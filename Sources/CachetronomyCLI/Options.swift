internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Option(name: .customLong("db"), help: ArgumentHelp("Store to use.", valueName: "file"))
  var store: String?

  @Option(
    help: ArgumentHelp("Profile to use.", valueName: "name"), completion: Completions.profiles)
  var profile: String?

  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Report hit or miss and the reason.")
  var verbose = false
}

extension CommonOptions {
  var values: CommonValues {
    CommonValues(store: store, profile: profile, quiet: quiet, verbose: verbose)
  }

  /// The store for reading; nil if there is none.
  func reading() throws(Failure) -> Store? { try values.reading(ArgumentBytes.environment()) }

  /// The store for changes to what is in it; nil if there is none.
  func changing() throws(Failure) -> Store? {
    try values.writing(ArgumentBytes.environment(), create: false)
  }

  /// The store for writing, made if it is not there.
  func writing() throws(Failure) -> Store {
    guard let store = try values.writing(ArgumentBytes.environment(), create: true) else {
      throw .store(path: "", .missing, detail: "no HOME, and neither --db nor CACHETRONOMY_DB")
    }
    return store
  }

  /// Says something unless `--quiet`.
  func say(_ text: String) { if !quiet { Output.say(text) } }
}

/// The values of `CommonOptions`, however they were read.
struct CommonValues: Equatable {
  var store: String?
  var profile: String?
  var quiet = false
  var verbose = false

  /// How long the tool waits for locks, in milliseconds.
  static let lockTimeout: Int32 = 10_000

  func reading(_ environment: Environment) throws(Failure) -> Store? {
    try open(environment, .reading)
  }

  func writing(
    _ environment: Environment, create: Bool, lockTimeout: Int32 = Self.lockTimeout
  ) throws(Failure) -> Store? {
    try open(environment, .writing(create: create), lockTimeout)
  }

  private func open(
    _ environment: Environment, _ access: Store.Access, _ lockTimeout: Int32 = Self.lockTimeout
  ) throws(Failure) -> Store? {
    guard let place = try StoreLocation.find(store, environment) else { return nil }
    if case .writing(create: true) = access {
      try StoreLocation.checkHome(of: place)
      try StoreLocation.checkVariables(in: place)
    }
    return try Store.open(
      place.path, for: access, lockTimeout: lockTimeout, ownsProcess: true)
  }

  /// Starts a pass of `gc` after something was stored, if the last one is old or the store is over
  /// its limit.
  func collectIfDue(_ profile: Profile, _ environment: Environment) {
    guard let place = try? StoreLocation.find(store, environment),
      AutoGC.isDue(store: place.path, profile: profile, at: .now())
    else { return }
    AutoGC.start(
      store: place.path, profile: self.profile, environment: environment)
  }

  /// Which profile a call uses.
  func choice(_ environment: Environment) throws(Failure) -> ProfileChoice {
    if let profile { return .flag(try ArgumentBytes.plain(profile, "profile name")) }
    return environment.text("CACHETRONOMY_PROFILE").map { .environment($0) } ?? .active
  }

  /// The effective profile.
  func profile(in store: Store?, _ environment: Environment) throws(Failure) -> Profile {
    let choice = try choice(environment)
    guard let store else { return try choice.withoutStore() }
    return try store.profile(choice)
  }
}

/// What makes the key of a command.
struct KeyOptions: ParsableArguments {
  @Option(
    name: .customShort("c"),
    help: ArgumentHelp("Pipeline for the shell, in place of a command.", valueName: "pipeline"))
  var pipeline: String?

  @Option(help: ArgumentHelp("Shell for -c (default: bash -o pipefail).", valueName: "words"))
  var shell: String?

  @Option(
    help: ArgumentHelp(
      "Variables in the key, as globs (default: all).", valueName: "name"))
  var env: [String] = []

  @Option(
    help: ArgumentHelp(
      "More variables to leave out, as globs.", valueName: "name"))
  var envIgnore: [String] = []

  @Flag(help: "Leave all variables out of the key.")
  var noEnv = false

  @Flag(help: .hidden)
  var noCwd = false

  @Option(
    help: ArgumentHelp(
      "Working directory in the key: none, repository.", valueName: "how"))
  var cwd: String?

  @Flag(help: "Leave UID and GID out of the key.")
  var noUser = false

  @Option(help: ArgumentHelp("Name that separates entries.", valueName: "name"))
  var scope: String?

  @Option(
    help: ArgumentHelp(
      "Program in the key: content, stat or path.", valueName: "how"))
  var executable: String?

  @Option(
    help: ArgumentHelp("Argument files in the key: content, stat, none.", valueName: "how")
  )
  var argFiles: String?

  @Option(
    help: ArgumentHelp("Count larger files by inode, size and times.", valueName: "size"))
  var contentLimit: String?

  @Flag(help: "Include stdin in the key; pass it on.")
  var stdin = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Include a file, tree or pattern in the key.", valueName: "path"))
  var file: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Include its inode, size and times in the key.", valueName: "path"))
  var mtime: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file or directory that comes back on a hit.", valueName: "path"),
    completion: .file())
  var output: [String] = []

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Find the inputs by tracing the command.")
  var trace: Bool?

  @Flag(help: .hidden)
  var traceTimes = false

  var values: KeyValues {
    KeyValues(
      pipeline: pipeline, shell: shell, env: env, envIgnore: envIgnore, noEnv: noEnv,
      noCwd: noCwd, cwd: cwd, noUser: noUser, scope: scope, executable: executable,
      argFiles: argFiles, contentLimit: contentLimit, stdin: stdin,
      file: file, mtime: mtime, output: output, trace: trace, traceTimes: traceTimes)
  }
}

/// The values of `KeyOptions`, however they were read.
struct KeyValues: Equatable {
  var pipeline: String?
  var shell: String?
  var env: [String] = []
  var envIgnore: [String] = []
  var noEnv = false
  var noCwd = false
  var cwd: String?
  var noUser = false
  var scope: String?
  var executable: String?
  var argFiles: String?
  var contentLimit: String?
  var stdin = false
  var file: [String] = []
  var mtime: [String] = []
  var output: [String] = []
  var trace: Bool?
  var traceTimes = false

  /// The settings they say.
  func settings() throws(Failure) -> RunSettings {
    var settings = RunSettings()
    if let shell { settings.shell = try ArgumentBytes.plain(shell, "shell") }
    if !env.isEmpty {
      if noEnv { throw .badSetting("options", "--env and --no-env contradict each other") }
      settings.env = []
      for name in env { settings.env?.append(try ArgumentBytes.plain(name, "variable")) }
    }
    if noEnv { settings.env = [] }
    for name in envIgnore { settings.envIgnore.append(try ArgumentBytes.plain(name, "variable")) }
    if let cwd {
      switch cwd {
      case "none": settings.cwd = RunSettings.Directory.none
      case "repository": settings.cwd = .repository
      default: throw .badSetting("--cwd '\(cwd)'", "want none or repository")
      }
      if noCwd { throw .badSetting("options", "--cwd and --no-cwd contradict each other") }
    }
    if noCwd { settings.cwd = RunSettings.Directory.none }
    if noUser { settings.user = false }
    settings.trace = trace ?? (traceTimes ? true : nil)
    if traceTimes { settings.traceTimes = true }
    if let scope { settings.scope = try ArgumentBytes.plain(scope, "scope") }
    if let executable {
      settings.executable = try identity(executable, "--executable", [.stat, .content, .path])
    }
    if let argFiles {
      settings.argFiles = try identity(argFiles, "--arg-files", [.stat, .content, .none])
    }
    if let contentLimit { settings.contentLimit = try RunSettings.size(contentLimit) }
    if stdin { settings.stdin = true }
    for path in file { settings.file.append(try literal(path, "--file")) }
    for path in mtime { settings.mtime.append(try literal(path, "--mtime")) }
    for path in output {
      let path = try ArgumentBytes.plain(path, "output")
      if let error = RunSettings.outputError(path) { throw .badSetting("--output", error) }
      settings.output.append(path)
    }
    return settings
  }

  /// The shell has read what the path begins with.
  private func literal(_ path: String, _ option: String) throws(Failure) -> String {
    // More likely the next option than an optional file.
    if path.hasPrefix("--") {
      throw .badSetting("\(option) '\(path)'", "want a path; ./ before one that begins with --")
    }
    return RunSettings.literal(try ArgumentBytes.plain(path, "path"))
  }

  private func identity(
    _ text: String, _ option: String, _ allowed: [RunSettings.Identity]
  ) throws(Failure) -> RunSettings.Identity {
    guard let value = RunSettings.Identity(rawValue: text), allowed.contains(value) else {
      throw .badSetting(
        "\(option) '\(text)'", "want \(allowed.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  /// The command they and the words mean; nil if there is none.
  func command(
    _ words: [[UInt8]], in environment: Environment
  ) throws(Failure) -> ResolvedCommand.Command? {
    if let pipeline {
      guard words.isEmpty else {
        throw .badSetting("command", "give either -c or a command, not both")
      }
      return .pipeline(
        ArgumentBytes.bytes(pipeline), shell == nil ? DefaultShell(in: environment) : .sh)
    }
    return words.isEmpty ? nil : .words(words)
  }
}
