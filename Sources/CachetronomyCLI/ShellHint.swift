internal import Cachetronomy

/// Says what to write where `run` was given what only a shell understands.
enum ShellHint {
  /// The next step after "command not found"; nil if there is none.
  ///
  /// Repeats only a name of the line: the rest may hold secrets.
  static func text(for failure: Failure, _ line: RunArguments) -> String? {
    guard case .cannotRun(.notFound) = failure, line.key.pipeline == nil,
      let first = line.words.first
    else { return nil }
    let variable = assignedName(first)
    if let variable, line.words.count > 1 {
      return "hint: only a shell sets variables that way: "
        + "put 'env' before \(variable)=..., or the whole line after -c"
    }
    let word = ArgumentBytes.text(first)
    if builtins.contains(word) {
      return "hint: '\(word)' is a command of the shell itself: "
        + "put the whole line after -c, as in cachetronomy run -c '\(word) ...'"
    }
    if first.contains(where: isForShell) || first.first == UInt8(ascii: "~") {
      return "hint: this word is looked for as the name of one program: "
        + "for a shell to read it, put it after -c, as in cachetronomy run -c '...'"
    }
    return variable.map {
      "hint: '\($0)=...' names no command: put the whole line after -c, or a command after it"
    }
  }

  /// The name before the first `=`, if a shell would take the word for an assignment.
  private static func assignedName(_ word: [UInt8]) -> String? {
    guard let cut = word.firstIndex(of: UInt8(ascii: "=")), let first = word.first,
      !(0x30...0x39).contains(first)
    else { return nil }
    let name = word[..<cut].last == UInt8(ascii: "+") ? word[..<(cut - 1)] : word[..<cut]
    guard !name.isEmpty, name.allSatisfy(ShellWords.isNameByte) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  /// Blanks, and what separates, redirects, expands or quotes.
  private static func isForShell(_ byte: UInt8) -> Bool {
    " \t\n|&;<>()$`*?\"'".utf8.contains(byte)
  }

  /// Commands and words of the grammar of sh, bash and zsh that are no programs, as a rule.
  private static let builtins: Set<String> = [
    "!", ".", "(", "((", "[[", "{", "alias", "bg", "bind", "break", "builtin", "caller", "case",
    "cd",
    "command", "compgen", "complete", "continue", "coproc", "declare", "dirs", "disown", "enable",
    "eval", "exec", "exit", "export", "fc", "fg", "for", "function", "getopts", "hash", "history",
    "if", "jobs", "let", "local", "logout", "mapfile", "popd", "pushd", "read", "readarray",
    "readonly", "return", "select", "set", "setopt", "shift", "shopt", "source", "suspend", "time",
    "times", "trap", "type", "typeset", "ulimit", "umask", "unalias", "unset", "unsetopt", "until",
    "wait", "while",
  ]
}
