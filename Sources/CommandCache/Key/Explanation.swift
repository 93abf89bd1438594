package import Cachetronomy
internal import System

/// Why a command would be a hit or a miss.
package struct Explanation: Sendable, Equatable {
  /// The state of the entry in the store.
  package var verdict: Verdict
  /// The inputs of a traced command that have changed since its newest result.
  package var changedInputs: [String] = []
  /// Why the command is not cached, or what is wrong with the entry.
  package var why: String?
  /// The cache key of the command.
  package var key: Key
  /// Maximum age of a result; nil is unlimited.
  package var timeToLive: TimeToLive?
  /// The age of the entry, in microseconds; nil if there is none.
  package var age: Int64?
  /// The time until it expires, in microseconds, negative if expired; nil if it never does or is
  /// absent.
  package var left: Int64?
  /// Which calls the entry may be served to; nil if there is no entry, or it is not a recording.
  package var terms: ServingTerms?
  /// On a miss, the newest recording of the same arguments.
  package var nearest: Nearest?
  /// The environment variables in the key.
  package var environment: [String] = []
  /// The environment variables left out of the key.
  package var ignored: [String] = []
  /// The parts of the key that differ on other machines, with the settings that avoid it; nil if
  /// unknown.
  package var machineBound: [String]?

  /// The state of the entry for a command.
  package enum Verdict: String, Sendable {
    /// A fresh entry.
    case hit
    /// An expired entry inside a stale window.
    case stale
    /// An expired entry.
    case expired
    /// No entry.
    case miss
    /// The command is excluded from caching.
    case notCached = "not-cached"
  }

  /// An earlier recording.
  package struct Nearest: Sendable, Equatable {
    /// Its key.
    package var key: Key
    /// Its age, in microseconds.
    package var age: Int64
    /// How its key differs.
    package var differences: [Difference]
  }

  /// What changed in a part of the key.
  package enum Change: String, Sendable { case changed, added, removed }

  /// A part of the key that changed.
  package struct Difference: Sendable, Equatable, CustomStringConvertible {
    /// The kind of part: `env`, `executable`, `cwd` and others.
    package var part: String
    /// The variable, path or argument, if there can be several.
    package var name: String?
    /// How it changed.
    package var change: Change
    /// The old and new value, if it is not secret.
    package var detail: String?

    /// `env KUBECONFIG changed`, `cwd: /a -> /b`.
    package var description: String {
      if let detail { return "\(part): \(detail)" }
      return part + (name.map { " \($0)" } ?? "") + " \(change.rawValue)"
    }
  }
}

extension Explanation {
  /// Describes an entry without a command that looks it up.
  package init(of entry: Entry?, key: Key, at now: Timestamp) {
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
  /// Reports what `run` would do; neither runs the command nor counts a read.
  ///
  /// - Parameter notCached: why the command is excluded from caching; nil if it is not.
  package func explain(notCached: String? = nil) -> Explanation {
    let settings = invocation.settings
    let limit = settings.timeToLive ?? profile.timeToLive
    let now = now()
    let found = search(findKey)
    var key = runKey
    if case .success(let served) = found { key = served }
    var entry = store.flatMap { try? $0.entry(key) }
    if isTraced, entry == nil, let newest = try? store?.variants(of: runKey).first {
      (entry, key) = (store.flatMap { try? $0.entry(newest) }, newest)
    }
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
    if let why = notCached ?? (settings.isUncached ? "the ttl is 0" : nil) {
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
      result.changedInputs = found.changedInputs
      if found.detail == nil { result.nearest = nearest(to: key) }
    }
    return result
  }

  /// Returns the fingerprints of the parts of this call's key.
  func fingerprints(secret: [UInt8], isWithContents: Bool = true) -> Fingerprints {
    let contents = isWithContents ? stdin.contentsDigest : nil
    return Fingerprints(of: invocation, command.parts, contents: contents, secret: secret)
  }

  /// Returns the newest recording of the same arguments under another key.
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
