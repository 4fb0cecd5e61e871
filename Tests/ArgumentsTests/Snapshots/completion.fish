# Completion of baton for fish; a file `baton.fish` in ~/.config/fish/completions, or load it with `source`.

# Succeeds if the option in "place:option" takes a value.
function __baton_takes_value
    switch $argv[1]
        case '*:-i' '*:--inventory' '*:--color' '*:--colour' 'apply:-l' 'apply:--limit' 'apply:-f' 'apply:--forks' 'apply:--timeout' 'apply:--buffer' 'apply:--key-directory' 'exec:-l' 'exec:--limit' 'exec:-f' 'exec:--forks' 'lab:-n' 'lab:--name' 'lab/*:-n' 'lab/*:--name' 'lab/up:--hosts'
            return 0
    end
    return 1
end

# Prints the place of the command, the number of operands, and whether `--` came before the cursor.
function __baton_line
    set -l words (commandline -opc)
    set -e words[1]
    set -l place ''
    set -l count 0
    set -l skip no
    set -l ended no
    for word in $words
        if test $skip = yes
            set skip no
            continue
        end
        if test $ended = yes
            set count (math $count + 1)
            continue
        end
        switch $word
            case --
                set ended yes
            case '--*=*'
            case '--*'
                __baton_takes_value "$place:$word"; and set skip yes
            case -
                set count (math $count + 1)
            case '-*'
                # In `-f5` the value is attached; in `-Cf` it follows.
                set -l letters (string split '' -- (string sub -s 2 -- $word))
                if test (count $letters) = 1; or not __baton_takes_value "$place:-$letters[1]"
                    __baton_takes_value "$place:-$letters[-1]"; and set skip yes
                end
            case '*'
                switch "$place:$word"
                    case ':apply' ':exec' ':lab' 'lab:up' 'lab:down' 'lab:compare'
                        set place (string trim -l -c / -- "$place/$word")
                    case ':help'
                    case '*'
                        set count (math $count + 1)
                end
        end
    end
    printf '%s\n' "$place" $count $ended
end

function __baton_at
    set -l line (__baton_line)
    test "$line[1]" = "$argv[1]" -a $line[3] = no
end

function __baton_under
    set -l line (__baton_line)
    string match -q -- "$argv[1]/*" "$line[1]/"
end

# The operands "$argv[2]" to "$argv[3]" of the command "$argv[1]", "before" `--` or "anywhere".
function __baton_operand
    set -l line (__baton_line)
    test "$line[1]" = "$argv[1]" -a $line[2] -ge $argv[2]
    and test $argv[3] = any -o $line[2] -le $argv[3]
    and test $argv[4] = anywhere -o $line[3] = no
end

function __baton_after
    set -l line (__baton_line)
    test "$line[1]" = "$argv[1]" -a $line[3] = yes
end

complete -c baton -e
complete -c baton -f
complete -c baton -n '__baton_at \'\'' -a apply -d 'Apply a playbook to hosts'
complete -c baton -n '__baton_at \'\'' -a exec -d 'Run one command on hosts'
complete -c baton -n '__baton_at \'\'' -a lab -d 'Manage hosts for trying things out'
complete -c baton -n '__baton_at \'\'' -a help -d 'Show help for a command'
complete -c baton -s i -l inventory -r -F -d 'Read hosts from a file or directory'
complete -c baton -s v -l verbose -d 'Say more; -vvv says most'
complete -c baton -l color -l colour -x -a 'text json yaml' -d 'Choose [coloured] output: it\'s a 100% `safe` thing, e.g. for "logs" and C:\\temp'
complete -c baton -s h -l help -d 'Show help for the command and stop'
complete -c baton -l version -d 'Show the version and stop'
complete -c baton -n '__baton_under apply' -s C -l check -l dry-run -d 'Change nothing; only show what would change'
complete -c baton -n '__baton_under apply' -s D -l diff -d 'Show differences'
complete -c baton -n '__baton_under apply' -s l -l limit -x -d 'Work on matching hosts only'
complete -c baton -n '__baton_under apply' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under apply' -l timeout -x -d 'Give up after a while'
complete -c baton -n '__baton_under apply' -l buffer -x -d 'Keep this much output'
complete -c baton -n '__baton_under apply' -l key-directory -x -a '(__fish_complete_directories (commandline -ct))' -d 'Look for keys here'
complete -c baton -n '__baton_operand \'apply\' 0 0 anywhere' -F
complete -c baton -n '__baton_under exec' -s l -l limit -x -d 'Work on matching hosts only'
complete -c baton -n '__baton_under exec' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_at \'lab\'' -a up -d 'Start the lab'
complete -c baton -n '__baton_at \'lab\'' -a down -d 'Stop the lab'
complete -c baton -n '__baton_at \'lab\'' -a compare -d 'Compare files of the lab'
complete -c baton -n '__baton_under lab' -s n -l name -x -d 'Name the lab'
complete -c baton -n '__baton_under lab/up' -l hosts -x -d 'Start this many hosts'
complete -c baton -n '__baton_operand \'lab/down\' 0 0 anywhere' -a 'text json yaml'
complete -c baton -n '__baton_operand \'lab/compare\' 0 any anywhere' -F
