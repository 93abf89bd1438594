/// What the words of a script's commands say.
extension ShellScript {
  mutating func add(_ bytes: ArraySlice<UInt8>, isBare: Bool = false) {
    add(bytes, meaning: Array(bytes), isBare: isBare)
  }

  /// Adds what only the environment tells; nil is for what only a shell can.
  ///
  /// What is bare, outside of quotes, may be a pattern.
  mutating func add(_ bytes: ArraySlice<UInt8>, meaning value: [UInt8]?, isBare: Bool = false) {
    if word == nil { word = Name() }
    word?.text.append(contentsOf: bytes)
    guard let value, let before = word?.value, value.count + before.count <= Self.longest else {
      word?.value = nil
      return
    }
    if isBare, pattern == nil, !isTest, value.contains(where: FileGlob.begins) {
      pattern = FileGlob.escaped(before)
    }
    if pattern != nil { pattern?.append(contentsOf: isBare ? value : FileGlob.escaped(value)) }
    word?.value?.append(contentsOf: value)
  }

  /// Longer than any path.
  static let longest = 4096

  mutating func endWord() {
    guard var name = word else { return }
    // Between numbers it multiplies.
    let pattern = comparesOnly && name.text == [0x2a] ? nil : pattern
    (word, self.pattern, isTest) = (nil, nil, isTest && !name.text.elementsEqual("]]".utf8))
    if let redirection {
      self.redirection = nil
      if redirection != .reads {
        if redirection == .replaces, pattern == nil { write(name) }
        return
      }
    } else if mayBegin || isDeclaration, let setting = Self.setting(name) {
      settings.append((setting.name, setting.value, names.count))
    } else if mayBegin {
      if isReserved(name.text) { return }
      name.mayBeProgram = true
    }
    note(name, pattern)
    guard name.mayBeProgram else { return }
    if beginsCommand { classify(name.text) }
    // A variable that is empty is no word.
    (beginsCommand, mayBegin) = (false, name.value?.isEmpty == true)
  }

  /// Keeps a name, or those of the files that its pattern means.
  private mutating func note(_ name: Name, _ pattern: [UInt8]?) {
    switch inner {
    case .follow: if let script = name.value { scripts.append(script) }
    case .ofShell: if Self.isScriptOption(name.text) { inner = .follow }
    case .none: if Self.isShell(name.value ?? name.text) { inner = .ofShell }
    }
    if isTee {
      if name.text.first == 0x2d, name.text.contains(UInt8(ascii: "a")) { isTee = false }
      teed.append(names.count)
    }
    let mayBeProgram = name.mayBeProgram || callsAnother
    guard name.value != nil, let paths = pattern.map({ glob.paths($0) }), !paths.isEmpty else {
      keep(Name(text: name.text, value: name.value, mayBeProgram: mayBeProgram))
      return
    }
    for path in paths {
      // What a variable holds is nobody's business.
      let text = name.text.contains(0x24) ? name.text + [0x20] + FileGlob.last(path) : path
      keep(Name(text: text, value: path, mayBeProgram: mayBeProgram && path.contains(0x2f)))
    }
  }

  private mutating func keep(_ name: Name) {
    names.append(name)
    if isWritten(name) { names[names.count - 1].value = nil }
  }

  /// Whether the script has made it itself, so that it is no input of it.
  private func isWritten(_ name: Name) -> Bool {
    guard !written.isEmpty, let value = name.value else { return false }
    return written.contains(Self.plain(value, in: directory))
  }

  /// Notes a file that is certainly made, and here.
  mutating func write(_ name: Name) {
    guard let value = name.value, isCertain, open.isEmpty else { return }
    let path = Self.plain(value, in: directory)
    written.insert(path)
    // To call it by a variable is not to read it.
    for setting in named where Self.plain(setting.value, in: directory) == path {
      names[setting.index].value = nil
    }
  }

  /// A path without the ways to say that it is here.
  static func plain(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
    var rest = path[...]
    if !directory.isEmpty, rest.starts(with: directory + [0x2f]) {
      rest = rest.dropFirst(directory.count + 1)
    }
    while rest.starts(with: "./".utf8) { rest = rest.dropFirst(2) }
    return Array(rest)
  }

  mutating func endCommand() {
    endWord()
    if isTee {
      for index in teed {
        write(names[index])
        names[index].value = nil
      }
    }
    if beginsCommand || isDeclaration { set() }
    (redirection, beginsCommand, mayBegin) = (nil, true, true)
    (isTee, isDeclaration, callsAnother) = (false, false, false)
    if !teed.isEmpty { teed = [] }
    if !settings.isEmpty { settings = [] }
    inner = .none
    if !scripts.isEmpty { readScripts() }
  }

  /// Notes what a command sets for those after it.
  private mutating func set() {
    for setting in settings where isCertain || value(setting.name[...])?.isEmpty == true {
      variables.updateValue(setting.value, forKey: setting.name)
      // What programs get from us may be theirs to read.
      if !isDeclaration, let value = setting.value,
        environment[String(decoding: setting.name, as: UTF8.self)] == nil
      {
        named.append((value, setting.index))
      }
    }
  }

  /// Reads the scripts that a command gives to a shell.
  mutating func readScripts() {
    let begun = scripts
    scripts = []
    if depth == Self.deepest { return }
    let outer = (isQuoted, isTest, isCertain, documents)
    (isTest, isCertain, documents) = (false, false, [])
    for script in begun where scriptsLeft > 0 {
      scriptsLeft -= 1
      depth += 1
      read(script, isDocument: false)
      endCommand()
      depth -= 1
    }
    (isQuoted, isTest, isCertain, documents) = outer
  }

  /// Only so many texts are looked into that stand in each other.
  static let deepest = 8

  /// The variable that a word sets; nil if it sets none.
  private static func setting(_ word: Name) -> (name: [UInt8], value: [UInt8]?)? {
    guard let cut = word.text.firstIndex(of: 0x3d) else { return nil }
    var name = word.text[..<cut]
    if name.last == UInt8(ascii: "+") { name.removeLast() }
    if let element = name.firstIndex(of: UInt8(ascii: "[")) { name = name[..<element] }
    guard !name.isEmpty, name.allSatisfy(Environment.isInName) else { return nil }
    // Only what is not added to something is known.
    let value = name.count == cut ? word.value.map { Array($0.dropFirst(cut + 1)) } : nil
    return (Array(name), value)
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
    let name = word.lastIndex(of: 0x2f).map { word[($0 + 1)...] } ?? word[...]
    guard name.count < 9 else { return }
    switch String(decoding: name, as: UTF8.self) {
    case "tee": isTee = true
    case "[[": isTest = true
    case "case":
      open.append(Open(end: Open.esac, wasQuoted: false))
      isCertain = false
    case "export", "readonly", "declare", "typeset", "local": isDeclaration = true
    case "eval", "trap": (inner, callsAnother, isCertain) = (.follow, true, false)
    case "for", "select", "cd", "pushd", "popd", "exit", "return", ".", "source", "alias":
      isCertain = false
    case "env", "exec", "command", "builtin", "nice", "ionice", "nohup", "setsid",
      "stdbuf", "sudo", "doas", "time", "timeout", "xargs", "parallel", "flock", "find":
      (callsAnother, isCertain) = (true, false)
    default: break
    }
  }
}
