internal import Glibc

/// When a pass is made without anybody's asking.
public enum AutoSweep {
  /// A command that stores starts a pass if the last one is older than this.
  public static let age = TimeToLive(seconds: 86_400)
  /// A pass that nobody asked for does nothing if the last one is younger than this and the store is
  /// within its limits.
  public static let rest = TimeToLive(seconds: 3600)
  /// So long it rests even if the store is over its limits.
  static let pause = TimeToLive(seconds: 60)

  /// Whether a command that has just stored should start a pass.
  ///
  /// Two calls of `stat`: this is asked after every command that stores.
  ///
  /// - Parameters:
  ///   - path: the database, links not resolved.
  ///   - profile: the profile in force.
  ///   - now: the time.
  public static func isDue(store path: String, profile: Profile, at now: Timestamp) -> Bool {
    guard profile.autoGC, let path = try? StoreFile.resolve(path) else { return false }
    guard let last = SweepLock.lastPass(store: path) else {
      // A store that nobody swept yet is a new one: its day begins.
      (try? SweepLock(store: path, .pass))?.stamp(now)
      return false
    }
    let passed = now.since(last)
    // A last pass in the future means that the clock was set back.
    let isOld = passed < -1_000_000 || passed > age.microseconds
    guard isOld || (passed > pause.microseconds && isLarge(path, profile)) else { return false }
    return !SweepLock.isHeld(store: path, .watch)
  }

  /// Whether a pass that nobody asked for has anything to do.
  public static func isWanted(_ store: Store, profile: Profile, at now: Timestamp) -> Bool {
    guard profile.autoGC, !SweepLock.isHeld(store: store.path, .watch) else { return false }
    guard let last = SweepLock.lastPass(store: store.path) else { return true }
    let passed = now.since(last)
    return passed < -1_000_000 || passed > rest.microseconds || isLarge(store.path, profile)
  }

  /// Starts a pass in a process of its own, which outlives ours and says nothing.
  ///
  /// - Parameter path: the database, links not resolved.
  public static func start(store path: String, environment: Environment) {
    guard let path = try? StoreFile.resolve(path) else { return }
    let words = ["cachetronomy", "gc", "--auto", "--db", path].map { Array($0.utf8) }
    try? Child.detach(words, environment: environment, input: nil, lock: nil)
  }

  private static func isLarge(_ path: String, _ profile: Profile) -> Bool {
    var status = stat()
    return profile.maxStoreSize > 0 && stat(path, &status) == 0
      && Int64(status.st_size) > profile.maxStoreSize
  }
}
