internal import Cachetronomy
internal import Glibc
internal import System

/// Computes the key parts of `--file` and `--mtime`.
///
/// One instance serves all paths of a call, which share a limit on the number of files.
struct WatchedFiles {
  /// Expands `~/` and variables, and tells where Git keeps its files.
  let environment: Environment
  /// The working directory, from which a repository is searched for.
  let directory: [UInt8]

  var budget = FileBudget()
  private var repository: GitDirectory??

  private var probe: Probe { environment.probe }

  init(environment: Environment, directory: [UInt8]) {
    self.environment = environment
    self.directory = directory
  }

  /// Returns the key parts of the contents of the files that a path names.
  ///
  /// A missing file has key parts too.
  mutating func contents(_ path: String, _ notes: inout KeyNotes) -> [[UInt8]] {
    each(path, .contents, &notes)
  }

  /// Returns the key parts of the metadata of the files that a path names: inode, size, mtime,
  /// ctime.
  mutating func modified(_ path: String, _ notes: inout KeyNotes) -> [[UInt8]] {
    each(path, .identity, &notes)
  }

  private mutating func each(
    _ written: String, _ view: FileView, _ notes: inout KeyNotes
  ) -> [[UInt8]] {
    let path = WatchedPath(written)
    var missing: [String] = []
    defer {
      if !path.isOptional { for name in missing { notes.missed(name) } }
      if budget.isExceeded {
        notes.refuse("more than \(FileBudget.limit) files under '\(path.text)'")
      }
    }
    if let name = path.gitName {
      guard let parts = gitParts(name, view) else {
        missing.append(path.text)
        return []
      }
      return parts
    }
    let places = path.places { environment[$0] }
    if places.isEmpty { missing.append(path.text) }
    if places.count == 1 { return parts(places[0], path, view, &missing) }
    return places.flatMap { place in
      let parts = parts(place, path, view, &missing)
      return [Invocation.bytes(Int64(parts.count))] + parts
    }
  }

  /// Returns the key parts of a path or pattern.
  private mutating func parts(
    _ place: WatchedPath.Place, _ path: WatchedPath, _ view: FileView, _ missing: inout [String]
  ) -> [[UInt8]] {
    var status = stat()
    // An existing file whose name looks like a pattern is that file.
    guard PathPattern.isPattern(place.rest),
      !probe.status(place.plain, &status, followsLinks: false)
    else {
      return parts(ofFile: place.plain, view) ?? absent(errno, path.text, view, &missing)
    }
    let pattern = FileGlob.escaped(place.value) + place.rest
    let matches = PathPattern.matches(pattern, &budget, probe)
    if matches.isEmpty { missing.append(path.text) }
    var sum = Digest(size: 32)
    for match in matches {
      var entry: [UInt8] = []
      // Without the value of the variable or home, so that another home with equal files has the
      // same key.
      entry.add(match.path.dropFirst(match.path.starts(with: place.value) ? place.value.count : 0))
      let parts =
        parts(ofFile: match.path, view, isTree: match.isTree)
        ?? absent(
          errno, matches.count == 1 ? path.text : String(decoding: match.path, as: UTF8.self), view,
          &missing,
          isNamed: match.isLiteral)
      let isFound = probe.status(match.path, &status)
      entry.append(little: isFound ? UInt32(status.st_mode) : UInt32.max)
      entry.append(little: UInt64(parts.count))
      for part in parts { entry.add(part) }
      sum.update(entry)
    }
    return [Array("pattern".utf8), sum.finish()]
  }

  /// Returns the key parts of a file that cannot be found.
  private func absent(
    _ reason: Int32, _ name: String, _ view: FileView, _ missing: inout [String],
    isNamed: Bool = true
  ) -> [[UInt8]] {
    // A match that has disappeared, or a dangling link, was not written by the user.
    if isNamed { missing.append(name) }
    return view == .contents ? [Invocation.bytes(Int64(reason))] : []
  }

  /// Returns the key parts of a file or directory, following symbolic links.
  ///
  /// - Returns: nil if it cannot be found, with the reason in `errno`.
  mutating func parts(ofFile path: [UInt8], _ view: FileView, isTree: Bool = true) -> [[UInt8]]? {
    var status = stat()
    guard probe.status(path, &status, followsLinks: isTree) else {
      return nil
    }
    var kind = status.st_mode & S_IFMT
    if kind == S_IFLNK {
      // `**` follows links to files, not to directories.
      guard probe.status(path, &status) else { return nil }
      kind = status.st_mode & S_IFMT
      if kind == S_IFDIR { return [Array("link".utf8), probe.target(path) ?? []] }
    }
    if kind == S_IFDIR {
      if !isTree { return [Array("directory".utf8), Invocation.bytes(Int64(status.st_mode))] }
      let tree = FileTree(view, probe)
      return [Array("tree".utf8), tree.digest(path, status, &budget)]
    }
    if view == .identity { return [status.identity] }
    guard kind == S_IFREG else { return Self.refusal(EISDIR, status) }
    guard let digest = probe.digest(path) else { return Self.refusal(errno, status) }
    return [digest]
  }

  private static func refusal(_ reason: Int32, _ status: stat) -> [[UInt8]] {
    [Invocation.bytes(Int64(reason)), status.identity]
  }

  /// Returns the key parts of a file of the Git repository, which is searched for once.
  private mutating func gitParts(_ name: [UInt8], _ view: FileView) -> [[UInt8]]? {
    let found = repository ?? GitDirectory(of: directory, environment)
    repository = .some(found)
    guard let found else { return nil }
    return found.parts(name, view, &self)
  }
}
