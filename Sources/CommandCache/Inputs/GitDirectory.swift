internal import Cachetronomy
internal import Glibc
internal import System

/// The Git directory of the working tree that contains a directory, found as Git finds it.
struct GitDirectory {
  /// The directory of this working tree's files: `HEAD`, `index`.
  var own: [UInt8]
  /// The directory of files that all working trees of the repository share: `refs`, `config`.
  var common: [UInt8]
  /// The index, which `GIT_INDEX_FILE` may override.
  private var index: [UInt8]
  private let probe: Probe

  /// - Returns: nil outside any repository.
  init?(of directory: [UInt8], _ environment: Environment) {
    probe = environment.probe
    var top = directory
    if let named = environment["GIT_DIR"], !named.isEmpty {
      let path = Repository.absolute(named, in: directory)
      own = Self.link(path, probe) ?? path
    } else {
      guard let found = Self.search(from: directory, environment) else { return nil }
      (own, top) = found
    }
    if let named = environment["GIT_COMMON_DIR"], !named.isEmpty {
      common = Repository.absolute(named, in: directory)
    } else {
      common = Self.common(of: own, probe)
    }
    if let named = environment["GIT_WORK_TREE"], !named.isEmpty {
      top = Repository.absolute(named, in: directory)
    }
    index = PathPattern.join(own, Array("index".utf8))
    if let named = environment["GIT_INDEX_FILE"], !named.isEmpty {
      index = Repository.absolute(named, in: top)
    }
    guard Self.isRepository(own, common, probe) else { return nil }
  }

  /// Returns the nearest repository at or above a directory, and the directory it was found in.
  private static func search(
    from directory: [UInt8], _ environment: Environment
  ) -> (own: [UInt8], top: [UInt8])? {
    let probe = environment.probe
    guard var at = probe.physical(directory) else { return nil }
    let ceilings = (environment["GIT_CEILING_DIRECTORIES"] ?? []).split(separator: 0x3a)
      .compactMap { probe.physical(Array($0)) }
    while true {
      let marker = PathPattern.join(at, Array(".git".utf8))
      for candidate in [link(marker, probe) ?? marker, at]
      where isRepository(candidate, common(of: candidate, probe), probe) {
        return (candidate, at)
      }
      guard at.count > 1, let slash = at.lastIndex(of: 0x2f) else { return nil }
      at = slash == 0 ? [0x2f] : Array(at[..<slash])
      if ceilings.contains(at) { return nil }
    }
  }

  /// Returns the directory that the `.git` file of a worktree or submodule points to.
  private static func link(_ marker: [UInt8], _ probe: Probe) -> [UInt8]? {
    guard let line = Repository.line(of: marker, probe), line.starts(with: "gitdir: ".utf8),
      let slash = marker.lastIndex(of: 0x2f)
    else { return nil }
    return Repository.absolute(Array(line.dropFirst(8)), in: Array(marker[..<slash]))
  }

  private static func common(of own: [UInt8], _ probe: Probe) -> [UInt8] {
    Repository.line(of: PathPattern.join(own, Array("commondir".utf8)), probe)
      .map { Repository.absolute($0, in: own) } ?? own
  }

  /// Whether a directory passes Git's own test for a repository.
  private static func isRepository(
    _ own: [UInt8], _ common: [UInt8], _ probe: Probe
  ) -> Bool {
    var status = stat()
    func exists(_ name: StaticString, in directory: [UInt8], isDirectory: Bool) -> Bool {
      let path = PathPattern.join(
        directory, Array(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)))
      guard probe.status(path, &status, followsLinks: isDirectory) else {
        return false
      }
      return !isDirectory || status.st_mode & S_IFMT == S_IFDIR
    }
    return exists("HEAD", in: own, isDirectory: false)
      && exists("refs", in: common, isDirectory: true)
      && (exists("objects", in: common, isDirectory: true))
  }

  /// Returns the path of a file, by the rules of gitrepository-layout(5).
  func path(_ name: [UInt8]) -> [UInt8] {
    if name.elementsEqual("index".utf8) { return index }
    let text = String(decoding: name, as: UTF8.self)
    let first = text.prefix { $0 != "/" }
    let isCommon: Bool =
      switch first {
      case "branches", "common", "config", "gc.pid", "hooks", "lost-found", "modules", "objects",
        "packed-refs", "reftable", "remotes", "rr-cache", "shallow", "svn", "worktrees":
        true
      case "info": text != "info/sparse-checkout"
      case "refs", "logs":
        text != "logs/HEAD"
          && !["bisect", "rewritten", "worktree"].contains {
            let place = (first == "logs" ? "logs/refs/" : "refs/") + $0
            return text == place || text.hasPrefix(place + "/")
          }
      default: false
      }
    return PathPattern.join(isCommon ? common : own, name)
  }
}

extension GitDirectory {
  /// Returns the key parts of `git:NAME`.
  ///
  /// - Returns: nil if there is no such file.
  func parts(_ name: [UInt8], _ view: FileView, _ files: inout WatchedFiles) -> [[UInt8]]? {
    if name.elementsEqual("HEAD".utf8) { return head(view, &files) }
    if name.elementsEqual("refs".utf8) || name.starts(with: "refs/".utf8) {
      return refs(name, view, &files)
    }
    return files.parts(ofFile: path(name), view)
  }

  /// Returns the key parts of `HEAD` and of the commit that its branch points to.
  private func head(_ view: FileView, _ files: inout WatchedFiles) -> [[UInt8]]? {
    var parts = [Array("HEAD".utf8)]
    var name = Array("HEAD".utf8)
    // Git follows at most five symbolic refs.
    for _ in 0...5 {
      guard let (stamp, next) = ref(name, view) else { break }
      parts.append(stamp)
      guard let next else { break }
      parts.append(next)
      name = next
    }
    if parts.count == 1 { return nil }
    return parts + tables(view, &files)
  }

  /// Returns the stamp of one ref, and the name it points to if it is symbolic.
  private func ref(_ name: [UInt8], _ view: FileView) -> (stamp: [UInt8], next: [UInt8]?)? {
    let path = path(name)
    var status = stat()
    guard probe.status(path, &status, followsLinks: false), status.st_mode & S_IFMT != S_IFDIR
    else {
      return packed(name, view).map { ($0, nil) }
    }
    if status.st_mode & S_IFMT == S_IFLNK, let target = probe.target(path),
      target.starts(with: "refs/".utf8)
    {
      return (view == .identity ? status.identity : target, target)
    }
    guard let line = Repository.line(of: path, probe) else { return nil }
    let stamp = view == .identity ? status.identity : line
    guard line.starts(with: "ref:".utf8) else { return (stamp, nil) }
    return (stamp, Array(line.dropFirst(4).drop { $0 == 0x20 || $0 == 0x09 }))
  }

  /// Returns the stamp of a ref that has no loose file.
  private func packed(_ name: [UInt8], _ view: FileView) -> [UInt8]? {
    let wanted = [0x20] + name
    guard
      let line = packedText()?.split(separator: 0x0a).first(where: {
        $0.suffix(wanted.count) == wanted[...]
      }
      )
    else { return nil }
    if view == .contents { return Array(line.dropLast(wanted.count)) }
    return packedStamp(view)
  }

  private var packedPath: [UInt8] { path(Array("packed-refs".utf8)) }

  /// Returns the lines of `packed-refs` without the header, which Git writes even if no ref is
  /// left.
  private func packedText() -> ArraySlice<UInt8>? {
    guard let text = Repository.read(packedPath, probe, limit: 1 << 28)?[...] else { return nil }
    return text.first == UInt8(ascii: "#") ? text.drop { $0 != 0x0a }.dropFirst() : text
  }

  /// Returns the stamp of all packed refs; empty if there are none.
  private func packedStamp(_ view: FileView) -> [UInt8] {
    var status = stat()
    guard probe.status(packedPath, &status) else { return [] }
    if view == .identity { return status.identity }
    guard let text = packedText() else { return FileTree.unreadable(EFBIG, status) }
    return text.isEmpty ? [] : Digest.of(Array(text), size: 32)
  }

  /// Returns the key parts of a ref, or of all refs below a name.
  private func refs(
    _ name: [UInt8], _ view: FileView, _ files: inout WatchedFiles
  ) -> [[UInt8]]? {
    var status = stat()
    let directories = (common == own ? [common] : [common, own]).map { PathPattern.join($0, name) }
    let trees = directories.filter {
      probe.status($0, &status) && status.st_mode & S_IFMT == S_IFDIR
    }
    if trees.isEmpty, let (stamp, next) = ref(name, view) {
      return [stamp, next ?? []] + tables(view, &files)
    }
    if trees.isEmpty, packedText()?.holds([0x20] + name + [0x2f]) != true { return nil }
    var parts = [Array("refs".utf8), packedStamp(view)]
    for tree in trees {
      guard probe.status(tree, &status) else { continue }
      let digester = FileTree(view, probe, isOfRefs: true)
      parts.append(digester.digest(tree, status, &files.budget))
    }
    return parts + tables(view, &files)
  }

  /// Returns the key parts of refs in the reftable format; empty if there are none.
  private func tables(_ view: FileView, _ files: inout WatchedFiles) -> [[UInt8]] {
    (common == own ? [common] : [common, own]).flatMap {
      files.parts(
        ofFile: PathPattern.join($0, Array("reftable/tables.list".utf8)), view) ?? []
    }
  }
}
