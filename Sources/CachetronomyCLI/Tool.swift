internal import ArgumentParser
internal import Cachetronomy
internal import Glibc

/// The root of the grammar.
struct Tool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachetronomy",
    abstract: "Remember the output of slow commands, and any other value, in one SQLite file.",
    discussion: """
      For example:
        cachetronomy run --ttl 10m -- curl -fsS https://example.com/rates.json
      """,
    version: Version.current,
    subcommands: [
      Run.self, Set.self, Get.self, Has.self, Delete.self, Keys.self, Show.self, List.self,
      Explain.self, Evict.self, Clear.self, Stats.self, Log.self, Profiles.self, Collect.self,
      Export.self, Import.self, Config.self, Warm.self, Remotes.self, Initialize.self, Doctor.self,
    ])

  /// Runs the tool.
  ///
  /// - Returns: the exit status, and the signal to die of instead, if any.
  static func start(_ words: [[UInt8]]) -> (status: Int32, signal: Int32?) {
    Memo.blockFileLimit()
    let words = verbFirst(words)
    let isRun = words.first == Array("run".utf8)
    do {
      if let status = try HotPath.answer(words) { return (status, nil) }
      if isRun {
        let words = Array(words.dropFirst())
        return try RunVerb.run(try RunLine(words) ?? parseRun(words))
      }
      if let status = try Manual.open(words) { return (status, nil) }
      if let name = Extra.name(words) { return (try Extra.start(name, words), nil) }
      var command = try parseAsRoot(CommandWords.fold(words.map { Words.text($0) }))
      try command.run()
      return (Status.done, nil)
    } catch let failure as Failure {
      Output.say(failure.description)
      return (isRun ? Status.ofRun(failure) : Status.of(failure), nil)
    } catch let code as ExitCode {
      return (code.rawValue, nil)
    } catch {
      return (explain(error, isRun: isRun), nil)
    }
  }

  /// `cachetronomy --db x get k` as `cachetronomy get --db x k`, as users of git expect it to work.
  private static func verbFirst(_ words: [[UInt8]]) -> [[UInt8]] {
    guard words.first?.first == UInt8(ascii: "-") else { return words }
    var moved = 0
    while moved < words.count {
      switch Words.text(words[moved]) {
      case "--db", "--profile": moved += 2
      case "-q", "--quiet", "-v", "--verbose": moved += 1
      case let word where word.hasPrefix("--db=") || word.hasPrefix("--profile="): moved += 1
      default:
        guard moved > 0 else { return words }
        return [words[moved]] + words[..<moved] + words[(moved + 1)...]
      }
    }
    return words
  }

  /// Reads a line of `run` that the fast reading leaves alone: unusual, wrong, or asking for help.
  private static func parseRun(_ words: [[UInt8]]) throws -> RunLine {
    let (own, command) = RunLine.split(words)
    let parsed = try parseAsRoot(["run"] + own.map { Words.text($0) })
    guard let run = parsed as? Run else { throw CleanExit.helpRequest(Run.self) }
    let line = run.line
    line.words = command
    return line
  }

  /// Says what the argument parser has to say, and gives the status.
  private static func explain(_ error: any Error, isRun: Bool) -> Int32 {
    let status = exitCode(for: error).rawValue
    if status == 0 {
      do throws(Failure) {
        try Output.write(fullMessage(for: error) + "\n")
        return Status.done
      } catch {
        Output.say(error.description)
        return Status.of(error)
      }
    }
    // "Error: Unknown option '--x'" and the usage after it become one line in git's voice.
    var text = String(message(for: error).prefix { $0 != "\n" })
    if let first = text.first { text = first.lowercased() + text.dropFirst() }
    while text.hasSuffix(".") { text.removeLast() }
    Output.say("\(text) (see 'cachetronomy \(isRun ? "run " : "")--help')")
    return isRun ? Status.runFailed : Status.usage
  }
}
