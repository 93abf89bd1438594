#compdef cachetronomy

__cachetronomy_complete() {
    local -ar non_empty_completions=("${@:#(|:*)}")
    local -ar empty_completions=("${(M)@:#(|:*)}")
    _describe -V '' non_empty_completions -- empty_completions -P $'\'\''
}

__cachetronomy_custom_complete() {
    local -a completions
    completions=("${(@f)"$("${command_name}" "${@}" "${command_line[@]}")"}")
    if [[ "${#completions[@]}" -gt 1 ]]; then
        __cachetronomy_complete "${completions[@]:0:-1}"
    fi
}

__cachetronomy_cursor_index_in_current_word() {
    if [[ -z "${QIPREFIX}${IPREFIX}${PREFIX}" ]]; then
        printf 0
    else
        printf %s "${#${(z)LBUFFER}[-1]}"
    fi
}

# Completes the command that 'run' and others are given; fails if the cursor is not in it.
__cachetronomy_command() {
    local -i at=3
    case "${words[2]}" in
    run|delete|evict|explain|get|has|show) ;;
    *) return 1 ;;
    esac
    while ((at < CURRENT)); do
        case "${words[at]}" in
        --)
            ((at++))
            break
            ;;
        --db|--profile|-c|--shell|--env|--env-ignore|--cwd|--scope|--executable|--arg-files|--content-limit|--file|--mtime|--output|--ttl|--ttl-jitter|--tag|--cache-status|--wait|--timeout|--failure-ttl|--stale-while-revalidate|--stale-if-error) ((at += 2)) ;;
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

_cachetronomy() {
    __cachetronomy_command && return 0

    emulate -RL zsh -G
    setopt extendedglob nullglob numericglobsort
    unsetopt aliases banghist

    local -xr SAP_SHELL=zsh
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(builtin emulate zsh -c 'printf %s "${ZSH_VERSION}"')"
    local -r SAP_SHELL_VERSION

    local context state state_descr line
    local -A opt_args

    local -r command_name="${words[1]}"
    local -ar command_line=("${words[@]}")
    local -ir current_word_index="$((CURRENT - 1))"

    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'run:Run a command, or replay its recording (kept 1 h, or as --ttl says).'
            'set:Store a value under a key.'
            'get:Print the value of a key, or the recorded output of a command.'
            'has:Test whether there is a fresh entry.'
            'delete:Remove entries.'
            'keys:Print the keys of the store, one per line.'
            'show:Print the metadata of an entry.'
            'list:List the entries with their size, age and time left.'
            'explain:Report whether a command would hit or miss, and why.'
            'evict:Evict entries from memory; they stay in the store.'
            'clear:Remove entries by state, tag or profile.'
            'stats:Print the contents of the cache, the hit rate and the time saved.'
            'log:Print or clear the logs of reads and evictions.'
            'profile:Apply, select and print profiles.'
            'gc:Remove expired and excess entries and reclaim disk space.'
            'export:Write the store as JSON Lines, for import.'
            'import:Import entries from exports, other stores or tables.'
            'config:Print every effective setting and its origin.'
            'warm:Refresh the commands listed in a profile before they expire.'
            'remote:Show the state of a shared cache, or create a key for it.'
            'init:Print shell setup code.'
            'doctor:Check the store and suggest fixes.'
            'help:Show subcommand help information.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        run|set|get|has|delete|keys|show|list|explain|evict|clear|stats|log|profile|gc|export|import|config|warm|remote|init|doctor|help)
            "_cachetronomy_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_cachetronomy_run() {
    local -i ret=1
    local -ar arg_specs=(
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion run -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Variables in the key, as globs (default\: all).]:name:'
        '*--env-ignore[More variables to leave out, as globs.]:name:'
        '--no-env[Leave all variables out of the key.]'
        '--cwd[Working directory in the key\: none, repository.]:how:'
        '--no-user[Leave UID and GID out of the key.]'
        '--scope[Name that separates entries.]:name:'
        '--executable[Program in the key\: content, stat or path.]:how:'
        '--arg-files[Argument files in the key\: content, stat, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Include stdin in the key; pass it on.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '*--output[A file or directory that comes back on a hit.]:path:_files'
        '--trace[Find the inputs by tracing the command.]'
        '--no-trace[Find the inputs by tracing the command.]'
        '--ttl[Maximum age of a result (default\: 1h).]:duration:'
        '--ttl-jitter[Shorten the ttl at random by up to this\: 10%.]:percent:'
        '*--tag[Tag of a new entry (repeatable).]:tag:{__cachetronomy_custom_complete ---completion run -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--cache-status[Exit statuses to keep\: 0,1 or 0-3 (default\: 0).]:list:'
        '--wait[Maximum wait for another process (10m).]:duration:'
        '--timeout[Stop it after this time, with status 124.]:duration:'
        '--failure-ttl[Keep other exit statuses this long.]:time:'
        '--stale-while-revalidate[Serve an expired result, refresh it.]:duration:'
        '--stale-if-error[Serve an expired result on failure.]:time:'
        '(--refresh --force)'{--refresh,--force}'[Run it and replace the result.]'
        '--background[With --refresh\: in the background.]'
        '--warm[Refresh in the background on a miss.]'
        '--cached-only[Never run it; exit 1 on a miss.]'
        '--explain[Report hit or miss and why; run nothing.]'
        '--no-store[Do not store the result.]'
        '--no-remote[Do not use the remote cache.]'
        '--rules-only[Cache only commands that a rule matches.]'
        '--no-stdin[Give the command /dev/null as stdin.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_set() {
    local -i ret=1
    local -ar arg_specs=(
        ':key:'
        ':value:'
        '--file[Read the value from a file.]:file:'
        '--ttl[Time to live\: 90s, 1h30m, 2d, never.]:duration:'
        '*--tag[Tag (repeatable).]:tag:'
        '--format[Store the value unchanged as json, orjson or msgpack.]:name:'
        '--entry-version[Version number of the value.]:number:'
        '--remote[Send it to the remote cache too.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion set -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_get() {
    local -i ret=1
    local -ar arg_specs=(
        ':key:{__cachetronomy_custom_complete ---completion get -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Variables in the key, as globs (default\: all).]:name:'
        '*--env-ignore[More variables to leave out, as globs.]:name:'
        '--no-env[Leave all variables out of the key.]'
        '--cwd[Working directory in the key\: none, repository.]:how:'
        '--no-user[Leave UID and GID out of the key.]'
        '--scope[Name that separates entries.]:name:'
        '--executable[Program in the key\: content, stat or path.]:how:'
        '--arg-files[Argument files in the key\: content, stat, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Include stdin in the key; pass it on.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '*--output[A file or directory that comes back on a hit.]:path:_files'
        '--trace[Find the inputs by tracing the command.]'
        '--no-trace[Find the inputs by tracing the command.]'
        '-z[With --stdin and no key\: NUL ends each key.]'
        '--stderr[Print the stderr of a recording.]'
        '(--raw -r)'{--raw,-r}'[Print a JSON string without quotes.]'
        '--json[Print the entry and its value as JSON.]'
        '--remote[Look in the remote cache too.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion get -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_has() {
    local -i ret=1
    local -ar arg_specs=(
        ':key:{__cachetronomy_custom_complete ---completion has -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Variables in the key, as globs (default\: all).]:name:'
        '*--env-ignore[More variables to leave out, as globs.]:name:'
        '--no-env[Leave all variables out of the key.]'
        '--cwd[Working directory in the key\: none, repository.]:how:'
        '--no-user[Leave UID and GID out of the key.]'
        '--scope[Name that separates entries.]:name:'
        '--executable[Program in the key\: content, stat or path.]:how:'
        '--arg-files[Argument files in the key\: content, stat, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Include stdin in the key; pass it on.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '*--output[A file or directory that comes back on a hit.]:path:_files'
        '--trace[Find the inputs by tracing the command.]'
        '--no-trace[Find the inputs by tracing the command.]'
        '-z[With --stdin and no key\: NUL ends each key.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion has -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_delete() {
    local -i ret=1
    local -ar arg_specs=(
        '*:key:{__cachetronomy_custom_complete ---completion delete -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Variables in the key, as globs (default\: all).]:name:'
        '*--env-ignore[More variables to leave out, as globs.]:name:'
        '--no-env[Leave all variables out of the key.]'
        '--cwd[Working directory in the key\: none, repository.]:how:'
        '--no-user[Leave UID and GID out of the key.]'
        '--scope[Name that separates entries.]:name:'
        '--executable[Program in the key\: content, stat or path.]:how:'
        '--arg-files[Argument files in the key\: content, stat, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Include stdin in the key; pass it on.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '*--output[A file or directory that comes back on a hit.]:path:_files'
        '--trace[Find the inputs by tracing the command.]'
        '--no-trace[Find the inputs by tracing the command.]'
        '-z[With --stdin and no key\: NUL ends each key.]'
        '--remote[Remove them from the remote cache too.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion delete -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_keys() {
    local -i ret=1
    local -ar ___tier=('memory' 'store' 'all')
    local -ar arg_specs=(
        '-z[End each key with NUL, not a newline.]'
        '*--tag[Entries with any of these tags (repeatable).]:tag:{__cachetronomy_custom_complete ---completion keys -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Keys that match a shell glob.]:glob:'
        '--saved-by[Entries saved under this profile.]:profile:{__cachetronomy_custom_complete ---completion keys -- --saved-by "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--tier[Keys in\: memory, store or all (default\: all).]:tier:{__cachetronomy_complete "${___tier[@]}"}'
        '--json[Print one JSON object per line.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion keys -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':key:{__cachetronomy_custom_complete ---completion show -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Variables in the key, as globs (default\: all).]:name:'
        '*--env-ignore[More variables to leave out, as globs.]:name:'
        '--no-env[Leave all variables out of the key.]'
        '--cwd[Working directory in the key\: none, repository.]:how:'
        '--no-user[Leave UID and GID out of the key.]'
        '--scope[Name that separates entries.]:name:'
        '--executable[Program in the key\: content, stat or path.]:how:'
        '--arg-files[Argument files in the key\: content, stat, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Include stdin in the key; pass it on.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '*--output[A file or directory that comes back on a hit.]:path:_files'
        '--trace[Find the inputs by tracing the command.]'
        '--no-trace[Find the inputs by tracing the command.]'
        '--inputs[Print the inputs of a traced result.]'
        '--outputs[Print the files that come back with a result.]'
        '--json[Print JSON.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion show -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_list() {
    local -i ret=1
    local -ar arg_specs=(
        '*--tag[Entries with any of these tags (repeatable).]:tag:{__cachetronomy_custom_complete ---completion list -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Keys that match a shell glob.]:glob:'
        '--saved-by[Entries saved under this profile.]:profile:{__cachetronomy_custom_complete ---completion list -- --saved-by "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--json[Print one JSON object per line.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion list -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_explain() {
    local -i ret=1
    local -ar arg_specs=(
        ':key:{__cachetronomy_custom_complete ---completion explain -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Variables in the key, as globs (default\: all).]:name:'
        '*--env-ignore[More variables to leave out, as globs.]:name:'
        '--no-env[Leave all variables out of the key.]'
        '--cwd[Working directory in the key\: none, repository.]:how:'
        '--no-user[Leave UID and GID out of the key.]'
        '--scope[Name that separates entries.]:name:'
        '--executable[Program in the key\: content, stat or path.]:how:'
        '--arg-files[Argument files in the key\: content, stat, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Include stdin in the key; pass it on.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '*--output[A file or directory that comes back on a hit.]:path:_files'
        '--trace[Find the inputs by tracing the command.]'
        '--no-trace[Find the inputs by tracing the command.]'
        '--json[Print JSON.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion explain -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_evict() {
    local -i ret=1
    local -ar arg_specs=(
        '*:key:{__cachetronomy_custom_complete ---completion evict -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--all[All entries.]'
        '*--tag[Entries with any of these tags (repeatable).]:tag:{__cachetronomy_custom_complete ---completion evict -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Entries whose keys match a shell glob.]:glob:'
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Variables in the key, as globs (default\: all).]:name:'
        '*--env-ignore[More variables to leave out, as globs.]:name:'
        '--no-env[Leave all variables out of the key.]'
        '--cwd[Working directory in the key\: none, repository.]:how:'
        '--no-user[Leave UID and GID out of the key.]'
        '--scope[Name that separates entries.]:name:'
        '--executable[Program in the key\: content, stat or path.]:how:'
        '--arg-files[Argument files in the key\: content, stat, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Include stdin in the key; pass it on.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '*--output[A file or directory that comes back on a hit.]:path:_files'
        '--trace[Find the inputs by tracing the command.]'
        '--no-trace[Find the inputs by tracing the command.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion evict -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_clear() {
    local -i ret=1
    local -ar arg_specs=(
        '--all[All entries, without rows in the eviction log.]'
        '--expired[Expired entries.]'
        '*--tag[Entries with any of these tags (repeatable).]:tag:'
        '--exact[With --tag\: entries with exactly these tags.]'
        '--saved-by[Entries saved under this profile.]:profile:'
        '--remote[With --tag\: in the remote cache too.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion clear -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_stats() {
    local -i ret=1
    local -ar ___tier=('memory' 'store' 'all')
    local -ar ___format=('table' 'json' 'openmetrics')
    local -ar arg_specs=(
        '--tier[Print only the most read keys\: memory or store.]:tier:{__cachetronomy_complete "${___tier[@]}"}'
        '--top[Maximum rows of each table.]:number:'
        '--format[Output format\: table, json or openmetrics.]:name:{__cachetronomy_complete "${___format[@]}"}'
        '--json[Print JSON.]'
        '--html[Write a page with charts to this file.]:file:'
        '--watch[Refresh the output until interrupted.]'
        '--interval[Interval of --watch (default\: 2s).]:duration:'
        '--reset[Set the counters to zero; keep entries.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion stats -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_log() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'access:Print reads of each key, most read first.'
            'evictions:Print removed entries with time and reason, newest first.'
            'clear:Clear a log, or one key of the access log.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        access|evictions|clear)
            "_cachetronomy_log_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_cachetronomy_log_access() {
    local -i ret=1
    local -ar arg_specs=(
        ':key:'
        '--limit[Maximum rows.]:number:'
        '--json[Print one JSON object per line.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion log access -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_log_evictions() {
    local -i ret=1
    local -ar arg_specs=(
        '--limit[Maximum rows (default\: 1000).]:number:'
        '--json[Print one JSON object per line.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion log evictions -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_log_clear() {
    local -i ret=1
    local -ar arg_specs=(
        ':log:'
        ':key:'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion log clear -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'apply:Read profile files into the store.'
            'list:List the profiles; '\''*'\'' marks the selected one.'
            'show:Print a profile in the form of a profile file.'
            'use:Select the profile for calls without --profile.'
            'update:Change settings of the selected profile, or of --profile.'
            'validate:Check profile files without applying them.'
            'delete:Remove profiles; entries saved under them stay.'
            'diff:Print what applying profile files would change.'
            'match:Print the rule that matches a command, and its settings.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        apply|list|show|use|update|validate|delete|diff|match)
            "_cachetronomy_profile_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_cachetronomy_profile_apply() {
    local -i ret=1
    local -ar arg_specs=(
        '*:path:'
        '--use[Select this profile.]:name:'
        '--dry-run[Print changes without making them.]'
        '--prune[Remove profiles missing from these files, except '\''default'\''.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile apply -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object per line.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile list -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:{__cachetronomy_custom_complete ---completion profile show -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--origins[Print the origin of each setting.]'
        '--json[Print JSON.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile show -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_use() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:{__cachetronomy_custom_complete ---completion profile use -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile use -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_update() {
    local -i ret=1
    local -ar arg_specs=(
        '*:name=value:'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile update -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_validate() {
    local -i ret=1
    local -ar arg_specs=(
        '*:path:'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile validate -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_delete() {
    local -i ret=1
    local -ar arg_specs=(
        '*:name:{__cachetronomy_custom_complete ---completion profile delete -- positional@0 "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile delete -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_diff() {
    local -i ret=1
    local -ar arg_specs=(
        '*:path:'
        '--prune[Report profiles missing from these files as removed.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile diff -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_match() {
    local -i ret=1
    local -ar arg_specs=(
        '-c[Pipeline for the shell, in place of a command.]:pipeline:'
        '--shell[Shell for -c (default\: /bin/sh).]:words:'
        '--json[Print JSON.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion profile match -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_gc() {
    local -i ret=1
    local -ar arg_specs=(
        '--watch[Repeat passes until interrupted.]'
        '--auto[Run a pass only if one is due and no watcher runs.]'
        '--dry-run[Print what would be removed and why.]'
        '--vacuum[Rebuild the file to reclaim free space.]'
        '--max-duration[Stop after this time; the next pass continues.]:duration:'
        '--json[Print the result as JSON.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion gc -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_export() {
    local -i ret=1
    local -ar arg_specs=(
        '*--tag[Entries with any of these tags (repeatable).]:tag:{__cachetronomy_custom_complete ---completion export -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Keys that match a shell glob.]:glob:'
        '--saved-by[Entries saved under this profile.]:profile:{__cachetronomy_custom_complete ---completion export -- --saved-by "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--since[Entries stored within this time\: 90s, 2d.]:duration:'
        '--all[Include profiles and logs.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion export -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_import() {
    local -i ret=1
    local -ar arg_specs=(
        '*:file:'
        '--format[Input format\: jsonl, tsv or sqlite.]:name:'
        '--on-conflict[For existing keys\: newer, keep or replace (default\: newer).]:how:'
        '--ttl[Time to live of imported entries.]:duration:'
        '--skip-bad[Skip invalid lines.]'
        '--dry-run[Check and count without importing.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion import -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_config() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object per line.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion config -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_warm() {
    local -i ret=1
    local -ar arg_specs=(
        '(--jobs -j)'{--jobs,-j}'[Parallel jobs (default\: one per processor).]:number:'
        '--before[Refresh entries with less time left (default\: a tenth).]:duration:'
        '--anyway[Include commands whose key depends on this session.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion warm -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_remote() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'status:Print the remote of the profile and its state, without contacting it.'
            'ping:Contact the remote, even while backing off.'
            'keygen:Create a team key in a new file that only its owner can read.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        status|ping|keygen)
            "_cachetronomy_remote_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_cachetronomy_remote_status() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion remote status -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_remote_ping() {
    local -i ret=1
    local -ar arg_specs=(
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion remote ping -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_remote_keygen() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion remote keygen -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_init() {
    local -i ret=1
    local -ar _shell=('bash' 'zsh' 'fish')
    local -ar arg_specs=(
        ':shell:{__cachetronomy_complete "${_shell[@]}"}'
        '*--wrap[Commands to wrap with '\''run --rules-only'\''.]:names:'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion init -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_doctor() {
    local -i ret=1
    local -ar arg_specs=(
        '--deep[Check every index and entry, and contact the remote cache.]'
        '--json[Print one JSON object per line.]'
        '--db[Store to use.]:file:'
        '--profile[Profile to use.]:name:{__cachetronomy_custom_complete ---completion doctor -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Print errors only.]'
        '(--verbose -v)'{--verbose,-v}'[Report hit or miss and the reason.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_help() {
    local -i ret=1
    local -ar arg_specs=(
        '*:subcommands:'
        '--version[Show the version.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

if [[ "${funcstack[1]}" = _cachetronomy ]]; then
    _cachetronomy "${@}"
else
    compdef _cachetronomy cachetronomy
fi
