internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Evict: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "evict",
      abstract: "Evict entries from memory; they stay in the store.",
      usage: "cachetronomy evict [<options>] <key> ...\n"
        + "cachetronomy evict [<options>] --all | --tag <tag> | --match <glob>\n"
        + "cachetronomy evict [<options>] -- <command> [<argument> ...]",
      discussion: """
        For example:
          cachetronomy evict --tag k8s
        """)

    @Argument(
      help: ArgumentHelp("Keys, or '#' and 6 or more digits of a digest.", valueName: "key"),
      completion: Completions.keys)
    var keys: [String] = []

    @Flag(help: "All entries.")
    var all = false

    @Option(
      help: ArgumentHelp("Entries with any of these tags (repeatable).", valueName: "tag"),
      completion: Completions.tags)
    var tag: [String] = []

    @Option(help: ArgumentHelp("Entries whose keys match a shell glob.", valueName: "glob"))
    var match: String?

    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var words: CommandWords
    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.changing()
      let found = try targets(store)
      guard let store else {
        if all || !tag.isEmpty || match != nil { return }
        throw Status.exit(Status.miss)
      }
      let profile = try common.values.profile(in: store, ArgumentBytes.environment())
      let evicted = try store.evict(found, profile: profile.name, at: .now())
      if !common.quiet, Terminal.isOutput || common.verbose {
        common.say(
          "\(Formatting.count(evicted, "entry")) out of memory, still in the store "
            + "(see 'cachetronomy help delete')")
      }
      if !all, tag.isEmpty, match == nil, evicted < max(keys.count, 1) {
        throw Status.exit(Status.miss)
      }
    }

    private func targets(_ store: Store?) throws(Failure) -> [Key] {
      let isMany = all || !tag.isEmpty || match != nil
      if isMany {
        guard keys.isEmpty, words.bytes.isEmpty else {
          throw .badSetting("command line", "give either keys or --all, --tag and --match")
        }
        var filter = Store.Filter()
        (filter.tags, filter.match) = (tag, match)
        var found: [Key] = []
        try filter.each(in: store) { found.append($0.entry.key) }
        return found
      }
      if keys.isEmpty {
        var target = TargetOptions()
        (target.key, target.keyOptions, target.words) = (nil, keyOptions, words)
        return try target.resolveAll(store, common)
      }
      guard words.bytes.isEmpty, keyOptions.pipeline == nil else {
        throw .badSetting("command line", "give either keys or a command, not both")
      }
      var found: [Key] = []
      for key in keys { if let one = try TargetOptions.resolve(key, store) { found.append(one) } }
      return found
    }
  }
}
