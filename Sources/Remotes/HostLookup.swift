internal import Cachetronomy
internal import Glibc
internal import System

/// Asks for the addresses of a host on its own thread: the system's own waiting has no bound.
///
/// `@unchecked Sendable`: `list` and `code` are written by the thread before it writes to the pipe,
/// and read by the caller only after it has read from the pipe; the rest never changes.
final class HostLookup: @unchecked Sendable {
  private let host: String
  private let port: String
  private let ends: (reading: Int32, writing: Int32)
  private var list: UnsafeMutablePointer<addrinfo>?
  private var code: Int32 = 0

  private init?(_ host: String, _ port: UInt16) {
    (self.host, self.port) = (host, port.description)
    var pair: [Int32] = [-1, -1]
    guard pipe(&pair) == 0 else { return nil }
    for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    ends = (pair[0], pair[1])
  }

  deinit {
    if let list { freeaddrinfo(list) }
    close(ends.reading)
    close(ends.writing)
  }

  /// One address that a host has.
  struct Address {
    var family: Int32
    var bytes: [UInt8]
  }

  /// The addresses of a host.
  ///
  /// - Throws: `Failure.remote` if it has none, or none is found in time.
  static func addresses(
    of host: String, port: UInt16, until deadline: Deadline, for server: String
  ) throws(Failure) -> [Address] {
    guard let lookup = HostLookup(host, port) else {
      throw .remote(server, .unreachable, detail: SystemError.text(errno))
    }
    // Numbers need no thread: no server is asked.
    lookup.ask(flags: AI_NUMERICHOST | AI_NUMERICSERV)
    if lookup.code == 0 { return lookup.found }
    guard Signals.blocked({ lookup.start() }), deadline.wait(for: lookup.ends.reading, POLLIN)
    else {
      throw .remote(server, .unreachable, detail: "its name is not resolved in time")
    }
    var byte: UInt8 = 0
    _ = read(lookup.ends.reading, &byte, 1)
    guard lookup.code == 0 else {
      let text = gai_strerror(lookup.code).map { String(cString: $0) } ?? "no such host"
      throw .remote(server, .unreachable, detail: text)
    }
    return lookup.found
  }

  private func start() -> Bool {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let lookup = Unmanaged<HostLookup>.fromOpaque(context).takeRetainedValue()
        lookup.ask(flags: AI_NUMERICSERV)
        var byte: UInt8 = 1
        _ = write(lookup.ends.writing, &byte, 1)
        return nil
      }, context)
    guard code == 0 else {
      Unmanaged<HostLookup>.fromOpaque(context).release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func ask(flags: Int32) {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags
    code = getaddrinfo(host, port, &hints, &list)
  }

  private var found: [Address] {
    var addresses: [Address] = []
    var next = list
    while let one = next?.pointee {
      if let address = one.ai_addr {
        let bytes = UnsafeRawBufferPointer(start: address, count: Int(one.ai_addrlen))
        addresses.append(Address(family: one.ai_family, bytes: Array(bytes)))
      }
      next = one.ai_next
    }
    return addresses
  }
}
