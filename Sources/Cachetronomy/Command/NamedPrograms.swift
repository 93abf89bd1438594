internal import Glibc

/// The programs that a command starts: its first word, interpreters, and what wrappers start.
extension Invocation {
  /// The key parts of a program: its place, where links lead from there, and its file.
  func part(ofProgram path: [UInt8], _ identity: inout FileIdentity) -> [[UInt8]] {
    let place = place(ofProgram: path)
    var status = stat()
    guard probe.status(path, &status), status.st_mode & S_IFMT == S_IFREG else { return place }
    return place + resolvedPart(path) + identity.parts(path, status, .program)
  }

  /// Where the links on a program's path lead: a launcher that is the same in two releases starts
  /// what lies next to it.
  ///
  /// - Returns: empty without links, and where the key has to be the same on other machines.
  private func resolvedPart(_ path: [UInt8]) -> [[UInt8]] {
    guard settings.executable == nil, settings.cwd != .repository,
      let resolved = probe.physical(path), resolved != path
    else { return [] }
    return [Array("resolved".utf8), resolved]
  }

  /// The key parts of a program's place: in the repository, if the key has that for the directory.
  private func place(ofProgram path: [UInt8]) -> [[UInt8]] {
    guard settings.cwd == .repository, let repository = Repository(of: directory, probe),
      let place = repository.place(of: path, probe)
    else { return [path] }
    return [Array("repository".utf8), repository.identity, place]
  }

  /// Whether the first word is a program that starts another.
  var isWrapped: Bool { argv.first.map(Wrappers.contains) == true }

  /// The interpreters of the first word's program, and the programs behind a wrapper.
  func programs(
    _ identity: inout FileIdentity, _ notes: inout KeyNotes
  ) -> [NamedInput] {
    let isWrapped = isWrapped
    // Most commands are neither: to set up a search would cost them a tenth of a hit.
    guard isWrapped || Interpreter.isNeeded(for: executable.path, probe) else { return [] }
    var search = ProgramSearch(self, paths: [environment["PATH"]])
    search.seen.insert(executable.path)
    search.addInterpreters(of: executable.path, word: 0, &identity)
    guard isWrapped else { return search.take() }
    search.paths = searchPaths
    defer { search.noteEnd(&notes) }
    for (index, word) in argv.enumerated().dropFirst() {
      // An option may have one behind an `=`.
      if word.first == 0x2d {
        if let cut = word.firstIndex(of: 0x3d) {
          _ = search.add(Array(word[(cut + 1)...]), word: index, &identity)
        }
      } else if Self.assignment(word) == nil {
        _ = search.add(word, word: index, &identity)
      }
    }
    return search.take()
  }

  /// Where programs behind the first word are looked for: in `PATH`, and where wrappers may look.
  var searchPaths: [[UInt8]?] {
    var paths: [[UInt8]?] = [environment["PATH"]]
    for word in argv {
      if let (name, value) = Self.assignment(word), name.elementsEqual("PATH".utf8) {
        paths.append(Array(value))
      } else if Wrappers.replacesPath(word) {
        paths.append(Wrappers.standardPath)
      }
    }
    return paths
  }

  /// The variable that a word of `env` or `sudo` sets; nil if it sets none.
  static func assignment(
    _ word: [UInt8]
  ) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
    guard let cut = word.firstIndex(of: 0x3d), cut > 0,
      word[..<cut].allSatisfy(Environment.isInName)
    else { return nil }
    return (word[..<cut], word[(cut + 1)...])
  }
}

/// A program or file that is an input of a command without being its first word or a whole
/// argument.
struct NamedInput: Sendable {
  /// Which of the words it comes from.
  var word: Int
  /// As the word or script spells it.
  var text: [UInt8]
  var isProgram: Bool
  /// Its key parts.
  var parts: [[UInt8]]

  /// The whole of it, as the key has it.
  var whole: [[UInt8]] {
    [Int64(word), isProgram ? 1 : 0, Int64(parts.count)].map(Invocation.bytes) + [text] + parts
  }
}

/// Programs by name with their interpreters, each file once.
struct ProgramSearch {
  private let call: Invocation
  /// Values of `PATH` that are searched, all of them.
  var paths: [[UInt8]?] {
    didSet {
      names = []
      if paths.count > 1 { paths = Self.distinct(paths) }
    }
  }
  /// How many more files are looked for.
  ///
  /// A long `PATH` has 50 directories and a long script 500 words; a script may set thousands of
  /// either.
  private var probes = 65_536
  /// The files that are in `found`, or in the key by other means.
  var seen: Set<[UInt8]> = []
  private var names: Set<[UInt8]> = []
  private var found: [NamedInput] = []

  /// Interpreters may be scripts themselves; Linux follows as many.
  private static let deepest = 4

  init(_ call: Invocation, paths: [[UInt8]?]) {
    (self.call, self.paths) = (call, paths)
  }

  /// Adds the programs that a name may mean, and their interpreters.
  ///
  /// - Returns: whether there is such a program.
  mutating func add(
    _ name: [UInt8], text: [UInt8]? = nil, word: Int, depth: Int = 0, _ identity: inout FileIdentity
  ) -> Bool {
    // Most words of a wrapper that are not its command are numbers, as in `timeout 5`.
    guard !name.allSatisfy({ (0x30...0x39).contains($0) }), names.insert(name).inserted else {
      return false
    }
    var exists = false
    for searchPath in paths {
      guard
        let path = Executable.path(
          of: name, searchPath: searchPath, directory: call.directory, call.probe,
          left: &probes)
      else { continue }
      exists = true
      guard seen.insert(path).inserted else { continue }
      let parts = call.part(ofProgram: path, &identity)
      found.append(NamedInput(word: word, text: text ?? name, isProgram: true, parts: parts))
      addInterpreters(of: path, word: word, depth: depth, &identity)
    }
    return exists
  }

  private static func distinct(_ paths: [[UInt8]?]) -> [[UInt8]?] {
    var known: Set<[UInt8]?> = []
    return paths.filter { known.insert($0).inserted }
  }

  /// Notes that not all programs were looked for.
  func noteEnd(_ notes: inout KeyNotes) {
    if probes < 0 { notes.refuse("its programs may be in too many directories") }
  }

  /// What was found since the last call, in that order.
  mutating func take() -> [NamedInput] {
    defer { found = [] }
    return found
  }

  /// Adds what the first line of a script names: an interpreter, and the program behind it.
  mutating func addInterpreters(
    of path: [UInt8], word: Int, depth: Int = 0, _ identity: inout FileIdentity
  ) {
    guard depth < Self.deepest, let interpreter = Interpreter(of: path, call.probe) else { return }
    _ = add(interpreter.path, word: word, depth: depth + 1, &identity)
    if interpreter.argument.isEmpty { return }
    let outer = paths
    for argument in interpreter.words {
      if let (name, value) = Invocation.assignment(argument) {
        if name.elementsEqual("PATH".utf8) { paths.append(Array(value)) }
        continue
      }
      // Other interpreters do not search `PATH`.
      guard Wrappers.contains(interpreter.path) || argument.contains(0x2f) else { continue }
      if argument.first != 0x2d { _ = add(argument, word: word, depth: depth + 1, &identity) }
    }
    if paths.count != outer.count { paths = outer }
  }
}
