internal import CPOSIX
internal import Cachetronomy
internal import Glibc

/// Reads files and stdin whole.
enum Input {
  /// The bytes of a file; `-` is stdin.
  ///
  /// - Throws: `Failure.file` if it cannot be read, `Failure.tooLarge` over the limit.
  static func read(_ path: [UInt8], limit: Int = 999_000_000) throws(Failure) -> [UInt8] {
    if path == [0x2d] { return try read(descriptor: 0, "standard input", limit) }
    let shown = String(decoding: path, as: UTF8.self)
    let descriptor = (path + [0]).withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { open($0, O_RDONLY | O_CLOEXEC) } ?? -1
      }
    }
    guard descriptor >= 0 else {
      throw .file(verb: "read", path: shown, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, shown, limit)
  }

  /// The bytes of a file of settings, at most 1 MiB; `-` is stdin.
  ///
  /// A device is refused, and so is a pipe to which no process writes within a second.
  static func settings(_ path: String) throws(Failure) -> [UInt8] {
    let limit = 1 << 20
    if path == "-" { return try read(descriptor: 0, "standard input", limit) }
    func failure(_ reason: String) -> Failure { .file(verb: "read", path: path, reason: reason) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
    switch status.st_mode & S_IFMT {
    case S_IFCHR, S_IFBLK: throw failure("it is a device")
    case S_IFIFO:
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // Without a writer there is an end, with one that has said nothing yet there is none.
      var byte: UInt8 = 0
      if poll(&waiting, 1, 1000) == 0, Glibc.read(descriptor, &byte, 1) == 0 {
        throw failure("no process writes to this pipe")
      }
    default: break
    }
    _ = fcntl(descriptor, F_SETFL, 0)
    return try read(descriptor: descriptor, path, limit)
  }

  /// The bytes of stdin.
  static func standardInput() throws(Failure) -> [UInt8] {
    try read(descriptor: 0, "standard input", 999_000_000)
  }

  /// The names in a directory, in no order; nil if it is none, or cannot be read.
  static func names(in directory: String) -> [String]? {
    guard let stream = opendir(directory) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let item = readdir(stream) {
      names.append(
        withUnsafePointer(to: item.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  /// What stdin has next; nothing at its end.
  static func some() throws(Failure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = buffer.withUnsafeMutableBytes { Glibc.read(0, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw .file(verb: "read", path: "standard input", reason: String(cString: strerror(errno)))
      }
      return Array(buffer[..<got])
    }
  }

  /// All of stdin, for a command that is to get it.
  static func spool(beside store: Store?) throws(Failure) -> CommandInput {
    try CommandInput(reading: 0, beside: store)
  }

  private static func read(
    descriptor: Int32, _ shown: String, _ limit: Int
  ) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    // What is read is copied more than once on its way.
    func make(room count: Int) throws(Failure) {
      guard count < 1 << 20 || MemoryPressure.hasRoom(for: Int64(count) * 2) else {
        throw .file(verb: "read", path: shown, reason: String(cString: strerror(ENOMEM)))
      }
      bytes.reserveCapacity(count)
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      try make(room: min(Int(status.st_size), limit) + 1)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw .file(verb: "read", path: shown, reason: String(cString: strerror(errno)))
      }
      if got == 0 { return bytes }
      if bytes.count + got > bytes.capacity { try make(room: 2 * (bytes.count + got)) }
      bytes.append(contentsOf: buffer[..<got])
      if bytes.count > limit { throw .tooLarge(bytes.count, limit: limit) }
    }
  }
}
