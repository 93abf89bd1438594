internal import Cachetronomy

/// A command line of `run`, read without the argument parser, which takes longer than a hit.
///
/// A class, since an optional structure of this size costs its metadata on the way out.
final class RunLine: Equatable {
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
  /// The command: everything from the first word that is no option of ours.
  var words: [[UInt8]] = []

  static func == (one: RunLine, other: RunLine) -> Bool {
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
  }

  /// Long options that take a value.
  static let valued: Set<String> = [
    "db", "profile", "shell", "env", "env-ignore", "scope", "executable", "arg-files",
    "content-limit", "ttl",
    "tag", "cwd", "cache-status", "wait", "file", "mtime", "timeout", "failure-ttl",
    "stale-while-revalidate", "stale-if-error", "ttl-jitter",
  ]
  private static let valuedShort: Set<Character> = ["c"]

  /// Reads the words after `run`.
  ///
  /// - Parameter start: how many words come before, `run` among them.
  /// - Returns: nil unless it is certain: only options known here, in plain form.
  init?(_ words: [[UInt8]], from start: Int = 0) {
    var at = start
    while at < words.count {
      let word = words[at]
      guard word.first == UInt8(ascii: "-"), word.count > 1 else { break }
      at += 1
      if word == Array("--".utf8) { break }
      let text = Words.text(word)
      guard !text.utf8.contains(0) else { return nil }
      if setFlag(text) { continue }
      let name: Substring
      let value: [UInt8]
      if text == "-c" {
        guard at < words.count, words[at].first != UInt8(ascii: "-") else { return nil }
        key.pipeline = Words.text(words[at])
        at += 1
        continue
      } else if text.hasPrefix("--"), let cut = text.firstIndex(of: "=") {
        name = text[text.index(text.startIndex, offsetBy: 2)..<cut]
        value = Array(text[text.index(after: cut)...].utf8)
        // The parser takes nothing after '=' for a value that is missing.
        if value.isEmpty { return nil }
      } else if text.hasPrefix("--"), at < words.count,
        words[at].first != UInt8(ascii: "-") || Self.mayBeOptional(text, words[at])
      {
        name = text.dropFirst(2)
        value = words[at]
        at += 1
      } else {
        return nil
      }
      guard setValue(String(name), Words.text(value)) else { return nil }
    }
    self.words.reserveCapacity(words.count - at)
    while at < words.count {
      self.words.append(words[at])
      at += 1
    }
  }

  /// Whether an option takes a path that begins with one `-`, as `--file -x`.
  private static func mayBeOptional(_ option: String, _ value: [UInt8]) -> Bool {
    ["--file", "--mtime"].contains(option) && value.dropFirst().first != UInt8(ascii: "-")
  }

  /// A line that somebody else read.
  init() {}

  private func setFlag(_ text: String) -> Bool {
    switch text {
    case "-q", "--quiet": common.quiet = true
    case "-v", "--verbose": common.verbose = true
    case "--no-env": key.noEnv = true
    case "--no-cwd": key.noCwd = true
    case "--no-user": key.noUser = true
    case "--no-remote": noRemote = true
    case "--rules-only": rulesOnly = true
    case "--stdin": key.stdin = true
    case "--refresh", "--force": refresh = true
    case "--explain": explain = true
    case "--background": background = true
    case "--warm": warm = true
    case "--cached-only": cachedOnly = true
    case "--no-store": noStore = true
    case "--no-stdin": noStdin = true
    default: return false
    }
    return true
  }

  private func setValue(_ name: String, _ value: String) -> Bool {
    switch name {
    case "db": common.store = value
    case "profile": common.profile = value
    case "shell": key.shell = value
    case "env": key.env.append(value)
    case "env-ignore": key.envIgnore.append(value)
    case "cwd": key.cwd = value
    case "scope": key.scope = value
    case "executable": key.executable = value
    case "arg-files": key.argFiles = value
    case "content-limit": key.contentLimit = value
    case "ttl": ttl = value
    case "ttl-jitter": ttlJitter = value
    case "tag": tags.append(value)
    case "cache-status": cacheStatus = value
    case "wait": wait = value
    case "file": key.file.append(value)
    case "mtime": key.mtime.append(value)
    case "timeout": timeout = value
    case "failure-ttl": failureTTL = value
    case "stale-while-revalidate": staleWhileRevalidate = value
    case "stale-if-error": staleIfError = value
    default: return false
    }
    return true
  }

  /// Splits the words after `run` into our own and the command's, where `init?` is not certain.
  static func split(_ words: [[UInt8]]) -> (own: [[UInt8]], command: [[UInt8]]) {
    var at = 0
    while at < words.count {
      let word = words[at]
      guard word.first == UInt8(ascii: "-"), word.count > 1 else { break }
      if word == Array("--".utf8) {
        return (Array(words[..<at]), Array(words[(at + 1)...]))
      }
      at += 1
      let text = Words.text(word)
      let takesNext =
        text.hasPrefix("--")
        ? valued.contains(String(text.dropFirst(2)))
        : text.last.map { valuedShort.contains($0) } ?? false
      if takesNext, at < words.count { at += 1 }
    }
    return (Array(words[..<at]), Array(words[at...]))
  }

  /// The settings that the flags say.
  func settings() throws(Failure) -> RunSettings {
    var settings = try key.settings()
    // No `map`: it would copy each option into memory, with the type's own description to undo that.
    if let ttl { settings.timeToLive = try TimeToLive(ttl) }
    if let timeout { settings.timeout = try TimeToLive(timeout) }
    if let failureTTL { settings.failureTimeToLive = try TimeToLive(failureTTL) }
    if let staleWhileRevalidate {
      settings.staleWhileRevalidate = try TimeToLive(staleWhileRevalidate)
    }
    if let staleIfError { settings.staleIfError = try TimeToLive(staleIfError) }
    if let ttlJitter { settings.ttlJitter = try RunSettings.jitter(ttlJitter) }
    if noRemote { settings.remote = false }
    for tag in tags { settings.tags.append(try Words.plain(tag, "tag")) }
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
      throw .badSetting("options", "--background wants --refresh (or see --warm)")
    }
  }
}
