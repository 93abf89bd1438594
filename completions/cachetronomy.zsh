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

_cachetronomy() {
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
            'run:Run a command, or replay its output (kept 1 h, or as --ttl says).'
            'set:Store a value under a key.'
            'get:Print the value of a key, or the recorded output of a command.'
            'has:Tell by the exit status whether there is a fresh entry.'
            'delete:Remove entries.'
            'keys:Print the keys of the store, one a line.'
            'show:Print all that is known of an entry but its value.'
            'list:List the entries with their size, age and time left.'
            'explain:Say whether a command would be answered or run, and why.'
            'evict:Move entries out of memory; they stay in the store.'
            'clear:Remove all entries of a kind.'
            'stats:Print what the cache holds, what it answered and what that saved.'
            'log:Print or empty the logs of reads and of evictions.'
            'profile:Apply, choose and look at profiles.'
            'gc:Remove what is expired or over the limits, and give the space back.'
            'export:Write the store as JSON Lines, for import.'
            'import:Bring entries from exports, other stores or tables into the store.'
            'config:Print every value that is in force, and where it comes from.'
            'warm:Run the commands that a profile wants answers kept ready for.'
            'remote:Look at the cache that machines share, or make a key for it.'
            'init:Print what sets up a shell, for its start-up file.'
            'doctor:Look for what is wrong, and say what mends it.'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion run -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Only these variables are in the key (globs).]:name:'
        '*--env-ignore[These variables are not in the key (globs).]:name:'
        '--no-env[No variable is in the key.]'
        '--cwd[The working directory in the key\: none, repository.]:how:'
        '--no-user[The numbers of user and group are not in the key.]'
        '--scope[A name that keeps entries apart.]:name:'
        '--executable[The program'\''s file in the key\: stat, content, path.]:how:'
        '--arg-files[Files in the arguments\: stat, content, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Read standard input\: into the key, to the command.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '--ttl[How old an answer may be\: 90s, 1h30m, 2d, never.]:duration:'
        '--ttl-jitter[Keep it shorter by a random part of up to this\: 10%.]:percent:'
        '*--tag[A tag for a new entry (may be repeated).]:tag:{__cachetronomy_custom_complete ---completion run -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--cache-status[Exit statuses to keep\: 0,1 or 0-3 (default\: 0).]:list:'
        '--wait[How long to wait for a call that runs it (10m).]:duration:'
        '--timeout[End it after so long, with status 124.]:duration:'
        '--failure-ttl[How long other exit statuses are kept.]:time:'
        '--stale-while-revalidate[So long print an old answer and make a new one.]:duration:'
        '--stale-if-error[So long print an old answer if it fails.]:time:'
        '(--refresh --force)'{--refresh,--force}'[Run it, and replace the answer.]'
        '--background[With --refresh\: in the background, silently.]'
        '--warm[Refresh in the background unless there is an answer.]'
        '--cached-only[Never run it\: without an answer the status is 1.]'
        '--explain[Run nothing\: say what would happen, and why.]'
        '--no-store[Do not store what it prints.]'
        '--no-remote[Ask no other machine'\''s cache, and give it nothing.]'
        '--rules-only[Only what a rule of the profile matches is kept.]'
        '--no-stdin[Give the command /dev/null as standard input.]'
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
        '--ttl[How long it is kept\: 90s, 1h30m, 2d, never.]:duration:'
        '*--tag[A tag (may be repeated).]:tag:'
        '--format[The value is json, orjson or msgpack and is kept as it is.]:name:'
        '--entry-version[The caller'\''s version of the value.]:number:'
        '--remote[Send it to the profile'\''s remote too.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion set -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Only these variables are in the key (globs).]:name:'
        '*--env-ignore[These variables are not in the key (globs).]:name:'
        '--no-env[No variable is in the key.]'
        '--cwd[The working directory in the key\: none, repository.]:how:'
        '--no-user[The numbers of user and group are not in the key.]'
        '--scope[A name that keeps entries apart.]:name:'
        '--executable[The program'\''s file in the key\: stat, content, path.]:how:'
        '--arg-files[Files in the arguments\: stat, content, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Read standard input\: into the key, to the command.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '-z[With --stdin and no key\: each key ends with a NUL.]'
        '--stderr[Print the standard error of a recording.]'
        '(--raw -r)'{--raw,-r}'[Print a JSON text without its quotes.]'
        '--json[Print the entry and its value as JSON.]'
        '--remote[Ask the profile'\''s remote too.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion get -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Only these variables are in the key (globs).]:name:'
        '*--env-ignore[These variables are not in the key (globs).]:name:'
        '--no-env[No variable is in the key.]'
        '--cwd[The working directory in the key\: none, repository.]:how:'
        '--no-user[The numbers of user and group are not in the key.]'
        '--scope[A name that keeps entries apart.]:name:'
        '--executable[The program'\''s file in the key\: stat, content, path.]:how:'
        '--arg-files[Files in the arguments\: stat, content, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Read standard input\: into the key, to the command.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '-z[With --stdin and no key\: each key ends with a NUL.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion has -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Only these variables are in the key (globs).]:name:'
        '*--env-ignore[These variables are not in the key (globs).]:name:'
        '--no-env[No variable is in the key.]'
        '--cwd[The working directory in the key\: none, repository.]:how:'
        '--no-user[The numbers of user and group are not in the key.]'
        '--scope[A name that keeps entries apart.]:name:'
        '--executable[The program'\''s file in the key\: stat, content, path.]:how:'
        '--arg-files[Files in the arguments\: stat, content, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Read standard input\: into the key, to the command.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '-z[With --stdin and no key\: each key ends with a NUL.]'
        '--remote[Remove them from the profile'\''s remote too.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion delete -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '-z[End each key with a NUL instead of a newline.]'
        '*--tag[Only entries with any of these tags (may be repeated).]:tag:{__cachetronomy_custom_complete ---completion keys -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Only keys that match, as a shell glob.]:glob:'
        '--saved-by[Only entries saved under a profile.]:profile:{__cachetronomy_custom_complete ---completion keys -- --saved-by "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--tier[Keys in memory, store or all (default\: all).]:tier:{__cachetronomy_complete "${___tier[@]}"}'
        '--json[Print one JSON object a line.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion keys -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Only these variables are in the key (globs).]:name:'
        '*--env-ignore[These variables are not in the key (globs).]:name:'
        '--no-env[No variable is in the key.]'
        '--cwd[The working directory in the key\: none, repository.]:how:'
        '--no-user[The numbers of user and group are not in the key.]'
        '--scope[A name that keeps entries apart.]:name:'
        '--executable[The program'\''s file in the key\: stat, content, path.]:how:'
        '--arg-files[Files in the arguments\: stat, content, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Read standard input\: into the key, to the command.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '--json[Print JSON.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion show -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_list() {
    local -i ret=1
    local -ar arg_specs=(
        '*--tag[Only entries with any of these tags (may be repeated).]:tag:{__cachetronomy_custom_complete ---completion list -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Only keys that match, as a shell glob.]:glob:'
        '--saved-by[Only entries saved under a profile.]:profile:{__cachetronomy_custom_complete ---completion list -- --saved-by "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--json[Print one JSON object a line.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion list -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Only these variables are in the key (globs).]:name:'
        '*--env-ignore[These variables are not in the key (globs).]:name:'
        '--no-env[No variable is in the key.]'
        '--cwd[The working directory in the key\: none, repository.]:how:'
        '--no-user[The numbers of user and group are not in the key.]'
        '--scope[A name that keeps entries apart.]:name:'
        '--executable[The program'\''s file in the key\: stat, content, path.]:how:'
        '--arg-files[Files in the arguments\: stat, content, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Read standard input\: into the key, to the command.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '--json[Print JSON.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion explain -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--all[Every entry.]'
        '*--tag[Entries with any of these tags (may be repeated).]:tag:{__cachetronomy_custom_complete ---completion evict -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Entries whose keys match, as a shell glob.]:glob:'
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: bash -o pipefail).]:words:'
        '*--env[Only these variables are in the key (globs).]:name:'
        '*--env-ignore[These variables are not in the key (globs).]:name:'
        '--no-env[No variable is in the key.]'
        '--cwd[The working directory in the key\: none, repository.]:how:'
        '--no-user[The numbers of user and group are not in the key.]'
        '--scope[A name that keeps entries apart.]:name:'
        '--executable[The program'\''s file in the key\: stat, content, path.]:how:'
        '--arg-files[Files in the arguments\: stat, content, none.]:how:'
        '--content-limit[Count larger files by inode, size and times.]:size:'
        '--stdin[Read standard input\: into the key, to the command.]'
        '*--file[Include a file, tree or pattern in the key.]:path:'
        '*--mtime[Include its inode, size and times in the key.]:path:'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion evict -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_clear() {
    local -i ret=1
    local -ar arg_specs=(
        '--all[Every entry, without a row in the eviction log.]'
        '--expired[Entries past their time.]'
        '*--tag[Entries with any of these tags (may be repeated).]:tag:'
        '--exact[With --tag\: only entries with exactly this list of tags.]'
        '--saved-by[Entries saved under a profile.]:profile:'
        '--remote[With --tag\: in the profile'\''s remote too.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion clear -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--tier[Only the most read keys in memory or store.]:tier:{__cachetronomy_complete "${___tier[@]}"}'
        '--top[How many rows of each table to print.]:number:'
        '--format[How to print it\: table, json, openmetrics.]:name:{__cachetronomy_complete "${___format[@]}"}'
        '--json[Print JSON.]'
        '--html[Write a page with charts to this file.]:file:'
        '--watch[Print it again and again, until told to stop.]'
        '--interval[How long --watch waits (default\: 2s).]:duration:'
        '--reset[Set the counters to zero; entries stay.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion stats -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
            'access:Print how often and when keys were read, hottest first.'
            'evictions:Print what left, when and why, newest first.'
            'clear:Empty a log, or remove one key from the log of reads.'
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
        '--limit[Print at most so many rows.]:number:'
        '--json[Print one JSON object a line.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion log access -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_log_evictions() {
    local -i ret=1
    local -ar arg_specs=(
        '--limit[Print at most so many rows (default\: 1000).]:number:'
        '--json[Print one JSON object a line.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion log evictions -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion log clear -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
            'list:List the profiles; '\''*'\'' marks the one in use.'
            'show:Print a profile as a profile file would say it.'
            'use:Choose the profile for calls that name none.'
            'update:Change settings of the profile in use, or of --profile.'
            'validate:Check profile files without applying them.'
            'delete:Remove profiles; entries saved under them stay.'
            'diff:Print what applying profile files would change.'
            'match:Say which rule takes a command, and what holds for it.'
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
        '--use[Make this the profile in use.]:name:'
        '--dry-run[Print what would change; change nothing.]'
        '--prune[Remove the profiles that these files do not name, but never '\''default'\''.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile apply -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object a line.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile list -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--origins[Say of each setting where it comes from.]'
        '--json[Print JSON.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile show -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile use -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile update -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile validate -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile delete -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--prune[Count the profiles that these files do not name as removed.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile diff -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_profile_match() {
    local -i ret=1
    local -ar arg_specs=(
        '-c[A pipeline for the shell, as the command.]:pipeline:'
        '--shell[The shell for -c (default\: /bin/sh).]:words:'
        '--json[Print JSON.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion profile match -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_gc() {
    local -i ret=1
    local -ar arg_specs=(
        '--watch[Make a pass again and again, until told to stop.]'
        '--auto[Do nothing unless a pass is due and nobody watches the store.]'
        '--dry-run[Print what would leave and why; change nothing.]'
        '--vacuum[Write the whole file anew at the end, without gaps.]'
        '--max-duration[Stop after so long; the next goes on.]:duration:'
        '--json[Print what was done as JSON.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion gc -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_export() {
    local -i ret=1
    local -ar arg_specs=(
        '*--tag[Only entries with any of these tags (may be repeated).]:tag:{__cachetronomy_custom_complete ---completion export -- --tag "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--match[Only keys that match, as a shell glob.]:glob:'
        '--saved-by[Only entries saved under a profile.]:profile:{__cachetronomy_custom_complete ---completion export -- --saved-by "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '--since[Only entries stored within this time\: 90s, 2d.]:duration:'
        '--all[Profiles and logs too.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion export -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--format[How the files are written\: jsonl, tsv, sqlite.]:name:'
        '--on-conflict[A key that is there\: newer, keep or replace (default\: newer).]:how:'
        '--ttl[How long entries are kept from now on.]:duration:'
        '--skip-bad[Leave out lines that are wrong, and take the others.]'
        '--dry-run[Check the files and count; change nothing.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion import -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_config() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print one JSON object a line.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion config -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_warm() {
    local -i ret=1
    local -ar arg_specs=(
        '(--jobs -j)'{--jobs,-j}'[So many at a time (default\: one for each processor).]:number:'
        '--before[Renew what has less time left (default\: a tenth of it).]:duration:'
        '--anyway[Run those too whose answers nobody else may find.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion warm -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
            'status:Say which remote the profile has and how it fares; asks nobody.'
            'ping:Ask the remote for a sign of life, even if it failed a moment ago.'
            'keygen:Make a team key in a new file that only its owner may read.'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion remote status -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_remote_ping() {
    local -i ret=1
    local -ar arg_specs=(
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion remote ping -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion remote keygen -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
        '*--wrap[Commands to put behind '\''run --rules-only'\''.]:names:'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion init -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_cachetronomy_doctor() {
    local -i ret=1
    local -ar arg_specs=(
        '--deep[Check every index and entry, and ask the remote for a sign of life.]'
        '--json[Print one JSON object a line.]'
        '--db[The store.]:file:'
        '--profile[The profile to go by.]:name:{__cachetronomy_custom_complete ---completion doctor -- --profile "${current_word_index}" "$(__cachetronomy_cursor_index_in_current_word)"}'
        '(--quiet -q)'{--quiet,-q}'[Say nothing but errors.]'
        '(--verbose -v)'{--verbose,-v}'[Say what happens and why.]'
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
