/// The parts of a command's cache key, from which the digest, the fingerprints and `explain` are
/// made.
///
/// What the arguments, settings and environment of an `Invocation` say themselves is read from
/// there.
struct KeyParts: Sendable {
  /// An argument that names a file or directory.
  struct ArgumentFile: Sendable {
    /// The index of the argument.
    var index: Int
    var parts: [[UInt8]]
  }

  /// A path of `--file` or `--mtime`.
  struct WatchedPart: Sendable {
    /// As written, without the mark of an optional file.
    var path: [UInt8]
    var parts: [[UInt8]]
  }

  /// The program of the first argument.
  private(set) var executable: [[UInt8]]
  /// The files and directories among the arguments.
  private(set) var argumentFiles: [ArgumentFile]
  /// Interpreters, and programs behind a wrapper.
  private(set) var programs: [NamedInput]
  /// What the scripts among the arguments name.
  private(set) var scriptInputs: [NamedInput]
  /// The file of `BASH_ENV`.
  private(set) var startupFile: [[UInt8]]?
  private(set) var directory: [[UInt8]]?
  private(set) var user: [[UInt8]]?
  /// The variables in the key: see `Environment.keyed`.
  private(set) var variables: [Int]
  /// Entries of the environment without `=`.
  private(set) var nameless: [[UInt8]]
  /// The paths of `--file`.
  private(set) var files: [WatchedPart] = []
  /// The paths of `--mtime`.
  private(set) var mtimes: [WatchedPart] = []

  /// Asks for all parts, once.
  init(of call: Invocation, _ notes: inout KeyNotes) {
    let settings = call.settings
    var identity = FileIdentity(settings, call.probe, readsMetadata: call.readsMetadata)
    executable = call.part(ofProgram: call.executable.path, &identity)
    argumentFiles = call.argumentFiles(&identity, &notes)
    programs = call.programs(&identity, &notes)
    scriptInputs = call.scriptInputs(&identity, &notes)
    startupFile = call.startupFilePart(&identity, &notes)
    directory = call.directoryPart()
    user = settings.user ?? true ? call.userPart() : nil
    variables = call.environment.keyed(settings.env, ignoring: settings.envIgnore)
    nameless = call.environment.keyedNameless(settings.env, ignoring: settings.envIgnore)
    if settings.file.isEmpty, settings.mtime.isEmpty { return }
    var watched = WatchedFiles(environment: call.environment, directory: call.directory)
    for path in settings.file {
      files.append(
        WatchedPart(path: WatchedPath(path).path, parts: watched.contents(path, &notes)))
    }
    for path in settings.mtime {
      mtimes.append(
        WatchedPart(path: WatchedPath(path).path, parts: watched.modified(path, &notes)))
    }
  }

  /// Changes with every change of how keys are made, so that an old entry is never taken for a new
  /// one.
  private static let format: [UInt8] = Array("cachetronomy run 2".utf8)

  /// The digest over all parts, each named and with its length, in a fixed order.
  func digest(of call: Invocation) -> [UInt8] {
    // Laid out whole before it is digested: to feed the parts one by one takes longer.
    var sum: [UInt8] = []
    sum.reserveCapacity(8192)
    sum.add(Self.format)
    sum.add("argv", call.argv)
    sum.add("executable", executable)
    sum.add(
      "argument files", argumentFiles.flatMap { [Invocation.bytes(Int64($0.index))] + $0.parts })
    if !programs.isEmpty { sum.add("programs", programs.flatMap { $0.whole }) }
    if !scriptInputs.isEmpty { sum.add("script", scriptInputs.flatMap { $0.whole }) }
    if let startupFile { sum.add("BASH_ENV", startupFile) }
    if let directory { sum.add("cwd", directory) }
    if let user { sum.add("user", user) }
    sum.begin("environment", count: variables.count * 2)
    call.environment.append(variables, to: &sum)
    if !nameless.isEmpty { sum.add("environment entries without =", nameless) }
    if let scope = call.settings.scope { sum.add("scope", [Array(scope.utf8)]) }
    for file in files { sum.add("file", [file.path] + file.parts) }
    for file in mtimes { sum.add("mtime", [file.path] + file.parts) }
    if let input = call.input { sum.add("stdin", [input]) }
    return Digest.of(sum)
  }
}

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
