internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "get",
      abstract: "Print the value of a key, or the recorded output of a command.",
      usage: "cachetronomy get [<options>] <key>\n"
        + "cachetronomy get [<options>] -- <command> [<argument> ...]\n"
        + "cachetronomy get [<options>] --stdin [-z] < keys",
      discussion: """
        For example:
          cachetronomy get token-count || compute-it
        """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var list: StdinKeysOptions

    @Flag(help: "Print the stderr of a recording.")
    var stderr = false

    @Flag(name: .shortAndLong, help: "Print a JSON string without quotes.")
    var raw = false

    @Flag(help: "Print the entry and its value as JSON.")
    var json = false

    @Flag(help: "Look in the remote cache too.")
    var remote = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = remote ? try common.writing() : try common.reading()
      if var keys = try list.keys(target.keyOptions, target.words, isNamed: target.key != nil) {
        var missing = store == nil
        while let key = try keys.next() {
          if let store, try !answer(key, RunSettings(), store, isOne: false) { missing = true }
        }
        if missing { throw Status.exit(Status.miss) }
        return
      }
      guard let (key, settings) = try target.resolveWithSettings(store, common), let store else {
        throw Status.exit(Status.miss)
      }
      if try !answer(key, settings, store) { throw Status.exit(Status.miss) }
    }

    /// Prints what a key has; false if there is nothing fresh.
    private func answer(
      _ key: Key, _ settings: RunSettings, _ store: Store, isOne: Bool = true
    ) throws -> Bool {
      let now = Timestamp.now()
      let environment = ArgumentBytes.environment()
      let profile = try common.values.profile(in: store, environment)
      if remote {
        if case .hit = try store.lookup(key, at: now, within: settings.timeToLive) {
        } else {
          _ = try Tool.Remotes.tier(common, store).bring(key, into: store, at: now)
          common.values.collectIfDue(profile, environment)
        }
      }
      let journal = AccessJournal(store: store.path)
      switch try store.lookup(key, at: now, within: settings.timeToLive) {
      case .miss(let why):
        if why == .corrupt { common.say("warning: the entry of '\(key)' is damaged") }
        if store.isWritable {
          journal.append(AccessJournal.Kind(why), key, profile: profile.name, at: now)
        }
        return false
      case .stale:
        if store.isWritable { journal.append(.expired, key, profile: profile.name, at: now) }
        return false
      case .hit(let entry) where try !settings.allows(entry, at: now):
        if store.isWritable { journal.append(.expired, key, profile: profile.name, at: now) }
        return false
      case .hit(let entry):
        var replay: Replay?
        if json {
          try Output.write(json: try Records.value(entry, in: store, at: now))
        } else if !target.keyOptions.output.isEmpty {
          for path in target.keyOptions.output { try print(output: path, of: entry, store) }
        } else if entry.info?.origin == .run {
          replay = try print(recording: entry, store)
        } else {
          try print(entry)
        }
        if store.isWritable { journal.append(.hit, key, profile: profile.name, at: now) }
        if isOne, !json, target.keyOptions.output.isEmpty, profile.maxMemory > 0 {
          store.refill(entry, replay)
        }
        return true
      }
    }

    /// Prints one stream of a recording.
    private func print(recording entry: Entry, _ store: Store) throws(Failure) -> Replay {
      let replay = try Replay(entry, from: store)
      if stderr, replay.of.terms.isMerged {
        throw .badSetting(
          "option --stderr",
          "both streams of '\(entry.key)' were recorded in one (get without it prints both)")
      }
      try replay.write([stderr ? .errors : .output]) { _, bytes throws(Failure) in
        try Output.pass(.output, bytes)
      }
      return replay
    }

    /// Prints a file that comes back with an entry.
    private func print(output path: String, of entry: Entry, _ store: Store) throws(Failure) {
      let list =
        entry.info?.origin == .run ? OutputList(decoding: try Recording(entry.data).files) : nil
      guard let content = list?.content(of: Array(path.utf8)) else {
        throw .badSetting("--output", "'\(path)' is no file that comes back with '\(entry.key)'")
      }
      let isWhole = try store.bytes(of: content) { bytes throws(Failure) in
        _ = try Output.pass(.output, bytes)
      }
      if !isWhole {
        throw .badValue(
          format: "recording", detail: "the contents of '\(path)' are missing or corrupt")
      }
    }

    private func print(_ entry: Entry) throws(Failure) {
      if stderr {
        throw .badSetting("option --stderr", "'\(entry.key)' is a value, not a recording")
      }
      var bytes = try Payload.printed(entry, raw: raw)
      if Terminal.isOutput, bytes.last != 0x0a { bytes.append(0x0a) }
      try Output.write(bytes)
    }
  }
}
