#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Processes. Who one is: PID.START, its number and when it began, in the kernel's ticks; both hold for one boot only. A
# number alone may be somebody else's by now. A zombie is nobody: it still takes signals, and does nothing.

# baton_identity PID: its state, parent, start, and where its stack begins, of a process that lives. The command's name may
# hold anything, also a newline; what counts is behind its last bracket.
baton_identity() {
    b_s=
    { while IFS= read -r b_s_line || [ -n "$b_s_line" ]; do b_s=$b_s_line; done <"$b_proc/$1/stat"; } 2>/dev/null
    b_s=${b_s##*) }
    case $b_s in [A-Za-z]' '*) ;; *) return 1 ;; esac
    # shellcheck disable=SC2086
    set -- $b_s
    [ $# -ge 26 ] || return 1
    case $1 in Z | X | x) return 1 ;; esac
    b_s_parent=$2 b_s_start=${20} b_s_stack=${26}
}

# Who has this number now, in b_who.
baton_who() {
    b_who=
    case $1 in '' | 0 | *[!0-9]* | ???????????*) return 1 ;; esac
    baton_identity "$1" || return 1
    b_who=$1.$b_s_start
}

# Whether PID.START still lives.
baton_is() {
    case $1 in *[!0-9.]* | *.*.* | .* | *.) return 1 ;; *.*) ;; *) return 1 ;; esac
    baton_identity "${1%.*}" && [ "$b_s_start" = "${1#*.}" ]
}

# The user of a process, in b_uid: the effective one.
baton_uid() {
    b_uid=
    {
        while read -r b_field b_real b_uid _; do
            [ "$b_field" != Uid: ] || return 0
        done <"$b_proc/$1/status"
    } 2>/dev/null
    b_uid=
    return 1
}

# What a process calls itself, in b_title: its arguments without what is between them. Shells drop the NULs.
baton_title() {
    b_title=
    { IFS= read -r b_title <"$b_proc/$1/cmdline" || [ -n "$b_title" ]; } 2>/dev/null
}

# The numbers of the children of a process, in b_children.
baton_brood() {
    b_children=
    if { read -r b_children <"$b_proc/$1/task/$1/children" || [ -n "$b_children" ]; } 2>/dev/null; then return; fi
    if [ -e "$b_proc/$1/task/$1/children" ]; then return; fi
    # Kernels that were built without it.
    for b_path in "$b_proc"/[0-9]*; do
        baton_identity "${b_path##*/}" || continue
        [ "$b_s_parent" != "$1" ] || b_children="$b_children ${b_path##*/}"
    done
}

# baton_kids PID STACK OTHER: the children of a master. b_kids: its workers, of which b_kids_open still take requests;
# b_kids_other: those that are another program by now. What was only forked begins its stack where its parent does: so a
# second master is told from a worker, whatever the server and whatever files it has written so far.
baton_kids() {
    b_kids='' b_kids_open=0 b_kids_count=0 b_kids_other=
    baton_brood "$1"
    # shellcheck disable=SC2086
    set -- "$1" "$2" "$3" $b_children
    b_master=$1 b_stack=$2 b_not=$3
    shift 3
    for b_child; do
        [ "$b_child" != "$b_not" ] || continue
        if ! baton_identity "$b_child" || [ "$b_s_parent" != "$b_master" ]; then continue; fi
        b_who=$b_child.$b_s_start
        # Where the kernel does not say, it says 0.
        if [ "$b_stack" != "$b_s_stack" ] && [ "$b_stack" != 0 ] && [ "$b_s_stack" != 0 ]; then
            b_kids_other="$b_kids_other $b_who"
            continue
        fi
        if [ -n "${b_order_worker_title-}" ]; then
            baton_title "$b_child"
            case $b_title in *"$b_order_worker_title"*) ;; *) continue ;; esac
        fi
        b_kids="$b_kids $b_who" b_kids_count=$((b_kids_count + 1))
        if [ -n "${b_order_draining_title-}" ]; then
            case $b_title in *"$b_order_draining_title"*) continue ;; esac
        fi
        b_kids_open=$((b_kids_open + 1))
    done
}

# Those of a list that still live, in b_living.
baton_living() {
    b_living=
    for b_one in $1; do
        if baton_is "$b_one"; then b_living="$b_living $b_one"; fi
    done
}

# The first word of a pid file, in b_pid; nothing where the file is missing, empty or holds something else. Its service
# wrote it: it is believed nothing.
baton_pid_file() {
    b_pid=
    [ -n "$1" ] && [ -f "$1" ] || return 0
    { IFS=' ' read -r b_pid _ <"$1"; } 2>/dev/null
    case $b_pid in 0* | *[!0-9]* | ???????????*) b_pid= ;; esac
}
