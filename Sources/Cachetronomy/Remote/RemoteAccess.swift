/// How a server is reached and what opens it, once the environment has been asked.
public struct RemoteAccess: Sendable {
  /// The server.
  public var address: RemoteAddress
  /// The settings effective.
  public var settings: RemoteSettings
  /// The file of the team's key, absolute.
  public var keyFile: String

  /// Where the parts come from is the caller's to say.
  public init(address: RemoteAddress, settings: RemoteSettings, keyFile: String) {
    (self.address, self.settings, self.keyFile) = (address, settings, keyFile)
  }

  /// The password in a file that no other process may read: its first line.
  public static func password(file path: String) throws(Failure) -> String {
    try PrivateFile.read(path, what: "password file")
  }
}
