internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Remove entries.",
      usage: "cachetronomy delete [<options>] <key> ...\n"
        + "cachetronomy delete [<options>] -- <command> [<argument> ...]",
      discussion: """
        For example:
          cachetronomy delete token-count
        """)

    @Argument(
      help: ArgumentHelp("Keys, or '#' and 6 or more digits of a digest.", valueName: "key"),
      completion: Known.keys)
    var keys: [String] = []

    @OptionGroup var keyOptions: KeyOptions

    @OptionGroup var words: CommandWords
    @Flag(help: "Remove them from the profile's remote too.")
    var remote = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = remote ? try common.writing() : try common.changing()
      var found: [Key] = []
      if keys.isEmpty {
        var target = TargetOptions()
        target.key = nil
        target.keyOptions = keyOptions
        target.words = words
        if let key = try target.resolve(store, common) { found.append(key) }
      } else {
        guard words.bytes.isEmpty, keyOptions.pipeline == nil else {
          throw Failure.badSetting("command line", "give either keys or a command, not both")
        }
        found = try keys.compactMap { try TargetOptions.resolve($0, store) }
      }
      guard let store else { throw Status.exit(Status.miss) }
      let profile = try common.values.profile(in: store, Words.environment())
      let removed = try store.remove(
        .keys(found), because: .user, profile: profile.name, at: .now())
      if common.verbose { common.say("removed \(removed.entries)") }
      let elsewhere = remote ? try Tool.Remotes.tier(common, store).remove(found) : 0
      if max(removed.entries, elsewhere) < max(Swift.Set(keys).count, 1) {
        throw Status.exit(Status.miss)
      }
    }
  }
}
