#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Definitions of runit: directories that are checked, linked, taken up by a runsv and left by it.
b_newline='
'

# What is new is not to start when runsv finds it. runsv looks for `down` only when it begins, and until the next boot only
# for members that are new.
baton_runit_hold() {
    if [ -e "$1/down" ]; then return 0; fi
    b_said=$({ printf '' >"$1/down"; } 2>&1) || return 1
    b_rv_held="${b_rv_held-}$1$b_newline"
}

baton_runit_let_go() {
    while [ -n "${b_rv_held-}" ]; do
        rm -f "${b_rv_held%%"$b_newline"*}/down"
        b_rv_held=${b_rv_held#*"$b_newline"}
    done
}

# Its scripts, read by the shell that will run them. b_members: a line each.
baton_runit_check() {
    b_said='' b_rv_members=$b_members$b_newline
    while [ -n "$b_rv_members" ]; do
        b_rv_name=${b_rv_members%%"$b_newline"*} b_rv_members=${b_rv_members#*"$b_newline"}
        for b_rv_path in run finish control/t log/run; do
            b_rv_path=$b_rv_folder/$b_rv_name/$b_rv_path
            if [ -z "$b_rv_name" ] || [ ! -f "$b_rv_path" ]; then continue; fi
            b_said=$(baton_limited 20 sh -n "$b_rv_path" 2>&1 | tail -c 2000)
            [ -z "$b_said" ] || return 1
        done
    done
}

# A directory each: a change of one concerns no other.
baton_runit_whole() { return 1; }

# `run` is read again at each start. What is new is not supervised at once: runsvdir looks every five seconds. And runsv
# knows only from its own start on whether there is a log.
baton_runit_take() {
    for b_rv_member; do
        if [ ! -d "$b_rv_started/$b_rv_member/" ]; then
            b_said="there is no $b_rv_started/$b_rv_member"
            return 1
        fi
        baton_runit_wait 20 baton_runit_supervised "$b_rv_member" || return 1
        # Of a log that runsv does not know, sv warns first, and then tells the member's state once more.
        b_rv_has='' b_rv_wants=
        case $b_rv_output in *'; run: log: '* | *'; down: log: '* | *'; finish: log: '*) b_rv_has=yes ;; esac
        if [ -f "$b_rv_started/$b_rv_member/log/run" ]; then b_rv_wants=yes; fi
        [ "$b_rv_has" != "$b_rv_wants" ] || continue
        baton_runit_stop "$b_rv_member" || return 1
        # What an old log left would be taken for one.
        b_rv_log=$b_rv_folder/$b_rv_member/log
        if [ -z "$b_rv_wants" ]; then
            rm -rf "$b_rv_log-before"
            b_said=$(mv "$b_rv_log" "$b_rv_log-before" 2>&1) || return 1
            b_rv_log=$b_rv_log-before
        fi
        if ! b_rv_runsv=$(baton_runit_parent "$b_rv_member"); then
            b_said="the runsv of $b_rv_member cannot be found"
            return 1
        fi
        baton_runit_exit "$b_rv_started/$b_rv_member" "$b_rv_log" "$b_rv_runsv"
        if ! baton_runit_wait 20 baton_runit_renewed "$b_rv_member" "$b_rv_runsv"; then
            b_said="runsv of $b_rv_member did not begin again: ${b_said:-$b_rv_output}"
            return 1
        fi
        rm -rf "$b_rv_folder/$b_rv_member/log-before"
    done
    baton_runit_let_go
    b_said=
}

# baton_runit_exit DIRECTORY LOG RUNSV: runsv ends once the log has, and the log once nobody can write to it any more. A child
# that outlives its service still can. runsvdir may have started the next runsv already: that one is left alone.
baton_runit_exit() {
    baton_runit_sv 3 exit "$1"
    case $b_rv_output in *'timeout: '*) ;; *) return 0 ;; esac
    { read -r b_rv_rest <"/proc/$3/comm"; } 2>/dev/null || return 0
    if [ "$b_rv_rest" = runsv ] && [ -e "$2/supervise/ok" ]; then baton_runit_sv 1 kill "$2"; fi
}

baton_runit_supervised() {
    baton_runit_sv 1 status "$b_rv_started/$1"
    case $b_rv_output in 'run: '* | 'down: '* | 'finish: '*) ;; *) return 1 ;; esac
}

# The runsv of a member: the one whose directory that is.
baton_runit_parent() {
    b_rv_place=$(CDPATH='' cd -P "$b_rv_started/$1" 2>/dev/null && pwd)
    for b_rv_path in /proc/[0-9]*/comm; do
        { read -r b_rv_word <"$b_rv_path"; } 2>/dev/null || continue
        [ "$b_rv_word" = runsv ] || continue
        baton_own_process "${b_rv_path%/comm}" || continue
        [ "$(readlink "${b_rv_path%/comm}/cwd" 2>/dev/null)" = "$b_rv_place" ] || continue
        b_rv_path=${b_rv_path#/proc/}
        printf %s "${b_rv_path%/comm}"
        return 0
    done
    return 1
}

baton_runit_renewed() {
    b_rv_word=$(baton_runit_parent "$1") && [ "$b_rv_word" != "$2" ] && baton_runit_supervised "$1"
}

# The link first: runsvdir would start another runsv. What runsv leaves in the directory goes with it.
baton_runit_drop() {
    shift
    for b_rv_member; do
        b_rv_runsv=$(baton_runit_parent "$b_rv_member")
        if [ -h "$b_rv_started/$b_rv_member" ]; then
            b_said=$(rm -f "$b_rv_started/$b_rv_member" 2>&1) || return 1
        fi
        b_rv_place=$b_rv_folder/$b_rv_member
        [ -d "$b_rv_place" ] || continue
        baton_runit_exit "$b_rv_place" "$b_rv_place/log" "${b_rv_runsv:-none}"
        if ! baton_runit_wait 20 baton_runit_ended "$b_rv_place"; then
            b_said="runsv still runs in $b_rv_place: $b_rv_output"
            return 1
        fi
        rm -rf "$b_rv_place/supervise" "$b_rv_place/log/supervise"
    done
    b_said=
}

baton_runit_ended() {
    baton_runit_sv 1 status "$1"
    case $b_rv_output in 'run: '* | 'down: '* | 'finish: '*) return 1 ;; esac
}
