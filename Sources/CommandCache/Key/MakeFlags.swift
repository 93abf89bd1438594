internal import Cachetronomy
internal import System

/// Parses `MAKEFLAGS` and `MFLAGS`, by which GNU make passes its options to other makes.
enum MakeFlags {
  /// Removes the options about jobs: their number, the load limit, and the job server and its lock.
  ///
  /// They differ from run to run and do not affect what is printed.
  /// Options such as `-k` and variables such as `V=1`, which follow `--`, are kept.
  ///
  /// - Returns: an empty array if no other option is left.
  static func withoutJobs(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var kept: [UInt8] = []
    var takesNumber = false
    var at = 0
    while at < value.count {
      // The blank before an option belongs to it: an option at the very start has another meaning.
      let start = at
      while at < value.count, value[at] == 0x20 { at += 1 }
      let first = at
      while at < value.count, value[at] != 0x20 { at += value[at] == 0x5c ? 2 : 1 }
      at = min(at, value.count)
      let word = UnsafeBufferPointer(rebasing: value[first..<at])
      if word.elementsEqual("--".utf8) {
        kept.append(contentsOf: value[start...])
        break
      }
      if takesNumber, word.allSatisfy({ isNumber($0) }) {
        takesNumber = false
        continue
      }
      if !word.isEmpty, !isAboutJobs(word) { kept.append(contentsOf: value[start..<at]) }
      takesNumber = alone.contains { word.elementsEqual($0.utf8) }
    }
    return kept
  }

  /// Options whose number may be a separate argument.
  private static let alone = ["-j", "-l", "--jobs", "--load-average", "--max-load"]
  private static let long = [
    "--jobserver-auth", "--jobserver-fds", "--jobserver-style", "--sync-mutex", "--jobs",
    "--load-average", "--max-load",
  ]

  private static func isAboutJobs(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard word.count >= 2, word[0] == 0x2d else { return false }
    if word[1] == 0x6a || word[1] == 0x6c { return word[2...].allSatisfy { isNumber($0) } }
    return long.contains { option in
      word.starts(with: option.utf8)
        && (word.count == option.utf8.count || word[option.utf8.count] == 0x3d)
    }
  }

  private static func isNumber(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte == 0x2e
  }
}
