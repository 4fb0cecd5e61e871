# Completion of baton for fish; a file `baton.fish` in ~/.config/fish/completions, or load it with `source`.

# Succeeds if the option in "place:option" takes a value.
function __baton_takes_value
    switch $argv[1]
        case 'lab:--directory' 'lab/*:--directory' 'lab/status:-o' 'lab/status:--output' 'validate:-i' 'validate:--inventory' 'validate:-l' 'validate:--limit' 'validate:-e' 'validate:--extra-vars' 'validate:-t' 'validate:--tags' 'validate:--skip-tags' 'validate:-o' 'validate:--output' 'plan:-i' 'plan:--inventory' 'plan:-l' 'plan:--limit' 'plan:-u' 'plan:--user' 'plan:--private-key' 'plan:--become-user' 'plan:-f' 'plan:--forks' 'plan:--connect-timeout' 'plan:-o' 'plan:--output' 'plan:-e' 'plan:--extra-vars' 'plan:-t' 'plan:--tags' 'plan:--skip-tags' 'plan:--out' 'plan:--show-script' 'deploy:-i' 'deploy:--inventory' 'deploy:-l' 'deploy:--limit' 'deploy:-u' 'deploy:--user' 'deploy:--private-key' 'deploy:--become-user' 'deploy:-f' 'deploy:--forks' 'deploy:--connect-timeout' 'deploy:-o' 'deploy:--output' 'deploy:-e' 'deploy:--extra-vars' 'deploy:-t' 'deploy:--tags' 'deploy:--skip-tags' 'deploy:--plan' 'render:--for' 'render:--host' 'render:-i' 'render:--inventory' 'render:-e' 'render:--extra-vars' 'render:-o' 'render:--output' 'status:-i' 'status:--inventory' 'status:-l' 'status:--limit' 'status:-u' 'status:--user' 'status:--private-key' 'status:--become-user' 'status:-f' 'status:--forks' 'status:--connect-timeout' 'status:-o' 'status:--output' 'restart:-i' 'restart:--inventory' 'restart:-l' 'restart:--limit' 'restart:-u' 'restart:--user' 'restart:--private-key' 'restart:--become-user' 'restart:-f' 'restart:--forks' 'restart:--connect-timeout' 'restart:-o' 'restart:--output' 'restart:--serial' 'reload:-i' 'reload:--inventory' 'reload:-l' 'reload:--limit' 'reload:-u' 'reload:--user' 'reload:--private-key' 'reload:--become-user' 'reload:-f' 'reload:--forks' 'reload:--connect-timeout' 'reload:-o' 'reload:--output' 'reload:--serial' 'start:-i' 'start:--inventory' 'start:-l' 'start:--limit' 'start:-u' 'start:--user' 'start:--private-key' 'start:--become-user' 'start:-f' 'start:--forks' 'start:--connect-timeout' 'start:-o' 'start:--output' 'start:--serial' 'stop:-i' 'stop:--inventory' 'stop:-l' 'stop:--limit' 'stop:-u' 'stop:--user' 'stop:--private-key' 'stop:--become-user' 'stop:-f' 'stop:--forks' 'stop:--connect-timeout' 'stop:-o' 'stop:--output' 'stop:--serial' 'logs:-i' 'logs:--inventory' 'logs:-l' 'logs:--limit' 'logs:-u' 'logs:--user' 'logs:--private-key' 'logs:--become-user' 'logs:-f' 'logs:--forks' 'logs:--connect-timeout' 'logs:-o' 'logs:--output' 'logs:-n' 'logs:--lines' 'exec:-i' 'exec:--inventory' 'exec:-l' 'exec:--limit' 'exec:-u' 'exec:--user' 'exec:--private-key' 'exec:--become-user' 'exec:-f' 'exec:--forks' 'exec:--connect-timeout' 'exec:-o' 'exec:--output' 'exec:--timeout' 'exec:--max-output' 'facts:-i' 'facts:--inventory' 'facts:-l' 'facts:--limit' 'facts:-u' 'facts:--user' 'facts:--private-key' 'facts:--become-user' 'facts:-f' 'facts:--forks' 'facts:--connect-timeout' 'facts:-o' 'facts:--output' 'hosts:-i' 'hosts:--inventory' 'hosts:-l' 'hosts:--limit' 'hosts:--explain' 'hosts:-o' 'hosts:--output' 'version:-o' 'version:--output'
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
                    case ':init' ':lab' ':validate' ':plan' ':deploy' ':render' ':status' ':restart' ':reload' ':start' ':stop' ':logs' ':exec' ':facts' ':hosts' ':completions' ':manual' ':version' 'lab:up' 'lab:status' 'lab:down'
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
complete -c baton -n '__baton_at \'\'' -a init -d 'Write a starter project'
complete -c baton -n '__baton_at \'\'' -a lab -d 'Run a throwaway fleet on this machine to try everything on'
complete -c baton -n '__baton_at \'\'' -a validate -d 'Verify playbooks offline'
complete -c baton -n '__baton_at \'\'' -a plan -d 'Show what a playbook would change'
complete -c baton -n '__baton_at \'\'' -a deploy -d 'Carry out a playbook'
complete -c baton -n '__baton_at \'\'' -a render -d 'Show the files that a supervisor would get for a service'
complete -c baton -n '__baton_at \'\'' -a status -d 'Show services: what runs, since when, and what is due'
complete -c baton -n '__baton_at \'\'' -a restart -d 'Restart a service, one host after the other'
complete -c baton -n '__baton_at \'\'' -a reload -d 'Have a service load its configuration again'
complete -c baton -n '__baton_at \'\'' -a start -d 'Start a service'
complete -c baton -n '__baton_at \'\'' -a stop -d 'Stop a service'
complete -c baton -n '__baton_at \'\'' -a logs -d 'Show what a service wrote, from every host'
complete -c baton -n '__baton_at \'\'' -a exec -d 'Run a command on many hosts'
complete -c baton -n '__baton_at \'\'' -a facts -d 'Show what the hosts are: system, kernel, memory, init, tools'
complete -c baton -n '__baton_at \'\'' -a hosts -d 'Show the resolved inventory, or where a variable comes from'
complete -c baton -n '__baton_at \'\'' -a completions -d 'Print a completion script for a shell'
complete -c baton -n '__baton_at \'\'' -a manual -d 'Print the manual page, in roff'
complete -c baton -n '__baton_at \'\'' -a version -d 'Show the version, and that of libssh2'
complete -c baton -n '__baton_at \'\'' -a help -d 'Show help for a command'
complete -c baton -s h -l help -d 'Show help for the command and stop'
complete -c baton -l version -d 'Show the version and stop'
complete -c baton -n '__baton_operand \'init\' 0 0 anywhere' -a '(__fish_complete_directories (commandline -ct))'
complete -c baton -n '__baton_at \'lab\'' -a up -d 'Start the fleet'
complete -c baton -n '__baton_at \'lab\'' -a status -d 'Show its hosts'
complete -c baton -n '__baton_at \'lab\'' -a down -d 'End the fleet and remove everything of it, also after a crash'
complete -c baton -n '__baton_under lab' -l directory -x -a '(__fish_complete_directories (commandline -ct))' -d 'Where the lab lives'
complete -c baton -n '__baton_under lab/status' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under validate' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under validate' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under validate' -s e -l extra-vars -x -d 'Set a variable, stronger than all others: NAME=VALUE, the value is text; or @FILE, YAML or JSON'
complete -c baton -n '__baton_under validate' -s t -l tags -x -d 'Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say'
complete -c baton -n '__baton_under validate' -l skip-tags -x -d 'No task with one of these tags'
complete -c baton -n '__baton_under validate' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_operand \'validate\' 0 any anywhere' -F
complete -c baton -n '__baton_under plan' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under plan' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under plan' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under plan' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under plan' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under plan' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under plan' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under plan' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under plan' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under plan' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under plan' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under plan' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under plan' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under plan' -s e -l extra-vars -x -d 'Set a variable, stronger than all others: NAME=VALUE, the value is text; or @FILE, YAML or JSON'
complete -c baton -n '__baton_under plan' -s t -l tags -x -d 'Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say'
complete -c baton -n '__baton_under plan' -l skip-tags -x -d 'No task with one of these tags'
complete -c baton -n '__baton_under plan' -s D -l diff -d 'Show what would change in files; a plan does so anyway'
complete -c baton -n '__baton_under plan' -l out -r -F -d 'Write the plan to this file, for `baton deploy --plan FILE`'
complete -c baton -n '__baton_under plan' -l exit-code -d 'End with 9 if there are changes'
complete -c baton -n '__baton_under plan' -l show-script -x -d 'Print the shell that would go to this host, and contact no other'
complete -c baton -n '__baton_operand \'plan\' 0 0 anywhere' -F
complete -c baton -n '__baton_under deploy' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under deploy' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under deploy' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under deploy' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under deploy' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under deploy' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under deploy' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under deploy' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under deploy' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under deploy' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under deploy' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under deploy' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under deploy' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under deploy' -s e -l extra-vars -x -d 'Set a variable, stronger than all others: NAME=VALUE, the value is text; or @FILE, YAML or JSON'
complete -c baton -n '__baton_under deploy' -s t -l tags -x -d 'Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say'
complete -c baton -n '__baton_under deploy' -l skip-tags -x -d 'No task with one of these tags'
complete -c baton -n '__baton_under deploy' -s y -l yes -d 'Do not ask'
complete -c baton -n '__baton_under deploy' -s C -l check -d 'Change nothing: the same as plan'
complete -c baton -n '__baton_under deploy' -s D -l diff -d 'Show what changes in files'
complete -c baton -n '__baton_under deploy' -l plan -r -F -d 'Do what this plan says, and nothing if a host is no longer as it was then'
complete -c baton -n '__baton_operand \'deploy\' 0 0 anywhere' -F
complete -c baton -n '__baton_under render' -l for -x -d 'For this supervisor: systemd, supervisord, upstart or runit, also with a version, as in systemd:249'
complete -c baton -n '__baton_under render' -l host -x -d 'With the variables that this host has in the inventory'
complete -c baton -n '__baton_under render' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under render' -s e -l extra-vars -x -d 'Set a variable, stronger than all others: NAME=VALUE, the value is text; or @FILE, YAML or JSON'
complete -c baton -n '__baton_under render' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under status' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under status' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under status' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under status' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under status' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under status' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under status' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under status' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under status' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under status' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under status' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under status' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under status' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under restart' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under restart' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under restart' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under restart' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under restart' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under restart' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under restart' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under restart' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under restart' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under restart' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under restart' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under restart' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under restart' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under restart' -l serial -x -d 'So many hosts at a time; what fails stops the rest'
complete -c baton -n '__baton_under restart' -s y -l yes -d 'Do not ask'
complete -c baton -n '__baton_under reload' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under reload' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under reload' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under reload' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under reload' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under reload' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under reload' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under reload' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under reload' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under reload' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under reload' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under reload' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under reload' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under reload' -l serial -x -d 'So many hosts at a time; what fails stops the rest'
complete -c baton -n '__baton_under reload' -s y -l yes -d 'Do not ask'
complete -c baton -n '__baton_under start' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under start' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under start' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under start' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under start' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under start' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under start' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under start' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under start' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under start' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under start' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under start' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under start' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under start' -l serial -x -d 'So many hosts at a time; what fails stops the rest'
complete -c baton -n '__baton_under start' -s y -l yes -d 'Do not ask'
complete -c baton -n '__baton_under stop' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under stop' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under stop' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under stop' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under stop' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under stop' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under stop' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under stop' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under stop' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under stop' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under stop' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under stop' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under stop' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under stop' -l serial -x -d 'So many hosts at a time; what fails stops the rest'
complete -c baton -n '__baton_under stop' -s y -l yes -d 'Do not ask'
complete -c baton -n '__baton_under logs' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under logs' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under logs' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under logs' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under logs' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under logs' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under logs' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under logs' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under logs' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under logs' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under logs' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under logs' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under logs' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under logs' -s F -l follow -d 'Go on with what comes, until Ctrl-C'
complete -c baton -n '__baton_under logs' -s n -l lines -x -d 'The last lines of each member'
complete -c baton -n '__baton_under exec' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under exec' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under exec' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under exec' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under exec' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under exec' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under exec' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under exec' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under exec' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under exec' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under exec' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under exec' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under exec' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under exec' -l timeout -x -d 'End the command on a host after this time'
complete -c baton -n '__baton_under exec' -l max-output -x -d 'Keep this much of each stream of a host: its beginning and its end'
complete -c baton -n '__baton_under facts' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under facts' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under facts' -s u -l user -x -d 'Log in as this user, whatever the inventory says'
complete -c baton -n '__baton_under facts' -l private-key -r -F -d 'Log in with this key, whatever the inventory says'
complete -c baton -n '__baton_under facts' -s k -l ask-pass -d 'Ask for the password to log in with, once for all hosts'
complete -c baton -n '__baton_under facts' -s b -l become -d 'Run as another user through sudo'
complete -c baton -n '__baton_under facts' -l become-user -x -d 'The user to become; root if nothing says otherwise'
complete -c baton -n '__baton_under facts' -s K -l ask-become-pass -d 'Ask for the password that sudo wants, once for all hosts'
complete -c baton -n '__baton_under facts' -s f -l forks -x -d 'Work on this many hosts at once'
complete -c baton -n '__baton_under facts' -l connect-timeout -x -d 'Give up on a connection after this time'
complete -c baton -n '__baton_under facts' -l accept-new-host-keys -d 'Believe and remember the keys of hosts of which none is known; a changed key is refused all the same'
complete -c baton -n '__baton_under facts' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_under facts' -s v -l verbose -d 'Say more on stderr'
complete -c baton -n '__baton_under hosts' -s i -l inventory -r -F -d 'Read hosts from this inventory: a file, a folder, a program, or a list like web1,web2'
complete -c baton -n '__baton_under hosts' -s l -l limit -x -d 'Only the hosts that match, as in Ansible: web:db, web:&eu, web:!web3, web[0:2], web*, ~regex, @file'
complete -c baton -n '__baton_under hosts' -l graph -d 'Draw the groups as a tree, as ansible-inventory does'
complete -c baton -n '__baton_under hosts' -l vars -d 'With --graph: show the variables too'
complete -c baton -n '__baton_under hosts' -l explain -x -d 'Show every definition of VAR for this host, weakest first; without VAR, each variable and its place'
complete -c baton -n '__baton_under hosts' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
complete -c baton -n '__baton_operand \'completions\' 0 0 anywhere' -a 'bash zsh fish'
complete -c baton -n '__baton_under version' -s o -l output -x -a 'text json jsonl' -d 'How results are written to stdout: for people, as one JSON value, or as a line per event'
