internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache

extension Tool {
  struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "explain",
      abstract: "Report whether a command would hit or miss, and why.",
      usage: "cachetronomy explain [<options>] -- <command> [<argument> ...]\n"
        + "cachetronomy explain [<options>] <key>",
      discussion: """
        For example:
          cachetronomy explain -- kubectl get pods
        """)

    @OptionGroup var target: TargetOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      guard target.key == nil else { return try explainEntry() }
      let line = RunArguments()
      line.common = common.values
      line.key = target.keyOptions.values
      line.words = target.words.bytes
      line.explain = true
      line.json = json
      let status = try RunVerb.run(line).status
      if status != Status.done { throw Status.exit(status) }
    }

    /// By its key an entry is known, but not what would ask for it.
    private func explainEntry() throws {
      let store = try common.reading()
      guard let key = try target.resolve(store, common) else { throw Status.exit(Status.miss) }
      let now = Timestamp.now()
      let entry = try store?.entry(key)
      let found = Explanation(of: entry, key: key, at: now)
      let report = ExplainReport(found, profile: entry?.profile)
      try report.write(json: json)
      if report.status != Status.done { throw Status.exit(report.status) }
    }
  }
}

/// What `explain` and `run --explain` print.
struct ExplainReport {
  private let found: Explanation
  private let profile: String?
  private let rule: Profile.Rule?
  private let settings: RunSettings?
  private let hasRemote: Bool

  /// What is known of an entry by its key alone.
  init(_ found: Explanation, profile: String?) {
    (self.found, self.profile, rule, settings) = (found, profile, nil, nil)
    hasRemote = false
  }

  /// What is known of a command.
  init(_ found: Explanation, _ resolved: ResolvedCommand) {
    self.found = found
    (profile, rule, settings) = (resolved.profile.name, resolved.rule, resolved.settings)
    hasRemote = resolved.profile.remote != .off && resolved.settings.remote != false
  }

  var status: Int32 {
    switch found.verdict {
    case .hit: Status.done
    case .stale: Status.stale
    case .expired, .miss, .notCached: Status.miss
    }
  }

  func write(json: Bool) throws(Failure) {
    if json { return try Output.write(json: record) }
    try Output.write(text)
  }

  private var text: String {
    var words = [found.verdict == .notCached ? "NOT CACHED" : found.verdict.rawValue.uppercased()]
    if let why = found.why { words[0] += ": \(why)" }
    if let age = found.age { words.append("\(Formatting.duration(age)) old") }
    if let left = found.left {
      words.append(
        left > 0 ? "\(Formatting.duration(left)) left" : "expired \(Formatting.duration(-left)) ago"
      )
    }
    if let profile { words.append("profile \(profile)") }
    if let source = rule?.source { words.append("rule \(source)") }
    var lines = ["\(words.joined(separator: ", ")): \(found.key)"]
    if let terms = found.terms, terms != ServingTerms() {
      lines.append("stdin: \(terms.inputName), streams: \(terms.streamsName)")
    }
    lines += found.changedInputs.map { "  \($0) changed" }
    if let nearest = found.nearest {
      let digits = nearest.key.digest?.prefix(8) ?? ""
      lines.append("nearest: #\(digits), \(Formatting.duration(nearest.age)) old, differs in")
      lines += nearest.differences.map { "  \($0)" }
    }
    if hasRemote, let bound = found.machineBound {
      lines.append(bound.isEmpty ? "elsewhere: the same key" : "elsewhere: another key, for")
      lines += bound.map { "  \($0)" }
    }
    return lines.map { Terminal.shown($0) + "\n" }.joined()
  }

  private var record: Value {
    func texts(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
    func text(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
    let nearest: Value =
      found.nearest.map { nearest in
        Records.object([
          ("digest", text(nearest.key.digest)), ("age_seconds", Records.seconds(nearest.age)),
          (
            "differs",
            .array(
              nearest.differences.map { part in
                Records.object([
                  ("part", .string(part.part)), ("name", text(part.name)),
                  ("change", .string(part.change.rawValue)), ("detail", text(part.detail)),
                ])
              })
          ),
        ])
      } ?? .null
    let parts: Value =
      settings.map { settings in
        Records.object([
          ("env", texts(found.environment)), ("env_ignored", texts(found.ignored)),
          ("cwd", .bool(settings.cwd != RunSettings.Directory.none)),
          ("files", texts(settings.file + settings.mtime)),
          ("stdin", .bool(settings.stdin ?? false)),
        ])
      } ?? .null
    return Records.object([
      ("verdict", .string(found.verdict.rawValue)), ("why", text(found.why)),
      ("changed_inputs", texts(found.changedInputs)),
      ("key", .string(found.key.text)), ("digest", text(found.key.digest)),
      ("profile", text(profile)), ("rule", text(rule.map { $0.match.joined(separator: " ") })),
      ("rule_source", text(rule?.source)),
      (
        "time_to_live_seconds",
        found.timeToLive.map { Records.seconds($0.microseconds) } ?? .null
      ),
      ("age_seconds", found.age.map { Records.seconds($0) } ?? .null),
      ("nearest", nearest), ("parts", parts),
      ("portable", .bool(found.machineBound?.isEmpty ?? false)),
      ("streams", text(found.terms?.streamsName)), ("stdin", text(found.terms?.inputName)),
      ("machine_bound", found.machineBound.map { texts($0) } ?? .null),
    ])
  }
}
