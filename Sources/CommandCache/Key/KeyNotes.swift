internal import Cachetronomy
internal import System

/// Findings made while computing a cache key.
package struct KeyNotes: Sendable, Equatable {
  /// Why the result of the command cannot be stored, naming the argument; nil if it can.
  package private(set) var obstacle: String?
  /// Paths and patterns of `--file` and `--mtime` that match no file, as written.
  package private(set) var missing: [String] = []
  /// Files that a script of the command replaces with `>` or `tee`, in the order of the script.
  private(set) var outputs: [ScriptOutput] = []
  /// Files of `--output` that words of the command name and that are there.
  private(set) var namedOutputs: [[UInt8]] = []
  /// A construct of a script that its parser cannot follow; files named by it are not in the key.
  package private(set) var blindSpot: String?

  /// Whether to note reasons not to store the result.
  private let refuses: Bool

  init(refuses: Bool = true) { self.refuses = refuses }

  /// Notes a reason not to store the result; the first one is kept.
  mutating func refuse(_ why: String) { if refuses, obstacle == nil { obstacle = why } }

  /// Notes a path or pattern that matches no file.
  mutating func missed(_ path: String) { if !missing.contains(path) { missing.append(path) } }

  /// Notes a file of `--output` that is there.
  mutating func named(output: [UInt8]) { namedOutputs.append(output) }

  /// Notes a file that a script replaces; it is certain if any of its mentions is.
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

/// A file that a script replaces, as far as its text shows.
struct ScriptOutput: Sendable, Equatable {
  /// As written in the script, for messages: without the values of variables.
  var shown: [UInt8] = []
  /// Absolute, or relative to the command's working directory.
  var path: [UInt8]
  /// Whether every successful run of the script replaces it; otherwise the write may be skipped.
  var isCertain: Bool
}
