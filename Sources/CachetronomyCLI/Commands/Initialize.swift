internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Initialize: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init",
      abstract: "Print shell setup code.",
      discussion: """
        For example:
          eval "$(cachetronomy init bash --wrap kubectl,gh)"
          cachetronomy init fish | source
        """)

    @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
    var shell: Shell

    @Option(
      help: ArgumentHelp(
        "Commands to wrap with 'run --rules-only'.", valueName: "names"))
    var wrap: [String] = []

    @OptionGroup var common: CommonOptions

    enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

    func run() throws {
      var names: [String] = []
      for list in wrap {
        for name in list.split(separator: ",", omittingEmptySubsequences: false) {
          names.append(try WrappedName.check(String(name)))
        }
      }
      try Output.write(completions + "\n" + names.map(function).joined())
    }

    private var completions: String {
      switch shell {
      case .bash: CommandCompletion.script(for: .bash)
      case .fish:
        // Outside a prompt (`complete -C`) fish has no cursor, and its position is not asked for.
        CommandCompletion.script(for: .fish)
          .split(separator: "(__cachetronomy_tokens -tC)", omittingEmptySubsequences: false)
          .joined(separator: "0")
      case .zsh:
        // At a prompt zsh takes '#' for a command, and without compinit there is no compdef.
        "if (( $+functions[compdef] )); then\n"
          + CommandCompletion.script(for: .zsh).split(separator: "\n")
          .filter { $0.drop { $0 == " " }.first != "#" }.joined(separator: "\n") + "\nfi"
      }
    }

    private func function(_ name: String) -> String {
      let call = "command cachetronomy run --rules-only -- \(name)"
      return switch shell {
      case .bash, .zsh: "function \(name) { \(call) \"$@\"; }\n"
      case .fish: "function \(name); \(call) $argv; end\n"
      }
    }
  }
}

/// The name of a command that a function of a shell can have.
enum WrappedName {
  /// Words that a shell keeps for itself, and those that the functions are made of.
  private static let kept = [
    "and", "begin", "builtin", "case", "cachetronomy", "command", "coproc", "declare", "do", "done",
    "elif", "else", "end", "esac", "eval", "exec", "export", "fi", "float", "for", "foreach",
    "function", "if", "in", "integer", "local", "nocorrect", "noglob", "not", "or", "readonly",
    "repeat", "return", "select", "set", "switch", "then", "time", "typeset", "unset", "until",
    "while",
  ]

  /// The name, if it is a plain one.
  static func check(_ name: String) throws(Failure) -> String {
    let isPlain =
      name.first.map { $0.isASCII && ($0.isLetter || $0.isNumber) } ?? false
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) }
    guard isPlain, !kept.contains(name) else {
      throw .badSetting("--wrap '\(name)'", "want plain names of commands, as kubectl,gh")
    }
    return name
  }
}
