package import Cachetronomy
internal import Glibc
internal import System

/// What is known of servers that did not reply, in a small file next to the store: a dead one is
/// left alone for a while that grows.
package struct RemoteHealth: Sendable {
  /// What went wrong with a server last.
  package struct Record: Sendable, Equatable {
    /// How often in a row.
    package var failures: Int64
    /// When it is asked again.
    package var retry: Timestamp
    /// What it was.
    package var detail: String
  }

  private let path: String

  /// The health of the servers that the store at a resolved path uses.
  package init(store: String) { path = store + "-remote" }

  private static let limit = 1 << 14
  private static let longest: Int64 = 300_000_000

  /// The trouble with a server; nil if there is none.
  package func trouble(_ server: String) -> Record? {
    for line in lines() where line.server == Self.name(server) { return line.trouble }
    return nil
  }

  /// Whether to ask a server now.
  ///
  /// A process that is let through to try a dead one keeps others from it for a moment.
  func admits(_ server: String, at now: Timestamp) -> Bool {
    guard var trouble = trouble(server) else { return true }
    let wait = trouble.retry.since(now)
    // Longer than any backoff: the clock was set back.
    if wait > 0, wait <= Self.longest { return false }
    trouble.retry = now.adding(microseconds: 1_000_000)
    set(server, trouble)
    return true
  }

  /// Notes a failure: 1, 2, 4 seconds and so on up to 5 minutes of peace.
  ///
  /// - Parameter seen: how many failures were known when the server was asked: many that ask
  ///   immediately are one.
  func failed(_ server: String, _ detail: String, at now: Timestamp, after seen: Int64) {
    let failures = min(62, max(trouble(server)?.failures ?? 0, min(seen, 62) + 1))
    let pause = failures > 20 ? Self.longest : min(Self.longest, 1_000_000 << (failures - 1))
    set(
      server,
      Record(failures: failures, retry: now.adding(microseconds: pause), detail: detail))
  }

  /// Forgets the failures of a server that has replied.
  func succeeded(_ server: String) {
    if trouble(server) != nil { set(server, nil) }
  }

  private struct Line {
    var server: String
    var trouble: Record
  }

  private static func name(_ server: String) -> String {
    Digest.hex(Digest.of(Array(server.utf8), size: 8))
  }

  // One line a server: its name's digest, failures, when to ask again, what it was.
  private func lines() -> [Line] {
    guard let bytes = OwnedFile(path)?.bytes(limit: Self.limit) else { return [] }
    return bytes.split(separator: 0x0a).compactMap { line in
      let parts = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 3)
      guard parts.count == 4, let failures = Int64(parts[1]), failures > 0,
        let retry = Int64(parts[2])
      else { return nil }
      return Line(
        server: String(parts[0]),
        trouble: Record(
          failures: failures, retry: Timestamp(microseconds: retry), detail: String(parts[3])))
    }
  }

  // Two who write immediately: one of both stands, and either is true enough.
  private func set(_ server: String, _ trouble: Record?) {
    let name = Self.name(server)
    var lines = lines().filter { $0.server != name }
    if let trouble { lines.insert(Line(server: name, trouble: trouble), at: 0) }
    if lines.isEmpty {
      unlink(path)
      return
    }
    let text = lines.prefix(32).map {
      "\($0.server) \($0.trouble.failures) \($0.trouble.retry.microseconds) \($0.trouble.detail)\n"
    }
    .joined()
    _ = OwnedFile.replace(
      path, with: Array(text.utf8), by: "\(path).\(Digest.hex(Random.bytes(8)))")
  }
}
