internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Decides whether the timestamps of a file show every later change of it.
///
/// They do not on file systems that other machines write to, nor while the clock has not moved on
/// since the last change.
struct SettledStamps {
  private var known: [UInt64: Bool] = [:]
  private var directories: [[UInt8]: Bool] = [:]
  /// The device of `/`; none is `.max`.
  private var root: UInt64?

  /// Time that a change has to be past for a later one to get another time: the ticks of coarse
  /// clocks, in nanoseconds.
  private static let settling: Int64 = 20_000_000
  /// The same where times have no fraction of a second.
  private static let coarseSettling: Int64 = 2_000_000_000

  /// The time of the clock that stamps files, in nanoseconds since 1970.
  static func now() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &now)
    return now.nanoseconds
  }

  /// Whether any change of a file after a time would show in its ctime.
  ///
  /// - Parameters:
  ///   - status: read after that time.
  ///   - now: the time, by `now()`.
  mutating func isSettled(_ status: stat, before now: Int64) -> Bool {
    let isCoarse = status.st_ctim.tv_nsec == 0
    // Images in which every file has one time may be mounted one after the other in one place.
    if isCoarse, !isRoot(status) { return false }
    return max(status.st_mtim.nanoseconds, status.st_ctim.nanoseconds)
      < now - (isCoarse ? Self.coarseSettling : Self.settling)
  }

  /// Whether a file is on the file system of `/`, which stays while this machine runs, and which is
  /// not of layers.
  private mutating func isRoot(_ status: stat) -> Bool {
    if root == nil {
      var status = stat()
      let isKnown = stat("/", &status) == 0 && cachetronomy_filesystem_kind("/") != Self.overlay
      root = isKnown ? UInt64(status.st_dev) : .max
    }
    return root == UInt64(status.st_dev)
  }

  private static let overlay: UInt = 0x794c_7630

  /// Whether a file is on a file system that only this machine writes to.
  mutating func isLocal(_ path: [UInt8], _ status: stat) -> Bool {
    let device = UInt64(status.st_dev)
    if let known = known[device] { return known }
    let isLocal = TierDirectory.isLocal(kind: path.withCPath { cachetronomy_filesystem_kind($0) })
    known[device] = isLocal
    return isLocal
  }

  /// Whether a path that leads to nothing would be on such a file system.
  mutating func isLocal(absent path: [UInt8]) -> Bool {
    let slash = path.lastIndex(of: 0x2f)
    let parent = slash.map { $0 == 0 ? [0x2f] : Array(path[..<$0]) } ?? [0x2e]
    if let known = directories[parent] { return known }
    // Without a parent nothing is there, whatever the file system.
    let kind = parent.withCPath { cachetronomy_filesystem_kind($0) }
    let isLocal = kind == 0 || TierDirectory.isLocal(kind: kind)
    directories[parent] = isLocal
    return isLocal
  }

  /// Whether any change since a probe asked a question would now show.
  ///
  /// - Parameter began: the time before the question.
  mutating func isSettled(_ answer: Probe.Answer, since began: Int64) -> Bool {
    switch answer.kind {
    case .access, .variable: true
    case .absent, .absentLink: isLocal(absent: answer.path)
    case .directory, .directoryItself, .type: isLocal(answer.path, answer.status)
    case .file, .link, .listing:
      isLocal(answer.path, answer.status) && isSettled(answer.status, before: began)
    }
  }
}
