/// The settings of a profile by name, in the order in which they are shown.
package enum ProfileSetting: String, CaseIterable {
  case timeToLive = "time_to_live"
  case ttlJitter = "ttl_jitter"
  case ttlCleanupInterval = "ttl_cleanup_interval"
  case memoryBasedEviction = "memory_based_eviction"
  case freeMemoryTarget = "free_memory_target"
  case memoryCleanupInterval = "memory_cleanup_interval"
  case maxItemsInMemory = "max_items_in_memory"
  case tags
  case maxEntrySize = "max_entry_size"
  case maxOutputSize = "max_output_size"
  case maxMemory = "max_memory"
  case maxStoreSize = "max_store_size"
  case maxStoreItems = "max_store_items"
  case evictionPolicy = "eviction_policy"
  case logRetention = "log_retention"
  case autoGC = "auto_gc"
  case remote
  case run
  case rules
  case warm

  /// Those that are columns of the seed's table.
  var isSeeds: Bool {
    switch self {
    case .timeToLive, .ttlCleanupInterval, .memoryBasedEviction, .freeMemoryTarget,
      .memoryCleanupInterval, .maxItemsInMemory, .tags:
      true
    default: false
    }
  }

  package func read(
    _ node: Node, with reader: SettingReader, into profile: inout Profile
  ) throws(Diagnostic) {
    switch self {
    case .timeToLive:
      let seconds = try reader.seconds(node)
      profile.timeToLive =
        seconds == TimeToLive.neverInSeconds ? .never : TimeToLive(seconds: seconds)
    case .ttlJitter: profile.ttlJitter = try reader.percentage(node)
    case .ttlCleanupInterval: profile.ttlCleanupInterval = try reader.seconds(node)
    case .memoryBasedEviction: profile.memoryBasedEviction = try reader.flag(node)
    case .freeMemoryTarget: profile.freeMemoryTarget = try reader.number(node)
    case .memoryCleanupInterval: profile.memoryCleanupInterval = try reader.seconds(node)
    case .maxItemsInMemory: profile.maxItemsInMemory = try reader.count(node)
    case .tags: profile.tags = try reader.strings(node)
    case .maxEntrySize: profile.maxEntrySize = try reader.size(node)
    case .maxOutputSize: profile.maxOutputSize = try reader.size(node)
    case .maxMemory: profile.maxMemory = try reader.size(node)
    case .maxStoreSize: profile.maxStoreSize = try reader.size(node)
    case .maxStoreItems: profile.maxStoreItems = try reader.count(node)
    case .evictionPolicy: profile.evictionPolicy = try reader.policy(node)
    case .logRetention: profile.logRetention = try reader.duration(node)
    case .autoGC: profile.autoGC = try reader.flag(node)
    case .remote:
      profile.remote = try RemoteSetting.read(node, over: profile.remote, with: reader)
    case .run:
      profile.run = try readRun(node, .run, with: reader)
    case .rules:
      guard case .sequence(let items) = node.content else {
        throw reader.complaint(node, "want a list of rules, each beginning with '- match:'")
      }
      profile.rules = []
      for item in items { profile.rules += try readRules(item, with: reader) }
    case .warm:
      guard case .sequence(let items) = node.content else {
        throw reader.complaint(node, "want a list of commands, each beginning with '-'")
      }
      profile.warm = []
      for item in items { profile.warm.append(try readWarm(item, with: reader)) }
    }
  }

  private func readRun(
    _ node: Node, _ place: RunSetting.Place, with reader: SettingReader
  ) throws(Diagnostic) -> RunSettings {
    var settings = RunSettings()
    for pair in try reader.pairs(node, "a mapping of settings") {
      let name = pair.name.text ?? ""
      guard let setting = RunSetting(rawValue: name) else {
        let known = RunSetting.allCases.filter { $0.refusal(in: place) == nil }.map(\.rawValue)
        throw reader.unknown(pair.name, known + (place == .rule ? ["match", "match_any"] : []))
      }
      if let refusal = setting.refusal(in: place) { throw reader.complaint(pair.name, refusal) }
      try setting.read(pair.value, with: reader, into: &settings)
    }
    return settings
  }

  /// Reads a rule; one with `match_any` becomes a rule for each alternative.
  private func readRules(
    _ node: Node, with reader: SettingReader
  ) throws(Diagnostic) -> [Profile.Rule] {
    var rest: [Node.Pair] = []
    var matches: [[String]]?
    var source = place(node, reader)
    for pair in try reader.pairs(node, "a rule, beginning with 'match:'") {
      switch pair.name.text {
      case "match", "match_any":
        if matches != nil {
          throw reader.complaint(pair.name, "give either 'match' or 'match_any', not both")
        }
        matches =
          pair.name.text == "match"
          ? [try reader.match(pair.value)] : try reader.alternatives(pair.value)
      // Only in the store, where lines have no numbers.
      case "source" where node.line == 0: source = pair.value.text
      default: rest.append(pair)
      }
    }
    var body = node
    body.content = .mapping(rest)
    // First, since 'macth' is also a rule without 'match'.
    let settings = try readRun(body, .rule, with: reader)
    guard let matches else {
      throw reader.complaint(node, "a rule without 'match' or 'match_any'")
    }
    return matches.map { Profile.Rule(match: $0, settings: settings, source: source) }
  }

  /// `file:line`; nil for what was kept in the store, or came from a command line.
  private func place(_ node: Node, _ reader: SettingReader) -> String? {
    node.line > 0 && !reader.file.isEmpty ? "\(reader.file):\(node.line)" : nil
  }

  /// Words that are meant for a shell if they are unquoted.
  private static let ofShells: Set<String> = ["|", "||", "&", "&&", ";", ">", ">>", "<"]

  private func readWarm(
    _ node: Node, with reader: SettingReader
  ) throws(Diagnostic) -> Profile.WarmCommand {
    var command = Profile.WarmCommand(words: [])
    command.source = place(node, reader)
    guard case .mapping(let pairs) = node.content else {
      command.words = try reader.words(node, "a command to warm")
      if node.text != nil, let word = command.words.first(where: { Self.ofShells.contains($0) }) {
        throw reader.complaint(
          node, "no shell reads this '\(word)': write [bash, -o, pipefail, -c, '...']")
      }
      return command
    }
    for pair in pairs {
      switch pair.name.text {
      case "command": command.words = try reader.words(pair.value, "'command'")
      case "cwd":
        let path = try reader.text(pair.value, "a directory")
        guard path.hasPrefix("/") || path.hasPrefix("~/") || path == "~" else {
          throw reader.complaint(
            pair.value, "'cwd' must be a path that begins with / or ~/: cron is in no directory")
        }
        command.directory = path
      case "source" where node.line == 0: command.source = pair.value.text
      default: throw reader.unknown(pair.name, ["command", "cwd"])
      }
    }
    guard !command.words.isEmpty else { throw reader.complaint(node, "an item without 'command'") }
    return command
  }

  /// What a setting says, in the form of a profile file; nil for unset settings of this program.
  package func node(of profile: Profile) -> Node? {
    switch self {
    case .timeToLive: return Node(text: profile.timeToLive.description)
    case .ttlJitter: return Node(text: "\(profile.ttlJitter)%")
    case .ttlCleanupInterval: return Node(text: profile.ttlCleanupInterval.description)
    case .memoryBasedEviction: return Node(text: profile.memoryBasedEviction ? "true" : "false")
    case .freeMemoryTarget:
      let target = profile.freeMemoryTarget
      return Node(
        text: Int64(exactly: target).map(\.description) ?? target.description)
    case .memoryCleanupInterval: return Node(text: profile.memoryCleanupInterval.description)
    case .maxItemsInMemory: return Node(text: profile.maxItemsInMemory.description)
    case .tags: return Node(list: profile.tags)
    case .maxEntrySize: return Node(text: profile.maxEntrySize.description)
    case .maxOutputSize: return Node(text: profile.maxOutputSize.description)
    case .maxMemory: return Node(text: profile.maxMemory.description)
    case .maxStoreSize: return Node(text: profile.maxStoreSize.description)
    case .maxStoreItems: return Node(text: profile.maxStoreItems.description)
    case .evictionPolicy: return Node(text: profile.evictionPolicy.rawValue)
    case .logRetention: return Node(text: profile.logRetention.description)
    case .autoGC: return Node(text: profile.autoGC ? "true" : "false")
    case .remote: return RemoteSetting.node(of: profile.remote)
    case .run:
      let pairs = profile.run.pairs
      return pairs.isEmpty ? nil : Node(pairs: pairs)
    case .rules:
      if profile.rules.isEmpty { return nil }
      var node = Node(list: [])
      node.content = .sequence(
        profile.rules.map { rule in
          let source = rule.source.map { [("source", Node(text: $0))] } ?? []
          return Node(
            pairs: [("match", Node(list: rule.match))] + rule.settings.pairs + source)
        })
      return node
    case .warm:
      if profile.warm.isEmpty { return nil }
      var node = Node(list: [])
      node.content = .sequence(
        profile.warm.map { item in
          let directory = item.directory.map { [("cwd", Node(text: $0))] } ?? []
          let source = item.source.map { [("source", Node(text: $0))] } ?? []
          return Node(pairs: [("command", Node(list: item.words))] + directory + source)
        })
      return node
    }
  }
}

extension RunSettings {
  /// What is said, by name.
  var pairs: [(String, Node)] {
    RunSetting.allCases.compactMap { setting in
      setting.node(of: self).map { (setting.rawValue, $0) }
    }
  }
}

extension SettingReader {
  func unknown(_ name: Node, _ known: [String]) -> Diagnostic {
    let text = name.text ?? ""
    let near = nearest(to: text, among: known).map { " (did you mean '\($0)'?)" } ?? ""
    return complaint(name, "unknown setting '\(text)'\(near)")
  }
}
