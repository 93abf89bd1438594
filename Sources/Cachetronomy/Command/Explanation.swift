/// Why a command would hit or miss.
public struct Explanation: Sendable, Equatable {
  /// What the store has for it.
  public var verdict: Verdict
  /// Why it is not cached, or what is wrong with the entry.
  public var why: String?
  /// The name of its entry.
  public var key: Key
  /// How old a result may be; for ever if nil.
  public var timeToLive: TimeToLive?
  /// How old the entry is, in microseconds; nil if there is none.
  public var age: Int64?
  /// The time it has left, below zero if that is over, in microseconds; nil: for ever, or no entry.
  public var left: Int64?
  /// Who may be served with the entry; nil if there is none, or it is a value.
  public var terms: ServingTerms?
  /// On a miss, the newest recording of the same words.
  public var nearest: Nearest?
  /// The variables that are in the key.
  public var environment: [String] = []
  /// The variables that are not.
  public var ignored: [String] = []
  /// What in the key another machine does not have, and the setting that fixes it; nil if it is not
  /// known.
  public var machineBound: [String]?

  /// What the store has for a command.
  public enum Verdict: String, Sendable {
    /// A fresh result.
    case hit
    /// An expired one that would be given anyway.
    case stale
    /// An expired one.
    case expired
    /// None.
    case miss
    /// The command is not cached.
    case notCached = "not-cached"
  }

  /// An earlier recording.
  public struct Nearest: Sendable, Equatable {
    /// Its key.
    public var key: Key
    /// How old it is, in microseconds.
    public var age: Int64
    /// In what its key differs.
    public var differences: [Difference]
  }

  /// What happened to a part of the key.
  public enum Change: String, Sendable { case changed, added, removed }

  /// A part of the key that is not what it was.
  public struct Difference: Sendable, Equatable, CustomStringConvertible {
    /// `env`, `executable`, `cwd`...
    public var part: String
    /// The variable, the path or the argument, where there are several.
    public var name: String?
    /// What happened to it.
    public var change: Change
    /// What it was and is, where that is no secret.
    public var detail: String?

    /// `env KUBECONFIG changed`, `cwd: /a -> /b`.
    public var description: String {
      if let detail { return "\(part): \(detail)" }
      return part + (name.map { " \($0)" } ?? "") + " \(change.rawValue)"
    }
  }
}

extension Explanation {
  /// What is known of an entry without a command that asks for it.
  public init(of entry: Entry?, key: Key, at now: Timestamp) {
    self.key = key
    verdict =
      switch entry?.state(at: now) {
      case .fresh: .hit
      case .stale: .stale
      case .expired: .expired
      case nil: .miss
      }
    age = entry?.info.map { max(0, now.since($0.created)) }
    left = entry.flatMap { $0.expiry == .never ? nil : $0.expiry.since(now) }
    if let entry, entry.info?.origin == .run { terms = (try? Recording(entry.data))?.terms }
  }
}

extension CachedRun {
  /// Says what the store has for the command; runs nothing and counts nothing.
  ///
  /// - Parameter notCached: why it would not be looked for.
  public func explain(notCached: String? = nil) -> Explanation {
    let settings = invocation.settings
    let limit = settings.timeToLive ?? profile.timeToLive
    let now = now()
    let found = search(findKey)
    var key = runKey
    if case .success(let served) = found { key = served }
    var entry = store.flatMap { try? $0.entry(key) }
    if entry == nil, let other = store.flatMap({ try? $0.entry(command.key) }) {
      (entry, key) = (other, command.key)
    }
    var result = Explanation(of: entry, key: key, at: now)
    result.timeToLive = limit == .never ? nil : limit
    if let entry {
      let status = (try? Recording(entry.data))?.exitStatus ?? 0
      result.left = left(entry, status, at: now)
    }
    let keyed = command.parts.variables.map { invocation.environment.keyedVariable($0).name }
    result.environment = keyed.map { String(decoding: $0, as: UTF8.self) }
    result.ignored = invocation.environment.variables.map(\.name).filter { !keyed.contains($0) }
      .map { String(decoding: $0, as: UTF8.self) }.sorted()
    result.machineBound = command.parts.machineBound(of: invocation)
    if let why = notCached ?? (settings.timeToLive?.microseconds == 0 ? "the ttl is 0" : nil) {
      (result.verdict, result.why) = (.notCached, why)
      return result
    }
    switch found {
    case .success: result.verdict = .hit
    case .failure(let found) where found.miss == .expired:
      let isStale = oldAnswer()?.isWithin(settings.staleWhileRevalidate) == true && canRefresh
      result.verdict = isStale ? .stale : .expired
    case .failure(let found):
      result.verdict = .miss
      result.why = found.miss == .corrupt ? "the entry is damaged" : found.detail
      if found.detail == nil { result.nearest = nearest(to: key) }
    }
    return result
  }

  /// The fingerprints of the parts of this call's key.
  func fingerprints(secret: [UInt8], isWithContents: Bool = true) -> Fingerprints {
    let contents = isWithContents ? stdin.contentsDigest : nil
    return Fingerprints(of: invocation, command.parts, contents: contents, secret: secret)
  }

  /// The newest recording of the same words under another key.
  func nearest(to key: Key) -> Explanation.Nearest? {
    guard let store, let secret = try? store.secret(), !secret.isEmpty,
      let neighbours = try? store.neighbours(of: key), !neighbours.isEmpty
    else { return nil }
    let own = fingerprints(secret: secret)
    let words = invocation.shownArguments
    for (key, created, parts) in neighbours {
      guard let then = Fingerprints(decoding: parts), own.hasSameWords(as: then) else { continue }
      return Explanation.Nearest(
        key: key, age: max(0, now().since(created)),
        differences: own.differences(from: then, words: words))
    }
    return nil
  }
}
