internal import Cachetronomy

/// A plain command line of `run`, `set`, `get`, `has` or `delete`, read without the argument
/// parser, which takes 10 million instructions.
///
/// A class, since an optional structure of this size costs its metadata on the way out.
final class RunArguments: Equatable {
  var common = CommonValues()
  var key = KeyValues()
  var ttl: String?
  var tags: [String] = []
  var ttlJitter: String?
  var cacheStatus: String?
  var wait: String?
  var timeout: String?
  var failureTTL: String?
  var staleWhileRevalidate: String?
  var staleIfError: String?
  var refresh = false
  var background = false
  var warm = false
  var cachedOnly = false
  var noStore = false
  var noStdin = false
  var noRemote = false
  var rulesOnly = false
  var explain = false
  var json = false
  var format: String?
  var entryVersion: Int64?
  var remote = false
  var raw = false
  var stderr = false
  var zero = false
  /// The command: everything from the first argument that is no option.
  var words: [[UInt8]] = []

  static func == (one: RunArguments, other: RunArguments) -> Bool {
    one.common == other.common && one.key == other.key && one.ttl == other.ttl
      && one.tags == other.tags && one.cacheStatus == other.cacheStatus && one.wait == other.wait
      && one.timeout == other.timeout && one.failureTTL == other.failureTTL
      && one.staleWhileRevalidate == other.staleWhileRevalidate
      && one.staleIfError == other.staleIfError && one.refresh == other.refresh
      && one.background == other.background && one.warm == other.warm
      && one.cachedOnly == other.cachedOnly && one.noStore == other.noStore
      && one.noStdin == other.noStdin && one.noRemote == other.noRemote
      && one.rulesOnly == other.rulesOnly
      && one.explain == other.explain && one.json == other.json
      && one.words == other.words && one.ttlJitter == other.ttlJitter
      && one.format == other.format && one.entryVersion == other.entryVersion
      && one.remote == other.remote && one.raw == other.raw && one.stderr == other.stderr
      && one.zero == other.zero
  }

  /// Reads the arguments after `run`.
  ///
  /// - Parameter start: how many arguments come before, `run` among them.
  /// - Returns: nil unless it is certain: only options of the table, in plain form.
  init?(_ words: [[UInt8]], from start: Int = 0) {
    var at = start
    while at < words.count {
      let word = words[at]
      guard word.first == UInt8(ascii: "-"), word.count > 1 else { break }
      if word == Array("--".utf8) {
        at += 1
        break
      }
      guard readOption(words, &at, .run) else { return nil }
    }
    self.words.reserveCapacity(words.count - at)
    while at < words.count {
      self.words.append(words[at])
      at += 1
    }
  }

  /// Reads the option at a place, and its value, which may be the next argument.
  ///
  /// - Returns: false unless it is certain.
  func readOption(_ words: [[UInt8]], _ at: inout Int, _ verb: LineOption.Verbs) -> Bool {
    let text = ArgumentBytes.text(words[at])
    guard !text.utf8.contains(0) else { return false }
    at += 1
    let isLong = text.hasPrefix("--")
    let cut = isLong ? text.firstIndex(of: "=") : nil
    guard let option = LineOption.find(cut.map { text[..<$0] } ?? text[...], verb) else {
      return false
    }
    switch option.kind {
    case .flag(let set):
      guard cut == nil else { return false }
      set(self)
    case .value(let set):
      if let cut {
        let value = text[text.index(after: cut)...]
        // The parser takes nothing after '=' for a value that is missing.
        if value.isEmpty { return false }
        return set(self, String(value))
      }
      guard at < words.count,
        words[at].first != UInt8(ascii: "-") || Self.mayBeOptional(text, words[at], verb)
      else { return false }
      at += 1
      return set(self, ArgumentBytes.text(words[at - 1]))
    }
    return true
  }

  /// Whether an option takes a path that begins with one `-`, as `--file -x`.
  private static func mayBeOptional(
    _ option: String, _ value: [UInt8], _ verb: LineOption.Verbs
  ) -> Bool {
    verb != .set && ["--file", "--mtime"].contains(option)
      && value.dropFirst().first != UInt8(ascii: "-")
  }

  /// An empty line, to be filled.
  init() {}

  /// Splits the words after `run` into options and the command, where `init?` is not certain.
  static func split(_ words: [[UInt8]]) -> (own: [[UInt8]], command: [[UInt8]]) {
    var at = 0
    while at < words.count {
      let word = words[at]
      guard word.first == UInt8(ascii: "-"), word.count > 1 else { break }
      if word == Array("--".utf8) {
        return (Array(words[..<at]), Array(words[(at + 1)...]))
      }
      at += 1
      let text = ArgumentBytes.text(word)
      // Of letters in one word the last may take a value.
      let name = text.hasPrefix("--") ? text[...] : "-" + text.suffix(1)
      if case .value? = LineOption.find(name, .run)?.kind, at < words.count { at += 1 }
    }
    return (Array(words[..<at]), Array(words[at...]))
  }

  /// Whether to report the verdict.
  var isVerbose: Bool { common.verbose && !common.quiet }

  /// The settings that the flags say.
  func settings() throws(Failure) -> RunSettings {
    var settings = try key.settings()
    // No `map`: it would copy each option into memory, with the type's own description to undo
    // that.
    if let ttl { settings.timeToLive = try TimeToLive(ttl) }
    if let timeout { settings.timeout = try TimeToLive(timeout) }
    if let failureTTL { settings.failureTimeToLive = try TimeToLive(failureTTL) }
    if let staleWhileRevalidate {
      settings.staleWhileRevalidate = try TimeToLive(staleWhileRevalidate)
    }
    if let staleIfError { settings.staleIfError = try TimeToLive(staleIfError) }
    if let ttlJitter { settings.ttlJitter = try RunSettings.jitter(ttlJitter) }
    if noRemote { settings.remote = false }
    for tag in tags { settings.tags.append(try ArgumentBytes.plain(tag, "tag")) }
    if let cacheStatus { settings.cacheStatus = try RunSettings.statuses(cacheStatus) }
    return settings
  }

  /// Options that cannot be meant together.
  func check() throws(Failure) {
    func exclude(_ one: (String, Bool), _ other: (String, Bool)) throws(Failure) {
      if one.1, other.1 {
        throw .badSetting("options", "\(one.0) and \(other.0) contradict each other")
      }
    }
    try exclude(("--cached-only", cachedOnly), ("--refresh", refresh))
    try exclude(("--cached-only", cachedOnly), ("--warm", warm))
    try exclude(("--no-store", noStore), ("--warm", warm))
    try exclude(("--no-store", noStore), ("--background", background))
    try exclude(("--refresh", refresh), ("--warm", warm))
    if background, !refresh {
      throw .badSetting("options", "--background requires --refresh (or use --warm)")
    }
  }
}
