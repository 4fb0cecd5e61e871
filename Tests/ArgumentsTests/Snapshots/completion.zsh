#compdef baton
# Completion of baton for zsh: a file `_baton` in a directory of $fpath, or load it with `source`.

_baton_help() {
    local place="${(j:/:)words[2,CURRENT-1]}"
    local -a commands
    case $place in
        '') commands=('apply:Apply a playbook to hosts' 'exec:Run one command on hosts' 'lab:Manage hosts for trying things out') ;;
        'lab') commands=('up:Start the lab' 'down:Stop the lab' 'compare:Compare files of the lab') ;;
    esac
    _describe -t commands command commands
}

_baton__lab__compare() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-n --name)-n+[Name the lab]:NAME: ' \
        '(-n --name)--name=[Name the lab]:NAME: ' \
        '*-i+[Read hosts from a file or directory]:FILE:_files' \
        '*--inventory=[Read hosts from a file or directory]:FILE:_files' \
        '*-v[Say more; -vvv says most]' \
        '*--verbose[Say more; -vvv says most]' \
        '(--color --colour)--color=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(--color --colour)--colour=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '*:SOURCE:_files'
}

_baton__lab__down() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-n --name)-n+[Name the lab]:NAME: ' \
        '(-n --name)--name=[Name the lab]:NAME: ' \
        '*-i+[Read hosts from a file or directory]:FILE:_files' \
        '*--inventory=[Read hosts from a file or directory]:FILE:_files' \
        '*-v[Say more; -vvv says most]' \
        '*--verbose[Say more; -vvv says most]' \
        '(--color --colour)--color=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(--color --colour)--colour=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '::FORMAT:(text json yaml)'
}

_baton__lab__up() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(--hosts)--hosts=[Start this many hosts]:NUMBER: ' \
        '(-n --name)-n+[Name the lab]:NAME: ' \
        '(-n --name)--name=[Name the lab]:NAME: ' \
        '*-i+[Read hosts from a file or directory]:FILE:_files' \
        '*--inventory=[Read hosts from a file or directory]:FILE:_files' \
        '*-v[Say more; -vvv says most]' \
        '*--verbose[Say more; -vvv says most]' \
        '(--color --colour)--color=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(--color --colour)--colour=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__lab() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-n --name)-n+[Name the lab]:NAME: ' \
        '(-n --name)--name=[Name the lab]:NAME: ' \
        '*-i+[Read hosts from a file or directory]:FILE:_files' \
        '*--inventory=[Read hosts from a file or directory]:FILE:_files' \
        '*-v[Say more; -vvv says most]' \
        '*--verbose[Say more; -vvv says most]' \
        '(--color --colour)--color=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(--color --colour)--colour=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '1: :->command' \
        '*:: :->arguments'
    case $state in
        command)
            local -a commands=('up:Start the lab' 'down:Stop the lab' 'compare:Compare files of the lab')
            _describe -t commands command commands
            ;;
        arguments)
            case $line[1] in
                up) _baton__lab__up ;;
                down) _baton__lab__down ;;
                compare) _baton__lab__compare ;;
            esac
            ;;
    esac
}

_baton__exec() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-l --limit)-l+[Work on matching hosts only]:PATTERN: ' \
        '(-l --limit)--limit=[Work on matching hosts only]:PATTERN: ' \
        '(-f --forks)-f+[Work on this many hosts at once]:COUNT: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:COUNT: ' \
        '*-i+[Read hosts from a file or directory]:FILE:_files' \
        '*--inventory=[Read hosts from a file or directory]:FILE:_files' \
        '*-v[Say more; -vvv says most]' \
        '*--verbose[Say more; -vvv says most]' \
        '(--color --colour)--color=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(--color --colour)--colour=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':PATTERN: ' \
        '*:WORD: '
}

_baton__apply() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-C --check --dry-run)-C[Change nothing; only show what would change]' \
        '(-C --check --dry-run)--check[Change nothing; only show what would change]' \
        '(-C --check --dry-run)--dry-run[Change nothing; only show what would change]' \
        '(-D --diff)-D[Show differences]' \
        '(-D --diff)--diff[Show differences]' \
        '(-l --limit)-l+[Work on matching hosts only]:PATTERN: ' \
        '(-l --limit)--limit=[Work on matching hosts only]:PATTERN: ' \
        '(-f --forks)-f+[Work on this many hosts at once]:COUNT: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:COUNT: ' \
        '(--timeout)--timeout=[Give up after a while]:DURATION: ' \
        '(--buffer)--buffer=[Keep this much output]:SIZE: ' \
        '(--key-directory)--key-directory=[Look for keys here]:DIRECTORY:_path_files -/' \
        '*-i+[Read hosts from a file or directory]:FILE:_files' \
        '*--inventory=[Read hosts from a file or directory]:FILE:_files' \
        '*-v[Say more; -vvv says most]' \
        '*--verbose[Say more; -vvv says most]' \
        '(--color --colour)--color=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(--color --colour)--colour=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':PLAYBOOK:_files' \
        '*:TAG: '
}

_baton() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from a file or directory]:FILE:_files' \
        '*--inventory=[Read hosts from a file or directory]:FILE:_files' \
        '*-v[Say more; -vvv says most]' \
        '*--verbose[Say more; -vvv says most]' \
        '(--color --colour)--color=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(--color --colour)--colour=[Choose \[coloured\] output\: it'\''s a 100% `safe` thing, e.g. for "logs" and C\:\\temp]:WHEN:(text json yaml)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '1: :->command' \
        '*:: :->arguments'
    case $state in
        command)
            local -a commands=('apply:Apply a playbook to hosts' 'exec:Run one command on hosts' 'lab:Manage hosts for trying things out' 'help:Show help for a command')
            _describe -t commands command commands
            ;;
        arguments)
            case $line[1] in
                apply) _baton__apply ;;
                exec) _baton__exec ;;
                lab) _baton__lab ;;
                help) _baton_help ;;
            esac
            ;;
    esac
}

if [[ $funcstack[1] == _baton ]]; then
    _baton "$@"
else
    compdef _baton baton
fi
