#if !Remote
  /// In this build there are no remotes: every verb throws.
  public final class RemoteTier {
    /// Whether this build has remotes.
    public static let isBuiltIn = false

    private let access: RemoteAccess

    /// Nothing is asked of the server, now or later.
    public init(_ access: RemoteAccess, store: String?, now: @escaping () -> Timestamp) {
      self.access = access
    }

    /// The settings effective.
    public var settings: RemoteSettings { access.settings }
    /// The server as messages name it.
    public var server: String { access.address.shown }
    /// None: it is never asked.
    public var trouble: RemoteHealth.WarningReporter? { nil }

    private var absent: Failure {
      .remote(server, .notBuiltIn, detail: "this build has no remotes (make build REMOTE=1)")
    }

    func fetch(_ key: Key) throws(Failure) -> RemoteEntry? { throw absent }
    @discardableResult
    func send(_ entry: RemoteEntry, lease: RemoteLease? = nil) throws(Failure) -> Bool {
      throw absent
    }
    /// Throws.
    public func remove(_ keys: [Key]) throws(Failure) -> [Bool] { throw absent }
    /// Throws.
    public func clear(tags: [String]) throws(Failure) -> Int64 { throw absent }
    /// Throws.
    public func checkKey() throws(Failure) { throw absent }
    /// Throws.
    public func ping() throws(Failure) -> Int64 { throw absent }
    func join(_ key: Key, unless isUsable: (RemoteEntry) -> Bool) throws(Failure)
      -> RemoteLease.Joined
    { throw absent }
    func renew(_ lease: RemoteLease) throws(Failure) -> Bool { throw absent }
    func end(_ lease: RemoteLease, isKept: Bool) throws(Failure) { throw absent }
  }
#endif
