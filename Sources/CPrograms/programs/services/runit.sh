#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a service's procedure asks of runit: a directory for each member, a link to it among those that runsvdir watches,
# `sv` with a time to wait in every call (its own is seven seconds), and what runsv writes into `supervise`.
b_newline='
'
b_rv_started=/etc/service b_rv_folder=/etc/sv

baton_runit_here() {
    b_version='' b_said=
    if ! command -v sv >/dev/null 2>&1; then
        b_said='there is no sv here'
        return 1
    fi
    b_rv_runs=
    for b_rv_path in /proc/[0-9]*/comm; do
        { read -r b_rv_word <"$b_rv_path"; } 2>/dev/null || continue
        [ "$b_rv_word" = runsvdir ] || continue
        if baton_own_process "${b_rv_path%/comm}"; then b_rv_runs=yes; fi
    done
    if [ -z "$b_rv_runs" ] || [ ! -d "$b_rv_started/" ]; then
        b_said="no runsvdir watches $b_rv_started"
        return 1
    fi
    # Its programs do not tell their version. Since 2.0 nothing changed in what is used here.
    b_version=$(dpkg-query -W -f '${Version}' runit 2>/dev/null || rpm -q --qf '%{VERSION}' runit 2>/dev/null) ||
        b_version=2.0
    b_version=${b_version%%[!0-9.]*}
}

# baton_runit_sv SECONDS WORD...: what sv prints, in b_rv_output and b_said.
baton_runit_sv() {
    b_rv_seconds=$1
    shift
    b_rv_output=$({
        baton_limited "$((b_rv_seconds + 10))" sv -w "$b_rv_seconds" "$@" </dev/null 2>&1
    } | tail -c 2000)
    b_said=$b_rv_output
}

baton_runit_forget() { :; }
baton_runit_states() { :; }

# `run: PATH: (pid 1) 5s`, `down: PATH: 3s, normally up, want up`, `finish: PATH: ...`, each maybe with its log's behind a
# semicolon; `fail: PATH: ...` where nobody supervises it.
baton_runit_state() {
    b_state=unknown b_pid='' b_restarts='' b_detail=
    if [ ! -d "$b_rv_started/$1/" ]; then
        b_state=absent b_detail="there is no $b_rv_started/$1"
        return 0
    fi
    baton_runit_sv 1 status "$b_rv_started/$1"
    b_rv_line=${b_rv_output%%"$b_newline"*}
    b_rv_line=${b_rv_line%%; run: log*} b_rv_line=${b_rv_line%%; down: log*} b_rv_line=${b_rv_line%%; finish: log*}
    b_detail=$b_rv_line b_said=
    case $b_rv_line in
    'run: '*'want down'* | 'run: '*'got TERM'* | 'finish: '*'want down'*) b_state=stopping ;;
    'run: '*) b_state=running ;;
    'finish: '* | 'down: '*', want up'*) b_state=backoff ;;
    'down: '*)
        b_state=stopped
        if baton_runit_gave_up "$1"; then b_state=failed b_detail="$b_detail, restarted too often"; fi
        ;;
    # runsv looks into its directory within five seconds after the link.
    'fail: '* | 'warning: '*) b_state=absent b_said=$b_rv_output ;;
    '') b_detail='sv says nothing' ;;
    esac
    case $b_rv_line in
    'run: '*'(pid '* | 'finish: '*'(pid '*) b_pid=${b_rv_line#*(pid } b_pid=${b_pid%%[!0-9]*} ;;
    esac
    if [ "$b_state" = running ] && [ -z "$b_pid" ]; then b_state=unknown; fi
}

# Which record counts the starts of a member, and up to how many: its `run` says so.
baton_runit_record() {
    b_rv_record=$(sed -n 's,.*>\(/run/baton/[^ ]*/starts-[0-9]*\) || :$,\1,p' "$b_rv_started/$1/run" 2>/dev/null)
    # shellcheck disable=SC2016
    b_rv_limit=$(sed -n 's/^if \[ "$count" -gt \([0-9]*\) \]; then$/\1/p' "$b_rv_started/$1/run" 2>/dev/null)
}

# A stop that was asked for takes the record away; a full one is that of a member which stopped itself.
baton_runit_gave_up() {
    baton_runit_record "$1"
    [ -n "$b_rv_record" ] && [ -n "$b_rv_limit" ] || return 1
    b_rv_count=$(grep -c . "$b_rv_record" 2>/dev/null)
    [ "${b_rv_count:-0}" -gt "$b_rv_limit" ]
}

baton_runit_forgive() {
    baton_runit_record "$1"
    if [ -n "$b_rv_record" ]; then rm -f "$b_rv_record" 2>/dev/null; fi
}

baton_runit_start() {
    baton_runit_state "$1"
    # A service that runs is not forgiven what it did.
    if [ "$b_state" != running ]; then baton_runit_forgive "$1"; fi
    baton_runit_sv 1 up "$b_rv_started/$1"
    baton_runit_refused || return 0
    return 1
}

# sv says nothing when it could pass on what it was told.
baton_runit_refused() {
    case $b_rv_output in *'fail: '* | *'warning: '* | *'unable to '* | *'usage: '*) return 0 ;; esac
    b_said=
    return 1
}

# Nobody else kills what does not stop: runsv waits for ever. The stop signal is that of control/t. What Baton did not
# define has no manifest, which would say b_boot: it is only asked, as nobody said how long it may take.
baton_runit_stop() {
    if [ -z "${b_boot-yes}" ]; then
        baton_runit_sv 1 down "$b_rv_started/$1"
        if baton_runit_refused; then return 1; fi
        return 0
    fi
    baton_runit_sv "${b_stop_seconds:-10}" force-stop "$b_rv_started/$1"
    case $b_rv_output in
    *'kill: '*)
        # It was killed just now.
        baton_runit_sv 5 down "$b_rv_started/$1"
        baton_runit_wait 5 baton_runit_is_down "$1"
        ;;
    esac
    if baton_runit_is_down "$1"; then
        baton_runit_forgive "$1"
        return 0
    fi
    [ -n "$b_said" ] || b_said=$b_detail
    return 1
}

baton_runit_is_down() {
    b_rv_said=$b_said
    baton_runit_state "$1"
    b_said=$b_rv_said
    case $b_state in stopped | failed | absent) ;; *) return 1 ;; esac
}

# baton_runit_wait SECONDS COMMAND...: until it succeeds.
baton_runit_wait() {
    read -r b_rv_until b_rv_rest </proc/uptime
    b_rv_until=$((${b_rv_until%%.*} + $1))
    shift
    while ! "$@"; do
        read -r b_rv_now b_rv_rest </proc/uptime
        [ "${b_rv_now%%.*}" -lt "$b_rv_until" ] || return 1
        sleep 0.1 2>/dev/null || sleep 1
    done
}

# What sv has a letter for goes through runsv, whose child the main process is: no other can have its number. TERM does
# not, as control/t may make another signal of it.
baton_runit_signal() {
    case $2 in
    HUP) b_rv_word=hup ;;
    ALRM) b_rv_word=alarm ;;
    INT) b_rv_word=interrupt ;;
    QUIT) b_rv_word=quit ;;
    USR1) b_rv_word=1 ;;
    USR2) b_rv_word=2 ;;
    KILL) b_rv_word='kill' ;;
    *) b_rv_word= ;;
    esac
    baton_runit_state "$1"
    if [ -z "$b_pid" ]; then
        b_said=$b_detail
        return 1
    fi
    if [ -n "$b_rv_word" ] && [ ! -e "$b_rv_started/$1/control/$(printf %.1s "$b_rv_word")" ]; then
        baton_runit_sv 1 "$b_rv_word" "$b_rv_started/$1"
        if baton_runit_refused; then return 1; fi
        return 0
    fi
    # To the number, if it is a child of runsv's and still the one of this member.
    b_rv_pid=
    { read -r b_rv_pid <"$b_rv_started/$1/supervise/pid"; } 2>/dev/null
    b_said="process $b_pid is not the one that runsv started"
    [ "$b_rv_pid" = "$b_pid" ] && baton_process "$b_pid" || return 1
    b_rv_word=${b_process#? } b_rv_word=${b_rv_word%% *}
    { read -r b_rv_rest <"/proc/$b_rv_word/comm"; } 2>/dev/null || return 1
    [ "$b_rv_rest" = runsv ] || return 1
    b_said=$(kill -s "$2" "$b_pid" 2>&1)
}

# Members are links, and start at boot unless there is a file `down`.
baton_runit_enabled() {
    # shellcheck disable=SC2086
    set -- $1
    for b_rv_name; do
        [ -d "$b_rv_started/$b_rv_name/" ] && [ ! -e "$b_rv_started/$b_rv_name/down" ] || return 1
    done
}

baton_runit_enable() {
    b_rv_word=$2
    # shellcheck disable=SC2086
    set -- $1
    b_said=
    for b_rv_name; do
        if [ "$b_rv_word" = yes ]; then
            b_said=$(rm -f "$b_rv_folder/$b_rv_name/down" 2>&1) || return 1
        elif [ ! -e "$b_rv_folder/$b_rv_name/down" ]; then
            b_said=$({ : >"$b_rv_folder/$b_rv_name/down"; } 2>&1) || return 1
        fi
    done
}
