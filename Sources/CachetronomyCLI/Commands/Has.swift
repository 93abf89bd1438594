internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Has: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "has",
      abstract: "Tell by the exit status whether there is a fresh entry.",
      usage: "cachetronomy has [<options>] <key>\n"
        + "cachetronomy has [<options>] -- <command> [<argument> ...]",
      discussion: """
        For example:
          cachetronomy has token-count && echo known
        """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.reading()
      let now = Timestamp.now()
      if let (key, settings) = try target.resolveWithSettings(store, common), let store,
        case .hit(let entry) = try store.lookup(key, at: now, within: settings.timeToLive),
        try settings.allows(entry, in: store, at: now)
      {
        return
      }
      throw Status.exit(Status.miss)
    }
  }
}
