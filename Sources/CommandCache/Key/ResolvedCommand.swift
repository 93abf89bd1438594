package import Cachetronomy
internal import System

/// The combined settings of the command line, the profile and its first matching rule for one
/// command.
package struct ResolvedCommand: Sendable {
  /// The arguments of the command.
  package var argv: [[UInt8]]
  /// Whether the last argument is a pipeline of `-c`.
  package var isPipeline: Bool
  /// Whether the shell is the default one, with `pipefail`.
  package var hasPipefail: Bool
  /// The active profile.
  package var profile: Profile
  /// The matching rule.
  package var rule: Profile.Rule?
  /// The settings: the profile's, overridden by the rule's, overridden by the flags.
  package var settings: RunSettings

  /// The command as given.
  package enum Command: Sendable, Equatable {
    /// A program with its arguments.
    case words([[UInt8]])
    /// A pipeline for a shell: the given default, unless a setting names another.
    case pipeline([UInt8], DefaultShell)
  }

  /// Resolves all settings for a command, once.
  package init(
    _ command: Command, profile: Profile, flags: RunSettings
  ) throws(Failure) {
    argv = try Self.words(of: command, profile: profile, flags: flags)
    if case .pipeline(_, let shell) = command {
      isPipeline = true
      hasPipefail = shell.hasPipefail && (flags.shell ?? profile.run.shell) == nil
    } else {
      (isPipeline, hasPipefail) = (false, false)
    }
    self.profile = profile
    if let rule = profile.rule(for: argv) {
      self.rule = rule
      settings = profile.run.overlaid(by: rule.settings).overlaid(by: flags)
    } else {
      settings = profile.run.overlaid(by: flags)
    }
    if !settings.output.isEmpty, settings.output.contains(RunSettings.automaticOutput),
      !settings.isTraced
    {
      throw .badSetting("--output", "'auto' requires --trace")
    }
  }

  /// Returns the arguments of a command; for a pipeline the shell's own, `-c` and the pipeline.
  static func words(
    of command: Command, profile: Profile, flags: RunSettings
  ) throws(Failure) -> [[UInt8]] {
    switch command {
    case .words(let words): words
    case .pipeline(let text, let shell):
      try shell.words(named: flags.shell ?? profile.run.shell) + [Array("-c".utf8), text]
    }
  }

  /// Returns the command with everything its key is made of.
  package func invocation(
    directory: [UInt8], environment: Environment
  ) throws(Failure) -> Invocation {
    var call = try Invocation(
      argv: argv, directory: directory, environment: environment,
      settings: settings)
    call.hasPipefail = hasPipefail
    return call
  }
}
