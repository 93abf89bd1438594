internal import Glibc

/// What a path is for the result of a command.
enum Place {
  /// A file whose state counts.
  case file
  /// Its state does not count.
  case ignored
  /// The result may change without any file.
  case refused(Refusal.Kind, String)

  init(_ path: UnsafeBufferPointer<CChar>, _ use: Use, owns: (Int) -> Bool) {
    if let process = Self.rest(of: path, after: "/proc") {
      self = Self.ofProcesses(process, path, use, owns)
    } else if let device = Self.rest(of: path, after: "/dev") {
      self = Self.ofDevices(device, path, use)
    } else if Self.rest(of: path, after: "/sys") != nil {
      self = .ignored
    } else {
      self = .file
    }
  }

  /// The rest of a path below a directory; nil if it is elsewhere.
  private static func rest(
    of path: UnsafeBufferPointer<CChar>, after prefix: StaticString
  ) -> Slice<UnsafeBufferPointer<CChar>>? {
    let count = prefix.utf8CodeUnitCount
    guard path.count >= count, let start = path.baseAddress,
      memcmp(start, prefix.utf8Start, count) == 0
    else { return nil }
    if path.count == count { return path[count...] }
    return path[count] == 0x2f ? path[(count + 1)...] : nil
  }

  static func text(_ path: UnsafeBufferPointer<CChar>) -> String {
    String(decoding: UnsafeRawBufferPointer(path), as: UTF8.self)
  }

  /// Whether a name begins with one of some names.
  private static func starts(
    _ name: Slice<UnsafeBufferPointer<CChar>>, with names: [StaticString]
  ) -> Bool {
    names.contains { wanted in
      let count = wanted.utf8CodeUnitCount
      guard name.count >= count, let start = name.base.baseAddress else { return false }
      return memcmp(start + name.startIndex, wanted.utf8Start, count) == 0
    }
  }

  /// Files of /proc that are the same at each call, or about the command itself.
  private static let stillProcesses: [StaticString] = [
    "self", "thread-self", "filesystems", "cpuinfo", "meminfo", "sys/", "version", "cmdline",
    "devices", "mounts", "stat",
  ]
  private static let stillDevices: [StaticString] = [
    "null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "stdout", "stderr", "pts",
    "ptmx",
  ]

  private static func ofProcesses(
    _ name: Slice<UnsafeBufferPointer<CChar>>, _ path: UnsafeBufferPointer<CChar>, _ use: Use,
    _ owns: (Int) -> Bool
  ) -> Place {
    guard let first = name.first else {
      return use.contains(.listed) ? .refused(.device, "the list of processes") : .ignored
    }
    if isThrough(name) { return .refused(.call, text(path)) }
    if (0x30...0x39).contains(first) {
      var process = 0
      for digit in name.prefix(7) {
        guard (0x30...0x39).contains(digit) else { break }
        process = process * 10 + Int(digit) - 0x30
      }
      return owns(process) ? .ignored : .refused(.device, text(path))
    }
    if !use.isDisjoint(with: .changing) { return .refused(.call, text(path)) }
    return starts(name, with: stillProcesses) ? .ignored : .refused(.device, text(path))
  }

  /// Whether a path leads to a file through the root, the working directory or a descriptor of a
  /// process, which would be those of the tracer.
  private static func isThrough(_ name: Slice<UnsafeBufferPointer<CChar>>) -> Bool {
    let parts = name.split(separator: 0x2f, omittingEmptySubsequences: true)
    guard parts.count > 2 else { return false }
    func isNamed(_ text: StaticString) -> Bool {
      parts.contains { part in
        part.count == text.utf8CodeUnitCount
          && part.indices.allSatisfy {
            UInt8(bitPattern: part[$0]) == text.utf8Start[$0 - part.startIndex]
          }
      }
    }
    return isNamed("cwd") || isNamed("root") || isNamed("fd") && parts.count > 3
  }

  private static func ofDevices(
    _ name: Slice<UnsafeBufferPointer<CChar>>, _ path: UnsafeBufferPointer<CChar>, _ use: Use
  ) -> Place {
    // Files in shared memory are files.
    if starts(name, with: ["shm/"]) { return .file }
    if starts(name, with: ["fd/"]), name.dropFirst(3).contains(0x2f) {
      return .refused(.call, text(path))
    }
    if use.contains(.listed) { return .file }
    if name.isEmpty || starts(name, with: stillDevices) { return .ignored }
    return use.isDisjoint(with: [.read, .written]) ? .file : .refused(.device, text(path))
  }

  static func isIgnored(_ path: UnsafeBufferPointer<CChar>) -> Bool {
    rest(of: path, after: "/proc") != nil || rest(of: path, after: "/sys") != nil
      || rest(of: path, after: "/selinux") != nil
  }
}

/// Why the result of a traced command is not kept, or only with a ttl.
package struct Refusal: Equatable, Sendable {
  /// The kinds of reasons.
  package enum Kind: UInt8, Sendable {
    /// A peer on the network, or another process.
    case network = 1
    /// A device, or what changes with time.
    case device
    /// Something that the tracer does not see.
    case call
    /// A file was created.
    case created
    /// A file was removed.
    case removed
    /// A file that it had read was changed by it.
    case changed
    /// A file was changed while the command ran, not by it.
    case raced
    /// The path of an input may show a secret.
    case secret
    /// A process was still running when the command ended.
    case leftRunning

    /// Whether the result may not be kept, whatever its ttl.
    package var isFinal: Bool { self != .network && self != .device }
  }

  /// The kind of reason.
  package var kind: Kind
  /// The peer, path or call.
  package var detail: String

  package init(kind: Kind, detail: String) { (self.kind, self.detail) = (kind, detail) }
}
