/// A named set of settings: the seed's seven, which are columns of `profiles`, and this program's.
public struct Profile: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// How long entries are kept.
  public var timeToLive = TimeToLive(seconds: 3600)
  /// By how much of its time at most, in percent, a new entry is kept shorter at random.
  public var ttlJitter: Int64 = 0
  /// Seconds between sweeps for expired entries.
  public var ttlCleanupInterval: Int64 = 60
  /// Whether memory pressure moves entries out of memory.
  public var memoryBasedEviction = true
  /// Memory to keep free: megabytes, or a fraction of all memory up to 1.
  public var freeMemoryTarget = 500.0
  /// Seconds between checks of the free memory.
  public var memoryCleanupInterval: Int64 = 5
  /// Entries held in memory at most.
  public var maxItemsInMemory: Int64 = 100
  /// Tags that every entry gets that names none.
  public var tags: [String] = []

  /// Output over this many bytes is passed through but not stored.
  public var maxEntrySize: Int64 = 64 << 20
  /// The most bytes of all files of one result that `--output` keeps.
  public var maxOutputSize: Int64 = 1 << 30
  /// Bytes held in the shared memory tier; 0 switches it off.
  public var maxMemory: Int64 = 64 << 20
  /// Bytes that the store may take on disk, its log left out; 0 for no limit.
  public var maxStoreSize: Int64 = 1 << 30
  /// Entries that the store may hold; 0 for no limit.
  public var maxStoreItems: Int64 = 0
  /// Which entries leave first when the store is over a limit.
  public var evictionPolicy = Policy.lru
  /// How long the eviction log keeps a row, and the access log that of a key that has left.
  public var logRetention = TimeToLive(seconds: 30 * 86_400)
  /// Whether a command that stores starts a pass when the last one is old.
  public var autoGC = true
  /// The tier behind the store that machines share.
  public var remote = RemoteChoice.off
  /// What holds for every `run` under this profile.
  public var run = RunSettings()
  /// What holds for some commands; the first that matches is taken.
  public var rules: [Rule] = []
  /// Commands that `warm` refreshes before they expire.
  public var warm: [WarmCommand] = []

  /// A profile with the built-in settings.
  public init(name: String) { self.name = name }

  /// Whether every setting is within its range, as a profile file would be held to.
  ///
  /// - Throws: `Failure.badSetting` with the first that is not.
  public func check() throws(Failure) {
    if name.isEmpty { throw .badSetting("profile name", "it is empty") }
    guard let ttl = timeToLive.wholeSeconds, ttl >= 1 else {
      throw .badSetting("time_to_live", "want whole seconds, at least 1")
    }
    for (name, number) in [
      ("ttl_cleanup_interval", ttlCleanupInterval), ("max_items_in_memory", maxItemsInMemory),
      ("memory_cleanup_interval", memoryCleanupInterval), ("max_entry_size", maxEntrySize),
      ("max_output_size", maxOutputSize),
      ("max_memory", maxMemory), ("max_store_size", maxStoreSize),
      ("max_store_items", maxStoreItems),
    ] where number < 0 { throw .badSetting(name, "want 0 or more") }
    guard (0...100).contains(ttlJitter) else { throw .badSetting("ttl_jitter", "want 0% to 100%") }
    guard freeMemoryTarget >= 0, freeMemoryTarget.isFinite else {
      throw .badSetting("free_memory_target", "want 0 or more")
    }
  }

  /// The profile of a process that names none.
  public static let defaultName = "default"

  /// A command that `warm` keeps a result ready for.
  public struct WarmCommand: Sendable, Equatable {
    /// The words of the command.
    public var words: [String]
    /// The directory it is run in, as written; nil if that is not said.
    public var directory: String?
    /// The file and line it was read from.
    public var source: String?
  }

  /// Settings for some commands.
  public struct Rule: Sendable, Equatable {
    /// The words that a command must match.
    public var match: [String]
    /// What holds for it.
    public var settings: RunSettings
    /// The file and line it was read from.
    public var source: String?

    /// Whether a command is meant: `*` within a word, `**` for any number of words.
    ///
    /// The first word matches the command as typed or the last part of its path.
    public func matches(_ words: [[UInt8]]) -> Bool { Self.matches(match, words) }

    static func matches(_ match: [String], _ words: [[UInt8]]) -> Bool {
      guard let first = words.first else { return false }
      if matches(match[...], words[...]) { return true }
      guard let slash = first.lastIndex(of: UInt8(ascii: "/")) else { return false }
      return matches(match[...], [Array(first[(slash + 1)...])] + words.dropFirst())
    }

    private static func matches(_ match: ArraySlice<String>, _ words: ArraySlice<[UInt8]>) -> Bool {
      // As a glob over words: back to the last '**' only.
      var (m, w) = (match.startIndex, words.startIndex)
      var last: (m: Int, w: Int)?
      while w < words.endIndex {
        if m < match.endIndex, match[m] == "**" {
          last = (m, w)
          m += 1
        } else if m < match.endIndex, Pattern(match[m]).matches(words[w]) {
          (m, w) = (m + 1, w + 1)
        } else if let back = last {
          last = (back.m, back.w + 1)
          (m, w) = (back.m + 1, back.w + 1)
        } else {
          return false
        }
      }
      return match[m...].allSatisfy { $0 == "**" }
    }
  }

  /// The first rule that a command matches.
  public func rule(for words: [[UInt8]]) -> Rule? { rules.first { $0.matches(words) } }
}
