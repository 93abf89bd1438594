internal import Cachetronomy
internal import Glibc
internal import System

/// Finds the files and directories that the arguments of a command name.
extension Invocation {
  /// Returns each argument that names a file or directory, with the key parts of that file.
  func argumentFiles(
    _ identity: inout FileIdentity, _ notes: inout KeyNotes
  ) -> [KeyParts.ArgumentFile] {
    var found: [KeyParts.ArgumentFile] = []
    let option = placeOption
    for (index, word) in argv.enumerated() {
      if NamedFile.namesDescriptor(word) {
        notes.refuse("\(ShellWords.quote(shownArguments[index])) names an inherited descriptor")
      }
      if index == 0 { continue }
      var part = part(ofFile: word, shown: { shownArguments[index] }, &identity, &notes)
      // After `-C` or an equivalent option an argument may be relative to that directory.
      if option < index, let place = place(of: option, before: index), word.first != 0x2f {
        let there = self.part(
          ofFile: place + [0x2f] + word, shown: { shownArguments[index] }, &identity, &notes)
        if let there { part = (part ?? []) + there }
      }
      if let part { found.append(KeyParts.ArgumentFile(index: index, parts: part)) }
    }
    return found
  }

  /// Returns the key parts of the file or directory that an argument names; nil if there is none,
  /// or files are not in the key.
  func part(
    ofFile word: [UInt8], shown: () -> [UInt8], _ identity: inout FileIdentity,
    _ notes: inout KeyNotes
  ) -> [[UInt8]]? {
    // Not an optional pair: its metadata would cost a tenth of a hit.
    var status = stat()
    let path = named(word, &status)
    return path.isEmpty ? nil : part(of: path, status, shown: shown, &identity, &notes)
  }

  /// The index of the first option that sets a directory, such as `-C`, `--chdir=` and
  /// `--directory=`; the end index if there is none.
  private var placeOption: Int {
    var at = 1
    while at < argv.count {
      if Self.placeOptionSize(argv[at]) > 0 { return at }
      at += 1
    }
    return at
  }

  /// Returns the length of the option in an argument; 0 if it is not such an option.
  private static func placeOptionSize(_ word: [UInt8]) -> Int {
    guard word.count > 1, word[0] == 0x2d else { return 0 }
    if word[1] == UInt8(ascii: "C") { return 2 }
    guard word[1] == 0x2d else { return 0 }
    for option in ["--chdir", "--directory"] where word.starts(with: option.utf8) {
      return option.utf8.count
    }
    return 0
  }

  /// Returns the directory that the option sets, in the same argument or in the next one.
  private func place(of option: Int, before index: Int) -> [UInt8]? {
    let word = argv[option]
    let size = Self.placeOptionSize(word)
    if word.count > size { return Array(word.dropFirst(word[1] == 0x2d ? size + 1 : size)) }
    return option + 1 < index ? argv[option + 1] : nil
  }

  /// Returns the key parts of the file that bash reads at start-up; nil without one, or if files
  /// are not in the key.
  func startupFilePart(
    _ identity: inout FileIdentity, _ notes: inout KeyNotes
  ) -> [[UInt8]]? {
    guard let path = environment["BASH_ENV"], !path.isEmpty else { return nil }
    if path.first == 0x7e || path.contains(where: { "$`\\".utf8.contains($0) }) {
      notes.refuse("BASH_ENV needs a shell to expand it")
      return nil
    }
    guard namesFiles else { return nil }
    var status = stat()
    guard exists(path, &status) else { return [] }
    return part(of: path, status, shown: { Array("BASH_ENV".utf8) }, &identity, &notes) ?? []
  }

  private func part(
    of path: [UInt8], _ status: stat, shown: () -> [UInt8], _ identity: inout FileIdentity,
    _ notes: inout KeyNotes
  ) -> [[UInt8]]? {
    let file = NamedFile(path, status)
    if case .volatile(let why) = file {
      notes.refuse("\(ShellWords.quote(shown())) \(why)")
      return nil
    }
    guard namesFiles else { return nil }
    // `--file` has already put its contents into the key.
    if !settings.file.isEmpty, isWatched(path) { return nil }
    // What the command makes is no input; if it reads it before, the result is not kept.
    if !settings.output.isEmpty, outputs.coversFile(path) {
      notes.named(output: path)
      return nil
    }
    switch file {
    case .volatile: return nil
    case .regular: return identity.parts(path, status, .argument)
    case .directory: return identity.parts(ofDirectory: path, status)
    }
  }

  /// Whether named files are in the key.
  var namesFiles: Bool {
    settings.argFiles != RunSettings.Identity.none && settings.argFiles != .path
  }

  private func isWatched(_ path: [UInt8]) -> Bool {
    let plain = ShellScript.plain(path, in: directory)
    return settings.file.contains { watched in
      WatchedPath.expand(Array(watched.utf8)[...]) { environment[$0] }
        .contains { ShellScript.plain($0, in: directory) == plain }
    }
  }

  /// Returns the path that an argument names: as a whole, after its first `=`, after the letter of
  /// an option, or after an `@` in each of these places.
  ///
  /// - Returns: an empty array if it names no file.
  private func named(_ word: [UInt8], _ status: inout stat) -> [UInt8] {
    guard let first = word.first else { return [] }
    if exists(word, &status) { return word }
    if first == 0x40 { return named(after: 0, in: word, &status) }
    if let cut = word.firstIndex(of: 0x3d) {
      let found = named(after: cut, in: word, &status)
      if !found.isEmpty { return found }
    }
    guard first == 0x2d, word.count > 2, word[1] != 0x2d, !Self.isSeparator(word) else { return [] }
    return named(after: 1, in: word, &status)
  }

  /// Whether an argument is `-d.`, `-F/` or similar, which sets a field separator.
  private static func isSeparator(_ word: [UInt8]) -> Bool {
    word.count == 3 && "dFt".utf8.contains(word[1]) && "./".utf8.contains(word[2])
  }

  private func named(
    after cut: Int, in word: [UInt8], _ status: inout stat
  ) -> [UInt8] {
    var rest = Array(word[(cut + 1)...])
    if rest.isEmpty || exists(rest, &status) { return rest }
    guard word[cut] != 0x40, rest[0] == 0x40 else { return [] }
    rest.removeFirst()
    return exists(rest, &status) ? rest : []
  }

  /// Whether a path is an input; false if it does not exist, or is a directory that always exists.
  private func exists(_ path: [UInt8], _ status: inout stat) -> Bool {
    if path.isEmpty || NamedFile.isStandardStream(path) { return false }
    return probe.status(path, &status) && !NamedFile.isConstant(status)
  }
}
