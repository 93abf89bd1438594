internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// Asks the file system what a cache key depends on, and keeps every question with its result.
///
/// All questions that make a key go through one of these: a later call for which all results are
/// the same has the same key.
package final class Probe {
  /// A question with its result.
  struct Answer {
    var kind: Observation.Kind
    var path: [UInt8]
    /// Zeros if there is nothing.
    var status: stat
    /// 0 if there is something.
    var error: Int32
  }

  /// The results in the order of the questions; empty if they are not recorded.
  private(set) var answers: [Answer] = []
  /// Whether the results cover everything that the key depends on.
  private(set) var isComplete: Bool
  /// The time before the first question: only what was changed before it is settled.
  let began: Int64

  /// - Parameter keeps: whether to record the results.
  package convenience init(keeps: Bool = false) { self.init(keeps: keeps, DigestCache()) }

  init(keeps: Bool, _ digests: DigestCache = DigestCache(), began: Int64? = nil) {
    self.digests = digests
    isComplete = keeps
    self.began = began ?? (keeps ? SettledStamps.now() : 0)
  }

  /// The files that the command makes: they do not count in listings of a traced command.
  var outputs: OutputPaths?

  /// A digest of the names in a directory, for the inputs of a traced command.
  func listing(_ path: [UInt8]) -> [UInt8]? {
    guard let outputs, outputs.coversNames(in: path) else {
      return path.withCPath { DirectoryNames($0)?.digest }
    }
    return path.withCPath { directory in
      DirectoryNames(directory) { name, _ in outputs.coversFile(path + [0x2f] + name) }?.digest
    }
  }

  /// Digests of files that are known.
  let digests: DigestCache

  /// Looks for digests of files next to a store.
  package func readDigests(beside store: String) { digests.read(beside: store) }

  /// Keeps the digest of a file that this process wrote, as `stat` describes it now.
  func learn(_ status: stat, _ digest: [UInt8]) { digests.learn(DigestCache.Stamp(status), digest) }

  /// Writes the digests that were made next to a store that exists.
  package func writeDigests(beside store: String) { digests.write(beside: store) }

  /// A digest of a regular file's bytes; nil if it cannot be read, with the reason in `errno`.
  ///
  /// - Parameter status: what the path was found to lead to.
  func digest(_ path: [UInt8], _ status: stat) -> [UInt8]? {
    // A known digest is no leave to read: the caller's rights may have changed.
    if let digest = digests.digest(status), path.withCPath({ access($0, R_OK) }) == 0 {
      return digest
    }
    return digest(path)
  }

  /// The same for a path that has not been examined.
  func digest(_ path: [UInt8], flags: Int32 = 0) -> [UInt8]? {
    let descriptor = open(path, flags: flags)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return digests.digest(descriptor, path, status)
  }

  /// Names of the variables that were read.
  private(set) var variables: Set<[UInt8]> = []

  /// Keeps that a variable was read, whether it is set or not.
  func note(variable name: some Collection<UInt8>) {
    if isComplete { variables.insert(Array(name)) }
  }

  /// Stops recording: the key depends on something that cannot be checked.
  func giveUp() { (isComplete, answers) = (false, []) }

  /// Whether all results are still the same, and any later change would show.
  func stillHolds() -> Bool {
    guard isComplete else { return false }
    var stamps = SettledStamps()
    return answers.allSatisfy { stamps.isSettled($0, since: began) && Self.holds($0) }
  }

  private static func holds(_ answer: Answer) -> Bool {
    var status = stat()
    let code = answer.path.withCPath { path in
      switch answer.kind {
      case .access: access(path, Int32(answer.status.st_mode))
      case .absentLink, .link, .directoryItself: lstat(path, &status)
      case .absent, .file, .directory, .listing, .type: stat(path, &status)
      case .variable: Int32(0)
      }
    }
    let reason = code == 0 ? 0 : errno
    guard reason == answer.error else { return false }
    switch answer.kind {
    case .access, .absent, .absentLink, .variable: return true
    case .file, .link, .directory, .directoryItself, .listing, .type:
      let path = Observation.Path.literal([])
      return Observation(answer.kind, path, status) == Observation(answer.kind, path, answer.status)
    }
  }

  private func keep(
    _ kind: Observation.Kind, _ path: [UInt8], _ status: stat = stat(), _ error: Int32 = 0
  ) {
    if isComplete { answers.append(Answer(kind: kind, path: path, status: status, error: error)) }
  }

  /// Keeps what a file is found to be.
  ///
  /// - Parameter kind: nil derives it from the kind of file: of a directory only that it exists. A
  ///   caller that uses its times or names passes `listing`.
  func note(_ path: [UInt8], _ status: stat, _ kind: Observation.Kind? = nil) {
    guard isComplete else { return }
    if let kind { return keep(kind, path, status) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: keep(.directory, path, status)
    case S_IFLNK: keep(.link, path, status)
    default: keep(.file, path, status)
    }
  }

  /// What a path leads to.
  ///
  /// - Returns: whether there is something; otherwise the reason is in `errno`.
  func status(
    _ path: [UInt8], _ status: inout stat, followsLinks: Bool = true,
    _ kind: Observation.Kind? = nil
  ) -> Bool {
    let code = path.withCPath { followsLinks ? stat($0, &status) : lstat($0, &status) }
    if isComplete {
      let reason = errno
      if code == 0 {
        let isDirectoryItself = !followsLinks && status.st_mode & S_IFMT == S_IFDIR
        note(path, status, isDirectoryItself ? .directoryItself : kind)
      } else {
        keep(followsLinks ? .absent : .absentLink, path, stat(), reason)
      }
      errno = reason
    }
    return code == 0
  }

  /// Whether a file may be used; the reason against it is in `errno`.
  func isAllowed(_ path: UnsafePointer<CChar>, _ mode: Int32) -> Bool {
    let code = access(path, mode)
    guard isComplete else { return code == 0 }
    let reason = code == 0 ? 0 : errno
    var asked = stat()
    asked.st_mode = mode_t(mode)
    keep(.access, Array(UnsafeRawBufferPointer(start: path, count: strlen(path))), asked, reason)
    errno = reason
    return code == 0
  }

  /// Opens a file for reading; -1 with the reason in `errno`.
  func open(_ path: [UInt8], flags: Int32 = 0) -> Int32 {
    let descriptor = path.withCPath {
      Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags)
    }
    guard isComplete else { return descriptor }
    let reason = errno
    var status = stat()
    if descriptor >= 0, fstat(descriptor, &status) == 0 {
      keep(.file, path, status)
    } else if path.withCPath({ stat($0, &status) }) == 0 {
      // An unreadable file has no contents; its mode, owner and ctime say whether that is so still.
      note(path, status, .file)
    } else {
      keep(.absent, path, stat(), errno)
    }
    errno = reason
    return descriptor
  }

  /// Calls a body with each name in a directory, in no order, until it returns false.
  ///
  /// - Returns: false if the directory cannot be read, with the reason in `errno`.
  func eachName(in directory: [UInt8], _ body: ([UInt8]) -> Bool) -> Bool {
    noteListing(directory)
    return StoreFile.eachName(in: directory, body)
  }

  /// All names in a directory, in no order; none if it cannot be read.
  func names(in directory: [UInt8]) -> [[UInt8]] {
    noteListing(directory)
    return StoreFile.names(in: directory)
  }

  /// A digest of the names in a directory, which is the same on another machine.
  func namesDigest(in directory: [UInt8]) -> [UInt8] {
    var sum: [UInt8] = []
    for name in names(in: directory).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      sum.add(name)
    }
    return Digest.of(sum)
  }

  private func noteListing(_ directory: [UInt8]) {
    var status = stat()
    if isComplete { _ = self.status(directory, &status, .listing) }
  }

  /// The text of a symbolic link; nil with the reason in `errno`.
  func target(_ path: [UInt8]) -> [UInt8]? {
    if isComplete {
      var status = stat()
      _ = self.status(path, &status, followsLinks: false)
    }
    var text = [UInt8](repeating: 0, count: Int(PATH_MAX) + 1)
    let size = text.count
    let count = path.withCPath { path in
      text.withUnsafeMutableBytes {
        $0.withMemoryRebound(to: CChar.self) { buffer in
          buffer.baseAddress.map { readlink(path, $0, size) } ?? -1
        }
      }
    }
    return count < 0 ? nil : Array(text[..<count])
  }

  /// A path with all symbolic links resolved; nil if it does not exist.
  func physical(_ path: [UInt8]) -> [UInt8]? {
    // Without recording, the C library may resolve the path.
    guard isComplete, path.first == 0x2f else {
      giveUp()
      return path.withCPath { name -> [UInt8]? in
        guard let found = realpath(name, nil) else { return nil }
        defer { free(found) }
        return Array(UnsafeRawBufferPointer(start: found, count: strlen(found)))
      }
    }
    return walk(path)
  }

  /// As many links as the kernel follows.
  private static let linkLimit = 40

  /// Follows a path from the root, and keeps what each step was found to be: a directory on the way
  /// may become a link.
  private func walk(_ path: [UInt8]) -> [UInt8]? {
    var resolved: [UInt8] = []
    var names = Array(path.split(separator: 0x2f).reversed())
    var links = 0
    while let name = names.popLast() {
      if name.elementsEqual(".".utf8) { continue }
      if name.elementsEqual("..".utf8) {
        resolved.removeSubrange((resolved.lastIndex(of: 0x2f) ?? 0)...)
        continue
      }
      let next = resolved + [0x2f] + name
      var status = stat()
      guard self.status(next, &status, followsLinks: false) else { return nil }
      guard status.st_mode & S_IFMT == S_IFLNK else {
        resolved = next
        continue
      }
      links += 1
      guard links <= Self.linkLimit, let text = target(next) else { return nil }
      if text.first == 0x2f { resolved = [] }
      names.append(contentsOf: text.split(separator: 0x2f).reversed())
    }
    return resolved.isEmpty ? [0x2f] : resolved
  }
}
