# Completion of baton for bash; load it with `source`.

# Prints the words that can follow the command "$1".
_baton_commands() {
    case "$1" in
        '') echo 'init lab validate plan deploy rollback render status restart reload start stop logs daemon exec facts hosts completions manual version help' ;;
        'lab') echo 'up status down' ;;
        'daemon') echo 'create list show logs restart delete' ;;
    esac
}

# Prints the options of the command "$1".
_baton_options() {
    case "$1" in
        '') echo '-h --help --version' ;;
        'init') echo '-h --help --version' ;;
        'lab') echo '--directory -h --help --version' ;;
        'lab/up') echo '--directory -h --help --version' ;;
        'lab/status') echo '-o --output --directory -h --help --version' ;;
        'lab/down') echo '--directory -h --help --version' ;;
        'validate') echo '-i --inventory -l --limit -e --extra-vars -t --tags --skip-tags -o --output -h --help --version' ;;
        'plan') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose -e --extra-vars -t --tags --skip-tags -D --diff --out --exit-code --show-script -h --help --version' ;;
        'deploy') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose -e --extra-vars -t --tags --skip-tags -y --yes -C --check -D --diff --plan -h --help --version' ;;
        'rollback') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --to --each --serial --take-over -y --yes -h --help --version' ;;
        'render') echo '--for --host -i --inventory -e --extra-vars -o --output -h --help --version' ;;
        'status') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose -e --extra-vars -h --help --version' ;;
        'restart') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --serial -y --yes -h --help --version' ;;
        'reload') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --serial -y --yes -h --help --version' ;;
        'start') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --serial -y --yes -h --help --version' ;;
        'stop') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --serial -y --yes -h --help --version' ;;
        'logs') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose -F --follow -n --lines -h --help --version' ;;
        'daemon') echo '-h --help --version' ;;
        'daemon/create') echo '-i --inventory -l --limit -u --login --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --on --command --user --directory --processes --start-seconds --stop-seconds --stop-signal --supervisor --id -y --yes -h --help --version' ;;
        'daemon/list') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --on -h --help --version' ;;
        'daemon/show') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --on -h --help --version' ;;
        'daemon/logs') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --on -F --follow -n --lines -h --help --version' ;;
        'daemon/restart') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --on --serial -y --yes -h --help --version' ;;
        'daemon/delete') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --on --serial -y --yes -h --help --version' ;;
        'exec') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose --timeout --max-output -h --help --version' ;;
        'facts') echo '-i --inventory -l --limit -u --user --private-key -k --ask-pass -b --become --become-user -K --ask-become-pass -f --forks --connect-timeout --accept-new-host-keys -o --output -v --verbose -h --help --version' ;;
        'hosts') echo '-i --inventory -l --limit --graph --vars --explain -o --output -h --help --version' ;;
        'completions') echo '-h --help --version' ;;
        'manual') echo '-h --help --version' ;;
        'version') echo '-o --output -h --help --version' ;;
    esac
}

# Prints what kind of value the option "$2" of the command "$1" takes, or nothing.
_baton_value() {
    case "$1:$2" in
        lab:--directory | lab/*:--directory) echo 'directory' ;;
        lab/status:-o | lab/status:--output) echo 'words text json jsonl' ;;
        validate:-i | validate:--inventory) echo 'file' ;;
        validate:-l | validate:--limit) echo 'text' ;;
        validate:-e | validate:--extra-vars) echo 'text' ;;
        validate:-t | validate:--tags) echo 'text' ;;
        validate:--skip-tags) echo 'text' ;;
        validate:-o | validate:--output) echo 'words text json jsonl' ;;
        plan:-i | plan:--inventory) echo 'file' ;;
        plan:-l | plan:--limit) echo 'text' ;;
        plan:-u | plan:--user) echo 'text' ;;
        plan:--private-key) echo 'file' ;;
        plan:--become-user) echo 'text' ;;
        plan:-f | plan:--forks) echo 'text' ;;
        plan:--connect-timeout) echo 'text' ;;
        plan:-o | plan:--output) echo 'words text json jsonl' ;;
        plan:-e | plan:--extra-vars) echo 'text' ;;
        plan:-t | plan:--tags) echo 'text' ;;
        plan:--skip-tags) echo 'text' ;;
        plan:--out) echo 'file' ;;
        plan:--show-script) echo 'text' ;;
        deploy:-i | deploy:--inventory) echo 'file' ;;
        deploy:-l | deploy:--limit) echo 'text' ;;
        deploy:-u | deploy:--user) echo 'text' ;;
        deploy:--private-key) echo 'file' ;;
        deploy:--become-user) echo 'text' ;;
        deploy:-f | deploy:--forks) echo 'text' ;;
        deploy:--connect-timeout) echo 'text' ;;
        deploy:-o | deploy:--output) echo 'words text json jsonl' ;;
        deploy:-e | deploy:--extra-vars) echo 'text' ;;
        deploy:-t | deploy:--tags) echo 'text' ;;
        deploy:--skip-tags) echo 'text' ;;
        deploy:--plan) echo 'file' ;;
        rollback:-i | rollback:--inventory) echo 'file' ;;
        rollback:-l | rollback:--limit) echo 'text' ;;
        rollback:-u | rollback:--user) echo 'text' ;;
        rollback:--private-key) echo 'file' ;;
        rollback:--become-user) echo 'text' ;;
        rollback:-f | rollback:--forks) echo 'text' ;;
        rollback:--connect-timeout) echo 'text' ;;
        rollback:-o | rollback:--output) echo 'words text json jsonl' ;;
        rollback:--to) echo 'text' ;;
        rollback:--serial) echo 'text' ;;
        render:--for) echo 'text' ;;
        render:--host) echo 'text' ;;
        render:-i | render:--inventory) echo 'file' ;;
        render:-e | render:--extra-vars) echo 'text' ;;
        render:-o | render:--output) echo 'words text json jsonl' ;;
        status:-i | status:--inventory) echo 'file' ;;
        status:-l | status:--limit) echo 'text' ;;
        status:-u | status:--user) echo 'text' ;;
        status:--private-key) echo 'file' ;;
        status:--become-user) echo 'text' ;;
        status:-f | status:--forks) echo 'text' ;;
        status:--connect-timeout) echo 'text' ;;
        status:-o | status:--output) echo 'words text json jsonl' ;;
        status:-e | status:--extra-vars) echo 'text' ;;
        restart:-i | restart:--inventory) echo 'file' ;;
        restart:-l | restart:--limit) echo 'text' ;;
        restart:-u | restart:--user) echo 'text' ;;
        restart:--private-key) echo 'file' ;;
        restart:--become-user) echo 'text' ;;
        restart:-f | restart:--forks) echo 'text' ;;
        restart:--connect-timeout) echo 'text' ;;
        restart:-o | restart:--output) echo 'words text json jsonl' ;;
        restart:--serial) echo 'text' ;;
        reload:-i | reload:--inventory) echo 'file' ;;
        reload:-l | reload:--limit) echo 'text' ;;
        reload:-u | reload:--user) echo 'text' ;;
        reload:--private-key) echo 'file' ;;
        reload:--become-user) echo 'text' ;;
        reload:-f | reload:--forks) echo 'text' ;;
        reload:--connect-timeout) echo 'text' ;;
        reload:-o | reload:--output) echo 'words text json jsonl' ;;
        reload:--serial) echo 'text' ;;
        start:-i | start:--inventory) echo 'file' ;;
        start:-l | start:--limit) echo 'text' ;;
        start:-u | start:--user) echo 'text' ;;
        start:--private-key) echo 'file' ;;
        start:--become-user) echo 'text' ;;
        start:-f | start:--forks) echo 'text' ;;
        start:--connect-timeout) echo 'text' ;;
        start:-o | start:--output) echo 'words text json jsonl' ;;
        start:--serial) echo 'text' ;;
        stop:-i | stop:--inventory) echo 'file' ;;
        stop:-l | stop:--limit) echo 'text' ;;
        stop:-u | stop:--user) echo 'text' ;;
        stop:--private-key) echo 'file' ;;
        stop:--become-user) echo 'text' ;;
        stop:-f | stop:--forks) echo 'text' ;;
        stop:--connect-timeout) echo 'text' ;;
        stop:-o | stop:--output) echo 'words text json jsonl' ;;
        stop:--serial) echo 'text' ;;
        logs:-i | logs:--inventory) echo 'file' ;;
        logs:-l | logs:--limit) echo 'text' ;;
        logs:-u | logs:--user) echo 'text' ;;
        logs:--private-key) echo 'file' ;;
        logs:--become-user) echo 'text' ;;
        logs:-f | logs:--forks) echo 'text' ;;
        logs:--connect-timeout) echo 'text' ;;
        logs:-o | logs:--output) echo 'words text json jsonl' ;;
        logs:-n | logs:--lines) echo 'text' ;;
        daemon/create:-i | daemon/create:--inventory) echo 'file' ;;
        daemon/create:-l | daemon/create:--limit) echo 'text' ;;
        daemon/create:-u | daemon/create:--login) echo 'text' ;;
        daemon/create:--private-key) echo 'file' ;;
        daemon/create:--become-user) echo 'text' ;;
        daemon/create:-f | daemon/create:--forks) echo 'text' ;;
        daemon/create:--connect-timeout) echo 'text' ;;
        daemon/create:-o | daemon/create:--output) echo 'words text json jsonl' ;;
        daemon/create:--on) echo 'text' ;;
        daemon/create:--command) echo 'text' ;;
        daemon/create:--user) echo 'text' ;;
        daemon/create:--directory) echo 'text' ;;
        daemon/create:--processes) echo 'text' ;;
        daemon/create:--start-seconds) echo 'text' ;;
        daemon/create:--stop-seconds) echo 'text' ;;
        daemon/create:--stop-signal) echo 'text' ;;
        daemon/create:--supervisor) echo 'words supervisord systemd' ;;
        daemon/create:--id) echo 'text' ;;
        daemon/list:-i | daemon/list:--inventory) echo 'file' ;;
        daemon/list:-l | daemon/list:--limit) echo 'text' ;;
        daemon/list:-u | daemon/list:--user) echo 'text' ;;
        daemon/list:--private-key) echo 'file' ;;
        daemon/list:--become-user) echo 'text' ;;
        daemon/list:-f | daemon/list:--forks) echo 'text' ;;
        daemon/list:--connect-timeout) echo 'text' ;;
        daemon/list:-o | daemon/list:--output) echo 'words text json jsonl' ;;
        daemon/list:--on) echo 'text' ;;
        daemon/show:-i | daemon/show:--inventory) echo 'file' ;;
        daemon/show:-l | daemon/show:--limit) echo 'text' ;;
        daemon/show:-u | daemon/show:--user) echo 'text' ;;
        daemon/show:--private-key) echo 'file' ;;
        daemon/show:--become-user) echo 'text' ;;
        daemon/show:-f | daemon/show:--forks) echo 'text' ;;
        daemon/show:--connect-timeout) echo 'text' ;;
        daemon/show:-o | daemon/show:--output) echo 'words text json jsonl' ;;
        daemon/show:--on) echo 'text' ;;
        daemon/logs:-i | daemon/logs:--inventory) echo 'file' ;;
        daemon/logs:-l | daemon/logs:--limit) echo 'text' ;;
        daemon/logs:-u | daemon/logs:--user) echo 'text' ;;
        daemon/logs:--private-key) echo 'file' ;;
        daemon/logs:--become-user) echo 'text' ;;
        daemon/logs:-f | daemon/logs:--forks) echo 'text' ;;
        daemon/logs:--connect-timeout) echo 'text' ;;
        daemon/logs:-o | daemon/logs:--output) echo 'words text json jsonl' ;;
        daemon/logs:--on) echo 'text' ;;
        daemon/logs:-n | daemon/logs:--lines) echo 'text' ;;
        daemon/restart:-i | daemon/restart:--inventory) echo 'file' ;;
        daemon/restart:-l | daemon/restart:--limit) echo 'text' ;;
        daemon/restart:-u | daemon/restart:--user) echo 'text' ;;
        daemon/restart:--private-key) echo 'file' ;;
        daemon/restart:--become-user) echo 'text' ;;
        daemon/restart:-f | daemon/restart:--forks) echo 'text' ;;
        daemon/restart:--connect-timeout) echo 'text' ;;
        daemon/restart:-o | daemon/restart:--output) echo 'words text json jsonl' ;;
        daemon/restart:--on) echo 'text' ;;
        daemon/restart:--serial) echo 'text' ;;
        daemon/delete:-i | daemon/delete:--inventory) echo 'file' ;;
        daemon/delete:-l | daemon/delete:--limit) echo 'text' ;;
        daemon/delete:-u | daemon/delete:--user) echo 'text' ;;
        daemon/delete:--private-key) echo 'file' ;;
        daemon/delete:--become-user) echo 'text' ;;
        daemon/delete:-f | daemon/delete:--forks) echo 'text' ;;
        daemon/delete:--connect-timeout) echo 'text' ;;
        daemon/delete:-o | daemon/delete:--output) echo 'words text json jsonl' ;;
        daemon/delete:--on) echo 'text' ;;
        daemon/delete:--serial) echo 'text' ;;
        exec:-i | exec:--inventory) echo 'file' ;;
        exec:-l | exec:--limit) echo 'text' ;;
        exec:-u | exec:--user) echo 'text' ;;
        exec:--private-key) echo 'file' ;;
        exec:--become-user) echo 'text' ;;
        exec:-f | exec:--forks) echo 'text' ;;
        exec:--connect-timeout) echo 'text' ;;
        exec:-o | exec:--output) echo 'words text json jsonl' ;;
        exec:--timeout) echo 'text' ;;
        exec:--max-output) echo 'text' ;;
        facts:-i | facts:--inventory) echo 'file' ;;
        facts:-l | facts:--limit) echo 'text' ;;
        facts:-u | facts:--user) echo 'text' ;;
        facts:--private-key) echo 'file' ;;
        facts:--become-user) echo 'text' ;;
        facts:-f | facts:--forks) echo 'text' ;;
        facts:--connect-timeout) echo 'text' ;;
        facts:-o | facts:--output) echo 'words text json jsonl' ;;
        hosts:-i | hosts:--inventory) echo 'file' ;;
        hosts:-l | hosts:--limit) echo 'text' ;;
        hosts:--explain) echo 'text' ;;
        hosts:-o | hosts:--output) echo 'words text json jsonl' ;;
        version:-o | version:--output) echo 'words text json jsonl' ;;
    esac
}

# Prints what kind of value the operand number "$2" of the command "$1" is.
_baton_operand() {
    case "$1:$2" in
        init:0) echo 'directory' ;;
        lab/up:0) echo 'text' ;;
        validate:[0-9]*) echo 'file' ;;
        plan:0) echo 'file' ;;
        deploy:0) echo 'file' ;;
        rollback:0) echo 'text' ;;
        render:0) echo 'text' ;;
        status:0) echo 'text' ;;
        restart:0) echo 'text' ;;
        reload:0) echo 'text' ;;
        start:0) echo 'text' ;;
        stop:0) echo 'text' ;;
        logs:0) echo 'text' ;;
        daemon/show:0) echo 'text' ;;
        daemon/logs:0) echo 'text' ;;
        daemon/restart:0) echo 'text' ;;
        daemon/delete:0) echo 'text' ;;
        exec:after) echo 'text' ;;
        hosts:0) echo 'text' ;;
        completions:0) echo 'words bash zsh fish' ;;
    esac
}

# Fills COMPREPLY with what fits "$2" of the kind "$1"; "$3" stands before every reply. Where that is
# nothing, readline tries paths itself: it knows about `~` and quotes.
_baton_offer() {
    local kind="$1" current="$2" before="$3"
    case "$kind" in
        file) compopt -o filenames -o default 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        directory) compopt -o filenames -o dirnames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        words*) mapfile -t COMPREPLY < <(compgen -W "${kind#words}" -- "$current") ;;
    esac
    [[ -z $before || ${#COMPREPLY[@]} -eq 0 ]] || COMPREPLY=("${COMPREPLY[@]/#/$before}")
}

_baton() {
    local IFS=$' \t\n' current="${COMP_WORDS[COMP_CWORD]}" place='' pending='' ended='' kind='' word
    local -i count=0 index
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        if [[ -n $pending ]]; then
            # Bash makes a word of its own out of the sign in `--name=value`.
            [[ $word == '=' ]] || pending=''
        elif [[ -n $ended ]]; then
            count+=1
        elif [[ $word == -- ]]; then
            ended=yes
            [[ -z $(_baton_operand "$place" after) ]] || ended=after
        elif [[ $word == --*=* ]]; then
            :
        elif [[ $word == --* ]]; then
            pending="$(_baton_value "$place" "$word")"
        elif [[ $word == -?* ]]; then
            # In `-f5` the value is attached; in `-Cf` it follows.
            if [[ ${#word} -eq 2 || -z $(_baton_value "$place" "${word:0:2}") ]]; then
                pending="$(_baton_value "$place" "-${word: -1}")"
            fi
        elif [[ " $(_baton_commands "$place") " == *" $word "* ]]; then
            # Behind `help` the same commands follow as at the start.
            [[ $place:$word == ':help' ]] || place="${place:+$place/}$word"
        else
            count+=1
        fi
    done
    if [[ -n $pending ]]; then
        [[ $current != '=' ]] || current=''
        _baton_offer "$pending" "$current" ''
    elif [[ -z $ended && $current == --*=* ]]; then
        kind="$(_baton_value "$place" "${current%%=*}")"
        _baton_offer "$kind" "${current#*=}" "${current%%=*}="
    elif [[ -z $ended && $current == -* ]]; then
        _baton_offer "words $(_baton_options "$place")" "$current" ''
    elif [[ -z $ended && -n $(_baton_commands "$place") ]]; then
        _baton_offer "words $(_baton_commands "$place")" "$current" ''
    elif [[ $ended == after ]]; then
        _baton_offer "$(_baton_operand "$place" after)" "$current" ''
    else
        _baton_offer "$(_baton_operand "$place" "$count")" "$current" ''
    fi
}

complete -F _baton baton
