internal import Cachetronomy
internal import CommandCache
internal import Glibc

/// Sends state to the service manager, if it asked for it: the protocol of sd_notify(3).
final class Notifier {
  private let descriptor: Int32
  private var address = sockaddr_un()
  private let length: socklen_t
  private let interval: Int64?
  /// When the next keep-alive message is due; nil if none is expected.
  private(set) var nextBeat: Int64?

  /// Nil if not requested.
  init?(_ environment: Environment) {
    guard let path = environment["NOTIFY_SOCKET"], path.count > 1 else { return nil }
    let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.count < room, path[0] == UInt8(ascii: "/") || path[0] == UInt8(ascii: "@") else {
      return nil
    }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      bytes.copyBytes(from: path)
      // An abstract name begins with a zero.
      if path[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    }
    length = socklen_t(start + path.count)
    let pid = environment.text("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
    interval =
      pid ? environment.text("WATCHDOG_USEC").flatMap { Int64($0) }.map { max(1000, $0 / 2) } : nil
    nextBeat = interval.map { Clock.now + $0 }
    descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
  }

  deinit { close(descriptor) }

  /// Sends lines of `NAME=value`; a failure is ignored.
  func send(_ text: String) {
    let bytes = Array(text.utf8)
    withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
      }
    }
  }

  /// Sends a keep-alive message, if it is due.
  func beat() {
    guard let interval, let next = nextBeat, Clock.now >= next else { return }
    send("WATCHDOG=1")
    nextBeat = Clock.now + interval
  }
}
