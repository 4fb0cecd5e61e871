#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Looks at a service before it is handed over, and changes nothing. Each answer is a line KEY VALUE; what it means is
# decided elsewhere. Whatever a service wrote is only repeated, cut and cleaned.

# baton_preflight PIDFILE USER ROOT TREE UNIT SECONDS PID...: TREE is where the new release lies, and SECONDS how long its
# trial may take; both may be empty. The pids are whom the caller takes for main processes. Before the call stand
# b_pf_words (the command by its usual path), b_pf_try (the same in TREE) and b_pf_variables (its environment).
baton_preflight() {
    b_pf_pidfile=$1 b_pf_user=$2 b_pf_root=${3%/} b_pf_tree=${4%/} b_pf_unit=$5 b_pf_seconds=$6
    shift 6
    b_self_uid=$(id -u)
    # How deadlines are kept here is found out once, before the first subshell.
    baton_limited 5 true
    if ! baton_boot; then
        echo 'this host does not show its processes in /proc' >&2
        exit 1
    fi
    baton_pf_say boot "$b_boot"
    baton_pf_root
    baton_pf_files
    baton_pf_account "$b_pf_user"
    b_pf_master=
    # A supervisor knows better than a file that the service writes.
    for b_pf_pid in "$@" "$b_pf_named" "$b_pf_moved"; do
        case $b_pf_pid in '' | 0* | 1 | *[!0-9]* | ???????????*) continue ;; esac
        if baton_identity "$b_pf_pid"; then
            b_pf_master=$b_pf_pid
            break
        fi
    done
    if [ -n "$b_pf_master" ]; then
        baton_pf_process master "$b_pf_master"
        baton_pf_limits "$b_pf_master"
        baton_pf_environment "$b_pf_master"
        baton_pf_children "$b_pf_master"
        baton_pf_listening "$b_pf_master"
        baton_pf_supervised "$b_pf_master"
    elif [ -n "$b_pf_unit" ]; then
        baton_pf_systemd "$b_pf_unit"
    fi
    baton_pf_memory
    baton_pf_server
    if [ -n "$b_pf_tree" ] && [ -n "$b_pf_seconds" ]; then baton_pf_trial; fi
    return 0
}

# A line of the answer. Values are of anybody: a control character ends no line and moves no terminal.
baton_pf_say() {
    case $2 in
    *[[:cntrl:]]*) printf '%s %.2000s\n' "$1" "$(printf %s "$2" | LC_ALL=C tr '\000-\037\177' '?')" ;;
    *) printf '%s %.2000s\n' "$1" "$2" ;;
    esac
}

# baton_pf_lines KEY MOST: its input, a line each.
baton_pf_lines() {
    b_pf_most=$2
    while IFS= read -r b_pf_line || [ -n "$b_pf_line" ]; do
        [ "$b_pf_most" -gt 0 ] || break
        b_pf_most=$((b_pf_most - 1))
        [ -z "$b_pf_line" ] || baton_pf_say "$1" "$b_pf_line"
    done
}

# Where the service lies. The ways are told as they are written and as they are.
baton_pf_root() {
    b_pf_real='' b_pf_old=
    [ -n "$b_pf_root" ] || return 0
    b_pf_real=$(CDPATH='' cd -P -- "$b_pf_root/" 2>/dev/null && pwd -P)
    [ -n "$b_pf_real" ] || return 0
    baton_pf_say root "$b_pf_real"
    if [ -h "$b_pf_root/current" ]; then baton_pf_say current "$(readlink -- "$b_pf_root/current")"; fi
    b_pf_old=$(CDPATH='' cd -P -- "$b_pf_root/current/" 2>/dev/null && pwd -P)
    [ -z "$b_pf_old" ] || baton_pf_say current_real "$b_pf_old"
    [ -z "$b_pf_tree" ] || [ ! -d "$b_pf_tree" ] || echo 'tree yes'
}

# The pid file and those that a second master writes or leaves beside it: `SUFFIX missing|empty|strange|PID dead|zombie|alive`.
# A file that names nobody is stale. A link is not followed.
baton_pf_files() {
    b_pf_named='' b_pf_moved=
    [ -n "$b_pf_pidfile" ] || return 0
    for b_pf_suffix in '' .2 .oldbin; do
        b_pf_file=$b_pf_pidfile$b_pf_suffix b_pid='' b_pf_word=
        if [ -h "$b_pf_file" ]; then
            b_pf_word='link'
        elif [ ! -e "$b_pf_file" ]; then
            b_pf_word=missing
        elif [ ! -f "$b_pf_file" ]; then
            b_pf_word=strange
        elif [ ! -s "$b_pf_file" ]; then
            b_pf_word=empty
        else
            baton_pid_file "$b_pf_file"
            if [ -z "$b_pid" ]; then
                b_pf_word=strange
            elif baton_identity "$b_pid"; then
                b_pf_word="$b_pid alive"
                # What moved aside has a file of its own even where the usual one is gone.
                case $b_pf_suffix in '') b_pf_named=$b_pid ;; .oldbin) b_pf_moved=$b_pid ;; esac
            elif [ -e "$b_proc/$b_pid" ]; then
                b_pf_word="$b_pid zombie"
            else
                b_pf_word="$b_pid dead"
            fi
        fi
        baton_pf_say pid_file "${b_pf_suffix:--} $b_pf_word"
    done
    # A master that has moved aside is the one that serves.
    if [ -n "$b_pf_moved" ] && [ -n "$b_pf_named" ]; then
        baton_identity "$b_pf_named"
        [ "$b_s_parent" != "$b_pf_moved" ] || b_pf_named=$b_pf_moved
    fi
}

# As whom the service's own programs are run here.
baton_pf_account() {
    b_pf_uid='' b_pf_gid=
    [ -n "$1" ] || return 0
    b_pf_uid=$(id -u -- "$1" 2>/dev/null) b_pf_gid=$(id -g -- "$1" 2>/dev/null)
    [ -z "$b_pf_uid" ] || baton_pf_say account "$b_pf_uid ${b_pf_gid:-0}"
}

# baton_pf_as SECONDS COMMAND...: as the service's user, in a group of processes of its own, ended after so long. Where root
# cannot become that user, nothing is run: what lies in a service's tree is not root's to run.
# shellcheck disable=SC2016
baton_pf_as() {
    b_pf_limit=$1
    shift
    if [ "$b_self_uid" != 0 ] || [ "${b_pf_uid:-0}" = 0 ]; then
        [ -n "$b_pf_uid" ] && [ "$b_self_uid" != 0 ] && [ "$b_self_uid" != "$b_pf_uid" ] && return 77
        baton_limited "$b_pf_limit" "$@" </dev/null
    elif setpriv --reuid "$b_pf_uid" --regid "${b_pf_gid:-0}" --clear-groups true 2>/dev/null; then
        if [ -z "$b_pf_user" ] ||
            ! setpriv --reuid "$b_pf_uid" --regid "${b_pf_gid:-0}" --init-groups true 2>/dev/null; then
            baton_limited "$b_pf_limit" setpriv --reuid "$b_pf_uid" --regid "${b_pf_gid:-0}" --clear-groups "$@" </dev/null
        else
            baton_limited "$b_pf_limit" setpriv --reuid "$b_pf_uid" --regid "${b_pf_gid:-0}" --init-groups "$@" </dev/null
        fi
    elif [ -n "$b_pf_user" ]; then
        baton_limited "$b_pf_limit" su -s /bin/sh -c 'exec "$0" "$@"' -- "$b_pf_user" "$@" </dev/null
    else
        return 77
    fi
}
