internal import Cachetronomy
internal import Glibc
internal import System

/// The repository that contains a directory, identified independently of where it was cloned.
struct Repository: Equatable {
  /// The URL of `origin`, normalized across clones; the root directory if there is none.
  var identity: [UInt8]
  /// The directory relative to the root, without a slash at either end.
  var place: [UInt8]
  /// Whether a clone on another machine has the same identity.
  var isPortable: Bool

  /// The root directory, with symbolic links resolved.
  private(set) var root: [UInt8]

  /// - Returns: nil outside any repository. The search resolves symbolic links first, as Git does.
  init?(of directory: [UInt8], _ probe: Probe) {
    guard let directory = probe.physical(directory) else { return nil }
    var root = directory
    while true {
      let marker = root + Array("/.git".utf8)
      var status = stat()
      if probe.status(marker, &status) {
        var place = directory[root.count...]
        if place.first == UInt8(ascii: "/") { place = place.dropFirst() }
        self.place = Array(place)
        let isFile = status.st_mode & S_IFMT == S_IFREG
        let origin = Self.config(marker, isFile: isFile, root, probe).flatMap {
          Self.origin(in: $0)
        }
        isPortable = origin != nil
        identity = origin ?? root
        self.root = root
        return
      }
      guard let slash = root.lastIndex(of: UInt8(ascii: "/")), root.count > 1 else { return nil }
      root = Array(root[..<slash])
    }
  }

  /// Returns the path of a file relative to the root; nil if the file is outside the repository.
  func place(of path: [UInt8], _ probe: Probe) -> [UInt8]? {
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")),
      let directory = probe.physical(slash == 0 ? [path[0]] : Array(path[..<slash]))
    else { return nil }
    let prefix = root.count == 1 ? root : root + [UInt8(ascii: "/")]
    let whole = directory + path[slash...]
    return whole.starts(with: prefix) ? Array(whole.dropFirst(prefix.count)) : nil
  }

  private static let limit = 1 << 20

  /// Returns the repository's configuration, which worktrees and submodules refer to.
  private static func config(
    _ marker: [UInt8], isFile: Bool, _ root: [UInt8], _ probe: Probe
  ) -> [UInt8]? {
    var folder = marker
    if isFile {
      guard let named = line(of: marker, probe), named.starts(with: "gitdir: ".utf8) else {
        return nil
      }
      folder = absolute(Array(named.dropFirst(8)), in: root)
      if let common = line(of: folder + Array("/commondir".utf8), probe) {
        folder = absolute(common, in: folder)
      }
    }
    return read(folder + Array("/config".utf8), probe)
  }

  /// Returns the path, made absolute by a directory if it is relative.
  static func absolute(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
    path.first == UInt8(ascii: "/") ? path : directory + [UInt8(ascii: "/")] + path
  }

  /// Returns the first line of a file of at most 1 MiB; nil if it cannot be read.
  static func line(of path: [UInt8], _ probe: Probe) -> [UInt8]? {
    read(path, probe).map { Array($0.prefix { $0 != 0x0a && $0 != 0x0d }) }
  }

  /// Returns the bytes of a regular file; nil if it cannot be read or is larger than the limit.
  static func read(
    _ path: [UInt8], _ probe: Probe, limit: Int = Repository.limit
  ) -> [UInt8]? {
    let descriptor = probe.open(path)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= limit
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : Array(bytes[..<count])
  }

  /// Returns the `url` of `[remote "origin"]`.
  private static func origin(in config: [UInt8]) -> [UInt8]? {
    var isOrigin = false
    for line in config.split(separator: 0x0a) {
      let text = String(decoding: line, as: UTF8.self).drop { $0 == " " || $0 == "\t" }
      if text.hasPrefix("[") {
        isOrigin = text.hasPrefix("[remote \"origin\"]")
      } else if isOrigin, text.hasPrefix("url") {
        let value = text.dropFirst(3).drop { $0 == " " || $0 == "\t" }
        guard value.hasPrefix("=") else { continue }
        return plain(value.dropFirst().drop { $0 == " " || $0 == "\t" })
      }
    }
    return nil
  }

  /// Returns the `host/path` that all URLs of a repository share: ssh or https, with a user or
  /// without.
  ///
  /// - Returns: nil if the URL is not a network address, so that it is valid on one machine only.
  static func plain(_ url: Substring) -> [UInt8]? {
    var text = url
    while let last = text.last, last == " " || last == "\t" || last == "\r" || last == "/" {
      text = text.dropLast()
    }
    if text.hasSuffix(".git") { text = text.dropLast(4) }
    var host: Substring
    var path: Substring
    var isOfUser = false
    if let mark = text.firstIndex(of: ":"), text[mark...].hasPrefix("://") {
      guard !text.hasPrefix("file:") else { return nil }
      let rest = text[text.index(mark, offsetBy: 3)...]
      let slash = rest.firstIndex(of: "/") ?? rest.endIndex
      (host, path) = (rest[..<slash], rest[slash...])
      // Remove only the default port of the protocol: another port may be another server.
      if let usual = ["ssh": ":22", "https": ":443", "http": ":80", "git": ":9418"][
        text[..<mark].lowercased()], host.hasSuffix(usual)
      {
        host = host.dropLast(usual.utf8.count)
      }
    } else if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
      (host, path) = (text[..<colon], text[text.index(after: colon)...])
      // A relative path starts at the user's home, except on hosts where all use the account git.
      isOfUser = !path.hasPrefix("/") && !host.hasPrefix("git@")
    } else {
      return nil
    }
    if path.hasPrefix("/~") || path.hasPrefix("~") { isOfUser = true }
    if let at = host.lastIndex(of: "@"), !isOfUser { host = host[host.index(after: at)...] }
    path = path.drop { $0 == "/" }
    return Array("\(host.lowercased())/\(path)".utf8)
  }
}
