package import Cachetronomy
internal import System

/// Why the result of a run was not stored.
package enum NotKept: Sendable, Equatable {
  case timeToLiveIsZero
  case storingIsOff
  case noStore
  /// Nothing was run: another process runs it, or only stored results were requested.
  case notRun
  /// Its reader left before it ended.
  case readerLeft
  case outOfTime
  case killed(signal: Int32)
  case status(Int32)
  /// It read stdin, which is not in its key.
  case readInput
  /// Whether it read stdin could not be observed.
  case mayHaveReadInput
  /// Its output is larger than the maximum size of an entry, in bytes.
  case tooLarge(limit: Int64)
  /// A file that its script was expected to replace is unchanged, so it may be an input.
  case didNotReplace(String)
  /// Its stdin, a file, changed while it ran.
  case inputChanged
  /// Something in its key changed while it ran.
  case keyChanged
  /// What the tracer saw forbids it.
  case traced(String)
  /// A path of `--output` that is not there after a successful run.
  case outputMissing(String)
  /// A path of `--output` that cannot come back, and why.
  case badOutput(String, String)
  /// A file that it made changed while it was stored.
  case outputChanged
  /// Its files are larger than the limit, in bytes.
  case outputsTooLarge(limit: Int64)
  /// It read a file of `--output` before it changed it, or appended to it.
  case readOutput(String)
  /// It could not be traced, and why.
  case cannotTrace(String)
  /// The entry was removed, or replaced by a later run, while it ran.
  case removed
  /// The store, or a temporary file, could not be written.
  case failed(Failure)
}

extension NotKept: CustomStringConvertible {
  /// The reason, as printed after "not kept: ".
  package var description: String {
    switch self {
    case .timeToLiveIsZero: "the ttl is 0"
    case .storingIsOff: "storing is disabled"
    case .noStore: "there is no store"
    case .notRun: "not run"
    case .readerLeft: "its reader left before it ended"
    case .outOfTime: "it timed out"
    case .killed(let signal): "it was killed by signal \(signal)"
    case .status(let status): "its status is \(status)"
    case .readInput: "it read its stdin"
    case .mayHaveReadInput: "whether it read its stdin is unknown"
    case .tooLarge(let limit):
      "its output is over \(ByteSize.text(limit)) (a larger max_entry_size in the profile keeps it)"
    case .didNotReplace(let path): "its script did not replace \(path), which may be an input"
    case .inputChanged: "its stdin changed while it ran"
    case .keyChanged: "what it reads changed while it ran"
    case .outputMissing(let path): "it did not make \(path)"
    case .badOutput(let path, let why): "its output \(path) \(why)"
    case .outputChanged: "a file that it made changed while it was stored"
    case .outputsTooLarge(let limit):
      "its files are over \(ByteSize.text(limit)) (a larger max_output_size in the profile keeps them)"
    case .readOutput(let path):
      "it read its output \(path) or appended to it (--trace makes what was there an input)"
    case .traced(let why): why
    case .cannotTrace(let why): "cannot trace here (\(why))"
    case .removed: "the entry was removed or replaced while it ran"
    case .failed(let failure): failure.description
    }
  }
}
