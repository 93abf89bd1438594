internal import Cachetronomy
internal import System

/// The paths that `--output` names: files, directories and patterns, relative to the working directory.
struct OutputPaths {
  /// A path without `.` and `..`: relative below the working directory, else absolute.
  struct Named {
    var path: [UInt8]
    /// Its alternatives, if it is a pattern.
    var patterns: [Pattern] = []
    /// As the user wrote it.
    var text: String
  }

  let directory: [UInt8]
  private(set) var named: [Named] = []
  /// Whether all that a traced command makes below the working directory is meant.
  private(set) var isAutomatic = false

  init(_ settings: RunSettings, directory: [UInt8]) {
    self.directory = directory
    for text in settings.output {
      if text == RunSettings.automaticOutput {
        isAutomatic = true
      } else {
        named.append(Self.named(text, in: directory))
      }
    }
  }

  var isEmpty: Bool { named.isEmpty && !isAutomatic }

  private static func named(_ text: String, in directory: [UInt8]) -> Named {
    let path = relative(Array(text.utf8), in: directory)
    guard PathPattern.isPattern(path) else { return Named(path: path, text: text) }
    // What `**/` matches may be nothing.
    let patterns = FileGlob.alternatives(path).flatMap { word in
      [Pattern(bytes: word), Pattern(bytes: Self.withoutTrees(word))]
    }
    return Named(path: path, patterns: patterns, text: text)
  }

  private static func withoutTrees(_ word: [UInt8]) -> [UInt8] {
    Array(
      word.split(separator: 0x2f, omittingEmptySubsequences: false)
        .filter { !$0.elementsEqual("**".utf8) }.joined(separator: [0x2f]))
  }

  /// A path without `.` and `..`, relative if it is below a directory.
  static func relative(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
    let whole = path.first == 0x2f ? path : directory + [0x2f] + path
    var names: [ArraySlice<UInt8>] = []
    for name in whole.split(separator: 0x2f) {
      if name.elementsEqual("..".utf8) {
        _ = names.popLast()
      } else if !name.elementsEqual(".".utf8) {
        names.append(name)
      }
    }
    let plain = names.flatMap { [0x2f] + $0 }
    let start = directory == [0x2f] ? [0x2f] : directory + [0x2f]
    return plain.starts(with: start) ? Array(plain.dropFirst(start.count)) : plain
  }

  /// Where a path of a list is.
  func absolute(_ path: [UInt8]) -> [UInt8] {
    path.first == 0x2f ? path : directory + [0x2f] + path
  }

  /// Whether a path of a list is one of these, or below one.
  func covers(_ path: [UInt8]) -> Bool {
    if isAutomatic, path.first != 0x2f { return true }
    return named.contains { named in
      if named.patterns.isEmpty {
        return path.starts(with: named.path)
          && (path.count == named.path.count || path[named.path.count] == 0x2f)
      }
      if path.first == 0x2f, named.path.first != 0x2f { return false }
      var end = path.count
      while true {
        let head = path[..<end]
        if named.patterns.contains(where: { $0.matches(head) }) { return true }
        guard let slash = head.lastIndex(of: 0x2f), slash > 0 else { return false }
        end = slash
      }
    }
  }

  /// Whether names in a directory may be of these.
  func coversNames(in directory: [UInt8]) -> Bool {
    if named.isEmpty { return false }
    let place = Self.relative(directory, in: self.directory)
    if covers(place) { return true }
    let start = directory == self.directory ? [] : place + [0x2f]
    return named.contains { !$0.patterns.isEmpty || $0.path.starts(with: start) }
  }

  /// Whether an absolute path, or one relative to the working directory, is one of these or below one.
  func coversFile(_ path: [UInt8]) -> Bool {
    !named.isEmpty && covers(Self.relative(path, in: directory))
  }
}
