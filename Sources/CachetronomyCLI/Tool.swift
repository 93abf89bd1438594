internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache
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
      Explain.self, Evict.self, Clear.self, Stats.self, Log.self, Profiles.self,
      GarbageCollect.self,
      Export.self, Import.self, Config.self, Warm.self, Remotes.self, Initialize.self, Doctor.self,
    ])

  /// Runs the tool.
  ///
  /// - Returns: the exit status, and the signal to die of instead, if any.
  static func start(_ words: [[UInt8]]) -> (status: Int32, signal: Int32?) {
    CachedRun.blockFileLimit()
    let words = verbFirst(words)
    let isRun = words.first == Array("run".utf8)
    var line: RunArguments?
    do {
      var prepared: PreparedRun?
      if let status = try HotPath.answer(words, &prepared) { return (status, nil) }
      if isRun {
        let words = Array(words.dropFirst())
        let parsed = try RunArguments(words) ?? parseRun(words)
        line = parsed
        return try RunVerb.run(parsed, prepared)
      }
      if var command = PlainLine.command(words) {
        try command.run()
        return (Status.done, nil)
      }
      if words.count == 2, words[0].elementsEqual("--generate-completion-script".utf8),
        let shell = CompletionShell(rawValue: ArgumentBytes.text(words[1]))
      {
        try Output.write(CommandCompletion.script(for: shell) + "\n")
        return (Status.done, nil)
      }
      if words == [Array("--version".utf8)] {
        try Output.write(Version.current + "\n")
        return (Status.done, nil)
      }
      if let status = try Manual.open(words) { return (status, nil) }
      if let name = ExternalCommand.name(words) {
        return (try ExternalCommand.start(name, words), nil)
      }
      let texts = subverbFirst(words).map { ArgumentBytes.text($0) }
      var command = try parseAsRoot(CommandWords.fold(texts))
      try command.run()
      return (Status.done, nil)
    } catch let failure as Failure {
      Output.say(failure.description + helpHint(failure, words))
      if let line, !line.common.quiet, let hint = ShellHint.text(for: failure, line) {
        Output.say(hint)
      }
      return (isRun ? Status.ofRun(failure) : Status.of(failure), nil)
    } catch let code as ExitCode {
      return (code.rawValue, nil)
    } catch {
      return (explain(error, words), nil)
    }
  }

  /// `cachetronomy --db x get k` as `cachetronomy get --db x k`, as users of git expect it to work.
  private static func verbFirst(_ words: [[UInt8]]) -> [[UInt8]] {
    guard words.first?.first == UInt8(ascii: "-") else { return words }
    let count = commonOptions(words[...])
    guard count > 0, count < words.count else { return words }
    return [words[count]] + words[..<count] + words[(count + 1)...]
  }

  /// `profile --db x list` as `profile list --db x`: a verb that has verbs has no options.
  private static func subverbFirst(_ words: [[UInt8]]) -> [[UInt8]] {
    guard let verb = words.first, !subverbs(of: ArgumentBytes.text(verb)).isEmpty else {
      return words
    }
    let count = commonOptions(words.dropFirst())
    guard count > 0, count + 1 < words.count else { return words }
    return [verb, words[count + 1]] + words[1...count] + words[(count + 2)...]
  }

  /// How many words the options take at the beginning that every command has.
  private static func commonOptions(_ words: ArraySlice<[UInt8]>) -> Int {
    var at = words.startIndex
    while at < words.endIndex {
      switch ArgumentBytes.text(words[at]) {
      case "--db", "--profile": at += 2
      case "-q", "--quiet", "-v", "--verbose", "-qv", "-vq": at += 1
      case let word where word.hasPrefix("--db=") || word.hasPrefix("--profile="): at += 1
      default: return at - words.startIndex
      }
    }
    return min(at, words.endIndex) - words.startIndex
  }

  /// The names of the verbs that a verb has.
  private static func subverbs(of verb: String) -> [String] {
    let command = configuration.subcommands.first { $0.configuration.commandName == verb }
    return command?.configuration.subcommands.compactMap { $0.configuration.commandName } ?? []
  }

  /// Reads a line of `run` that the fast reading leaves alone: unusual, wrong, or asking for help.
  private static func parseRun(_ words: [[UInt8]]) throws -> RunArguments {
    let (own, command) = RunArguments.split(words)
    let parsed = try parseAsRoot(["run"] + own.map { ArgumentBytes.text($0) })
    guard let run = parsed as? Run else { throw CleanExit.helpRequest(Run.self) }
    let line = run.line
    line.words = command
    return line
  }

  /// The command whose help explains a line: `run `, `profile list `, or nothing for an unknown
  /// verb.
  private static func helpName(_ words: [[UInt8]]) -> String {
    let texts = subverbFirst(words).prefix(2).map { ArgumentBytes.text($0) }
    guard let verb = texts.first, ExternalCommand.own.contains(verb) else { return "" }
    guard texts.count > 1, subverbs(of: verb).contains(texts[1]) else { return "\(verb) " }
    return "\(verb) \(texts[1]) "
  }

  /// Names the help of a command whose words do not fit together.
  private static func helpHint(_ failure: Failure, _ words: [[UInt8]]) -> String {
    guard case .badSetting("command line", let why) = failure, !why.contains("--help") else {
      return ""
    }
    return " (see 'cachetronomy \(helpName(words))--help')"
  }

  /// Says what the argument parser has to say, and gives the status.
  private static func explain(_ error: any Error, _ words: [[UInt8]]) -> Int32 {
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
    let name = helpName(words)
    Output.say("\(text) (see 'cachetronomy \(name)--help')")
    return name == "run " ? Status.runFailed : Status.usage
  }
}
