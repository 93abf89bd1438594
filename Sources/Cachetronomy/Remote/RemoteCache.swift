/// A shared cache behind the store: a server that may at any time be slow, dead, full or hostile.
///
/// Each verb waits for the server no longer than the timeout of the settings in all, and throws
/// `Failure.remote`.
package protocol RemoteCache: AnyObject {
  /// The effective settings.
  var settings: RemoteSettings { get }

  /// Looks up an entry.
  ///
  /// - Returns: nil if there is none.
  /// - Throws: `Failure.remote` with `.authenticationFailed` for what the team did not seal for this
  ///   key.
  func fetch(_ key: Key) throws(Failure) -> RemoteEntry?

  /// Stores an entry for as long as it can be used, the remote's own limit at most.
  ///
  /// - Parameter lease: the lease under which it was made, which is released.
  /// - Returns: false if it is over the limits, or was removed since the lease was given.
  @discardableResult
  func send(_ entry: RemoteEntry, lease: RemoteLease?) throws(Failure) -> Bool

  /// Asks to be the one machine that runs a command.
  ///
  /// - Parameter isUsable: whether an existing entry is acceptable.
  func join(
    _ key: Key, unless isUsable: (RemoteEntry) -> Bool
  ) throws(Failure) -> RemoteLease.JoinResult

  /// Renews a lease.
  ///
  /// - Returns: false if another machine holds it by now.
  func renew(_ lease: RemoteLease) throws(Failure) -> Bool

  /// Releases a lease.
  ///
  /// - Parameter isKept: whether there is an entry now; if not, those who wait run the command
  ///   themselves.
  func end(_ lease: RemoteLease, isKept: Bool) throws(Failure)
}
