#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Starting, stopping and signalling what no supervisor has. Right before each signal the process is looked at once more.
b_newline='
'

# Which of the launchers is that of member $1.
baton_none_number() {
    b_no_number=0
    if [ "$1" != "$b_service" ]; then b_no_number=${1##*-}; fi
}

baton_none_start() {
    b_said=
    baton_none_state "$1"
    case $b_state in running | starting) return 0 ;; esac
    # Of a main process that was killed, others may be left with its sockets.
    b_no_session=$b_no_in
    if [ -n "$b_no_session" ]; then baton_none_leftovers; fi
    # Servers refuse to begin where such a file names anybody who lives.
    if [ -n "$b_pidfile" ] && { [ -e "$b_pidfile" ] || [ -h "$b_pidfile" ]; }; then
        baton_as_user 10 "rm -f -- $b_pidfile" 2>/dev/null
    fi
    baton_none_number "$1"
    baton_home || b_home=/
    b_no_status='' b_no_asked=0 b_no_known=
    # With nothing around it but what its definition says; a lab knows what is its own by two variables.
    set -- "$1" env -i HOME="$b_home" PATH="$PATH" ${BATON_LAB+BATON_LAB="$BATON_LAB"} \
        ${BATON_LAB_HOST+BATON_LAB_HOST="$BATON_LAB_HOST"} sh "$b_etc/$b_service/launch-$b_no_number"
    (
        cd / || exit 1
        exec </dev/null >"$b_volatile/$b_service/said-$1" 2>&1
        shift
        trap - HUP INT TERM PIPE
        if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; fi
        trap '' HUP
        exec "$@"
    ) &
    b_no_pid=$!
    if baton_started "$b_no_pid"; then b_no_start=$b_started; else b_no_start=0; fi
    b_no_launched="$b_no_pid $b_no_start"
    baton_none_note "$b_no_launched" '' && return 0
    # Whom nobody would know again is not left running.
    kill "$b_no_pid" 2>/dev/null
    b_said="nothing can be written into ${b_no_file%/*}"
    return 1
}

# Its stop signal, and KILL for it and what is left of its session once stop_seconds are over. A takeover that was not over
# leaves a second main process, which is told as well.
baton_none_stop() {
    b_said=
    for b_no_round in 1 2 3; do
        baton_none_state "$1"
        if [ -z "$b_pid" ]; then break; fi
        baton_life "$b_pid" || continue
        b_no_main=$b_life
        baton_none_session "$b_pid"
        baton_none_send "$b_stop_signal" "$b_no_main" || :
        if baton_none_ends "$b_stop_seconds" "$b_no_main"; then continue; fi
        baton_note 'kill' "$1" pid "${b_no_main%% *}"
        baton_none_send KILL "$b_no_main" || :
        if ! baton_none_ends 5 "$b_no_main"; then
            b_said="process ${b_no_main%% *} does not end"
            return 1
        fi
        baton_none_sweep
    done
    rm -f "$b_volatile/$b_service/started-$1" "$b_volatile/$b_service/said-$1"
    b_no_launched='' b_no_known=
}

# What is left in b_no_session has its time to end too.
baton_none_leftovers() {
    baton_none_in "$b_no_session" || return 0
    baton_clock
    b_no_until=$((b_now + b_stop_seconds * 100)) b_no_left=300 b_no_told=' '
    while [ "$b_no_left" -gt 0 ] && baton_none_in "$b_no_session" && [ "$b_now" -lt "$b_no_until" ]; do
        case $b_no_told in *" $b_no_life "*) baton_pause ;; *) baton_none_send TERM "$b_no_life" || : ;; esac
        b_no_told="$b_no_told$b_no_life " b_no_left=$((b_no_left - 1))
        baton_clock
    done
    baton_none_sweep
}

# baton_none_ends SECONDS PROCESS: whether it does within this time.
baton_none_ends() {
    baton_clock
    b_no_until=$((b_now + $1 * 100))
    while baton_none_lives "$2"; do
        baton_clock
        [ "$b_now" -lt "$b_no_until" ] || return 1
        baton_pause
    done
}

# The session of process $1 in b_no_session, unless it is that of this procedure.
baton_none_session() {
    b_no_session=
    baton_process "$1" || return 0
    b_no_rest=${b_process#* * * } b_no_session=${b_no_rest%% *}
    baton_process "$$"
    b_no_rest=${b_process#* * * }
    [ "${b_no_rest%% *}" != "$b_no_session" ] || b_no_session=
}

# What is left in b_no_session of one that was killed.
baton_none_sweep() {
    [ -n "$b_no_session" ] || return 0
    b_no_left=300
    while [ "$b_no_left" -gt 0 ] && baton_none_in "$b_no_session"; do
        b_no_left=$((b_no_left - 1))
        baton_none_send KILL "$b_no_life" || :
    done
}

# baton_none_send SIGNAL PROCESS: by its user, so that nobody else's process gets it.
baton_none_send() {
    b_no_send=$1 b_no_whom=$2
    baton_none_lives "$b_no_whom" && baton_none_own "${b_no_whom%% *}" || return 1
    if [ "$b_account" = root ] || ! baton_root; then
        kill -s "$b_no_send" "${b_no_whom%% *}" 2>/dev/null
    else
        baton_as_user 10 "kill -s $b_no_send ${b_no_whom%% *}" 2>/dev/null
    fi
}

baton_none_signal() {
    baton_none_state "$1"
    b_said="it is $b_state${b_detail:+: $b_detail}"
    [ "$b_state" = running ] && baton_life "$b_pid" || return 1
    b_said="process $b_pid could not be sent $2"
    baton_none_send "$2" "$b_life" && b_said=
}
