function __cachetronomy_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __cachetronomy_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __cachetronomy_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __cachetronomy_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __cachetronomy_parse_tokens -S
    set -l unparsed_tokens (__cachetronomy_tokens -pc)
    switch $unparsed_tokens[1]
    case 'cachetronomy'
        __cachetronomy_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'run'
            __cachetronomy_parse_subcommand 0 'db=' 'profile=' 'q/quiet' 'v/verbose' 'c=' 'shell=' 'env=+' 'env-ignore=+' 'no-env' 'no-cwd' 'scope=' 'executable=' 'arg-files=' 'ttl=' 'tag=+' 'cache-status=' 'wait=' 'refresh' 'cached-only' 'no-store' 'no-stdin' 'version' 'h/help'
        case 'set'
            __cachetronomy_parse_subcommand 2 'file=' 'ttl=' 'tag=+' 'format=' 'entry-version=' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'get'
            __cachetronomy_parse_subcommand 1 'c=' 'shell=' 'env=+' 'env-ignore=+' 'no-env' 'no-cwd' 'scope=' 'executable=' 'arg-files=' 'stderr' 'r/raw' 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'has'
            __cachetronomy_parse_subcommand 1 'c=' 'shell=' 'env=+' 'env-ignore=+' 'no-env' 'no-cwd' 'scope=' 'executable=' 'arg-files=' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'delete'
            __cachetronomy_parse_subcommand -r 1 'c=' 'shell=' 'env=+' 'env-ignore=+' 'no-env' 'no-cwd' 'scope=' 'executable=' 'arg-files=' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'keys'
            __cachetronomy_parse_subcommand 0 'z' 'tag=+' 'match=' 'saved-by=' 'tier=' 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'show'
            __cachetronomy_parse_subcommand 1 'c=' 'shell=' 'env=+' 'env-ignore=+' 'no-env' 'no-cwd' 'scope=' 'executable=' 'arg-files=' 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'list'
            __cachetronomy_parse_subcommand 0 'tag=+' 'match=' 'saved-by=' 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'evict'
            __cachetronomy_parse_subcommand -r 1 'all' 'tag=+' 'match=' 'c=' 'shell=' 'env=+' 'env-ignore=+' 'no-env' 'no-cwd' 'scope=' 'executable=' 'arg-files=' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'clear'
            __cachetronomy_parse_subcommand 0 'all' 'expired' 'tag=+' 'exact' 'saved-by=' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'stats'
            __cachetronomy_parse_subcommand 0 'tier=' 'top=' 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'log'
            __cachetronomy_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'access'
                __cachetronomy_parse_subcommand 1 'limit=' 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'evictions'
                __cachetronomy_parse_subcommand 0 'limit=' 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'clear'
                __cachetronomy_parse_subcommand 2 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            end
        case 'profile'
            __cachetronomy_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'apply'
                __cachetronomy_parse_subcommand -r 1 'use=' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'list'
                __cachetronomy_parse_subcommand 0 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'show'
                __cachetronomy_parse_subcommand 1 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'use'
                __cachetronomy_parse_subcommand 1 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'update'
                __cachetronomy_parse_subcommand -r 1 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'validate'
                __cachetronomy_parse_subcommand -r 1 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            case 'delete'
                __cachetronomy_parse_subcommand -r 1 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
            end
        case 'gc'
            __cachetronomy_parse_subcommand 0 'json' 'db=' 'profile=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'help'
            __cachetronomy_parse_subcommand -r 1 'version'
        end
    end
end

function __cachetronomy_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __cachetronomy_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __cachetronomy_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __cachetronomy_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__cachetronomy_tokens -p)
    if test -z "$(__cachetronomy_tokens -t)"
        set -l index (count (__cachetronomy_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'cachetronomy' -f
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'run' -d 'Run a command, or replay its output (kept 1 h unless a ttl says otherwise).'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'set' -d 'Store a value under a key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'get' -d 'Print the value of a key, or the recorded output of a command.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'has' -d 'Tell by the exit status whether there is a fresh entry.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'delete' -d 'Remove entries.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'keys' -d 'Print the keys of the store, one a line.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'show' -d 'Print all that is known of an entry but its value.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'list' -d 'List the entries with their size, age and time left.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'evict' -d 'Move entries out of memory; they stay in the store.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'clear' -d 'Remove all entries of a kind.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'stats' -d 'Print what the cache holds, what it answered and what that saved.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'log' -d 'Print or empty the logs of reads and of evictions.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'profile' -d 'Apply, choose and look at profiles.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'gc' -d 'Remove expired entries and give their space back.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" c' -s 'c' -d 'A pipeline for the shell, as the command.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" shell' -l 'shell' -d 'The shell for -c (default: /bin/sh).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run"' -l 'env' -d 'Only these variables are in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run"' -l 'env-ignore' -d 'These variables are not in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" no-env' -l 'no-env' -d 'No variable is in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" no-cwd' -l 'no-cwd' -d 'The working directory is not in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" scope' -l 'scope' -d 'A name that keeps entries apart.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" executable' -l 'executable' -d 'How the program\'s file is in the key: stat, content or path.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" arg-files' -l 'arg-files' -d 'How files named as arguments are: stat, content or none.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" ttl' -l 'ttl' -d 'How old an answer may be: 90s, 1h30m, 2d, never.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run"' -l 'tag' -d 'A tag for a new entry (may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" cache-status' -l 'cache-status' -d 'The exit statuses that are kept (default: 0).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" wait' -l 'wait' -d 'Wait so long for another call that runs it (default: 10m).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" force refresh' -l 'refresh' -l 'force' -d 'Run it, and replace the answer.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" cached-only' -l 'cached-only' -d 'Never run it: without an answer the status is 1.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" no-store' -l 'no-store' -d 'Do not store what it prints.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" no-stdin' -l 'no-stdin' -d 'It needs no input: keep the result though input was waiting.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy run" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" file' -l 'file' -d 'Read the value from a file.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" ttl' -l 'ttl' -d 'How long it is kept: 90s, 1h30m, 2d, never.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set"' -l 'tag' -d 'A tag (may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" format' -l 'format' -d 'The value is json, orjson or msgpack and is kept as it is.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" entry-version' -l 'entry-version' -d 'The caller\'s version of the value.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy set" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" c' -s 'c' -d 'A pipeline for the shell, as the command.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" shell' -l 'shell' -d 'The shell for -c (default: /bin/sh).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get"' -l 'env' -d 'Only these variables are in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get"' -l 'env-ignore' -d 'These variables are not in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" no-env' -l 'no-env' -d 'No variable is in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" no-cwd' -l 'no-cwd' -d 'The working directory is not in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" scope' -l 'scope' -d 'A name that keeps entries apart.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" executable' -l 'executable' -d 'How the program\'s file is in the key: stat, content or path.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" arg-files' -l 'arg-files' -d 'How files named as arguments are: stat, content or none.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" stderr' -l 'stderr' -d 'Print the standard error of a recording.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" r raw' -l 'raw' -s 'r' -d 'Print a JSON text without its quotes.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" json' -l 'json' -d 'Print the entry and its value as JSON.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy get" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" c' -s 'c' -d 'A pipeline for the shell, as the command.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" shell' -l 'shell' -d 'The shell for -c (default: /bin/sh).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has"' -l 'env' -d 'Only these variables are in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has"' -l 'env-ignore' -d 'These variables are not in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" no-env' -l 'no-env' -d 'No variable is in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" no-cwd' -l 'no-cwd' -d 'The working directory is not in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" scope' -l 'scope' -d 'A name that keeps entries apart.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" executable' -l 'executable' -d 'How the program\'s file is in the key: stat, content or path.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" arg-files' -l 'arg-files' -d 'How files named as arguments are: stat, content or none.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy has" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" c' -s 'c' -d 'A pipeline for the shell, as the command.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" shell' -l 'shell' -d 'The shell for -c (default: /bin/sh).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete"' -l 'env' -d 'Only these variables are in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete"' -l 'env-ignore' -d 'These variables are not in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" no-env' -l 'no-env' -d 'No variable is in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" no-cwd' -l 'no-cwd' -d 'The working directory is not in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" scope' -l 'scope' -d 'A name that keeps entries apart.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" executable' -l 'executable' -d 'How the program\'s file is in the key: stat, content or path.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" arg-files' -l 'arg-files' -d 'How files named as arguments are: stat, content or none.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy delete" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" z' -s 'z' -d 'End each key with a NUL instead of a newline.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys"' -l 'tag' -d 'Only entries with any of these tags (may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" match' -l 'match' -d 'Only keys that match, as a shell glob.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" saved-by' -l 'saved-by' -d 'Only entries saved under a profile.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" tier' -l 'tier' -d 'Keys in memory, store or all (default: all).' -rfka 'memory store all'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" json' -l 'json' -d 'Print one JSON object a line.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy keys" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" c' -s 'c' -d 'A pipeline for the shell, as the command.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" shell' -l 'shell' -d 'The shell for -c (default: /bin/sh).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show"' -l 'env' -d 'Only these variables are in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show"' -l 'env-ignore' -d 'These variables are not in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" no-env' -l 'no-env' -d 'No variable is in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" no-cwd' -l 'no-cwd' -d 'The working directory is not in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" scope' -l 'scope' -d 'A name that keeps entries apart.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" executable' -l 'executable' -d 'How the program\'s file is in the key: stat, content or path.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" arg-files' -l 'arg-files' -d 'How files named as arguments are: stat, content or none.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" json' -l 'json' -d 'Print JSON.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list"' -l 'tag' -d 'Only entries with any of these tags (may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" match' -l 'match' -d 'Only keys that match, as a shell glob.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" saved-by' -l 'saved-by' -d 'Only entries saved under a profile.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" json' -l 'json' -d 'Print one JSON object a line.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" all' -l 'all' -d 'Every entry.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict"' -l 'tag' -d 'Entries with any of these tags (may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" match' -l 'match' -d 'Entries whose keys match, as a shell glob.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" c' -s 'c' -d 'A pipeline for the shell, as the command.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" shell' -l 'shell' -d 'The shell for -c (default: /bin/sh).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict"' -l 'env' -d 'Only these variables are in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict"' -l 'env-ignore' -d 'These variables are not in the key (globs; may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" no-env' -l 'no-env' -d 'No variable is in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" no-cwd' -l 'no-cwd' -d 'The working directory is not in the key.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" scope' -l 'scope' -d 'A name that keeps entries apart.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" executable' -l 'executable' -d 'How the program\'s file is in the key: stat, content or path.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" arg-files' -l 'arg-files' -d 'How files named as arguments are: stat, content or none.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy evict" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" all' -l 'all' -d 'Every entry, without a row in the eviction log.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" expired' -l 'expired' -d 'Entries past their time.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear"' -l 'tag' -d 'Entries with any of these tags (may be repeated).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" exact' -l 'exact' -d 'With --tag: only entries with exactly this list of tags.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" saved-by' -l 'saved-by' -d 'Entries saved under a profile.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy clear" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" tier' -l 'tier' -d 'Only the most read keys in memory or store.' -rfka 'memory store all'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" top' -l 'top' -d 'How many of the most read keys to print.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" json' -l 'json' -d 'Print JSON.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy stats" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy log" -eq 1' -fa 'access' -d 'Print how often and when keys were read, hottest first.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy log" -eq 1' -fa 'evictions' -d 'Print what left, when and why, newest first.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy log" -eq 1' -fa 'clear' -d 'Empty a log, or remove one key from the log of reads.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" limit' -l 'limit' -d 'Print at most so many rows.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" json' -l 'json' -d 'Print one JSON object a line.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log access" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" limit' -l 'limit' -d 'Print at most so many rows (default: 1000).' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" json' -l 'json' -d 'Print one JSON object a line.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log evictions" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log clear" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log clear" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log clear" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log clear" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log clear" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy log clear" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy profile" -eq 1' -fa 'apply' -d 'Read profile files into the store.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy profile" -eq 1' -fa 'list' -d 'List the profiles; \'*\' marks the one in use.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy profile" -eq 1' -fa 'show' -d 'Print a profile as a profile file would say it.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy profile" -eq 1' -fa 'use' -d 'Choose the profile for calls that name none.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy profile" -eq 1' -fa 'update' -d 'Change settings of the profile in use, or of --profile.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy profile" -eq 1' -fa 'validate' -d 'Check profile files without applying them.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_positional "cachetronomy profile" -eq 1' -fa 'delete' -d 'Remove profiles; entries saved under them stay.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile apply" use' -l 'use' -d 'Make this the profile in use.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile apply" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile apply" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile apply" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile apply" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile apply" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile apply" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile list" json' -l 'json' -d 'Print one JSON object a line.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile list" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile list" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile list" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile list" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile list" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile show" json' -l 'json' -d 'Print JSON.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile show" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile show" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile show" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile show" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile show" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile use" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile use" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile use" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile use" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile use" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile use" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile update" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile update" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile update" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile update" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile update" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile update" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile validate" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile validate" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile validate" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile validate" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile validate" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile validate" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile delete" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile delete" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile delete" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile delete" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile delete" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy profile delete" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy gc" json' -l 'json' -d 'Print what was done as JSON.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy gc" db' -l 'db' -d 'The store.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy gc" profile' -l 'profile' -d 'The profile to go by.' -rfka ''
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy gc" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy gc" v verbose' -l 'verbose' -s 'v' -d 'Say what happens and why.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy gc" version' -l 'version' -d 'Show the version.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy gc" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'cachetronomy' -n '__cachetronomy_should_offer_completions_for_flags_or_options "cachetronomy help" version' -l 'version' -d 'Show the version.'
