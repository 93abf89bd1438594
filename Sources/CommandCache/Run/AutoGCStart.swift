internal import Cachetronomy
internal import System

extension AutoGC {
  /// Starts a pass in its own process, which outlives this one and prints nothing.
  ///
  /// - Parameters:
  ///   - path: the database, links not resolved.
  ///   - profile: the profile that the call named, whose limits hold; nil is the one effective.
  package static func start(store path: String, profile: String?, environment: Environment) {
    guard let path = try? StoreFile.resolve(path) else { return }
    let named = profile.map { ["--profile", $0] } ?? []
    let words = ["cachetronomy", "gc", "--auto", "--db", path] + named
    try? Child.detach(
      words.map { Array($0.utf8) }, environment: environment, input: nil, lock: nil)
  }
}
