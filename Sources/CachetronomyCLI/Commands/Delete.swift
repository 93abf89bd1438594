internal import ArgumentParser
internal import Cachetronomy
internal import Remotes

extension Tool {
  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Remove entries.",
      usage: "cachetronomy delete [<options>] <key> ...\n"
        + "cachetronomy delete [<options>] -- <command> [<argument> ...]\n"
        + "cachetronomy delete [<options>] --stdin [-z] < keys",
      discussion: """
        For example:
          cachetronomy delete token-count
        """)

    @Argument(
      help: ArgumentHelp("Keys, or '#' and 6 or more digits of a digest.", valueName: "key"),
      completion: Completions.keys)
    var keys: [String] = []

    @OptionGroup var keyOptions: KeyOptions

    @OptionGroup var words: CommandWords
    @OptionGroup var list: StdinKeysOptions

    @Flag(help: "Remove them from the remote cache too.")
    var remote = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = remote ? try common.writing() : try common.changing()
      if var given = try list.keys(keyOptions, words, isNamed: !keys.isEmpty) {
        var missing = false
        while case let batch = try given.batch(), !batch.isEmpty {
          guard let store else { throw Status.exit(Status.miss) }
          if try !remove(batch, of: Swift.Set(batch).count, from: store) { missing = true }
        }
        if missing { throw Status.exit(Status.miss) }
        return
      }
      var found: [Key] = []
      if keys.isEmpty {
        var target = TargetOptions()
        target.key = nil
        target.keyOptions = keyOptions
        target.words = words
        found += try target.resolveAll(store, common)
      } else {
        guard words.bytes.isEmpty, keyOptions.pipeline == nil else {
          throw Failure.badSetting("command line", "give either keys or a command, not both")
        }
        found = try keys.compactMap { try TargetOptions.resolve($0, store) }
      }
      guard let store else { throw Status.exit(Status.miss) }
      if try !remove(found, of: max(Swift.Set(keys).count, 1), from: store) {
        throw Status.exit(Status.miss)
      }
    }

    /// False if fewer were there than were named.
    private func remove(_ found: [Key], of wanted: Int, from store: Store) throws -> Bool {
      let profile = try common.values.profile(in: store, ArgumentBytes.environment())
      func removeHere(_ keys: [Key]) throws(Failure) -> Int64 {
        try store.remove(.keys(keys), because: .user, profile: profile.name, at: .now()).entries
      }
      guard remote else {
        let removed = try removeHere(found)
        if common.verbose { common.say("removed \(removed)") }
        return removed >= wanted
      }
      // There first: what a call brings from there meanwhile goes with what is here.
      let tier = try Tool.Remotes.tier(common, store)
      let wereThere: [Bool]
      do throws(Failure) {
        wereThere = try tier.remove(found)
      } catch {
        _ = try removeHere(found)
        throw error
      }
      var removed = 0
      for (key, wasThere) in zip(found, wereThere) where try removeHere([key]) > 0 || wasThere {
        removed += 1
      }
      if common.verbose { common.say("removed \(removed)") }
      return removed >= wanted
    }
  }
}
