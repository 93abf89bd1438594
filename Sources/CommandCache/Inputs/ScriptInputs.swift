internal import Cachetronomy
internal import System

/// Finds the inputs that the scripts among the arguments of a command name.
extension Invocation {
  /// Returns the programs and files that its scripts name, if the command is a shell with a script.
  ///
  /// Builtins and names of nonexistent files are left out.
  func scriptInputs(
    _ identity: inout FileIdentity, _ notes: inout KeyNotes
  ) -> [NamedInput] {
    let (scripts, first) = (scripts, firstScript)
    if scripts.isEmpty { return [] }
    let scriptEnvironment = scriptEnvironment
    var found: [NamedInput] = []
    var search = ProgramSearch(self, paths: [])
    defer { search.noteEnd(&notes) }
    var files = Set<[UInt8]>()
    for (place, text) in scripts {
      // A script that is a single word may also be a file, which is among the argument files then.
      files.insert(argv[place])
      let script = ShellScript(
        text, in: scriptEnvironment, directory: directory, arguments: Array(argv[(place + 1)...]))
      note(script, isFirst: place == first, &notes)
      search.paths = searchPaths + script.searchPaths.map { $0 }
      for name in script.names {
        guard let value = name.value, !value.isEmpty else {
          refuseUnknown(name, &notes)
          continue
        }
        let isProgram =
          name.mayBeProgram && search.add(value, text: name.text, word: place, &identity)
        found.append(contentsOf: search.take())
        if isProgram, value.contains(0x2f) { continue }
        guard files.insert(value).inserted else { continue }
        // A dangling link also matches a pattern.
        let parts =
          part(ofFile: value, shown: { shown(name.text) }, &identity, &notes)
          ?? (name.isMatch && namesFiles ? [] : nil)
        if let parts {
          found.append(NamedInput(word: place, text: name.text, isProgram: false, parts: parts))
        }
      }
    }
    return found
  }

  /// The scripts with the indices of their arguments: those after the `-c` of a shell, and
  /// arguments of a wrapper that contain blanks.
  private var scripts: [(place: Int, text: [UInt8])] {
    let ofShell = ShellScript.places(in: argv)
    let isWrapped = isWrapped
    if ofShell.isEmpty, !isWrapped { return [] }
    return argv.indices.dropFirst().compactMap { index in
      let word = argv[index]
      if ofShell.contains(index) { return (index, word) }
      // `-S 'X=1 foo'` sets a variable and names a program.
      guard isWrapped, word.contains(0x20) else { return nil }
      // The value of an option such as `-S` or `--command=`.
      if word.starts(with: "--".utf8) {
        return (index, Array(word[(word.firstIndex(of: 0x3d) ?? 0)...].dropFirst()))
      }
      return (index, word.first == 0x2d ? Array(word.dropFirst(2)) : word)
    }
  }

  /// The environment of the scripts, including what `env` or `sudo` sets.
  private var scriptEnvironment: Environment {
    guard isWrapped else { return environment }
    var changed = environment
    for word in argv.dropFirst() {
      if ShellScript.isShell(word) { break }
      guard let (name, value) = Self.assignment(word) else { continue }
      changed.set(String(decoding: name, as: UTF8.self), to: Array(value))
    }
    return changed
  }

  /// The index of the script that the shell is sure to read; other arguments may be options or
  /// parameters.
  private var firstScript: Int? {
    var isValue = false
    for place in ShellScript.places(in: argv) {
      let word = argv[place]
      if isValue {
        isValue = false
      } else if word.first != 0x2d && word.first != 0x2b || word.count < 2 {
        return place
      } else {
        isValue = word.last == UInt8(ascii: "o") || word.last == UInt8(ascii: "O")
      }
    }
    return nil
  }

  /// Notes the findings of a script other than the names in it.
  private func note(_ script: ShellScript, isFirst: Bool, _ notes: inout KeyNotes) {
    if let connection = script.connection {
      notes.refuse("\(ShellWords.quote(shown(connection))) is a network connection")
    }
    if let descriptor = script.foreignDescriptor {
      notes.refuse("\(ShellWords.quote(descriptor)) names an inherited descriptor")
    }
    let isCertain = isFirst && argv.first.map(ShellScript.isShell) == true
    if !script.outputs.isEmpty {
      let redactor = redactor
      let outputs = outputs
      for output in script.outputs where !outputs.coversFile(output.path) {
        notes.replaces(
          ScriptOutput(
            shown: redactor.redacted(output.shown), path: output.path,
            isCertain: output.isCertain && isCertain))
      }
    }
    if isFirst, let construct = script.blindSpot { notes.cannotFollow(construct) }
  }

  /// Refuses a path below `/proc` or `/sys` whose rest only a shell can expand.
  private func refuseUnknown(_ name: ShellScript.Name, _ notes: inout KeyNotes) {
    guard name.value == nil else { return }
    for place in ["/proc", "/sys"] where name.text.starts(with: "\(place)/".utf8) {
      notes.refuse("\(ShellWords.quote(shown(name.text))) is in \(place)")
    }
  }

  /// Redacts a part of a script for messages.
  private func shown(_ text: [UInt8]) -> [UInt8] { redactor.redacted(text) }
}
