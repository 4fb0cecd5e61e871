#compdef baton
# Completion of baton for zsh: a file `_baton` in a directory of $fpath, or load it with `source`.

_baton_help() {
    local place="${(j:/:)words[2,CURRENT-1]}"
    local -a commands
    case $place in
        '') commands=('init:Write a starter project' 'lab:Run a throwaway fleet on this machine to try everything on' 'validate:Verify playbooks offline' 'plan:Show what a playbook would change' 'deploy:Carry out a playbook' 'rollback:Take a release back to the one before, on all hosts' 'render:Show the files that a supervisor would get for a service' 'status:Show releases and services\: what runs, since when, and what is due' 'restart:Restart a service, one host after the other' 'reload:Have a service load its configuration again' 'start:Start a service' 'stop:Stop a service' 'logs:Show what a service wrote, from every host' 'daemon:Keep programs running\: create, list, show, restart and delete them by identifiers' 'exec:Run a command on many hosts' 'facts:Show what the hosts are\: system, kernel, memory, init, tools' 'hosts:Show the resolved inventory, or where a variable comes from' 'completions:Print a completion script for a shell' 'manual:Print the manual page, in roff' 'version:Show the version, and that of libssh2') ;;
        'lab') commands=('up:Start the fleet' 'status:Show its hosts' 'down:End the fleet and remove everything of it, also after a crash') ;;
        'daemon') commands=('create:Create a daemon and answer with its identifier' 'list:Show all daemons' 'show:Show one daemon' 'logs:Show what a daemon wrote' 'restart:Restart a daemon, one process after the other' 'delete:Stop a daemon and take it away; its log stays') ;;
    esac
    _describe -t commands command commands
}

_baton__version() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__manual() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__completions() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':SHELL:(bash zsh fish)'
}

_baton__hosts() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(--graph)--graph[Draw the groups as a tree, as ansible-inventory does]' \
        '(--vars)--vars[With --graph\: show the variables too]' \
        '(--explain)--explain=[Show every definition of VAR for this host, weakest first; without VAR, each variable and its place]:HOST: ' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '::VAR: '
}

_baton__facts() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__exec() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--timeout)--timeout=[End the command on a host after this time]:DURATION: ' \
        '(--max-output)--max-output=[Keep this much of each stream of a host\: its beginning and its end]:SIZE: ' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '*:COMMAND: '
}

_baton__daemon__delete() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--on)--on=[The hosts, as -l takes them]:PATTERN: ' \
        '(--serial)--serial=[So many hosts at a time; what fails stops the rest]:N: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':ID: '
}

_baton__daemon__restart() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--on)--on=[The hosts, as -l takes them]:PATTERN: ' \
        '(--serial)--serial=[So many hosts at a time; what fails stops the rest]:N: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':ID: '
}

_baton__daemon__logs() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--on)--on=[The hosts, as -l takes them]:PATTERN: ' \
        '(-F --follow)-F[Go on with what comes, until Ctrl-C]' \
        '(-F --follow)--follow[Go on with what comes, until Ctrl-C]' \
        '(-n --lines)-n+[The last lines of each member]:N: ' \
        '(-n --lines)--lines=[The last lines of each member]:N: ' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':ID: '
}

_baton__daemon__show() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--on)--on=[The hosts, as -l takes them]:PATTERN: ' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':ID: '
}

_baton__daemon__list() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--on)--on=[The hosts, as -l takes them]:PATTERN: ' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__daemon__create() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --login)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --login)--login=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--on)--on=[The hosts, as -l takes them]:PATTERN: ' \
        '(--command)--command=[The program and its arguments, by the quoting rules of a shell; no shell reads it]:LINE: ' \
        '(--user)--user=[Whose it is]:NAME: ' \
        '(--directory)--directory=[Where it runs]:DIR: ' \
        '(--processes)--processes=[How many of it run]:N: ' \
        '(--start-seconds)--start-seconds=[It must stay up this long to count as started]:N: ' \
        '(--stop-seconds)--stop-seconds=[It is killed if it has not stopped by then]:N: ' \
        '(--stop-signal)--stop-signal=[What asks it to stop]:SIGNAL: ' \
        '(--supervisor)--supervisor=[What keeps it running]:NAME:(supervisord systemd)' \
        '(--id)--id=[An identifier of your own]:ID: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__daemon() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '1: :->command' \
        '*:: :->arguments'
    case $state in
        command)
            local -a commands=('create:Create a daemon and answer with its identifier' 'list:Show all daemons' 'show:Show one daemon' 'logs:Show what a daemon wrote' 'restart:Restart a daemon, one process after the other' 'delete:Stop a daemon and take it away; its log stays')
            _describe -t commands command commands
            ;;
        arguments)
            case $line[1] in
                create) _baton__daemon__create ;;
                list) _baton__daemon__list ;;
                show) _baton__daemon__show ;;
                logs) _baton__daemon__logs ;;
                restart) _baton__daemon__restart ;;
                delete) _baton__daemon__delete ;;
            esac
            ;;
    esac
}

_baton__logs() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(-F --follow)-F[Go on with what comes, until Ctrl-C]' \
        '(-F --follow)--follow[Go on with what comes, until Ctrl-C]' \
        '(-n --lines)-n+[The last lines of each member]:N: ' \
        '(-n --lines)--lines=[The last lines of each member]:N: ' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':SERVICE: '
}

_baton__stop() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--serial)--serial=[So many hosts at a time; what fails stops the rest]:N: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':SERVICE: '
}

_baton__start() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--serial)--serial=[So many hosts at a time; what fails stops the rest]:N: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':SERVICE: '
}

_baton__reload() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--serial)--serial=[So many hosts at a time; what fails stops the rest]:N: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':SERVICE: '
}

_baton__restart() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--serial)--serial=[So many hosts at a time; what fails stops the rest]:N: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':SERVICE: '
}

_baton__status() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '*-e+[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*--extra-vars=[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '::NAME: '
}

_baton__render() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(--for)--for=[For this supervisor\: systemd, supervisord, upstart or runit, also with a version, as in systemd\:249]:SUPERVISOR: ' \
        '(--host)--host=[With the variables that this host has in the inventory]:HOST: ' \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*-e+[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*--extra-vars=[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':SERVICE: '
}

_baton__rollback() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '(--to)--to=[Go to this release, or to the newest with this version]:ID: ' \
        '(--each)--each[Each host goes where its own records say, also where that differs]' \
        '(--serial)--serial=[So many hosts at a time; what fails stops the rest]:N: ' \
        '(--take-over)--take-over[Also where another run holds the release\: it can change nothing then]' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':RELEASE: '
}

_baton__deploy() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '*-e+[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*--extra-vars=[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*-t+[Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say]:TAGS: ' \
        '*--tags=[Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say]:TAGS: ' \
        '*--skip-tags=[No task with one of these tags]:TAGS: ' \
        '(-y --yes)-y[Do not ask]' \
        '(-y --yes)--yes[Do not ask]' \
        '(-C --check)-C[Change nothing\: the same as plan]' \
        '(-C --check)--check[Change nothing\: the same as plan]' \
        '(-D --diff)-D[Show what changes in files]' \
        '(-D --diff)--diff[Show what changes in files]' \
        '(--plan)--plan=[Do what this plan says, and nothing if a host is no longer as it was then]:FILE:_files' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':PLAYBOOK:_files'
}

_baton__plan() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-u --user)-u+[Log in as this user, whatever the inventory says]:NAME: ' \
        '(-u --user)--user=[Log in as this user, whatever the inventory says]:NAME: ' \
        '(--private-key)--private-key=[Log in with this key, whatever the inventory says]:FILE:_files' \
        '(-k --ask-pass)-k[Ask for the password to log in with, once for all hosts]' \
        '(-k --ask-pass)--ask-pass[Ask for the password to log in with, once for all hosts]' \
        '(-b --become)-b[Run as another user through sudo]' \
        '(-b --become)--become[Run as another user through sudo]' \
        '(--become-user)--become-user=[The user to become; root if nothing says otherwise]:NAME: ' \
        '(-K --ask-become-pass)-K[Ask for the password that sudo wants, once for all hosts]' \
        '(-K --ask-become-pass)--ask-become-pass[Ask for the password that sudo wants, once for all hosts]' \
        '(-f --forks)-f+[Work on this many hosts at once]:N: ' \
        '(-f --forks)--forks=[Work on this many hosts at once]:N: ' \
        '(--connect-timeout)--connect-timeout=[Give up on a connection after this time]:DURATION: ' \
        '(--accept-new-host-keys)--accept-new-host-keys[Believe and remember the keys of hosts of which none is known; a changed key is refused all the same]' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-v --verbose)-v[Say more on stderr]' \
        '(-v --verbose)--verbose[Say more on stderr]' \
        '*-e+[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*--extra-vars=[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*-t+[Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say]:TAGS: ' \
        '*--tags=[Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say]:TAGS: ' \
        '*--skip-tags=[No task with one of these tags]:TAGS: ' \
        '(-D --diff)-D[Show what would change in files; a plan does so anyway]' \
        '(-D --diff)--diff[Show what would change in files; a plan does so anyway]' \
        '(--out)--out=[Write the plan to this file, for `baton deploy --plan FILE`]:FILE:_files' \
        '(--exit-code)--exit-code[End with 9 if there are changes]' \
        '(--show-script)--show-script=[Print the shell that would go to this host, and contact no other]:HOST: ' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        ':PLAYBOOK:_files'
}

_baton__validate() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '*-i+[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '*--inventory=[Read hosts from this inventory\: a file, a folder, a program, or a list like web1,web2]:FILE:_files' \
        '(-l --limit)-l+[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '(-l --limit)--limit=[Only the hosts that match, as in Ansible\: web\:db, web\:&eu, web\:!web3, web\[0\:2\], web*, ~regex, @file]:PATTERN: ' \
        '*-e+[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*--extra-vars=[Set a variable, stronger than all others\: NAME=VALUE, the value is text; or @FILE, YAML or JSON]:VARIABLE: ' \
        '*-t+[Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say]:TAGS: ' \
        '*--tags=[Only tasks with one of these tags, separated by commas; always, tagged, untagged and all mean what they say]:TAGS: ' \
        '*--skip-tags=[No task with one of these tags]:TAGS: ' \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '*:PLAYBOOK:_files'
}

_baton__lab__down() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(--directory)--directory=[Where the lab lives]:DIR:_path_files -/' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__lab__status() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-o --output)-o+[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(-o --output)--output=[How results are written to stdout\: for people, as one JSON value, or as a line per event]:FORMAT:(text json jsonl)' \
        '(--directory)--directory=[Where the lab lives]:DIR:_path_files -/' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]'
}

_baton__lab__up() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(--directory)--directory=[Where the lab lives]:DIR:_path_files -/' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '::N: '
}

_baton__lab() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(--directory)--directory=[Where the lab lives]:DIR:_path_files -/' \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '1: :->command' \
        '*:: :->arguments'
    case $state in
        command)
            local -a commands=('up:Start the fleet' 'status:Show its hosts' 'down:End the fleet and remove everything of it, also after a crash')
            _describe -t commands command commands
            ;;
        arguments)
            case $line[1] in
                up) _baton__lab__up ;;
                status) _baton__lab__status ;;
                down) _baton__lab__down ;;
            esac
            ;;
    esac
}

_baton__init() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '::DIR:_path_files -/'
}

_baton() {
    local curcontext="$curcontext" state line
    local -A opt_args
    _arguments -s -S -C : \
        '(-h --help)-h[Show help for the command and stop]' \
        '(-h --help)--help[Show help for the command and stop]' \
        '(--version)--version[Show the version and stop]' \
        '1: :->command' \
        '*:: :->arguments'
    case $state in
        command)
            local -a commands=('init:Write a starter project' 'lab:Run a throwaway fleet on this machine to try everything on' 'validate:Verify playbooks offline' 'plan:Show what a playbook would change' 'deploy:Carry out a playbook' 'rollback:Take a release back to the one before, on all hosts' 'render:Show the files that a supervisor would get for a service' 'status:Show releases and services\: what runs, since when, and what is due' 'restart:Restart a service, one host after the other' 'reload:Have a service load its configuration again' 'start:Start a service' 'stop:Stop a service' 'logs:Show what a service wrote, from every host' 'daemon:Keep programs running\: create, list, show, restart and delete them by identifiers' 'exec:Run a command on many hosts' 'facts:Show what the hosts are\: system, kernel, memory, init, tools' 'hosts:Show the resolved inventory, or where a variable comes from' 'completions:Print a completion script for a shell' 'manual:Print the manual page, in roff' 'version:Show the version, and that of libssh2' 'help:Show help for a command')
            _describe -t commands command commands
            ;;
        arguments)
            case $line[1] in
                init) _baton__init ;;
                lab) _baton__lab ;;
                validate) _baton__validate ;;
                plan) _baton__plan ;;
                deploy) _baton__deploy ;;
                rollback) _baton__rollback ;;
                render) _baton__render ;;
                status) _baton__status ;;
                restart) _baton__restart ;;
                reload) _baton__reload ;;
                start) _baton__start ;;
                stop) _baton__stop ;;
                logs) _baton__logs ;;
                daemon) _baton__daemon ;;
                exec) _baton__exec ;;
                facts) _baton__facts ;;
                hosts) _baton__hosts ;;
                completions) _baton__completions ;;
                manual) _baton__manual ;;
                version) _baton__version ;;
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
