internal import Glibc
internal import System

/// How much memory may still be had.
public enum MemoryPressure {
  /// Bytes available and bytes in all.
  public struct Reading: Sendable, Equatable {
    /// Bytes that a program can still get.
    public var available: Int64
    /// Bytes of all memory that this process may use.
    public var total: Int64

    /// A reading, as a test would inject it.
    public init(available: Int64, total: Int64) {
      self.available = available
      self.total = total
    }

    /// Whether less is free than a profile requires: megabytes, or a fraction up to 1.
    public func isUnder(_ target: Double) -> Bool { missing(to: target) > 0 }

    /// Bytes to free for a profile's target; 0 if it is met.
    public func missing(to target: Double) -> Int64 {
      let wanted = target <= 1 ? target * Double(total) : target * 1_000_000
      let missing = (wanted - Double(available)).rounded(.up)
      return missing > 0 ? Int64(exactly: missing) ?? .max : 0
    }
  }

  /// Whether this many bytes can be had at all: Swift ends a program that asks for more.
  public static func hasRoom(for bytes: Int64) -> Bool {
    guard let count = Int(exactly: bytes), count > 0 else { return bytes <= 0 }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let place = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0), place != MAP_FAILED
    else { return false }
    munmap(place, count)
    return true
  }

  /// The smaller of `MemAvailable` and the cgroup's headroom; nil where neither can be read.
  public static func read() -> Reading? {
    guard let text = KernelFile.text("/proc/meminfo") else { return nil }
    var values: [String: Int64] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", omittingEmptySubsequences: true)
      if parts.count >= 2, let number = Int64(parts[1]) { values[String(parts[0])] = number * 1024 }
    }
    guard var available = values["MemAvailable:"], var total = values["MemTotal:"] else {
      return nil
    }
    if let group = cgroup() {
      available = min(available, max(0, group.limit - group.used))
      total = min(total, group.limit)
    }
    return Reading(available: available, total: total)
  }

  private static func cgroup() -> (limit: Int64, used: Int64)? {
    guard
      let line = KernelFile.text("/proc/self/cgroup")?.split(separator: "\n").first(where: {
        $0.hasPrefix("0::")
      })
    else { return nil }
    var path = "/sys/fs/cgroup" + line.dropFirst(3)
    var tightest: (limit: Int64, used: Int64)?
    // The limits of parent groups apply too.
    while path.hasPrefix("/sys/fs/cgroup") {
      if let limit = KernelFile.number(path + "/memory.max"),
        let used = KernelFile.number(path + "/memory.current"),
        limit - used < tightest.map({ $0.limit - $0.used }) ?? .max
      {
        tightest = (limit, used)
      }
      guard let cut = path.lastIndex(of: "/") else { break }
      path = String(path[..<cut])
    }
    return tightest
  }
}
