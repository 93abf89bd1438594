/// What making a cache key finds out as well the key.
public struct KeyNotes: Sendable, Equatable {
  /// Why no result of the command may be stored, naming the argument; nil if there is no reason.
  public private(set) var obstacle: String?
  /// Paths and patterns of `--file` and `--mtime` that name nothing, as written.
  public private(set) var missing: [String] = []
  /// Files that a script of the command replaces with `>` or `tee`, in the order of the script.
  private(set) var outputs: [ScriptOutput] = []
  /// A construct of a script that its reader cannot follow; files named by it are not in the key.
  public private(set) var blindSpot: String?

  /// Whether reasons not to store the result count.
  private let refuses: Bool

  init(refuses: Bool = true) { self.refuses = refuses }

  /// Notes a reason not to store the result; the first one is kept.
  mutating func refuse(_ why: String) { if refuses, obstacle == nil { obstacle = why } }

  /// Notes a path or pattern that names nothing.
  mutating func missed(_ path: String) { if !missing.contains(path) { missing.append(path) } }

  /// Notes a file that a script replaces; certain once one of its mentions is.
  mutating func replaces(_ output: ScriptOutput) {
    guard let known = outputs.firstIndex(where: { $0.path == output.path }) else {
      outputs.append(output)
      return
    }
    if output.isCertain { outputs[known].isCertain = true }
  }

  /// Notes a construct of a script that cannot be followed; the first one is kept.
  mutating func cannotFollow(_ construct: String) {
    if blindSpot == nil { blindSpot = construct }
  }
}

/// A file that a script replaces, as far as its text tells.
struct ScriptOutput: Sendable, Equatable {
  /// As the script spells it, for messages: without the values of variables.
  var shown: [UInt8] = []
  /// Absolute, or relative to the working directory of the command.
  var path: [UInt8]
  /// Whether every run of the script that succeeds replaces it; otherwise it may be skipped.
  var isCertain: Bool
}
