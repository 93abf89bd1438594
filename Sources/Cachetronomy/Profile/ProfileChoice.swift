/// Which profile a call uses.
public enum ProfileChoice: Sendable, Equatable {
  /// Named on the command line.
  case flag(String)
  /// Named by the environment.
  case environment(String)
  /// Whichever the store says is in use.
  case active
}

extension Store {
  /// The profile that a choice means.
  ///
  /// - Throws: `Failure.unknownProfile` if it is named and not there.
  public func profile(_ choice: ProfileChoice) throws(Failure) -> Profile {
    switch choice {
    case .flag(let name), .environment(let name):
      if let profile = try profile(name) { return profile }
      if name == Profile.defaultName { return Profile(name: name) }
      throw try unknown(name)
    case .active:
      if let profile = try profile(nil) { return profile }
      let name = try activeProfileName()
      if name == Profile.defaultName { return Profile(name: name) }
      throw try unknown(name)
    }
  }
}

extension ProfileChoice {
  /// The profile it means where there is no store, which has the default one alone.
  public func withoutStore() throws(Failure) -> Profile {
    switch self {
    case .flag(let name), .environment(let name):
      guard name == Profile.defaultName else { throw .unknownProfile(name, near: nil) }
    case .active: break
    }
    return Profile(name: Profile.defaultName)
  }
}
