package import Cachetronomy
internal import System

extension HotStore {
  /// What a command line, the profile and its first matching rule together say of a command.
  ///
  /// - Throws: `Failure.unknownProfile` if the profile is not there or cannot be read.
  package func resolved(
    _ command: ResolvedCommand.Command, _ choice: ProfileChoice, flags: RunSettings
  ) throws(Failure) -> ResolvedCommand {
    let profile = try profiles.profile(choice) { profile throws(Failure) in
      try ResolvedCommand.words(of: command, profile: profile, flags: flags)
    }
    return try ResolvedCommand(command, profile: profile, flags: flags)
  }

  /// Writes the manifest of a call that this store has just served.
  ///
  /// - Parameters:
  ///   - arguments: those of the whole program, without its own name.
  ///   - call: the command, whose environment records the results.
  package func keepManifest(
    of arguments: [[UInt8]], _ call: Invocation, _ resolved: ResolvedCommand, key: Key
  ) {
    guard call.probe.isComplete,
      let manifest = resolved.manifest(arguments, call, key: key, profilesSum: profilesSum)
    else { return }
    keep(manifest)
  }
}
