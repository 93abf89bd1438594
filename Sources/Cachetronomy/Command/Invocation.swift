internal import Glibc

/// A command about to be answered: all that makes its key.
public struct Invocation {
  /// The words of the command, as bytes.
  public var argv: [[UInt8]]
  /// The program of the first word.
  public var executable: Executable
  /// The directory it runs in.
  public var directory: [UInt8]
  /// The environment it gets.
  public var environment: Environment
  /// What shapes its key.
  public var settings: RunSettings
  /// Whether the shell of `-c` is ours to choose, with `pipefail`: status 141 is then that of a producer
  /// whose reader had enough, and counts as 0.
  public var hasPipefail = false
  /// The digest of the standard input that `--stdin` read; nil without it.
  public var input: [UInt8]?

  /// Changes with every change of how keys are made, so that no old entry is taken for a new one.
  static let format: [UInt8] = Array("cachetronomy run 1".utf8)

  /// A command with all that makes its key.
  ///
  /// - Throws: `Failure.cannotRun` if there is no such program.
  public init(
    argv: [[UInt8]], directory: [UInt8], environment: Environment,
    settings: RunSettings
  ) throws(Failure) {
    self.argv = argv
    self.directory = directory
    self.environment = environment
    self.settings = settings
    executable = try Executable(argv.first ?? [], in: environment, directory: directory)
  }

  /// The arguments with secrets hidden.
  public var shownArguments: [[UInt8]] { redactor.redacted(argv) }

  /// What hides secrets in all that is written or printed about this command.
  var redactor: Redactor { Redactor(environment, patterns: settings.redact) }

  /// The name of its entry.
  public func key() -> Key { resolve().key }

  /// Makes its key, and reports what that found out besides.
  public func resolve() -> CommandKey {
    // A caller that gives a scope vouches for what the command reads.
    var notes = KeyNotes(refuses: settings.scope == nil)
    let digest = digest(&notes)
    var shown: [UInt8] = []
    shown.reserveCapacity(2 * Self.shownLimit)
    // No more arguments than are shown.
    for word in redactor.redacted(argv, upTo: Self.shownLimit + 1) {
      if !shown.isEmpty { shown.append(0x20) }
      ShellWords.append(word, to: &shown)
    }
    return CommandKey(shown: Self.shorten(shown), digest: digest, notes: notes)
  }

  private static let shownLimit = 96

  /// Cuts what is too long for a key.
  private static func shorten(_ text: [UInt8]) -> String {
    if text.count <= shownLimit { return String(decoding: text, as: UTF8.self) }
    var size = shownLimit - 3
    // Not within a character.
    while text[size] & 0xc0 == 0x80 { size -= 1 }
    return String(decoding: text[..<size], as: UTF8.self) + "…"
  }

  /// The digest over all parts, each named and with its length, in a fixed order.
  func digest(_ notes: inout KeyNotes) -> [UInt8] {
    var sum: [UInt8] = []
    sum.reserveCapacity(8192)
    sum.add(Self.format)
    sum.add("argv", argv)
    sum.add("executable", executablePart(&notes))
    sum.add("argument files", fileParts(&notes))
    let programs = programs(&notes)
    if !programs.isEmpty { sum.add("programs", programs.flatMap { $0.whole }) }
    let named = scriptInputs(&notes)
    if !named.isEmpty { sum.add("script", named.flatMap { $0.whole }) }
    if let parts = startupFilePart(&notes) { sum.add("BASH_ENV", parts) }
    if let parts = directoryPart() { sum.add("cwd", parts) }
    if settings.user ?? true { sum.add("user", userPart()) }
    let variables = environment.keyed(settings.env, ignoring: settings.envIgnore)
    sum.begin("environment", count: variables.count * 2)
    environment.append(variables, to: &sum)
    let nameless = environment.keyedNameless(settings.env, ignoring: settings.envIgnore)
    if !nameless.isEmpty { sum.add("environment entries without =", nameless) }
    if let scope = settings.scope { sum.add("scope", [Array(scope.utf8)]) }
    if !settings.file.isEmpty || !settings.mtime.isEmpty {
      var files = WatchedFiles(environment: environment, directory: directory)
      for path in settings.file {
        sum.add("file", [WatchedPath(path).path] + files.contents(path, &notes))
      }
      for path in settings.mtime {
        sum.add("mtime", [WatchedPath(path).path] + files.modified(path, &notes))
      }
    }
    if let input { sum.add("stdin", [input]) }
    return Digest.of(sum)
  }

  /// The parts of the key that are of this machine alone, each with the setting that mends it.
  ///
  /// What is left, as the values of variables, may be the same elsewhere.
  var machineBound: [String] {
    var bound: [String] = []
    var notes = KeyNotes()
    if (settings.executable ?? .stat) == .stat {
      bound.append("executable by size and time of change (executable: content)")
    }
    if settings.executable == .content, FileStamp.digest(executable.path, probe) == nil {
      bound.append("executable, which cannot be read, by size and time of change")
    }
    if (settings.argFiles ?? .stat) == .stat,
      !fileParts(&notes).isEmpty || scriptInputs(&notes).contains(where: { !$0.isProgram })
    {
      bound.append("argument files by size and time of change (arg_files: content)")
    }
    switch settings.cwd ?? .path {
    case .none: break
    case .path: bound.append("cwd \(ShellWords.quote(directory)) (cwd: repository, or false)")
    case .repository:
      if Repository(of: directory, probe)?.isPortable != true {
        bound.append(
          "cwd \(ShellWords.quote(directory)), in no repository with an origin (cwd: false)")
      }
    }
    if !settings.mtime.isEmpty { bound.append("times of change (file instead of mtime)") }
    return bound
  }

  /// What stands for the working directory; nil if nothing does.
  func directoryPart() -> [[UInt8]]? {
    switch settings.cwd ?? .path {
    case .none: return nil
    case .path: return [directory]
    case .repository:
      guard let repository = Repository(of: directory, probe) else { return [directory] }
      return [Array("repository".utf8), repository.identity, repository.place]
    }
  }

  /// Asks the questions that its key depends on.
  var probe: Probe { environment.probe }

  func userPart() -> [[UInt8]] {
    [Self.bytes(Int64(geteuid())), Self.bytes(Int64(getegid()))]
  }

  /// The variables that are in the key.
  func keyedVariables() -> [Environment.Variable] {
    environment.keyed(settings.env, ignoring: settings.envIgnore).map {
      environment.keyedVariable($0)
    }
  }

  static func bytes(_ number: Int64) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}

// The parts are laid out whole before they are digested: to feed them one by one takes longer.
extension [UInt8] {
  /// One item with its length before it.
  mutating func add(_ item: some Collection<UInt8>) {
    append(little: UInt64(item.count))
    append(contentsOf: item)
  }

  /// A named part: its name, how many items, the items.
  fileprivate mutating func add(_ name: StaticString, _ items: [[UInt8]]) {
    begin(name, count: items.count)
    for item in items { add(item) }
  }

  /// A named part whose items follow.
  fileprivate mutating func begin(_ name: StaticString, count: Int) {
    append(little: UInt64(name.utf8CodeUnitCount))
    append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    append(little: UInt64(count))
  }
}
