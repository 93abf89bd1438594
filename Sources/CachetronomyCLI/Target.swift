internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache

/// The words after `--`, where a command stands for the entry that `run` would use.
///
/// The argument parser takes no second list of words next to a list of keys: `Tool` hands each word
/// over as a hidden option.
struct CommandWords: ParsableArguments {
  @Option(parsing: .unconditionalSingleValue, help: .hidden)
  var commandWord: [String] = []

  /// The verbs that take such words.
  static let verbs: Swift.Set<String> = [
    "get", "has", "show", "delete", "evict", "explain",
  ]

  var bytes: [[UInt8]] { commandWord.map { ArgumentBytes.bytes(String($0.dropFirst())) } }

  /// A command line with the words after `--` as options, each behind a full stop: the parser takes
  /// no empty value.
  static func fold(_ words: [String]) -> [String] {
    guard let verb = words.first, let cut = words.firstIndex(of: "--"),
      verbs.contains(verb) || words.starts(with: ["profile", "match"])
    else { return words }
    return words[..<cut] + words[(cut + 1)...].map { "--command-word=." + $0 }
  }
}

/// The entry that a command is about: a key, `#` and digits, or the command whose entry is meant.
struct TargetOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Key, or '#' and 6 or more digits of a digest.", valueName: "key"),
    completion: Completions.keys)
  var key: String?

  @OptionGroup var keyOptions: KeyOptions

  @OptionGroup var words: CommandWords

  /// The key that is meant; nil if the digits name nothing.
  func resolve(_ store: Store?, _ common: CommonOptions) throws(Failure) -> Key? {
    try resolveWithSettings(store, common)?.key
  }

  /// The key that is meant, and for a command what `run` uses.
  func resolveWithSettings(
    _ store: Store?, _ common: CommonOptions
  ) throws(Failure) -> (key: Key, settings: RunSettings)? {
    var question: Key?
    return try resolveWithSettings(store, common, &question)
  }

  /// The same.
  ///
  /// - Parameter question: for a command, its key without the inputs of a traced result.
  private func resolveWithSettings(
    _ store: Store?, _ common: CommonOptions, _ question: inout Key?
  ) throws(Failure) -> (key: Key, settings: RunSettings)? {
    let words = words.bytes
    if let key {
      guard words.isEmpty, keyOptions.pipeline == nil else {
        throw .badSetting("command line", "give either a key or a command, not both")
      }
      guard let found = try Self.resolve(key, store) else { return nil }
      return (found, RunSettings())
    }
    let environment = ArgumentBytes.environment()
    var values = keyOptions.values
    values.add(environment)
    guard let command = try values.command(words, in: environment) else {
      throw .badSetting("command line", "want a key, or '--' and a command")
    }
    let profile = try common.values.profile(in: store, environment)
    let plan = try ResolvedCommand(
      command, profile: profile, flags: try values.settings())
    let directory = try WorkingDirectory.path(named: environment["PWD"])
    if let store { environment.probe.readDigests(beside: store.path) }
    var call = try plan.invocation(directory: directory, environment: environment)
    if plan.settings.stdin == true { call.input = try Input.spool(beside: store).digest }
    let resolved = call.resolve()
    question = resolved.key
    if plan.settings.isTraced {
      let key = try store?.validVariant(of: resolved.key, call) ?? resolved.key
      return (key, plan.settings)
    }
    // As `run` does: contents of a file as stdin are read only if nothing else is there.
    guard plan.settings.stdin != true, let store, try store.entry(resolved.key) == nil,
      let contents = StandardInput.inherited(call.environment.probe).contentsDigest,
      case let key = resolved.key(withInput: contents), try store.entry(key) != nil
    else { return (resolved.key, plan.settings) }
    return (key, plan.settings)
  }

  /// The keys of all results of the command.
  func resolveAll(_ store: Store?, _ common: CommonOptions) throws(Failure) -> [Key] {
    var question: Key?
    let found = try resolveWithSettings(store, common, &question)
    guard let found else { return [] }
    guard found.settings.isTraced, let store, let question else { return [found.key] }
    let variants = try store.variants(of: question)
    return variants.isEmpty ? [found.key] : variants
  }

  /// A key as typed, or the one that `#` and digits mean.
  static func resolve(_ text: String, _ store: Store?) throws(Failure) -> Key? {
    guard text.hasPrefix("#"), text.utf8.count >= 7,
      text.dropFirst().allSatisfy({ $0.isASCII && $0.isHexDigit })
    else { return try ArgumentBytes.key(text) }
    // Digits that begin no digest may be a key of the user's own.
    if let key = try store?.key(digits: String(text.dropFirst())) { return key }
    return try ArgumentBytes.key(text)
  }
}

extension RunSettings {
  /// Whether an entry is young enough, whatever its exit status.
  func allows(_ entry: Entry, at now: Timestamp) throws(Failure) -> Bool {
    guard failureTimeToLive != nil, entry.info?.origin == .run else { return true }
    return allows(status: try Recording(entry.data).exitStatus, entry.freshness, at: now)
  }
}
