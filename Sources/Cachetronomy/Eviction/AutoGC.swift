internal import Glibc
internal import System

/// When a pass is made without any process's asking.
public enum AutoGC {
  /// A command that stores starts a pass if the last one is older than this.
  public static let age = TimeToLive(seconds: 86_400)
  /// An automatic pass does nothing if the last one is younger than this and the store is
  /// within its limits.
  public static let rest = TimeToLive(seconds: 3600)
  /// How long a pass that could not bring the store within its limits holds off the next.
  static let backoff = TimeToLive(seconds: 600)
  /// The same where that cannot be noted.
  static let pause = TimeToLive(seconds: 60)

  /// The bytes at which the next pass starts: a sixteenth over the limit.
  ///
  /// - Parameter left: bytes that the last pass left; over the limit, a sixteenth more than these.
  static func ceiling(_ profile: Profile, left: Int64 = 0) -> Int64 {
    max(profile.maxStoreSize, left).plus(profile.maxStoreSize / 16)
  }

  /// Whether a command that has just stored should start a pass.
  ///
  /// Three calls of `stat`, as long as the file is not over its limit by a sixteenth: this is asked
  /// after every command that stores.
  ///
  /// - Parameters:
  ///   - path: the database, links not resolved.
  ///   - profile: the effective profile.
  ///   - now: the time.
  public static func isDue(store path: String, profile: Profile, at now: Timestamp) -> Bool {
    guard profile.autoGC, let path = try? StoreFile.resolve(path) else { return false }
    var last = now
    if let found = GCLock.lastPass(store: path) {
      last = found
    } else {
      // A store without a pass is a new one: its day begins.
      (try? GCLock(store: path, .pass))?.stamp(now)
    }
    let passed = now.since(last)
    // A last pass in the future means that the clock was set back.
    let isOld = passed < -1_000_000 || passed > age.microseconds
    guard isOld || isLarge(path, profile), !GCLock.isHeld(store: path, .watch) else {
      return false
    }
    return isOld || claim(path, profile, last: last, at: now)
  }

  /// Whether the file is over the limit by a sixteenth; what it holds is for `claim` to say.
  private static func isLarge(_ path: String, _ profile: Profile) -> Bool {
    var status = stat()
    guard profile.maxStoreSize > 0, stat(path, &status) == 0 else { return false }
    return Int64(status.st_size).plus(StoreFile.walSize(path)) > ceiling(profile)
  }

  /// Takes it upon this process to start the pass of a store that is over its limit; false if it is
  /// not, if another pass is at work or starting, or if one has just found nothing left to remove.
  private static func claim(
    _ path: String, _ profile: Profile, last: Timestamp, at now: Timestamp
  ) -> Bool {
    // A file may have free pages that cannot be given back.
    guard let store = try? Store.open(path, for: .inspecting, lockTimeout: 0),
      let used = try? store.usedBytes(), used > ceiling(profile),
      let lock = try? GCLock(store: path, .pass), lock.acquire(within: 0)
    else { return false }
    defer { lock.release() }
    if let left = lock.left(at: now), used <= ceiling(profile, left: left) { return false }
    let isNoted = lock.note(left: used, at: now)
    lock.stamp(last)
    return isNoted || now.since(last) > pause.microseconds
  }

  /// Whether an automatic pass has anything to do.
  public static func isWanted(_ store: Store, profile: Profile, at now: Timestamp) -> Bool {
    guard profile.autoGC, !GCLock.isHeld(store: store.path, .watch) else { return false }
    guard let last = GCLock.lastPass(store: store.path) else { return true }
    let passed = now.since(last)
    return passed < -1_000_000 || passed > rest.microseconds || isOver(store, profile)
  }

  private static func isOver(_ store: Store, _ profile: Profile) -> Bool {
    guard profile.maxStoreSize > 0, let used = try? store.usedBytes() else { return false }
    return used > profile.maxStoreSize
  }
}
