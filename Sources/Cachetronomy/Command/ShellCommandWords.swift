/// What the words of a script's commands say.
extension ShellScript {
  mutating func add(_ bytes: ArraySlice<UInt8>, isBare: Bool = false) {
    add(bytes, meaning: Array(bytes), isBare: isBare)
  }

  /// Adds what only the environment tells; nil is for what only a shell can.
  ///
  /// What is bare, outside of quotes, may be a pattern.
  mutating func add(_ bytes: ArraySlice<UInt8>, meaning value: [UInt8]?, isBare: Bool = false) {
    if word == nil { word = Word() }
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

  /// Adds a variable that may hold several values; none is for what only a shell can tell.
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

  /// Longer than any path.
  static let longest = 4096
  /// So many values of a variable, and meanings of a word, are looked at.
  static let mostMeanings = 64

  mutating func endWord() {
    guard var word else { return }
    // Between numbers it multiplies.
    if comparesOnly, word.text == [0x2a] { word.first?.pattern = nil }
    (self.word, isTest) = (nil, isTest && !word.text.elementsEqual("]]".utf8))
    var mayBeProgram = false
    if let redirection {
      self.redirection = nil
      if !redirect(word, redirection) { return }
      note(word, mayBeProgram: false, isOperand: false)
      return
    } else if mayBegin || isDeclaration, let setting = Self.setting(word) {
      settings.append((setting.name, setting.values, names.count))
    } else if mayBegin {
      if namesFunction || isReserved(word.text) {
        namesFunction = word.text.elementsEqual("function".utf8)
        return
      }
      mayBeProgram = true
    }
    note(word, mayBeProgram: mayBeProgram || callsAnother)
    guard mayBeProgram else {
      if callsAnother { classifyWrapped(word) }
      return
    }
    if beginsCommand { classify(word.text) }
    // A variable that is empty is no word.
    (beginsCommand, mayBegin) = (false, word.first?.value.isEmpty == true)
  }

  /// Keeps a name for all that a word may mean.
  private mutating func note(_ word: Word, mayBeProgram: Bool, isOperand: Bool = true) {
    let text = word.text
    let start = names.count
    defer { if isTee, isOperand { teeOperand(word, names: start..<names.count) } }
    switch inner {
    case .follow: scripts.append(contentsOf: word.meanings.map(\.value))
    case .ofShell: if Self.isScriptOption(text) { inner = .follow }
    case .none:
      if Self.isShell(word.first?.value ?? text) {
        inner = .ofShell
      } else if callsAnother, text.contains(0x20) {
        // Some wrappers give a word to a shell, or split it themselves.
        scripts.append(contentsOf: word.meanings.map(\.value))
      }
    }
    guard let first = word.first else {
      keep(Name(text: text, value: nil, mayBeProgram: mayBeProgram))
      return
    }
    keep(first, text, isOne: word.others.isEmpty, mayBeProgram)
    for other in word.others { keep(other, text, isOne: false, mayBeProgram) }
  }

  /// Keeps a name, or those of the files that its pattern means.
  private mutating func keep(
    _ meaning: Meaning, _ text: [UInt8], isOne: Bool, _ mayBeProgram: Bool
  ) {
    let paths = meaning.pattern.map { glob.paths($0) } ?? []
    if isOne, paths.isEmpty {
      keep(Name(text: text, value: meaning.value, mayBeProgram: mayBeProgram))
      return
    }
    for path in paths.isEmpty ? [meaning.value] : paths {
      // What a variable holds is nobody's business.
      let text = text.contains(0x24) ? text + [0x20] + FileGlob.last(path) : path
      let isCalled = mayBeProgram && (paths.isEmpty || path.contains(0x2f))
      keep(Name(text: text, value: path, mayBeProgram: isCalled, isMatch: !paths.isEmpty))
    }
  }

  private mutating func keep(_ name: Name) {
    if isLoop, let value = name.value { loop.append(value) }
    names.append(name)
    if let value = name.value, isWritten(value) { names[names.count - 1].value = nil }
  }

  mutating func endCommand() {
    endWord()
    if isTee { writeTeeOperands() }
    if beginsCommand || isDeclaration {
      set()
    } else {
      passed.append(contentsOf: settings.map { ($0.name, $0.values) })
    }
    // For one command alone, which is looked for there all the same.
    for path in passed where path.name == Self.path {
      set(path.name, to: path.values, isCertain: false)
    }
    // `for x in` and what follows.
    if isLoop, loop.count > 2 { set(loop[0], to: Array(loop[2...]), isCertain: true) }
    (redirection, beginsCommand, mayBegin) = (nil, true, true)
    (isTee, isDeclaration, isLoop, callsAnother) = (false, false, false, false)
    redirectionsSucceed = true
    if !teed.isEmpty { teed = [] }
    if !settings.isEmpty { settings = [] }
    if !loop.isEmpty { loop = [] }
    inner = .none
    let passed = passed
    if !passed.isEmpty { self.passed = [] }
    if !scripts.isEmpty { readScripts(with: passed) }
  }

  private static let path = Array("PATH".utf8)

  /// Where programs are looked for besides our `PATH`: in each that the script sets.
  var searchPaths: [[UInt8]] {
    (variables.isEmpty ? [] : variables[Self.path] ?? [])
      + (searchesStandardPath ? [Wrappers.standardPath] : [])
  }

  /// Notes what a command sets for those after it.
  private mutating func set() {
    for setting in settings {
      set(setting.name, to: setting.values, isCertain: isCertain)
      // What programs get from us may be theirs to read.
      if isCertain, !isDeclaration, setting.values.count == 1,
        environment[String(decoding: setting.name, as: UTF8.self)] == nil
      {
        named.append((setting.values[0], setting.index))
      }
    }
  }

  /// What may be set is added to what a variable holds already.
  private mutating func set(_ name: [UInt8], to values: [[UInt8]], isCertain: Bool) {
    var all = isCertain ? [] : self.values(name[...]).filter { !$0.isEmpty }
    for value in values where !all.contains(value) { all.append(value) }
    variables[name] = Array(all.prefix(Self.mostMeanings))
  }

  /// Reads the scripts that a command gives to a shell.
  ///
  /// - Parameter passed: variables that it sets for the shell alone.
  mutating func readScripts(with passed: [(name: [UInt8], values: [[UInt8]])] = []) {
    let begun = scripts
    let outerVariables = variables
    for variable in passed { variables[variable.name] = variable.values }
    defer { if !passed.isEmpty { variables = outerVariables } }
    scripts = []
    if depth == Self.deepest { return }
    let outer = (isQuoted, isTest, isCertain, documents)
    let hadMoved = hasMoved
    (isTest, isCertain, documents) = (false, false, [])
    for script in begun where scriptsLeft > 0 {
      scriptsLeft -= 1
      depth += 1
      read(script, isDocument: false)
      endCommand()
      depth -= 1
    }
    (isQuoted, isTest, isCertain, documents) = outer
    hasMoved = hadMoved
  }

  /// Only so many texts are looked into that stand in each other.
  static let deepest = 8

  /// The variable that a word sets; nil if it sets none.
  static func setting(_ word: Word) -> (name: [UInt8], values: [[UInt8]])? {
    guard let cut = word.text.firstIndex(of: 0x3d) else { return nil }
    var name = word.text[..<cut]
    if name.last == UInt8(ascii: "+") { name.removeLast() }
    if let element = name.firstIndex(of: UInt8(ascii: "[")) { name = name[..<element] }
    guard !name.isEmpty, name.allSatisfy(Environment.isInName) else { return nil }
    // Only what is not added to something is known.
    let values = name.count == cut ? word.meanings.map { Array($0.value.dropFirst(cut + 1)) } : []
    return (Array(name), values)
  }

  /// Whether a command follows this word all the same.
  mutating func isReserved(_ word: [UInt8]) -> Bool {
    guard word.count < 9 else { return false }
    switch String(decoding: word, as: UTF8.self) {
    case "esac": if beginsCommand, open.last?.end == Open.esac { open.removeLast() }
    case "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!",
      "function", "coproc":
      break
    default: return false
    }
    isCertain = false
    return true
  }

  /// Notes what the first word of a command says of the others.
  mutating func classify(_ word: [UInt8]) {
    let name = FileGlob.last(word)
    switch String(decoding: name, as: UTF8.self) {
    case "tee": isTee = true
    case "[[": isTest = true
    case "case":
      open.append(Open(end: Open.esac, wasQuoted: false))
      isCertain = false
    case "export", "readonly", "declare", "typeset", "local": isDeclaration = true
    case "eval", "trap": (inner, callsAnother, isCertain) = (.follow, true, false)
    case "for", "select": (isLoop, isCertain) = (true, false)
    case "cd", "pushd", "popd": (isCertain, hasMoved) = (false, true)
    case "exit", "return", ".", "source", "alias":
      isCertain = false
    // What follows may be a builtin, or a group.
    case "exec", "command", "builtin", "time", "coproc": (callsAnother, isCertain) = (true, false)
    default: callsAnother = Wrappers.contains(name)
    }
    if callsAnother, Wrappers.replacesPath(name) { searchesStandardPath = true }
  }

  /// Notes what a later word says of those after it, if it is the command that a wrapper starts.
  mutating func classifyWrapped(_ word: Word) {
    if let setting = Self.setting(word) { passed.append((setting.name, setting.values)) }
    let name = FileGlob.last(word.text)
    guard name.count < 9 else { return }
    switch String(decoding: name, as: UTF8.self) {
    case "tee": isTee = true
    case "cd", "pushd", "popd": hasMoved = true
    case "eval": inner = .follow
    default: if Wrappers.replacesPath(name) { searchesStandardPath = true }
    }
  }
}
