internal import Cachetronomy
internal import Glibc
internal import System

/// A connection to a server, none of whose calls waits beyond a deadline.
final class Socket {
  let descriptor: Int32
  /// The server as messages name it.
  let server: String

  /// Connects.
  ///
  /// - Throws: `Failure.remote` if there is no reply in time.
  init(_ address: RemoteAddress, until deadline: Deadline) throws(Failure) {
    server = address.shown
    switch address.place {
    case .socket(let path):
      descriptor = try Self.connect(
        AF_UNIX, Self.unixAddress(path), until: deadline, for: server)
    case .network(let host, let port, _):
      let all = try HostLookup.addresses(of: host, port: port, until: deadline, for: server)
      descriptor = try Self.connect(toOneOf: all, until: deadline, for: server)
      var on: Int32 = 1
      setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  deinit { close(descriptor) }

  private static func unixAddress(_ path: String) -> [UInt8] {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // The address was held to 107 bytes when it was read.
    return withUnsafeMutableBytes(of: &address) { bytes in
      let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
      for (index, byte) in path.utf8.prefix(107).enumerated() { bytes[start + index] = byte }
      return Array(bytes)
    }
  }

  /// Each address has an equal share of the time that is left.
  private static func connect(
    toOneOf addresses: [HostLookup.Address], until deadline: Deadline, for server: String
  ) throws(Failure) -> Int32 {
    var last = Failure.remote(server, .unreachable, detail: "it has no address")
    for (index, address) in addresses.enumerated() {
      let left = max(0, deadline.end - MonotonicClock.now()) / Int64(addresses.count - index)
      do throws(Failure) {
        return try connect(
          address.family, address.bytes,
          until: Deadline(after: TimeToLive(microseconds: left)), for: server)
      } catch {
        last = error
      }
    }
    throw last
  }

  private static func connect(
    _ family: Int32, _ address: [UInt8], until deadline: Deadline, for server: String
  ) throws(Failure) -> Int32 {
    func failure(_ reason: Int32) -> Failure {
      .remote(server, .unreachable, detail: SystemError.text(reason))
    }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw failure(errno) }
    let code = address.withUnsafeBytes { bytes in
      bytes.assumingMemoryBound(to: sockaddr.self).baseAddress.map {
        Glibc.connect(descriptor, $0, socklen_t(bytes.count))
      } ?? -1
    }
    if code == 0 { return descriptor }
    var reason = errno
    if reason == EINPROGRESS || reason == EINTR {
      guard deadline.wait(for: descriptor, POLLOUT) else {
        close(descriptor)
        throw .remote(server, .unreachable, detail: "no reply in time")
      }
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &size)
      if reason == 0 { return descriptor }
    }
    close(descriptor)
    throw failure(reason)
  }

  var late: Failure { .remote(server, .unreachable, detail: "no reply in time") }
  var closed: Failure { .remote(server, .unreachable, detail: "it closed the connection") }

  /// Sends all of some bytes.
  package func send(_ bytes: UnsafeRawBufferPointer, until deadline: Deadline) throws(Failure) {
    var left = bytes[...]
    while !left.isEmpty {
      guard !deadline.isOver else { throw late }
      let part = UnsafeRawBufferPointer(rebasing: left)
      let count = Glibc.send(descriptor, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        left = left.dropFirst(count)
      } else if errno == EAGAIN {
        guard deadline.wait(for: descriptor, POLLOUT) else { throw late }
      } else if errno != EINTR {
        throw closed
      }
    }
  }

  /// Reads what there is, at least one byte.
  func receive(
    _ buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline
  ) throws(Failure) -> Int {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return count }
      if count == 0 { throw closed }
      if errno == EAGAIN {
        guard deadline.wait(for: descriptor, POLLIN) else { throw late }
      } else if errno != EINTR {
        throw closed
      }
    }
  }
}
