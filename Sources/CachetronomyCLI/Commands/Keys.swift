internal import ArgumentParser
internal import Cachetronomy

/// Which entries a listing is about.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Entries with any of these tags (repeatable).", valueName: "tag"),
    completion: Completions.tags)
  var tag: [String] = []

  @Option(help: ArgumentHelp("Keys that match a shell glob.", valueName: "glob"))
  var match: String?

  @Option(
    help: ArgumentHelp("Entries saved under this profile.", valueName: "profile"),
    completion: Completions.profiles)
  var savedBy: String?

  var filter: Store.Filter {
    var filter = Store.Filter()
    filter.tags = tag
    filter.match = match
    filter.savedBy = savedBy
    return filter
  }

  /// Hands over the entries page by page.
  func each(
    in store: Store?, _ body: (Store.Listed) throws(Failure) -> Void
  ) throws(Failure) { try filter.each(in: store, body) }
}

/// Where an entry is.
enum Tier: String, CaseIterable, ExpressibleByArgument {
  case memory, store, all
}

extension Store.Filter {
  /// Hands over the entries page by page, so that a slow reader holds nothing open.
  func each(
    in store: Store?, _ body: (Store.Listed) throws(Failure) -> Void
  ) throws(Failure) {
    guard let store else { return }
    var last: Store.Listed?
    while true {
      let page = try store.page(after: last, self)
      for listed in page { try body(listed) }
      guard let end = page.last else { return }
      last = end
    }
  }
}

extension Tool {
  struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "keys",
      abstract: "Print the keys of the store, one per line.",
      discussion: """
        For example:
          cachetronomy keys -z --tag report | xargs -0 cachetronomy delete
        """)

    @Flag(name: .customShort("z"), help: "End each key with NUL, not a newline.")
    var zero = false

    @OptionGroup var filter: FilterOptions

    @Option(help: ArgumentHelp("Keys in: memory, store or all (default: all).", valueName: "tier"))
    var tier = Tier.all

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let toTerminal = Terminal.isOutput
      let store = try common.reading()
      let memory = tier == .memory ? try store?.memory() : nil
      try filter.each(in: store) { listed throws(Failure) in
        if let memory, !memory.holds(listed.entry.key) { return }
        let key = listed.entry.key.text
        if json {
          try Output.write(json: .map([(.string("key"), .string(key))]))
        } else if zero {
          try Output.write(Array(key.utf8) + [0])
        } else {
          try Output.write((toTerminal ? Terminal.printable(key) : key) + "\n")
        }
      }
    }
  }
}
