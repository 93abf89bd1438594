/// One row of the store: a value or a recording, with all that is known of it.
public struct Entry: Sendable, Equatable {
  /// Its name.
  public var key: Key
  /// The value, in the format that `format` names.
  public var data: [UInt8]
  /// `json`, `orjson` or `msgpack`; another name only if another process wrote the row.
  public var format: String
  /// When it stops being fresh; `Timestamp.never` if it does not.
  public var expiry: Timestamp
  /// Its tags, in the order given.
  public var tags: [String]
  /// The caller's version of the value, at least 1.
  public var version: Int64
  /// The profile it was saved under.
  public var profile: String
  /// Metadata in this program's tables; nil for a row that another program wrote.
  public var info: Info?

  /// Metadata of an entry in this program's table.
  public struct Info: Sendable, Equatable {
    /// When it was stored.
    public var created: Timestamp
    /// When `gc` may take it: the expiry and the larger stale window.
    public var keepUntil: Timestamp
    /// Bytes of the value: for a recording, of both streams.
    public var size: Int64
    /// What it took to make, in microseconds; 0 if that is not known.
    public var cost: Int64
    /// What put it there.
    public var origin: Origin
    /// The rule of the profile that chose its settings, as `file:line`.
    public var rule: String?
    /// Names the chunks of a large recording.
    public var recording: [UInt8]?
    /// When the command began; 0 for what is no recording.
    public var began: Timestamp
    /// Fingerprints of the parts of its key, to be stored; not read back with the entry.
    public var parts: [UInt8]?

    /// Metadata of an entry, with the defaults of most entries.
    public init(
      created: Timestamp, keepUntil: Timestamp, size: Int64, cost: Int64 = 0, origin: Origin,
      rule: String? = nil, recording: [UInt8]? = nil,
      began: Timestamp = Timestamp(microseconds: 0), parts: [UInt8]? = nil
    ) {
      self.created = created
      self.keepUntil = keepUntil
      self.size = size
      self.cost = cost
      self.origin = origin
      self.rule = rule
      self.recording = recording
      self.began = began
      self.parts = parts
    }
  }

  /// The verb that stored an entry.
  public enum Origin: Int64, Sendable {
    /// `set`, or a caller of the library.
    case set = 0
    /// `run`.
    case run = 1
    /// `import`.
    case `import` = 2
  }

  /// An entry as `put` takes it.
  public init(
    key: Key, data: [UInt8], format: String, expiry: Timestamp, tags: [String] = [],
    version: Int64 = 1, profile: String = "default", info: Info? = nil
  ) {
    self.key = key
    self.data = data
    self.format = format
    self.expiry = expiry
    self.tags = tags
    self.version = version
    self.profile = profile
    self.info = info
  }

  /// Its times.
  public var freshness: Freshness {
    Freshness(created: info?.created, expiry: expiry, keepUntil: info?.keepUntil)
  }

  /// Whether it is fresh, stale but kept, or over, at a moment.
  public func state(at now: Timestamp) -> State { freshness.state(at: now) }

  /// How fresh an entry is.
  public enum State: String, Sendable {
    /// Before its expiry.
    case fresh
    /// Past its expiry, kept for callers that accept expired results.
    case stale
    /// Past all of that.
    case expired
  }
}
