internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set",
      abstract: "Store a value under a key.",
      discussion: """
        For example:
          cachetronomy set --ttl 1d token-count 42
          cachetronomy set report < report.pdf
        """)

    @Argument(help: ArgumentHelp("Key.", valueName: "key"))
    var key: String

    @Argument(
      help: ArgumentHelp("Value; '-' or none reads stdin.", valueName: "value"))
    var value: String?

    @Option(help: ArgumentHelp("Read the value from a file.", valueName: "file"))
    var file: String?

    @Option(
      help: ArgumentHelp("Time to live: 90s, 1h30m, 2d, never.", valueName: "duration"))
    var ttl: String?

    @Option(help: ArgumentHelp("Tag (repeatable).", valueName: "tag"))
    var tag: [String] = []

    @Option(
      help: ArgumentHelp(
        "Store the value unchanged as json, orjson or msgpack.", valueName: "name"))
    var format: String?

    @Option(
      help: ArgumentHelp("Version number of the value.", valueName: "number"))
    var entryVersion: Int64 = 1

    @Flag(help: "Send it to the remote cache too.")
    var remote = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let key = try ArgumentBytes.key(key)
      let ttl = try ttl.map { try TimeToLive($0) }
      let tags = try tag.map { try ArgumentBytes.plain($0, "tag") }
      guard entryVersion >= 1 else {
        throw Failure.badSetting("--entry-version", "want at least 1")
      }
      if let format, !Payload.formats.contains(format) { try Payload.check([], format: format) }
      let bytes = try readValue()
      if let format { try Payload.check(bytes, format: format) }
      let store = try common.writing()
      let profile = try common.values.profile(in: store, ArgumentBytes.environment())
      let now = Timestamp.now()
      var entry = profile.newEntry(
        key, format == nil ? try Payload.encode(bytes) : bytes, format: format ?? "msgpack",
        at: now, timeToLive: ttl, tags: tags, version: entryVersion)
      entry.info?.size = Int64(bytes.count)
      try store.put(entry, intoMemory: profile.maxMemory > 0)
      if remote, try !Tool.Remotes.tier(common, store).push(key, from: store) {
        common.say("warning: '\(key)' is over the limits of the remote, and is only here")
      }
      if common.verbose, entry.expiry <= now {
        return common.say("'\(key)' is expired already")
      }
      if common.verbose { common.say("stored \(Formatting.size(Int64(bytes.count))) under \(key)") }
      common.values.collectIfDue(profile, ArgumentBytes.environment())
    }

    private func readValue() throws(Failure) -> [UInt8] {
      if let file {
        guard value == nil else {
          throw .badSetting("command line", "give either a value or --file, not both")
        }
        return try Input.read(ArgumentBytes.bytes(file))
      }
      guard let value, value != "-" else { return try Input.standardInput() }
      return ArgumentBytes.bytes(value)
    }
  }
}
