internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache

extension Tool.Profiles {
  struct Match: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "match", abstract: "Print the rule that matches a command, and its settings.",
      usage: "cachetronomy profile match [<options>] -- <command> [<argument> ...]\n"
        + "cachetronomy profile match [<options>] -c <pipeline>",
      discussion: """
        For example:
          cachetronomy profile match -- kubectl get pods
        """)

    @Option(
      name: .customShort("c"),
      help: ArgumentHelp("Pipeline for the shell, in place of a command.", valueName: "pipeline"))
    var pipeline: String?

    @Option(help: ArgumentHelp("Shell for -c (default: /bin/sh).", valueName: "words"))
    var shell: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var words: CommandWords

    @OptionGroup var common: CommonOptions

    func run() throws {
      let key = KeyValues(pipeline: pipeline, shell: shell)
      guard let command = try key.command(words.bytes, in: ArgumentBytes.environment()) else {
        throw Failure.badSetting("command line", "want '--' and a command, or -c and a pipeline")
      }
      let store = try common.reading()
      let profile = try common.values.profile(in: store, ArgumentBytes.environment())
      let resolved = try ResolvedCommand(command, profile: profile, flags: try key.settings())
      try Output.write(
        json ? JSONWriter.encode(resolved.record) + [0x0a] : Array(resolved.text.utf8))
      if resolved.rule == nil { throw Status.exit(Status.miss) }
    }
  }
}

extension ResolvedCommand {
  fileprivate var text: String {
    let rule =
      rule.map { rule in
        "rule " + (rule.source.map { "\($0): " } ?? "") + rule.match.joined(separator: " ")
      } ?? "no rule"
    return ["profile \(profile.name), \(rule)", settings.yaml]
      .flatMap { $0.split(separator: "\n") }.map { Terminal.shown(String($0)) + "\n" }.joined()
  }

  fileprivate var record: Value {
    Records.object([
      ("profile", .string(profile.name)),
      ("rule", rule.map { .string($0.match.joined(separator: " ")) } ?? .null),
      ("rule_source", rule?.source.map { .string($0) } ?? .null),
      ("cached", .bool(settings.cache ?? true)), ("settings", settings.asValue),
    ])
  }
}
