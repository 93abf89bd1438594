internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Has: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "has",
      abstract: "Test whether there is a fresh entry.",
      usage: "cachetronomy has [<options>] <key>\n"
        + "cachetronomy has [<options>] -- <command> [<argument> ...]\n"
        + "cachetronomy has [<options>] --stdin [-z] < keys",
      discussion: """
        For example:
          cachetronomy has token-count && echo known
        """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var list: StdinKeysOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.reading()
      let now = Timestamp.now()
      if var keys = try list.keys(target.keyOptions, target.words, isNamed: target.key != nil) {
        var missing = false
        while let key = try keys.next() {
          guard let store, case .hit = try store.lookup(key, at: now) else {
            missing = true
            continue
          }
          try Output.write(Array(key.text.utf8) + [list.zero ? 0 : 0x0a])
        }
        if missing { throw Status.exit(Status.miss) }
        return
      }
      if let (key, settings) = try target.resolveWithSettings(store, common), let store,
        case .hit(let entry) = try store.lookup(key, at: now, within: settings.timeToLive),
        try settings.allows(entry, at: now)
      {
        return
      }
      throw Status.exit(Status.miss)
    }
  }
}
