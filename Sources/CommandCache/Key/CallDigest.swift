internal import Cachetronomy
internal import Glibc
internal import System

/// The digest of a call, which names its manifest.
///
/// It is made of the arguments, working directory, user and environment less the ignored variables.
/// The front computes the same digest: `CachetronomyFront/CallDigest.swift`.
enum CallDigest {
  /// The user that a process acts for.
  struct Credentials: Equatable, Sendable {
    var user, effectiveUser, group, effectiveGroup: UInt32
    /// Supplementary groups in the kernel's order.
    var groups: [UInt32]

    /// Those of this process; nil if they cannot be read.
    static var current: Credentials? {
      let count = getgroups(0, nil)
      guard count >= 0 else { return nil }
      var groups = [gid_t](repeating: 0, count: Int(count))
      guard getgroups(count, &groups) == count else { return nil }
      return Credentials(
        user: getuid(), effectiveUser: geteuid(), group: getgid(), effectiveGroup: getegid(),
        groups: groups)
    }
  }

  /// Bounds of what the front reads; sizes in bytes, with a NUL for each string.
  static let sizeLimit = 1 << 20
  static let entryLimit = 4096

  /// The digest of a call, 16 bytes.
  ///
  /// - Parameters:
  ///   - arguments: those of the whole program, without its own name.
  ///   - environment: that of the start of the process.
  ///   - directory: the working directory, as `WorkingDirectory.path(named:)` finds it.
  /// - Returns: nil if the front does not serve such a call.
  static func of(
    _ arguments: [[UInt8]], environment: Environment, directory: [UInt8],
    credentials: Credentials? = .current
  ) -> [UInt8]? {
    let entries = environment.entries
    guard let credentials, entries.count <= entryLimit, size(arguments) <= sizeLimit,
      size(entries) <= sizeLimit
    else { return nil }
    var digest = Digest(size: 16)
    digest.item(Array("cachetronomy call 1".utf8))
    digest.number(arguments.count)
    for argument in arguments { digest.item(argument) }
    digest.item(directory)
    for id in [
      credentials.user, credentials.effectiveUser, credentials.group, credentials.effectiveGroup,
    ] { digest.number(Int(id)) }
    digest.number(credentials.groups.count)
    for group in credentials.groups { digest.number(Int(group)) }
    for entry in entries {
      switch use(of: entry) {
      case .counted: digest.item(entry)
      case .ignored: continue
      case .unserved: return nil
      }
    }
    digest.number(-1)
    return digest.finish()
  }

  private enum Use { case counted, ignored, unserved }

  private static func use(of entry: [UInt8]) -> Use {
    guard let cut = entry.firstIndex(of: UInt8(ascii: "=")) else { return .counted }
    let name = entry[..<cut]
    if ignores(name) { return .ignored }
    guard name.starts(with: settingPrefix.utf8) else { return .counted }
    switch String(decoding: name.dropFirst(settingPrefix.utf8.count), as: UTF8.self) {
    case "DB", "PROFILE": return .counted
    default: return .unserved
    }
  }

  private static let settingPrefix = "CACHETRONOMY_"

  /// Whether a variable is left out, except where it was read to make the key.
  ///
  /// One that is ignored in part, or next to another, is counted whole.
  static func ignores(_ name: ArraySlice<UInt8>) -> Bool {
    if name.starts(with: settingPrefix.utf8) { return name.elementsEqual(CachedRun.ancestors.utf8) }
    return name.withUnsafeBufferPointer { IgnoredVariableFilter.verdict(on: $0) == .ignored }
  }

  private static func size(_ strings: [[UInt8]]) -> Int {
    strings.reduce(0) { $0 + $1.count + 1 }
  }
}

extension Digest {
  fileprivate mutating func number(_ number: Int) {
    withUnsafeBytes(of: Int64(number).littleEndian) { update($0) }
  }

  fileprivate mutating func item(_ bytes: [UInt8]) {
    number(bytes.count)
    update(bytes)
  }
}
