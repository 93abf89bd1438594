internal import ArgumentParser
internal import Cachetronomy
internal import Remotes

extension Tool {
  struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "clear",
      abstract: "Remove entries by state, tag or profile.",
      discussion: """
        For example:
          cachetronomy clear --tag k8s
        """)

    @Flag(help: "All entries, without rows in the eviction log.")
    var all = false

    @Flag(help: "Expired entries.")
    var expired = false

    @Option(
      help: ArgumentHelp("Entries with any of these tags (repeatable).", valueName: "tag"))
    var tag: [String] = []

    @Flag(help: "With --tag: entries with exactly these tags.")
    var exact = false

    @Option(help: ArgumentHelp("Entries saved under this profile.", valueName: "profile"))
    var savedBy: String?

    @Flag(help: "With --tag: in the remote cache too.")
    var remote = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let (selection, reason) = try selection()
      guard let store = remote ? try common.writing() : try common.changing() else { return }
      let profile = try common.values.profile(in: store, ArgumentBytes.environment())
      // There first: what a call brings from there meanwhile goes with what is here.
      var trouble: Failure?
      if remote {
        let tier = try Tool.Remotes.tier(common, store)
        do throws(Failure) { _ = try tier.clear(tags: tag) } catch { trouble = error }
      }
      let removed = try store.remove(
        selection, because: reason, profile: profile.name, at: .now())
      if let trouble { throw trouble }
      if !common.quiet, Terminal.isOutput || common.verbose {
        common.say(
          "removed \(Formatting.count(removed.entries, "entry")), \(Formatting.size(removed.bytes))"
        )
      }
    }

    private func selection() throws(Failure) -> (Store.Selection, Reason?) {
      guard [all, expired, !tag.isEmpty, savedBy != nil].filter({ $0 }).count == 1 else {
        throw .badSetting("command line", "want one of --all, --expired, --tag and --saved-by")
      }
      guard !exact || !tag.isEmpty else {
        throw .badSetting("option --exact", "it goes with --tag")
      }
      guard !remote || (!tag.isEmpty && !exact) else {
        throw .badSetting("option --remote", "it goes with --tag, without --exact")
      }
      if all { return (.all, nil) }
      if expired { return (.expired, .time) }
      if let savedBy { return (.savedBy(savedBy), .profile) }
      return (.tags(tag, exact: exact), .tag)
    }
  }
}
