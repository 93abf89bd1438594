internal import Cachetronomy
internal import CommandCache

/// What `run` prints about itself on stderr.
enum RunReport {
  /// Prints warnings, hints and, with `-v`, the verdict.
  static func write(_ outcome: CachedRun.Outcome, _ run: ResolvedRun, _ line: RunArguments) {
    if !line.common.quiet {
      if case .miss = outcome.verdict {
        for path in run.key.notes.missing {
          Output.say("warning: '\(path)' names no file: its absence is in the key")
        }
      }
      hint(outcome.notKept, run.call)
      if case .fallback(let age, let why) = outcome.verdict {
        Output.say("warning: \(why); serving the result of \(Formatting.duration(age)) ago")
      }
    }
    guard line.isVerbose else { return }
    Output.say(describe(outcome, run.command))
    if let why = outcome.notTraced {
      Output.say(
        "cannot trace here (\(why)): only its ttl and the files in its words tell of changes")
    }
    if outcome.changedInputs.count > 1 {
      for path in outcome.changedInputs { Output.say("  \(path) changed") }
    }
    if let construct = run.key.notes.blindSpot {
      Output.say(
        "this script may read files that are not seen, by \(construct): --file names them")
    }
  }

  /// Says how a result could have been kept.
  static func hint(_ notKept: NotKept?, _ call: Invocation) {
    switch notKept {
    case .readInput:
      Output.say(
        "the command read its stdin, so its result is not kept "
          + "(--stdin puts it in the key, --no-stdin gives none)")
    case .status(let status) where call.hasPipefail:
      Output.say(
        "status \(status) of the pipeline is not kept (--cache-status keeps it; "
          + "with --shell sh only the last command counts)")
    // A user who names outputs expects them to come back.
    case .outputMissing, .badOutput, .outputsTooLarge, .outputChanged, .readOutput:
      if let notKept { Output.say("the result is not kept: \(notKept)") }
    default: break
    }
  }

  private static func describe(_ files: OutputRestorer.Count) -> String? {
    let all = files.restored + files.inPlace
    if all == 0 { return nil }
    return
      ", \(Formatting.count(all, "output")): \(files.restored) restored, \(files.inPlace) in place"
  }

  static func describe(_ outcome: CachedRun.Outcome, _ resolved: ResolvedCommand) -> String {
    let rule = resolved.rule?.source.map { ", rule \($0)" } ?? ""
    let tail = "profile \(resolved.profile.name)\(rule): \(outcome.key)"
    switch outcome.verdict {
    case .hit(let age, let left, let saved):
      let forever = outcome.inputCount.map { count in
        count == 1
          ? "valid until its input changes"
          : "valid until one of \(Formatting.count(count, "input")) changes"
      }
      let rest = left.map { "\(Formatting.duration($0)) left" } ?? forever ?? "kept forever"
      let files = outcome.files.flatMap(describe) ?? ""
      return
        "HIT\(files), \(Formatting.duration(age)) old, \(rest), \(Formatting.duration(saved)) saved, \(tail)"
    case .stale(let age, let overdue, let isRefreshing):
      return "STALE, \(Formatting.duration(age)) old, expired \(Formatting.duration(overdue)) ago, "
        + (isRefreshing ? "refreshing, " : "") + tail
    case .fallback(let age, let why):
      return "STALE, \(Formatting.duration(age)) old, instead of a failure: \(why), \(tail)"
    case .started: return "STARTED in the background, \(tail)"
    case .shared: return "SHARED with another call that ran it, \(tail)"
    case .remoteHit(let age, let left, let saved):
      let rest = left.map { "\(Formatting.duration($0)) left" } ?? "kept forever"
      return "HIT (remote), \(Formatting.duration(age)) old, \(rest), "
        + "\(Formatting.duration(saved)) saved, \(tail)"
    case .miss(let why):
      let word = why == .expired ? "EXPIRED" : "MISS (\(outcome.missDetail ?? why.rawValue))"
      let nearest = outcome.nearest.map { nearest in
        "; #\(nearest.key.digest?.prefix(8) ?? "") of \(Formatting.duration(nearest.age)) ago differs in "
          + nearest.differences.map(\.description).joined(separator: ", ")
      }
      let inputs = outcome.inputCount.map { ", \(Formatting.count($0, "input"))" } ?? ""
      let files = outcome.keptFiles.map { ", \(Formatting.count($0, "output"))" } ?? ""
      return
        "\(word), \(outcome.notKept.map { "not kept: \($0)" } ?? "kept\(inputs)\(files)"), \(tail)"
        + (nearest ?? "")
    }
  }
}
