internal import Cachetronomy
internal import System

/// Interprets the words of a script's commands.
extension ShellScript {
  mutating func add(_ bytes: ArraySlice<UInt8>, isBare: Bool = false) {
    add(bytes, meaning: Array(bytes), isBare: isBare)
  }

  /// Appends text whose value depends on the environment; nil means that only a shell can expand
  /// it.
  ///
  /// Unquoted text may be a pattern.
  mutating func add(
    _ bytes: ArraySlice<UInt8>, meaning value: [UInt8]?, isBare: Bool = false,
    blindSpot: String? = nil
  ) {
    if word == nil { word = Word() }
    if let blindSpot, word?.blindSpot == nil { word?.blindSpot = blindSpot }
    word?.text.append(contentsOf: bytes)
    guard let value, let size = word?.first?.value.count, size + value.count <= Self.longest else {
      word?.first = nil
      return
    }
    let isBare = isBare && !isTest
    word?.first?.append(value, isBare: isBare)
    if word?.others.isEmpty == true { return }
    for other in 0..<(word?.others.count ?? 0) { word?.others[other].append(value, isBare: isBare) }
  }

  /// Appends a variable that may have several values; none means that only a shell can expand it.
  mutating func add(_ bytes: ArraySlice<UInt8>, meanings values: [[UInt8]]) {
    var word = self.word ?? Word()
    let isBare = !isQuoted && !isTest
    meaningsLeft -= values.count
    let longest = values.reduce(0) { max($0, $1.count) }
    let meanings = word.meanings.lazy.filter { $0.value.count + longest <= Self.longest }
      .flatMap { meaning in
        values.lazy.map { value in
          var longer = meaning
          longer.append(value, isBare: isBare)
          return longer
        }
      }.prefix(Self.mostMeanings)
    word.text.append(contentsOf: bytes)
    let all = Array(meanings)
    word.first = all.first
    word.others = Array(all.dropFirst())
    self.word = word
  }

  /// Maximum length of a word; no path is longer.
  static let longest = 4096
  /// Maximum number of values of a variable, and of meanings of a word, to consider.
  static let mostMeanings = 64

  mutating func endWord() {
    guard var word else { return }
    // Between numbers it is multiplication.
    if comparesOnly, word.text == [0x2a] { word.first?.pattern = nil }
    (self.word, isTest) = (nil, isTest && !word.text.elementsEqual("]]".utf8))
    var mayBeProgram = false
    if let redirection {
      self.redirection = nil
      if word.text.starts(with: "/dev/tcp/".utf8) || word.text.starts(with: "/dev/udp/".utf8) {
        connection = connection ?? word.text
      }
      noteBlindSpot(word, isFile: redirection != .text)
      if !redirect(word, redirection) { return }
      note(word, mayBeProgram: false, isOperand: false)
      return
    } else if mayBegin || command.isDeclaration, let setting = Self.setting(word) {
      settings.append((setting, names.count))
      note(word, mayBeProgram: command.callsAnother)
      return
    } else if mayBegin {
      if namesFunction || isReserved(word.text) {
        namesFunction = word.text.elementsEqual("function".utf8)
        return
      }
      mayBeProgram = true
    }
    // As the first word `.` is a command, not a directory.
    if !mayBeProgram || !beginsCommand || word.text != [0x2e] {
      note(word, mayBeProgram: mayBeProgram || command.callsAnother)
    }
    noteBlindSpot(
      word, isFile: mayBeProgram && beginsCommand || command.builtin.takesFiles,
      isProgram: mayBeProgram)
    guard mayBeProgram else {
      takeOperand(word)
      if command.callsAnother { classifyWrapped(word) }
      return
    }
    if beginsCommand { classify(word.text) }
    // An empty unquoted variable is not a word.
    (beginsCommand, mayBegin) = (false, word.first?.value.isEmpty == true)
  }

  /// Records a name for each meaning of a word.
  private mutating func note(_ word: Word, mayBeProgram: Bool, isOperand: Bool = true) {
    let text = word.text
    let start = names.count
    defer { if command.isTee, isOperand { teeOperand(word, names: start..<names.count) } }
    switch inner {
    case .follow:
      scripts.append(contentsOf: word.meanings.map(\.value))
      if word.first == nil || !word.others.isEmpty { hasUnknownScripts = true }
    case .ofShell: if Self.isScriptOption(text) { (inner, scriptsHaveArguments) = (.follow, true) }
    case .none:
      if Self.isShell(word.first?.value ?? text) {
        inner = .ofShell
      } else if command.callsAnother, text.contains(0x20) {
        // Some wrappers pass an argument to a shell, or split it themselves.
        scripts.append(contentsOf: word.meanings.map(\.value))
      }
    }
    if word.meanings.contains(where: { $0.pattern?.holds([0x2a, 0x2a]) == true }) {
      cannotFollow("**")
    }
    guard let first = word.first else {
      keep(Name(text: text, value: nil, mayBeProgram: mayBeProgram))
      return
    }
    keep(first, text, isOne: word.others.isEmpty, mayBeProgram)
    for other in word.others { keep(other, text, isOne: false, mayBeProgram) }
  }

  /// Records a name, or the names of the files that its pattern matches.
  private mutating func keep(
    _ meaning: Meaning, _ text: [UInt8], isOne: Bool, _ mayBeProgram: Bool
  ) {
    let paths = meaning.pattern.map { glob.paths($0) } ?? []
    if isOne, paths.isEmpty {
      keep(Name(text: text, value: meaning.value, mayBeProgram: mayBeProgram))
      return
    }
    for path in paths.isEmpty ? [meaning.value] : paths {
      // The value of a variable may be secret.
      let text = text.contains(0x24) ? text + [0x20] + FileGlob.last(path) : path
      let isCalled = mayBeProgram && (paths.isEmpty || path.contains(0x2f))
      keep(Name(text: text, value: path, mayBeProgram: isCalled, isMatch: !paths.isEmpty))
    }
  }

  private mutating func keep(_ name: Name) {
    if command.isLoop {
      if let value = name.value { command.loop.append(value) } else { command.loopIsUnknown = true }
    }
    if open.last?.array != nil { addElement(name.value) }
    names.append(name)
    if let value = name.value, isWritten(value) { names[names.count - 1].value = nil }
  }

  mutating func endCommand() {
    endWord()
    if command.isTee { writeTeeOperands() }
    if beginsCommand || command.isDeclaration {
      set()
    } else {
      passed.append(contentsOf: settings.map { ($0.setting.name, $0.setting.values) })
    }
    // A `PATH` set for one command only is still used to find that command.
    for path in passed where path.name == Self.path {
      set(path.name, to: path.values, isCertain: false)
    }
    // `for x in` and its list.
    if command.isLoop { setLoop() }
    (redirection, beginsCommand, mayBegin) = (nil, true, true)
    command = CommandState()
    if !teed.isEmpty { teed = [] }
    if !settings.isEmpty { settings = [] }
    inner = .none
    let passed = passed
    if !passed.isEmpty { self.passed = [] }
    if !scripts.isEmpty { readScripts(with: passed) }
  }

  private static let path = Array("PATH".utf8)

  /// Values of `PATH` that the script sets; programs are searched for in each.
  var searchPaths: [[UInt8]] {
    (variables.isEmpty ? [] : variables[Self.path] ?? [])
      + (searchesStandardPath ? [Wrappers.standardPath] : [])
  }

  /// Parses the scripts that a command passes to a shell.
  ///
  /// - Parameter passed: variables that are set for that shell only.
  mutating func readScripts(with passed: [(name: [UInt8], values: [[UInt8]])] = []) {
    let begun = scripts
    let (isShell, isUnknown) = (scriptsHaveArguments, hasUnknownScripts)
    (scripts, scriptsHaveArguments, hasUnknownScripts) = ([], false, false)
    if depth == Self.deepest {
      cannotFollow("sh -c")
      return
    }
    let outerVariables = (variables, unknown)
    let outerParameters = parameters
    for variable in passed { set(variable.name, to: variable.values, isCertain: true) }
    defer {
      if !passed.isEmpty { (variables, unknown) = outerVariables }
      parameters = outerParameters
    }
    let outer = (isQuoted, isTest, isCertain, documents)
    let hadMoved = hasMoved
    (isTest, isCertain, documents) = (false, false, [])
    for (index, script) in begun.enumerated() where scriptsLeft > 0 {
      scriptsLeft -= 1
      if isShell {
        parameters = Parameters(
          of: script, Array(begun[(index + 1)...].prefix(Self.mostMeanings)), isKnown: !isUnknown)
      }
      depth += 1
      read(script, isDocument: false)
      endCommand()
      depth -= 1
    }
    (isQuoted, isTest, isCertain, documents) = outer
    hasMoved = hadMoved
  }

  /// Maximum nesting depth of scripts.
  static let deepest = 8
}
