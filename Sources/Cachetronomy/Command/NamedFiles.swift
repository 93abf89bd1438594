/// The files that the words of a command name: programs, arguments, and what the script of a shell names.
extension Invocation {
  /// What stands for the program.
  func executablePart(_ notes: inout KeyNotes) -> [[UInt8]] { part(ofProgram: executable.path) }

  private func part(ofProgram path: [UInt8]) -> [[UInt8]] {
    let place = place(ofProgram: path)
    switch settings.executable ?? .stat {
    case .content: return place + [Self.content(path)]
    case .path, .none: return place
    case .stat:
      guard let stamp = FileStamp(path) else { return place }
      return place + [Self.bytes(stamp.size), Self.bytes(stamp.modified)]
    }
  }

  /// Where a program is: within the repository, if that stands for the working directory.
  private func place(ofProgram path: [UInt8]) -> [[UInt8]] {
    guard settings.cwd == .repository, let repository = Repository(of: directory),
      let place = repository.place(of: path)
    else { return [path] }
    return [Array("repository".utf8), repository.identity, place]
  }

  /// A digest of what a file holds; its size and time of change if that is not for us to read.
  private static func content(_ path: [UInt8]) -> [UInt8] {
    if let digest = FileStamp.digest(path) { return digest }
    return FileStamp(path).map { bytes($0.size) + bytes($0.modified) } ?? []
  }

  /// Each word that names a regular file: its place, then what stands for the file.
  func fileParts(_ notes: inout KeyNotes) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    for (index, word) in argv.enumerated().dropFirst() {
      if input != nil, word == Self.standardInput { continue }
      guard let part = part(ofFile: word) else { continue }
      parts.append(Self.bytes(Int64(index)))
      parts.append(contentsOf: part)
    }
    return parts
  }

  /// What stands for the file that a word names; nil if it names none, or files are not in the key.
  private func part(ofFile word: [UInt8]) -> [[UInt8]]? {
    let identity = settings.argFiles ?? .stat
    guard identity != .none, identity != .path, let (path, stamp) = Self.file(word) else {
      return nil
    }
    // By its content it is in the key already.
    if !settings.file.isEmpty, isWatched(path) { return nil }
    if identity == .content { return [Self.content(path)] }
    return [Self.bytes(stamp.size), Self.bytes(stamp.modified)]
  }

  private func isWatched(_ path: [UInt8]) -> Bool {
    let plain = ShellScript.plain(path, in: directory)
    return settings.file.contains { watched in
      WatchedPath.expand(Array(watched.utf8)[...], environment)
        .contains { ShellScript.plain($0, in: directory) == plain }
    }
  }

  /// The files among the arguments one by one.
  func argumentFiles(_ notes: inout KeyNotes) -> [(index: Int, parts: [[UInt8]])] {
    let parts = fileParts(&notes)
    let width = settings.argFiles == .content ? 2 : 3
    return stride(from: 0, to: parts.count, by: width).map { at in
      let index = parts[at].reversed().reduce(0) { $0 << 8 | Int($1) }
      return (index, Array(parts[at + 1..<at + width]))
    }
  }

  /// The regular file that a word names: as a whole, after its first `=`, or after the letter of an
  /// option; in all of these places also after a `@`.
  private static func file(_ word: [UInt8]) -> ([UInt8], FileStamp)? {
    guard let first = word.first else { return nil }
    if let stamp = FileStamp(word) { return (word, stamp) }
    if first == 0x40 { return file(after: 0, in: word) }
    if let cut = word.firstIndex(of: 0x3d), let found = file(after: cut, in: word) { return found }
    return first == 0x2d && word.count > 2 && word[1] != 0x2d ? file(after: 1, in: word) : nil
  }

  private static func file(after cut: Int, in word: [UInt8]) -> ([UInt8], FileStamp)? {
    var rest = Array(word[(cut + 1)...])
    if rest.isEmpty { return nil }
    if let stamp = FileStamp(rest) { return (rest, stamp) }
    guard word[cut] != 0x40, rest[0] == 0x40 else { return nil }
    rest.removeFirst()
    return FileStamp(rest).map { (rest, $0) }
  }

  /// A program or file that the script of a shell names.
  struct ScriptName {
    /// Which of the words is the script.
    var word: Int
    /// As the script spells it.
    var text: [UInt8]
    var isProgram: Bool
    /// What stands for it.
    var parts: [[UInt8]]

    /// All of it, as it is in the key.
    var whole: [[UInt8]] {
      [Int64(word), isProgram ? 1 : 0, Int64(parts.count)].map(Invocation.bytes) + [text] + parts
    }
  }

  /// The programs and files that its scripts name, if the command is a shell with one.
  ///
  /// Builtins and what is not there are left out.
  func scriptNames(_ notes: inout KeyNotes) -> [ScriptName] {
    var found: [ScriptName] = []
    var (programs, files) = (Set<[UInt8]>(), Set<[UInt8]>())
    for place in ShellScript.places(in: argv) {
      // A script that is one word may be a file itself, and is among the arguments then.
      files.insert(argv[place])
      let script = ShellScript(argv[place], in: environment, directory: directory)
      for output in script.outputs { notes.replaces(output) }
      let searched = script.searched
      for name in script.names {
        // Its standard input is not ours.
        guard let value = name.value, !value.isEmpty, value != Self.standardInput else { continue }
        if name.mayBeProgram, programs.insert(value).inserted {
          let paths = searched.compactMap {
            (try? Executable(value, in: $0, directory: directory))?.path
          }
          for (index, path) in paths.enumerated() where !paths[..<index].contains(path) {
            let parts = part(ofProgram: path)
            found.append(ScriptName(word: place, text: name.text, isProgram: true, parts: parts))
          }
          if value.contains(0x2f), !paths.isEmpty { continue }
        }
        if files.insert(value).inserted, let parts = part(ofFile: value) {
          found.append(ScriptName(word: place, text: name.text, isProgram: false, parts: parts))
        }
      }
    }
    return found
  }
}
