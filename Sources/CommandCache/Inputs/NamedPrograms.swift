internal import Cachetronomy
internal import Glibc
internal import System

/// Finds the programs that a command starts: its first argument, interpreters, wrapped programs.
extension Invocation {
  /// Returns the key parts of a program: its path, the targets of its links, and its file.
  func part(ofProgram path: [UInt8], _ identity: inout FileIdentity) -> [[UInt8]] {
    let place = place(ofProgram: path)
    var status = stat()
    guard probe.status(path, &status), status.st_mode & S_IFMT == S_IFREG else { return place }
    return place + resolvedPart(path) + identity.parts(path, status, .program)
  }

  /// Returns the targets of the links on a program's path: an identical launcher in two releases
  /// starts files from its own directory.
  ///
  /// - Returns: an empty array without links, and if the key must be the same on other machines.
  private func resolvedPart(_ path: [UInt8]) -> [[UInt8]] {
    guard settings.executable == nil, settings.cwd != .repository,
      let resolved = probe.physical(path), resolved != path
    else { return [] }
    return [Array("resolved".utf8), resolved]
  }

  /// Returns the key part of a program's path: relative to the repository if `cwd` is `repository`.
  private func place(ofProgram path: [UInt8]) -> [[UInt8]] {
    guard settings.cwd == .repository, let repository = Repository(of: directory, probe),
      let place = repository.place(of: path, probe)
    else { return [path] }
    return [Array("repository".utf8), repository.identity, place]
  }

  /// Whether the first argument is a program that starts another.
  var isWrapped: Bool { argv.first.map(Wrappers.contains) == true }

  /// Returns the interpreters of the first argument's program, and programs started by a wrapper.
  func programs(
    _ identity: inout FileIdentity, _ notes: inout KeyNotes
  ) -> [NamedInput] {
    let isWrapped = isWrapped
    // Most commands have neither, and preparing a search would cost them a tenth of a hit.
    guard isWrapped || Interpreter.isNeeded(for: executable.path, probe) else { return [] }
    var search = ProgramSearch(self, paths: [environment["PATH"]])
    search.seen.insert(executable.path)
    search.addInterpreters(of: executable.path, word: 0, &identity)
    guard isWrapped else { return search.take() }
    search.paths = searchPaths
    defer { search.noteEnd(&notes) }
    for (index, word) in argv.enumerated().dropFirst() {
      // An option may have a program after its `=`.
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

  /// Where wrapped programs are searched for: in `PATH`, and where wrappers may search.
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

  /// Returns the variable that an argument of `env` or `sudo` sets; nil if it sets none.
  static func assignment(
    _ word: [UInt8]
  ) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
    guard let cut = word.firstIndex(of: 0x3d), cut > 0,
      word[..<cut].allSatisfy(ShellWords.isNameByte)
    else { return nil }
    return (word[..<cut], word[(cut + 1)...])
  }
}

/// A program or file that is an input of a command but neither its first argument nor a whole one.
struct NamedInput: Sendable {
  /// The index of the argument that it comes from.
  var word: Int
  /// As written in the argument or script.
  var text: [UInt8]
  var isProgram: Bool
  /// Its key parts.
  var parts: [[UInt8]]

  /// All of it, in the form that is in the key.
  var whole: [[UInt8]] {
    [Int64(word), isProgram ? 1 : 0, Int64(parts.count)].map(Invocation.bytes) + [text] + parts
  }
}

/// Finds programs by name with their interpreters, each file once.
struct ProgramSearch {
  private let call: Invocation
  /// The values of `PATH` to search.
  var paths: [[UInt8]?] {
    didSet {
      names = []
      if paths.count > 1 { paths = Self.distinct(paths) }
    }
  }
  /// How many more files may be checked.
  ///
  /// A long `PATH` has 50 directories and a long script 500 words; a script may contain thousands.
  private var probes = 65_536
  /// The files in `found`, or in the key by other means.
  var seen: Set<[UInt8]> = []
  private var names: Set<[UInt8]> = []
  private var found: [NamedInput] = []

  /// Maximum depth of interpreters that are scripts themselves, as in Linux.
  private static let deepest = 4

  init(_ call: Invocation, paths: [[UInt8]?]) {
    (self.call, self.paths) = (call, paths)
  }

  /// Adds the programs that a name may refer to, and their interpreters.
  ///
  /// - Returns: whether there is such a program.
  mutating func add(
    _ name: [UInt8], text: [UInt8]? = nil, word: Int, depth: Int = 0, _ identity: inout FileIdentity
  ) -> Bool {
    // Most arguments of a wrapper that are not its command are numbers, as in `timeout 5`.
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

  /// Notes that the limit ended the search.
  func noteEnd(_ notes: inout KeyNotes) {
    if probes < 0 { notes.refuse("too many directories to search for its programs") }
  }

  /// Returns the programs found since the last call, in order.
  mutating func take() -> [NamedInput] {
    defer { found = [] }
    return found
  }

  /// Adds the interpreter that the first line of a script names, and the program that it starts.
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
