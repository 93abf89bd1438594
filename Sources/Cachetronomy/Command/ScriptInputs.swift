/// What the scripts among the arguments of a command name.
extension Invocation {
  /// The programs and files that its scripts name, if the command is a shell with one.
  ///
  /// Builtins and names of nothing are left out.
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
      // A script that is one word may be a file itself, and is among the arguments then.
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
        // A link that leads nowhere matches a pattern too.
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

  /// The scripts with their places: what follows the `-c` of a shell, and words of a wrapper with
  /// blanks.
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

  /// The environment of the scripts, with what `env` or `sudo` sets before them.
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

  /// The place of the script that the shell certainly reads; other words may be options or
  /// arguments.
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

  /// Notes what a script says as well the names in it.
  private func note(_ script: ShellScript, isFirst: Bool, _ notes: inout KeyNotes) {
    if let connection = script.connection {
      notes.refuse("\(ShellWords.quote(shown(connection))) is a network connection")
    }
    if let descriptor = script.foreignDescriptor {
      notes.refuse("\(ShellWords.quote(descriptor)) is this call's alone")
    }
    let isCertain = isFirst && argv.first.map(ShellScript.isShell) == true
    if !script.outputs.isEmpty {
      let redactor = redactor
      for output in script.outputs {
        notes.replaces(
          ScriptOutput(
            shown: redactor.redacted(output.shown), path: output.path,
            isCertain: output.isCertain && isCertain))
      }
    }
    if isFirst, let construct = script.blindSpot { notes.cannotFollow(construct) }
  }

  /// Refuses a path below `/proc` or `/sys` of which only a shell can tell the rest.
  private func refuseUnknown(_ name: ShellScript.Name, _ notes: inout KeyNotes) {
    guard name.value == nil else { return }
    for place in ["/proc", "/sys"] where name.text.starts(with: "\(place)/".utf8) {
      notes.refuse("\(ShellWords.quote(shown(name.text))) is in \(place)")
    }
  }

  /// Part of a script as it may be printed.
  private func shown(_ text: [UInt8]) -> [UInt8] { redactor.redacted(text) }
}
