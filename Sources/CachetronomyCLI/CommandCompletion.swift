internal import ArgumentParser

/// Completes the command after `--`, or after the options of `run`, as its own completion does.
///
/// The argument parser's scripts end where the command begins: each gets a function that finds that
/// place and hands the rest over.
enum CommandCompletion {
  /// The completion script of a shell.
  static func script(for shell: CompletionShell) -> String {
    let made = Tool.completionScript(for: shell)
    switch shell {
    case .bash: return made.inserting(bash, call: "__cachetronomy_command && return")
    case .zsh: return made.inserting(zsh, call: "__cachetronomy_command && return 0")
    case .fish: return made + fish
    default: return made
    }
  }

  private static let options = LineOption.names(takingValuesOf: .keyed).joined(separator: " ")
  private static let cases = LineOption.names(takingValuesOf: .keyed).joined(separator: "|")
  private static let verbs = ["run"] + CommandWords.verbs.sorted()

  private static let bash = """
    # Completes the command that 'run' and others are given; fails if the cursor is not in it.
    __cachetronomy_command() {
        local -i at=2
        local word
        case "${COMP_WORDS[1]-}" in
        \(verbs.joined(separator: "|"))) ;;
        *) return 1 ;;
        esac
        while ((at < COMP_CWORD)); do
            word="${COMP_WORDS[at]}"
            case "${word}" in
            --)
                ((at++))
                break
                ;;
            \(cases))
                ((at++))
                [[ "${COMP_WORDS[at]-}" = "=" ]] && ((at++))
                ((at++))
                ;;
            -*) ((at++)) ;;
            *)
                [[ "${COMP_WORDS[1]}" = run ]] && break
                ((at++))
                ;;
            esac
        done
        ((at <= COMP_CWORD)) || return 1
        [[ "${COMP_WORDS[at - 1]}" = -- || ( "${COMP_WORDS[1]}" = run && "${COMP_WORDS[at]}" != -* ) ]] || return 1
        if declare -F _comp_command_offset > /dev/null; then
            _comp_command_offset "${at}"
        elif declare -F _command_offset > /dev/null; then
            _command_offset "${at}"
        elif ((at == COMP_CWORD)); then
            mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
        fi
        return 0
    }


    """

  private static let zsh = """
    # Completes the command that 'run' and others are given; fails if the cursor is not in it.
    __cachetronomy_command() {
        local -i at=3
        case "${words[2]}" in
        \(verbs.joined(separator: "|"))) ;;
        *) return 1 ;;
        esac
        while ((at < CURRENT)); do
            case "${words[at]}" in
            --)
                ((at++))
                break
                ;;
            \(cases)) ((at += 2)) ;;
            -*) ((at++)) ;;
            *)
                [[ "${words[2]}" = run ]] && break
                ((at++))
                ;;
            esac
        done
        ((at <= CURRENT)) || return 1
        [[ "${words[at - 1]}" = -- || ( "${words[2]}" = run && "${words[at]}" != -* ) ]] || return 1
        shift $((at - 1)) words
        ((CURRENT -= at - 1))
        _normal
        return 0
    }


    """

  private static let fish = """

    # Prints the command that 'run' and others are given, up to the cursor; fails if the cursor is not in it.
    function __cachetronomy_command
        set -l tokens (__cachetronomy_tokens -pc)
        set -l verb $tokens[2]
        contains -- "$verb" \(verbs.joined(separator: " "))
        or return 1
        set -e tokens[1..2]
        while set -q tokens[1]
            switch $tokens[1]
                case --
                    string escape -- $tokens[2..]
                    return 0
                case \(options)
                    set -q tokens[2]
                    or return 1
                    set -e tokens[1..2]
                case '-*'
                    set -e tokens[1]
                case '*'
                    if test "$verb" = run
                        string escape -- $tokens
                        return 0
                    end
                    set -e tokens[1]
            end
        end
        test "$verb" = run
        and not string match -q -- '-*' (commandline -ct)
    end

    complete -c 'cachetronomy' -n '__cachetronomy_command > /dev/null' -xa '(complete -C (string join " " -- (__cachetronomy_command) (commandline -ct)))'

    """
}

extension String {
  /// This script with a function before that of `_cachetronomy`, which calls it first.
  fileprivate func inserting(_ function: String, call: String) -> String {
    let start = "\n_cachetronomy() {\n"
    guard let range = firstRange(of: start) else { return self }
    return self[..<range.lowerBound] + "\n" + function + start.dropFirst() + "    \(call)\n\n"
      + self[range.upperBound...]
  }
}
