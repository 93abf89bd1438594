/// The settings of `run:` and of rules, by name: each is also an option of `run`.
enum RunSetting: String, CaseIterable {
  case argFiles = "arg_files"
  case cache
  case cacheStatus = "cache_status"
  case contentLimit = "content_limit"
  case cwd
  case env
  case envIgnore = "env_ignore"
  case executable
  case failureTimeToLive = "failure_ttl"
  case file
  case mtime
  case output
  case redact
  case remote
  case scope
  case shell
  case staleIfError = "stale_if_error"
  case staleWhileRevalidate = "stale_while_revalidate"
  case stdin
  case tags
  case timeToLive = "time_to_live"
  case timeout
  case trace
  case traceIgnore = "trace_ignore"
  case traceTimes = "trace_times"
  case traceTrust = "trace_trust"
  case traceVariants = "trace_variants"
  case ttlJitter = "ttl_jitter"
  case user

  /// Where a setting may stand.
  package enum Place { case run, rule }

  /// Why it may not stand there; nil if it may.
  ///
  /// `env` for a whole profile would drop variables of unrelated commands, and a ttl and
  /// tags for all are the profile's own settings. A shell is chosen before rules are examined.
  func refusal(in place: Place) -> String? {
    switch (self, place) {
    case (.env, .run): "'env' may stand only in a rule or a flag; here 'env_ignore' may"
    case (.cache, .run): "'cache' may stand only in a rule"
    case (.tags, .run), (.timeToLive, .run), (.ttlJitter, .run):
      "'\(rawValue)' is a setting of the profile itself"
    case (.shell, .rule): "'shell' may stand only under 'run'"
    default: nil
    }
  }

  func read(
    _ node: Node, with reader: SettingReader, into settings: inout RunSettings
  ) throws(Diagnostic) {
    switch self {
    case .argFiles:
      settings.argFiles = try reader.identity(node, of: [.stat, .content, .none])
    case .cache: settings.cache = try reader.flag(node)
    case .cacheStatus: settings.cacheStatus = try reader.statuses(node)
    case .contentLimit: settings.contentLimit = try reader.size(node)
    case .cwd:
      if node.text == RunSettings.Directory.repository.rawValue {
        settings.cwd = .repository
      } else if node.text.flatMap({ RunSettings.Directory(rawValue: $0) }) == nil,
        !["yes", "no", "on", "off"].contains(node.text?.lowercased())
      {
        throw reader.complaint(node, "want true, false or repository")
      } else {
        settings.cwd = try reader.flag(node) ? .path : RunSettings.Directory.none
      }
    case .env: settings.env = try reader.strings(node)
    case .envIgnore: settings.envIgnore = try reader.strings(node)
    case .executable:
      settings.executable = try reader.identity(node, of: [.stat, .content, .path])
    case .failureTimeToLive: settings.failureTimeToLive = try reader.duration(node)
    case .file: settings.file = try reader.paths(node)
    case .mtime: settings.mtime = try reader.paths(node)
    case .output: settings.output = try reader.outputs(node)
    case .redact: settings.redact = try reader.redactions(node)
    case .remote: settings.remote = try reader.flag(node)
    case .scope: settings.scope = try reader.text(node)
    case .shell:
      let text = try reader.text(node)
      guard let words = try? ShellWords.split(text), !words.isEmpty else {
        throw reader.complaint(node, "want a shell, as bash -o pipefail")
      }
      settings.shell = text
    case .staleIfError: settings.staleIfError = try reader.duration(node)
    case .staleWhileRevalidate: settings.staleWhileRevalidate = try reader.duration(node)
    case .stdin: settings.stdin = try reader.flag(node)
    case .tags: settings.tags = try reader.strings(node)
    case .timeToLive: settings.timeToLive = try reader.duration(node)
    case .timeout: settings.timeout = try reader.duration(node)
    case .trace: settings.trace = try reader.flag(node)
    case .traceIgnore: settings.traceIgnore = try reader.strings(node)
    case .traceTimes: settings.traceTimes = try reader.flag(node)
    case .traceTrust: settings.traceTrust = try reader.directories(node)
    case .traceVariants: settings.traceVariants = try reader.variants(node)
    case .ttlJitter: settings.ttlJitter = try reader.percentage(node)
    case .user: settings.user = try reader.flag(node)
    }
  }

  /// What a setting says, as it would be written in a file; nil if it says nothing.
  func node(of settings: RunSettings) -> Node? {
    switch self {
    case .argFiles: settings.argFiles.map { Node(text: $0.rawValue) }
    case .cache: settings.cache.map { Node(text: $0 ? "true" : "false") }
    case .cacheStatus: settings.cacheStatus.map { Node(list: $0.map(\.description)) }
    case .contentLimit: settings.contentLimit.map { Node(text: $0.description) }
    case .cwd: settings.cwd.map { Node(text: $0.rawValue) }
    case .env: settings.env.map { Node(list: $0) }
    case .envIgnore: settings.envIgnore.isEmpty ? nil : Node(list: settings.envIgnore)
    case .executable: settings.executable.map { Node(text: $0.rawValue) }
    case .failureTimeToLive: settings.failureTimeToLive.map { Node(text: $0.description) }
    case .file: settings.file.isEmpty ? nil : Node(list: settings.file)
    case .mtime: settings.mtime.isEmpty ? nil : Node(list: settings.mtime)
    case .output: settings.output.isEmpty ? nil : Node(list: settings.output)
    case .redact: settings.redact.isEmpty ? nil : Node(list: settings.redact)
    case .remote: settings.remote.map { Node(text: $0 ? "true" : "false") }
    case .scope: settings.scope.map { Node(text: $0) }
    case .shell: settings.shell.map { Node(text: $0) }
    case .staleIfError: settings.staleIfError.map { Node(text: $0.description) }
    case .staleWhileRevalidate: settings.staleWhileRevalidate.map { Node(text: $0.description) }
    case .stdin: settings.stdin.map { Node(text: $0 ? "true" : "false") }
    case .tags: settings.tags.isEmpty ? nil : Node(list: settings.tags)
    case .timeToLive: settings.timeToLive.map { Node(text: $0.description) }
    case .timeout: settings.timeout.map { Node(text: $0.description) }
    case .trace: settings.trace.map { Node(text: $0 ? "true" : "false") }
    case .traceIgnore: settings.traceIgnore.isEmpty ? nil : Node(list: settings.traceIgnore)
    case .traceTimes: settings.traceTimes.map { Node(text: $0 ? "true" : "false") }
    case .traceTrust: settings.traceTrust.isEmpty ? nil : Node(list: settings.traceTrust)
    case .traceVariants: settings.traceVariants.map { Node(text: $0.description) }
    case .ttlJitter: settings.ttlJitter.map { Node(text: "\($0)%") }
    case .user: settings.user.map { Node(text: $0 ? "true" : "false") }
    }
  }
}

extension RunSettings {
  /// Reads the value of `--ttl-jitter`: `10%`.
  ///
  /// - Throws: `Failure.badSetting` for anything else.
  public static func jitter(_ text: String) throws(Failure) -> Int64 {
    do {
      return try SettingReader(file: "").percentage(Node(text: text))
    } catch {
      throw .badSetting("--ttl-jitter", error.message)
    }
  }
}

extension RunSettings {
  /// Reads the value of `--content-limit`: `1 GiB`.
  ///
  /// - Throws: `Failure.badSetting` for anything else.
  public static func size(_ text: String) throws(Failure) -> Int64 {
    do {
      return try SettingReader(file: "").size(Node(text: text))
    } catch {
      throw .badSetting("--content-limit", error.message)
    }
  }
}

extension Node {
  init(text: String) { content = .scalar(text, quoted: false) }

  init(list: [String]) { content = .sequence(list.map { Node(text: $0) }) }

  package init(pairs: [(String, Node)]) {
    content = .mapping(pairs.map { Pair(name: Node(text: $0.0), value: $0.1) })
  }
}
