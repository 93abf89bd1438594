internal import Cachetronomy
internal import System

/// Interprets shell builtins and keywords, as far as they affect the words and commands after them.
extension ShellScript {
  /// Whether this word is a keyword, so that a command may still follow.
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
    if word.elementsEqual("function".utf8) { definesFunctions = true }
    return true
  }

  /// Notes how the first word of a command affects the others.
  mutating func classify(_ word: [UInt8]) {
    let name = FileGlob.last(word)
    switch String(decoding: name, as: UTF8.self) {
    case "tee": command.isTee = true
    case "[[": (isTest, command.builtin) = (true, .tests)
    case "case":
      open.append(Open(end: Open.esac, wasQuoted: false))
      (isCertain, command.builtin) = (false, .takesNoFiles)
    case "echo", "printf", ":", "true", "false", "sleep", "seq", "expr", "kill", "wait", "let",
      "((":
      command.builtin = .takesNoFiles
    case "test", "[": command.builtin = .tests
    case "read", "mapfile", "readarray", "getopts": command.builtin = .reads
    case "unset": command.builtin = .unsets
    case "set": command.builtin = .setsParameters
    case "shift": parameters.mayBeShifted = true
    case "shopt", "setopt": command.builtin = .setsOptions
    case "export", "readonly", "declare", "typeset", "local": command.isDeclaration = true
    case "eval", "trap": (inner, command.callsAnother, isCertain) = (.follow, true, false)
    case "for", "select":
      (command.isLoop, isCertain, command.builtin) = (true, false, .takesNoFiles)
    case "cd", "pushd", "popd":
      (isCertain, hasMoved, command.builtin) = (false, true, .takesNoFiles)
    case "exit", "return", "alias": (isCertain, command.builtin) = (false, .takesNoFiles)
    case ".", "source":
      isCertain = false
      cannotFollow("source")
    // The following word may be a builtin, or begin a group.
    case "exec", "command", "builtin", "time", "coproc":
      (command.callsAnother, isCertain) = (true, false)
    default: command.callsAnother = Wrappers.contains(name)
    }
    if command.callsAnother { noteWrapper(name) }
  }

  private mutating func noteWrapper(_ name: ArraySlice<UInt8>) {
    if Wrappers.replacesPath(name) { searchesStandardPath = true }
    // Both read file names from stdin.
    for reader in ["xargs", "parallel"] where name.elementsEqual(reader.utf8) {
      cannotFollow(reader)
    }
  }

  /// Notes how a later word affects the next ones, if it is the command that a wrapper starts.
  mutating func classifyWrapped(_ word: Word) {
    if let setting = Self.setting(word) { passed.append((setting.name, setting.values)) }
    let name = FileGlob.last(word.text)
    switch String(decoding: name, as: UTF8.self) {
    case "tee": command.isTee = true
    case "cd", "pushd", "popd": hasMoved = true
    case "eval": inner = .follow
    case ".", "source": cannotFollow("source")
    default: noteWrapper(name)
    }
  }

  /// Notes an operand of a builtin.
  mutating func takeOperand(_ word: Word) {
    let text = word.text
    switch command.builtin {
    case .none, .takesNoFiles, .testsFile: break
    case .tests:
      if text.count == 2, text[0] == 0x2d, "efdrwxsLhbcpSgukOGN".utf8.contains(text[1]) {
        command.builtin = .testsFile
      }
    case .reads: if text.first != 0x2d, text.allSatisfy(ShellWords.isNameByte) { cannotTell(text) }
    case .unsets:
      if text.first != 0x2d { set(text, to: [[]], isCertain: isCertain) }
    case .setsOptions: if text.holds(Array("glob".utf8)) { cannotFollow("shopt") }
    case .setsNamedOption:
      if text.elementsEqual("noclobber".utf8) { keepsFiles = true }
      command.builtin = .setsParameters
    case .setsParameters:
      if text.elementsEqual("--".utf8) {
        command.builtin = .givesParameters
      } else if text.first == 0x2d || text.first == 0x2b {
        // With this option `>` does not replace an existing file.
        if text.contains(UInt8(ascii: "C")) { keepsFiles = true }
        if text.last == UInt8(ascii: "o") { command.builtin = .setsNamedOption }
      } else {
        command.builtin = .givesParameters
        parameters.add(word)
      }
    case .givesParameters: parameters.add(word)
    }
  }

  /// Notes a word that only a shell can expand.
  mutating func noteBlindSpot(_ word: Word, isFile: Bool, isProgram: Bool = false) {
    guard isFile, open.last?.array == nil else { return }
    if let blindSpot = word.blindSpot { cannotFollow(inner == .follow ? "eval" : blindSpot) }
    guard hasMoved, !isProgram, let first = word.first?.value.first else { return }
    if first != 0x2f, first != 0x2d { cannotFollow("cd") }
  }

  /// Notes a construct that cannot be followed; the first one is kept.
  mutating func cannotFollow(_ construct: String) {
    if blindSpot == nil { blindSpot = construct }
  }
}
