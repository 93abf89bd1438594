internal import Cachetronomy
internal import CommandCache
internal import Remotes

/// The server of a profile's `remote:`, once the environment and files have been asked.
enum RemotePlace {
  /// The remote tier; nil if the profile has none.
  ///
  /// - Parameter store: the store's path, as given.
  /// - Throws: `Failure` with what is missing; a password is never quoted.
  static func tier(
    of profile: Profile, store: Store?, _ environment: Environment
  ) throws(Failure) -> RemoteTier? {
    guard let settings = profile.remote.settings else { return nil }
    let text: String
    if let name = settings.urlVariable, let value = environment.text(name), !value.isEmpty {
      text = value
    } else if let url = settings.url {
      text = url
    } else {
      throw .badSetting("remote", "variable \(settings.urlVariable ?? "") is not set")
    }
    var address = try RemoteAddress(text)
    if let name = settings.passwordVariable {
      guard let word = environment.text(name) else {
        throw .badSetting("remote", "variable \(name) is not set")
      }
      address.password = word
    } else if let file = settings.passwordFile {
      address.password = try RemoteAccess.password(file: expand(file, environment))
    }
    var resolved = settings
    resolved.certificates = try settings.certificates.map { path throws(Failure) in
      try expand(path, environment)
    }
    let access = RemoteAccess(
      address: address, settings: resolved,
      keyFile: try expand(settings.keyFile ?? "", environment))
    return RemoteTier(access, store: store?.path, now: Timestamp.now)
  }

  /// A path with `~/` as `$HOME`.
  static func expand(_ path: String, _ environment: Environment) throws(Failure) -> String {
    guard path.hasPrefix("~/") else { return path }
    guard let home = environment.text("HOME") else {
      throw .badSetting("remote", "'\(path)' requires HOME, which is not set")
    }
    return home + path.dropFirst()
  }
}
