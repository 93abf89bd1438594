#!/bin/bash

__cachetronomy_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__cachetronomy_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__cachetronomy_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__cachetronomy_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

# Completes the command that 'run' and others are given; fails if the cursor is not in it.
__cachetronomy_command() {
    local -i at=2
    local word
    case "${COMP_WORDS[1]-}" in
    run|delete|evict|explain|get|has|show) ;;
    *) return 1 ;;
    esac
    while ((at < COMP_CWORD)); do
        word="${COMP_WORDS[at]}"
        case "${word}" in
        --)
            ((at++))
            break
            ;;
        --db|--profile|-c|--shell|--env|--env-ignore|--cwd|--scope|--executable|--arg-files|--content-limit|--file|--mtime|--output|--ttl|--ttl-jitter|--tag|--cache-status|--wait|--timeout|--failure-ttl|--stale-while-revalidate|--stale-if-error)
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

_cachetronomy() {
    __cachetronomy_command && return

    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __cachetronomy_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    run|set|get|has|delete|keys|show|list|explain|evict|clear|stats|log|profile|gc|export|import|config|warm|remote|init|doctor|help)
        # Offer subcommand argument completions
        "_cachetronomy_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'run set get has delete keys show list explain evict clear stats log profile gc export import config warm remote init doctor help' -- "${cur}"))
        ;;
    esac
}

_cachetronomy_run() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --no-env --no-user --stdin --trace --no-trace --refresh --force --background --warm --cached-only --explain --no-store --no-remote --rules-only --no-stdin --version -h --help)
    repeating_options=(--env --env-ignore --file --mtime --output --tag)
    non_repeating_options=(--db --profile -c --shell --cwd --scope --executable --arg-files --content-limit --ttl --ttl-jitter --cache-status --wait --timeout --failure-ttl --stale-while-revalidate --stale-if-error)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion run -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--env')
        return
        ;;
    '--env-ignore')
        return
        ;;
    '--cwd')
        return
        ;;
    '--scope')
        return
        ;;
    '--executable')
        return
        ;;
    '--arg-files')
        return
        ;;
    '--content-limit')
        return
        ;;
    '--file')
        return
        ;;
    '--mtime')
        return
        ;;
    '--output')
        __cachetronomy_add_completions -f
        return
        ;;
    '--ttl')
        return
        ;;
    '--ttl-jitter')
        return
        ;;
    '--tag')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion run -- --tag "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--cache-status')
        return
        ;;
    '--wait')
        return
        ;;
    '--timeout')
        return
        ;;
    '--failure-ttl')
        return
        ;;
    '--stale-while-revalidate')
        return
        ;;
    '--stale-if-error')
        return
        ;;
    esac
}

_cachetronomy_set() {
    repeating_flags=()
    non_repeating_flags=(--remote --quiet -q --verbose -v --version -h --help)
    repeating_options=(--tag)
    non_repeating_options=(--file --ttl --format --entry-version --db --profile)
    __cachetronomy_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--file')
        return
        ;;
    '--ttl')
        return
        ;;
    '--tag')
        return
        ;;
    '--format')
        return
        ;;
    '--entry-version')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion set -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_get() {
    repeating_flags=()
    non_repeating_flags=(--no-env --no-user --stdin --trace --no-trace -z --stderr --raw -r --json --remote --quiet -q --verbose -v --version -h --help)
    repeating_options=(--env --env-ignore --file --mtime --output)
    non_repeating_options=(-c --shell --cwd --scope --executable --arg-files --content-limit --db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--env')
        return
        ;;
    '--env-ignore')
        return
        ;;
    '--cwd')
        return
        ;;
    '--scope')
        return
        ;;
    '--executable')
        return
        ;;
    '--arg-files')
        return
        ;;
    '--content-limit')
        return
        ;;
    '--file')
        return
        ;;
    '--mtime')
        return
        ;;
    '--output')
        __cachetronomy_add_completions -f
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion get -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion get -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_has() {
    repeating_flags=()
    non_repeating_flags=(--no-env --no-user --stdin --trace --no-trace -z --quiet -q --verbose -v --version -h --help)
    repeating_options=(--env --env-ignore --file --mtime --output)
    non_repeating_options=(-c --shell --cwd --scope --executable --arg-files --content-limit --db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--env')
        return
        ;;
    '--env-ignore')
        return
        ;;
    '--cwd')
        return
        ;;
    '--scope')
        return
        ;;
    '--executable')
        return
        ;;
    '--arg-files')
        return
        ;;
    '--content-limit')
        return
        ;;
    '--file')
        return
        ;;
    '--mtime')
        return
        ;;
    '--output')
        __cachetronomy_add_completions -f
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion has -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion has -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_delete() {
    repeating_flags=()
    non_repeating_flags=(--no-env --no-user --stdin --trace --no-trace -z --remote --quiet -q --verbose -v --version -h --help)
    repeating_options=(--env --env-ignore --file --mtime --output)
    non_repeating_options=(-c --shell --cwd --scope --executable --arg-files --content-limit --db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--env')
        return
        ;;
    '--env-ignore')
        return
        ;;
    '--cwd')
        return
        ;;
    '--scope')
        return
        ;;
    '--executable')
        return
        ;;
    '--arg-files')
        return
        ;;
    '--content-limit')
        return
        ;;
    '--file')
        return
        ;;
    '--mtime')
        return
        ;;
    '--output')
        __cachetronomy_add_completions -f
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion delete -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion delete -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_keys() {
    repeating_flags=()
    non_repeating_flags=(-z --json --quiet -q --verbose -v --version -h --help)
    repeating_options=(--tag)
    non_repeating_options=(--match --saved-by --tier --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--tag')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion keys -- --tag "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--match')
        return
        ;;
    '--saved-by')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion keys -- --saved-by "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--tier')
        __cachetronomy_add_completions -W 'memory'$'\n''store'$'\n''all'
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion keys -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_show() {
    repeating_flags=()
    non_repeating_flags=(--no-env --no-user --stdin --trace --no-trace --inputs --outputs --json --quiet -q --verbose -v --version -h --help)
    repeating_options=(--env --env-ignore --file --mtime --output)
    non_repeating_options=(-c --shell --cwd --scope --executable --arg-files --content-limit --db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--env')
        return
        ;;
    '--env-ignore')
        return
        ;;
    '--cwd')
        return
        ;;
    '--scope')
        return
        ;;
    '--executable')
        return
        ;;
    '--arg-files')
        return
        ;;
    '--content-limit')
        return
        ;;
    '--file')
        return
        ;;
    '--mtime')
        return
        ;;
    '--output')
        __cachetronomy_add_completions -f
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion show -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion show -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_list() {
    repeating_flags=()
    non_repeating_flags=(--json --quiet -q --verbose -v --version -h --help)
    repeating_options=(--tag)
    non_repeating_options=(--match --saved-by --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--tag')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion list -- --tag "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--match')
        return
        ;;
    '--saved-by')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion list -- --saved-by "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion list -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_explain() {
    repeating_flags=()
    non_repeating_flags=(--no-env --no-user --stdin --trace --no-trace --json --quiet -q --verbose -v --version -h --help)
    repeating_options=(--env --env-ignore --file --mtime --output)
    non_repeating_options=(-c --shell --cwd --scope --executable --arg-files --content-limit --db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--env')
        return
        ;;
    '--env-ignore')
        return
        ;;
    '--cwd')
        return
        ;;
    '--scope')
        return
        ;;
    '--executable')
        return
        ;;
    '--arg-files')
        return
        ;;
    '--content-limit')
        return
        ;;
    '--file')
        return
        ;;
    '--mtime')
        return
        ;;
    '--output')
        __cachetronomy_add_completions -f
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion explain -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion explain -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_evict() {
    repeating_flags=()
    non_repeating_flags=(--all --no-env --no-user --stdin --trace --no-trace --quiet -q --verbose -v --version -h --help)
    repeating_options=(--tag --env --env-ignore --file --mtime --output)
    non_repeating_options=(--match -c --shell --cwd --scope --executable --arg-files --content-limit --db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--tag')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion evict -- --tag "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--match')
        return
        ;;
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--env')
        return
        ;;
    '--env-ignore')
        return
        ;;
    '--cwd')
        return
        ;;
    '--scope')
        return
        ;;
    '--executable')
        return
        ;;
    '--arg-files')
        return
        ;;
    '--content-limit')
        return
        ;;
    '--file')
        return
        ;;
    '--mtime')
        return
        ;;
    '--output')
        __cachetronomy_add_completions -f
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion evict -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion evict -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_clear() {
    repeating_flags=()
    non_repeating_flags=(--all --expired --exact --remote --quiet -q --verbose -v --version -h --help)
    repeating_options=(--tag)
    non_repeating_options=(--saved-by --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--tag')
        return
        ;;
    '--saved-by')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion clear -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_stats() {
    repeating_flags=()
    non_repeating_flags=(--json --watch --reset --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--tier --top --format --html --interval --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--tier')
        __cachetronomy_add_completions -W 'memory'$'\n''store'$'\n''all'
        return
        ;;
    '--top')
        return
        ;;
    '--format')
        __cachetronomy_add_completions -W 'table'$'\n''json'$'\n''openmetrics'
        return
        ;;
    '--html')
        return
        ;;
    '--interval')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion stats -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_log() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __cachetronomy_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    access|evictions|clear)
        # Offer subcommand argument completions
        "_cachetronomy_log_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'access evictions clear' -- "${cur}"))
        ;;
    esac
}

_cachetronomy_log_access() {
    repeating_flags=()
    non_repeating_flags=(--json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--limit --db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion log access -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_log_evictions() {
    repeating_flags=()
    non_repeating_flags=(--json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--limit --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion log evictions -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_log_clear() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion log clear -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __cachetronomy_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    apply|list|show|use|update|validate|delete|diff|match)
        # Offer subcommand argument completions
        "_cachetronomy_profile_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'apply list show use update validate delete diff match' -- "${cur}"))
        ;;
    esac
}

_cachetronomy_profile_apply() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --prune --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--use --db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--use')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile apply -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_list() {
    repeating_flags=()
    non_repeating_flags=(--json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile list -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_show() {
    repeating_flags=()
    non_repeating_flags=(--origins --json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile show -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile show -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_use() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile use -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile use -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_update() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile update -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_validate() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile validate -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_delete() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile delete -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile delete -- positional@0 "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_diff() {
    repeating_flags=()
    non_repeating_flags=(--prune --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile diff -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_profile_match() {
    repeating_flags=()
    non_repeating_flags=(--json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(-c --shell --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-c')
        return
        ;;
    '--shell')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion profile match -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_gc() {
    repeating_flags=()
    non_repeating_flags=(--watch --auto --dry-run --vacuum --json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--max-duration --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--max-duration')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion gc -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_export() {
    repeating_flags=()
    non_repeating_flags=(--all --quiet -q --verbose -v --version -h --help)
    repeating_options=(--tag)
    non_repeating_options=(--match --saved-by --since --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--tag')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion export -- --tag "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--match')
        return
        ;;
    '--saved-by')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion export -- --saved-by "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    '--since')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion export -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_import() {
    repeating_flags=()
    non_repeating_flags=(--skip-bad --dry-run --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--format --on-conflict --ttl --db --profile)
    __cachetronomy_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--format')
        return
        ;;
    '--on-conflict')
        return
        ;;
    '--ttl')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion import -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_config() {
    repeating_flags=()
    non_repeating_flags=(--json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion config -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_warm() {
    repeating_flags=()
    non_repeating_flags=(--anyway --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--jobs -j --before --db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--jobs'|'-j')
        return
        ;;
    '--before')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion warm -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_remote() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __cachetronomy_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    status|ping|keygen)
        # Offer subcommand argument completions
        "_cachetronomy_remote_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'status ping keygen' -- "${cur}"))
        ;;
    esac
}

_cachetronomy_remote_status() {
    repeating_flags=()
    non_repeating_flags=(--json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion remote status -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_remote_ping() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion remote ping -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_remote_keygen() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion remote keygen -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_init() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --version -h --help)
    repeating_options=(--wrap)
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--wrap')
        return
        ;;
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion init -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __cachetronomy_add_completions -W 'bash'$'\n''zsh'$'\n''fish'
        return
        ;;
    esac
}

_cachetronomy_doctor() {
    repeating_flags=()
    non_repeating_flags=(--deep --json --quiet -q --verbose -v --version -h --help)
    repeating_options=()
    non_repeating_options=(--db --profile)
    __cachetronomy_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--db')
        return
        ;;
    '--profile')
        __cachetronomy_add_completions -W "$(__cachetronomy_custom_complete ---completion doctor -- --profile "${COMP_CWORD}" "$(__cachetronomy_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_cachetronomy_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __cachetronomy_offer_flags_options -1
}

complete -o filenames -F _cachetronomy cachetronomy
