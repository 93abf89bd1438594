internal import ArgumentParser
internal import Cachetronomy
internal import Remotes

extension Tool {
  struct Remotes: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remote",
      abstract: "Show the state of a shared cache, or create a key for it.",
      discussion: """
        For example:
          cachetronomy remote keygen ~/.config/cachetronomy/team.key
          cachetronomy remote ping
        """,
      subcommands: [Status.self, Ping.self, Keygen.self])
  }
}

extension Tool.Remotes {
  /// The remote of the effective profile.
  static func tier(
    _ common: CommonOptions, _ store: Store?
  ) throws(Failure) -> RemoteTier {
    let environment = ArgumentBytes.environment()
    let profile = try common.values.profile(in: store, environment)
    guard let tier = try RemotePlace.tier(of: profile, store: store, environment) else {
      throw .badSetting("remote", "profile '\(profile.name)' has none (see 'remote:' in profiles)")
    }
    return tier
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Print the remote of the profile and its state, without contacting it.",
      discussion: """
        For example:
          cachetronomy remote status --profile team
        """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.reading()
      let tier = try Tool.Remotes.tier(common, store)
      let trouble = tier.trouble
      let wait = trouble.map { max(0, $0.retry.since(.now())) }
      if json {
        return try Output.write(
          json: .map([
            (.string("server"), .string(tier.server)),
            (.string("mode"), .string(tier.settings.mode.rawValue)),
            (.string("namespace"), .string(tier.settings.namespace)),
            (.string("built_in"), .bool(RemoteTier.isBuiltIn)),
            (.string("failures"), .int(trouble?.failures ?? 0)),
            (.string("trouble"), trouble.map { .string($0.detail) } ?? .null),
            (.string("retry_seconds"), wait.map { .double(Double($0) / 1e6) } ?? .null),
          ]))
      }
      var lines = ["server     \(tier.server)", "mode       \(tier.settings.mode.rawValue)"]
      if !tier.settings.namespace.isEmpty { lines.append("namespace  \(tier.settings.namespace)") }
      if !RemoteTier.isBuiltIn {
        lines.append("state      this build has no remotes (make build REMOTE=1)")
      } else if let trouble, let wait {
        let times = Formatting.count(trouble.failures, "failure")
        lines.append(
          "state      "
            + (wait > 0 ? "left alone for \(Formatting.duration(wait)) more" : "to be tried again")
            + " after \(times): \(trouble.detail)")
      } else {
        lines.append("state      no trouble known")
      }
      try Output.write(lines.map { Terminal.printable($0) + "\n" }.joined())
    }
  }

  struct Ping: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ping",
      abstract: "Contact the remote, even while backing off.",
      discussion: """
        For example:
          cachetronomy remote ping && echo there
        """)

    @OptionGroup var common: CommonOptions

    func run() throws {
      let tier = try Tool.Remotes.tier(common, try common.reading())
      let time = try tier.ping()
      if !common.quiet {
        try Output.write("\(Terminal.printable(tier.server)): \(Formatting.duration(time))\n")
      }
    }
  }

  struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "keygen",
      abstract: "Create a team key in a new file that only its owner can read.",
      discussion: """
        For example:
          cachetronomy remote keygen ~/.config/cachetronomy/team.key
        """)

    @Argument(help: ArgumentHelp("File to create.", valueName: "file"))
    var file: String

    @OptionGroup var common: CommonOptions

    func run() throws {
      let path = try ArgumentBytes.plain(file, "path")
      guard !path.isEmpty else { throw Failure.badSetting("path", "it is empty") }
      try TeamKey.make(file: path)
      if !common.quiet, Terminal.isOutput || common.verbose {
        common.say("made '\(path)': copy it to each machine of the team, 0600, by a safe way")
      }
    }
  }
}
