/// Where the tier is that machines share, and how it is used: a profile's `remote:`.
public struct RemoteSettings: Sendable, Equatable {
  /// `redis://host:port/number`, `rediss://` for TLS, or `unix:///path`; without a password.
  public var url: String?
  /// The variable that holds the whole URL, password included.
  public var urlVariable: String?
  /// The variable that holds the password.
  public var passwordVariable: String?
  /// The file that holds the password, 0600; `~/` is the home directory.
  public var passwordFile: String?
  /// The file of the team's key.
  public var keyFile: String?
  /// Certificates to trust instead of the system's, for `rediss://`.
  public var certificates: String?
  /// Whether entries are read from there, written there, or both.
  public var mode = Mode.readWrite
  /// Keeps entries of one server and key apart.
  public var namespace = ""
  /// The most that an entry lives there.
  public var timeToLive = TimeToLive(seconds: 86_400)
  /// Entries over this many bytes stay here.
  public var maxEntrySize: Int64 = 4 << 20
  /// How long one call waits for the server in all.
  public var timeout = TimeToLive(microseconds: 200_000)

  /// Settings that say nothing but what is built in.
  public init() {}

  /// What a remote is used for.
  public enum Mode: String, Sendable, CaseIterable {
    /// Both.
    case readWrite = "read-write"
    /// Results are read from it.
    case readOnly = "read-only"
    /// Results are put there.
    case writeOnly = "write-only"

    package var reads: Bool { self != .writeOnly }
    package var writes: Bool { self != .readOnly }
  }
}

/// Whether a profile has a remote.
public enum RemoteChoice: Sendable, Equatable {
  /// It has none.
  case off
  // Indirect: it is in every profile, and a hit that is local never examines it.
  /// It has this one.
  indirect case on(RemoteSettings)

  /// Its settings.
  public var settings: RemoteSettings? {
    if case .on(let settings) = self { settings } else { nil }
  }
}
