internal import Cachetronomy
internal import Glibc
internal import System

/// A path pattern for `--file` and `--mtime`, with `*`, `?`, `[...]`, `**` or `{a,b}`.
///
/// `**` matches zero or more directories. It neither follows symbolic links nor enters hidden
/// directories. At the end of a path, and in `**/*`, it matches all files below, and the names of
/// the directories.
struct PathPattern {
  /// A path that matches a pattern.
  struct Match: Hashable {
    var path: [UInt8]
    /// Whether a directory represents the tree below it, not only its name.
    var isTree: Bool
    /// Whether it was written without wildcards, so that it need not exist.
    var isLiteral = false
  }

  private let probe: Probe
  private var found: [Match] = []
  private var mustBeDirectory = false
  private var isLiteral = true

  /// Whether a path contains a byte that can be part of a pattern.
  static func isPattern(_ path: [UInt8]) -> Bool { path.contains(where: FileGlob.begins) }

  /// Returns the paths that match a pattern, sorted by their bytes, each once.
  ///
  /// Stops early when the budget is exhausted.
  static func matches(
    _ pattern: [UInt8], _ budget: inout FileBudget, _ probe: Probe
  ) -> [Match] {
    var search = PathPattern(probe: probe)
    for word in FileGlob.alternatives(pattern) { search.find(word, &budget) }
    var seen: Set<Match> = []
    return search.found.filter { seen.insert($0).inserted }
      .sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  private mutating func find(_ word: [UInt8], _ budget: inout FileBudget) {
    let components = word.split(separator: 0x2f)
    isLiteral = !components.contains { $0.elementsEqual("**".utf8) || NamePattern($0) != nil }
    if isLiteral {
      found.append(Match(path: FileGlob.plain(word[...]), isTree: true, isLiteral: true))
      return
    }
    mustBeDirectory = word.last == 0x2f
    walk(word.first == 0x2f ? [0x2f] : [], components[...], &budget)
  }

  private mutating func walk(
    _ path: [UInt8], _ components: ArraySlice<ArraySlice<UInt8>>, _ budget: inout FileBudget
  ) {
    guard let component = components.first else { return finish(path) }
    let rest = components.dropFirst()
    if component.elementsEqual("**".utf8) {
      var rest = rest
      while let next = rest.first, next.elementsEqual("**".utf8) { rest = rest.dropFirst() }
      if rest.count == 1, rest.first?.elementsEqual("*".utf8) == true { rest = [] }
      return descend(path, rest, &budget)
    }
    guard let pattern = NamePattern(component) else {
      return walk(Self.join(path, FileGlob.plain(component)), rest, &budget)
    }
    for name in budget.names(in: path.isEmpty ? [0x2e] : path, probe) ?? []
    where pattern.matches(name) {
      walk(Self.join(path, name), rest, &budget)
    }
  }

  /// Returns what `**` and the following components match below a directory.
  private mutating func descend(
    _ directory: [UInt8], _ rest: ArraySlice<ArraySlice<UInt8>>, _ budget: inout FileBudget
  ) {
    if !rest.isEmpty { walk(directory, rest, &budget) }
    for name in budget.names(in: directory.isEmpty ? [0x2e] : directory, probe) ?? []
    where name.first != 0x2e {
      let path = Self.join(directory, name)
      var status = stat()
      guard probe.status(path, &status, followsLinks: false) else { continue }
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      if rest.isEmpty, isDirectory || !mustBeDirectory {
        found.append(Match(path: path, isTree: false))
      }
      if isDirectory { descend(path, rest, &budget) }
    }
  }

  private mutating func finish(_ path: [UInt8]) {
    var status = stat()
    guard probe.status(path, &status, followsLinks: false) else { return }
    if mustBeDirectory {
      guard probe.status(path, &status), status.st_mode & S_IFMT == S_IFDIR else {
        return
      }
    }
    found.append(Match(path: path, isTree: true))
  }

  static func join(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
    if directory.isEmpty { return name }
    return directory.last == 0x2f ? directory + name : directory + [0x2f] + name
  }
}

/// How many more files a call may check for `--file` and `--mtime`.
struct FileBudget {
  /// Maximum number of files and directories, over all paths of a call.
  static let limit = 100_000

  private(set) var left = FileBudget.limit
  /// Whether there were more files than the limit.
  private(set) var isExceeded = false

  /// Returns the sorted names in a directory, and deducts their number.
  ///
  /// - Returns: nil if the directory cannot be read, with the reason in `errno`.
  mutating func names(in directory: [UInt8], _ probe: Probe) -> [[UInt8]]? {
    if isExceeded { return [] }
    var found: [[UInt8]] = []
    let isRead = probe.eachName(in: directory) { name in
      if found.count == left { isExceeded = true } else { found.append(name) }
      return !isExceeded
    }
    guard isRead else { return nil }
    if isExceeded { return [] }
    left -= found.count
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
