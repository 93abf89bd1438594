internal import Cachetronomy
internal import System

/// The parts of a command's cache key, used for the digest, the fingerprints and `explain`.
///
/// Parts that are the arguments, settings or environment themselves are read from the `Invocation`.
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
  /// Interpreters, and programs started by a wrapper.
  private(set) var programs: [NamedInput]
  /// The files that scripts among the arguments name.
  private(set) var scriptInputs: [NamedInput]
  /// The file of `BASH_ENV`.
  private(set) var startupFile: [[UInt8]]?
  private(set) var directory: [[UInt8]]?
  private(set) var user: [[UInt8]]?
  /// The environment variables in the key: see `Environment.keyed`.
  private(set) var variables: [Int]
  /// Environment entries without `=`.
  private(set) var nameless: [[UInt8]]
  /// Whether the inputs are found by tracing the command.
  private let isTraced: Bool
  /// The paths of `--file`.
  private(set) var files: [WatchedPart] = []
  /// The paths of `--mtime`.
  private(set) var mtimes: [WatchedPart] = []

  /// Collects all parts.
  init(of call: Invocation, _ notes: inout KeyNotes) {
    let settings = call.settings
    if settings.isTraced {
      // What the tracer sees are the inputs of each result, not of the question.
      executable = [call.executable.path]
      (argumentFiles, programs, scriptInputs, startupFile) = ([], [], [], nil)
    } else {
      var identity = FileIdentity(settings, call.probe, readsMetadata: call.readsMetadata)
      executable = call.part(ofProgram: call.executable.path, &identity)
      argumentFiles = call.argumentFiles(&identity, &notes)
      programs = call.programs(&identity, &notes)
      scriptInputs = call.scriptInputs(&identity, &notes)
      startupFile = call.startupFilePart(&identity, &notes)
    }
    directory = call.directoryPart()
    user = settings.user ?? true ? call.userPart() : nil
    variables = call.environment.keyed(settings.env, ignoring: settings.envIgnore)
    nameless = call.environment.keyedNameless(settings.env, ignoring: settings.envIgnore)
    isTraced = settings.isTraced
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

  /// Changed with every change to how keys are made, so that old entries are never served.
  private static let format: [UInt8] = Array("cachetronomy run 2".utf8)

  /// Returns the digest over all parts in a fixed order, each with its name and length.
  func digest(of call: Invocation) -> [UInt8] {
    // The input is built as a whole: digesting it part by part takes longer.
    var sum: [UInt8] = []
    sum.reserveCapacity(8192)
    sum.add(Self.format)
    if isTraced { sum.add("traced", []) }
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
    if !call.settings.output.isEmpty {
      sum.add("output", call.settings.output.map { Array($0.utf8) })
    }
    if let input = call.input { sum.add("stdin", [input]) }
    return Digest.of(sum)
  }
}

extension [UInt8] {
  /// Appends a named part: its name, the number of items, the items.
  fileprivate mutating func add(_ name: StaticString, _ items: [[UInt8]]) {
    begin(name, count: items.count)
    for item in items { add(item) }
  }

  /// Appends the header of a named part, whose items follow.
  fileprivate mutating func begin(_ name: StaticString, count: Int) {
    append(little: UInt64(name.utf8CodeUnitCount))
    append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    append(little: UInt64(count))
  }
}
