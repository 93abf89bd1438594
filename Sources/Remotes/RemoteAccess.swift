package import Cachetronomy
internal import System

/// How a server is reached and what opens it, once the environment has been asked.
package struct RemoteAccess: Sendable {
  /// The server.
  package var address: RemoteAddress
  /// The settings effective.
  package var settings: RemoteSettings
  /// The file of the team's key, absolute.
  package var keyFile: String

  /// Where the parts come from is the caller's to say.
  package init(address: RemoteAddress, settings: RemoteSettings, keyFile: String) {
    (self.address, self.settings, self.keyFile) = (address, settings, keyFile)
  }

  /// The password in a file that no other process may read: its first line.
  package static func password(file path: String) throws(Failure) -> String {
    try PrivateFile.read(path, what: "password file")
  }
}
