internal import Glibc

/// A path with `*`, `?`, `[...]`, `**` or `{a,b}` in it, for `--file` and `--mtime`.
///
/// `**` stands for any number of directories, none included. It follows no symbolic links and enters
/// no hidden directories. At the end of a path, and in `**/*`, it stands for every file below, and
/// for the names of the directories.
struct PathPattern {
  /// A path that a pattern names.
  struct Match: Hashable {
    var path: [UInt8]
    /// Whether a directory stands for the tree below it, not for its name alone.
    var isTree: Bool
    /// Whether it was spelled without wildcards, so that it need not exist.
    var isLiteral = false
  }

  private var found: [Match] = []
  private var mustBeDirectory = false
  private var isLiteral = true

  /// Whether a path has anything in it that can be part of a pattern.
  static func isPattern(_ path: [UInt8]) -> Bool { path.contains(where: FileGlob.begins) }

  /// The paths that a pattern names, sorted by their bytes, each once.
  ///
  /// Stops early when the budget is used up.
  static func matches(_ pattern: [UInt8], _ budget: inout FileBudget) -> [Match] {
    var search = PathPattern()
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
    for name in budget.names(in: path.isEmpty ? [0x2e] : path) ?? [] where pattern.matches(name) {
      walk(Self.join(path, name), rest, &budget)
    }
  }

  /// What `**` and the components behind it name below a directory.
  private mutating func descend(
    _ directory: [UInt8], _ rest: ArraySlice<ArraySlice<UInt8>>, _ budget: inout FileBudget
  ) {
    if !rest.isEmpty { walk(directory, rest, &budget) }
    for name in budget.names(in: directory.isEmpty ? [0x2e] : directory) ?? []
    where name.first != 0x2e {
      let path = Self.join(directory, name)
      var status = stat()
      guard path.withCPath({ lstat($0, &status) }) == 0 else { continue }
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      if rest.isEmpty, isDirectory || !mustBeDirectory {
        found.append(Match(path: path, isTree: false))
      }
      if isDirectory { descend(path, rest, &budget) }
    }
  }

  private mutating func finish(_ path: [UInt8]) {
    var status = stat()
    guard path.withCPath({ lstat($0, &status) }) == 0 else { return }
    if mustBeDirectory {
      guard path.withCPath({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR else {
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

/// How many more files a call may look at for `--file` and `--mtime`.
struct FileBudget {
  /// At most this many files and directories, over all paths of a call.
  static let limit = 100_000

  private(set) var left = FileBudget.limit
  /// Whether there were more files than the limit.
  private(set) var isExceeded = false

  /// The sorted names in a directory, which are deducted.
  ///
  /// - Returns: nil if the directory cannot be read, with the reason in `errno`.
  mutating func names(in directory: [UInt8]) -> [[UInt8]]? {
    if isExceeded { return [] }
    guard let stream = directory.withCPath({ opendir($0) }) else { return nil }
    defer { closedir(stream) }
    var found: [[UInt8]] = []
    while let item = readdir(stream) {
      let name = withUnsafeBytes(of: item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
      guard left > 0 else {
        isExceeded = true
        return []
      }
      left -= 1
      found.append(name)
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
