#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Whether a process is older than files that it has read: then a restart or reload is due.

# The fields of /proc/PID/stat behind the command's name, in b_process. The name may hold anything, also a newline; what
# counts is behind its last bracket.
baton_process() {
    b_process=
    { while IFS= read -r b_line; do b_process=$b_line; done <"/proc/$1/stat"; } 2>/dev/null
    b_process=${b_process##*) }
    [ -n "$b_process" ]
}

# When process $1 started, in hundredths of a second on the kernel's own clock.
baton_started() {
    baton_process "$1" || return 1
    # shellcheck disable=SC2086
    set -- $b_process
    shift 19 2>/dev/null || return 1
    b_started=$1
}

# The children of process $1 in b_children.
baton_children() {
    b_children=
    if { read -r b_children <"/proc/$1/task/$1/children" || [ -n "$b_children" ]; } 2>/dev/null; then return; fi
    if [ -e "/proc/$1/task/$1/children" ]; then return; fi
    # Kernels that were built without it.
    for b_path in /proc/[0-9]*; do
        baton_process "${b_path#/proc/}" || continue
        case $b_process in ?" $1 "*) b_children="$b_children ${b_path#/proc/}" ;; esac
    done
}

# A time as `stat -c '%Z %z'` tells it, in b_milliseconds. A file system that keeps whole seconds only leaves it open
# when in that second it was: at its end.
baton_milliseconds() {
    b_part_before=${1%% *} b_part=999
    case $1 in *.000000000*) ;; *.[0-9][0-9][0-9]*) b_part=${1#*.} b_part=${b_part%"${b_part#???}"} ;; esac
    # Of a number with a leading zero the shell would think it is octal.
    b_milliseconds=$((b_part_before * 1000 + 1$b_part - 1000))
}

# The lines of b_times, one per number in $@: is the process of b_born older than one of them?
baton_compare() {
    for b_number; do
        baton_milliseconds "$b_times"
        b_times=${b_times#*"$b_newline"}
        # The clock was set back since, or never right: that time is no evidence of anything.
        if [ "$((b_milliseconds - b_latest))" -gt 20 ]; then
            b_ahead=$b_number
            continue
        fi
        # Both clocks tick in steps of up to ten milliseconds. When in doubt it is older.
        if [ "$(((b_ticks - b_born) * 10 + 20))" -ge "$((b_now - b_milliseconds))" ]; then
            b_age=older b_older=$b_number
            return
        fi
    done
}

# baton_age self|children PROCESS FILE...: PROCESS is the path of a pid file, `unit:` and a unit of systemd, or `pid:` and a
# number. Leaves in b_age `younger`, `older`, `gone`, `ahead` (a file's time is still to come, and no other file is younger than
# the process) or `failed`, and in b_older which file by its number, or a sentence.
baton_age() {
    b_age=gone b_older='' b_ahead=
    b_who=$1
    case $2 in
    unit:*)
        b_pid=$(systemctl show -p MainPID -- "${2#unit:}" 2>/dev/null)
        b_pid=${b_pid#MainPID=}
        ;;
    pid:*) b_pid=${2#pid:} ;;
    *)
        b_pid=
        [ -f "$2" ] && { read -r b_pid <"$2" || [ -n "$b_pid" ]; } 2>/dev/null
        b_pid=${b_pid%% *}
        ;;
    esac
    shift 2
    if [ ! -r /proc/self/stat ]; then
        b_age=failed b_older='there is no /proc here to tell when a process started'
        return
    fi
    case $b_pid in '' | 0 | *[!0-9]* | ???????????*) return ;; esac
    b_born=
    if [ "$b_who" = children ]; then
        baton_children "$b_pid"
        for b_child in $b_children; do
            baton_started "$b_child" || continue
            if [ -z "$b_born" ] || [ "$b_started" -gt "$b_born" ]; then b_born=$b_started; fi
        done
    elif baton_started "$b_pid"; then
        b_born=$b_started
    fi
    [ -n "$b_born" ] || return 0
    # Two clocks that count differently are compared by what they say now: a process that has just begun tells the
    # kernel's, its folder under /proc the one of files.
    b_ticks=$(baton_started self && echo "$b_started")
    b_times=$(TZ=UTC0 LC_ALL=C stat -c '%Z %z' /proc/self/ 2>/dev/null)
    case $b_ticks/$b_times in
    /* | */)
        b_age=failed b_older='the times of files and processes cannot be told here: that takes stat -c'
        return
        ;;
    esac
    baton_milliseconds "$b_times"
    b_now=$b_milliseconds b_age=younger
    # The change of a file counts, not its modification: what was renamed into place may be old inside. Of a link both
    # count, its own and that of what it names.
    baton_times -L "$@"
    [ "$b_age" = older ] || baton_times '' "$@"
    if [ "$b_age" = younger ] && [ -n "$b_ahead" ]; then b_age=ahead b_older=$b_ahead; fi
}

# Compares with those of the files that are there; without -L only links are asked for, and themselves.
baton_times() {
    b_follow=$1 b_numbers='' b_number=0
    shift
    for b_path; do
        shift
        b_number=$((b_number + 1))
        if [ -e "$b_path" ] && { [ -n "$b_follow" ] || [ -h "$b_path" ]; }; then
            b_numbers="$b_numbers $b_number"
            set -- "$@" "$b_path"
        fi
    done
    [ $# -gt 0 ] || return 0
    # Behind them what the clock says by then: a file may be changed at this very moment.
    # shellcheck disable=SC2086
    b_times=$(TZ=UTC0 LC_ALL=C stat $b_follow -c '%Z %z' -- "$@" /proc/self/ 2>/dev/null)
    baton_milliseconds "${b_times##*"$b_newline"}"
    b_latest=$b_milliseconds
    # shellcheck disable=SC2086
    baton_compare $b_numbers
}
