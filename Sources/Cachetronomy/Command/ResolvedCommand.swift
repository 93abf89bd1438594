/// What a command line, a profile and its first matching rule together say of one command.
public struct ResolvedCommand: Sendable {
  /// The words of the command.
  public var argv: [[UInt8]]
  /// True if the last word is a pipeline of `-c`.
  public var isPipeline: Bool
  /// True if the shell is the default one, with `pipefail`.
  public var hasPipefail: Bool
  /// The effective profile.
  public var profile: Profile
  /// The rule that was taken.
  public var rule: Profile.Rule?
  /// The settings: profile, rule and flags overlaid on each other.
  public var settings: RunSettings

  /// Which command is meant.
  public enum Command: Sendable, Equatable {
    /// These words.
    case words([[UInt8]])
    /// A pipeline for a shell: the one given by default unless a setting names another.
    case pipeline([UInt8], DefaultShell)
  }

  /// Resolves all settings for a command, once.
  public init(
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
  }

  /// The words of a command: for a pipeline the shell's own, `-c`, the pipeline.
  static func words(
    of command: Command, profile: Profile, flags: RunSettings
  ) throws(Failure) -> [[UInt8]] {
    switch command {
    case .words(let words): words
    case .pipeline(let text, let shell):
      try shell.words(named: flags.shell ?? profile.run.shell) + [Array("-c".utf8), text]
    }
  }

  /// The command with all that makes its key.
  public func invocation(
    directory: [UInt8], environment: Environment
  ) throws(Failure) -> Invocation {
    var call = try Invocation(
      argv: argv, directory: directory, environment: environment,
      settings: settings)
    call.hasPipefail = hasPipefail
    return call
  }
}
