#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a service's procedure asks of supervisord, all of it through supervisorctl. What that prints counts, never how it
# ends: 3.x ends with 0 whatever happens. `update`, `restart` and `reload` are never used: the first two are several
# requests in one that a cut leaves half done, the last one restarts everything.
b_newline='
'

# baton_supervisord_ask SECONDS WORD...: what supervisorctl prints, in b_sd_output; the end of it in b_said.
baton_supervisord_ask() {
    b_sd_seconds=$1
    shift
    b_sd_output='' b_said='supervisord does not run here, or not as this user'
    if ! baton_supervisord_find; then
        b_said=${b_sd_why:-$b_said}
        return 1
    fi
    set -- -c "$b_sd_conf" "$@"
    if [ -n "$b_sd_server" ]; then set -- -s "$b_sd_server" "$@"; fi
    b_sd_output=$({
        baton_limited "$b_sd_seconds" "$b_sd_program" "$@" </dev/null 2>&1
        printf '\n%d' "$?"
    } | tail -c 262144)
    b_sd_end=${b_sd_output##*"$b_newline"} b_sd_output=${b_sd_output%"$b_newline"*}
    b_sd_output=${b_sd_output%"$b_newline"}
    b_said=$(printf '%s' "$b_sd_output" | tail -c 2000)
    [ -n "$b_sd_output" ] || [ "$b_sd_end" -lt 100 ] || b_said="supervisorctl did not answer within $b_sd_seconds seconds"
}

baton_supervisord_here() {
    b_version=
    baton_supervisord_ask 20 version || return 1
    case $b_sd_output in [0-9]*.[0-9]*) b_version=$b_sd_output ;; *) return 1 ;; esac
}

baton_supervisord_forget() { b_sd_states=; }

# One question for all: every line is a process, or the answer is not one.
baton_supervisord_states() {
    b_sd_states=no
    baton_supervisord_ask 30 status || return 1
    [ -n "$b_sd_output" ] || [ "$b_sd_end" -lt 100 ] || return 1
    b_sd_words='STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN'
    if [ -n "$b_sd_output" ] && printf '%s\n' "$b_sd_output" | grep -qvE "^[^ ]+ +($b_sd_words)( |\$)"; then return 1; fi
    b_sd_states=$b_newline$b_sd_output$b_newline b_said=
}

baton_supervisord_state() {
    b_state=unknown b_pid='' b_restarts='' b_detail='' b_sd_once=
    if [ -z "${b_sd_states-}" ]; then
        b_sd_once=yes
        baton_supervisord_states
    fi
    case $b_sd_states in
    no) b_detail=${b_said%%"$b_newline"*} ;;
    *"$b_newline$1 "*)
        b_sd_line=${b_sd_states#*"$b_newline$1 "}
        b_sd_line=${b_sd_line%%"$b_newline"*}
        b_detail=${b_sd_line#"${b_sd_line%%[! ]*}"}
        b_sd_word=${b_detail%% *} b_sd_line=${b_detail#"$b_sd_word"}
        b_sd_line=${b_sd_line#"${b_sd_line%%[! ]*}"}
        b_detail="$b_sd_word${b_sd_line:+ $b_sd_line}"
        case $b_sd_word in
        RUNNING) b_state=running ;;
        STARTING) b_state=starting ;;
        STOPPING) b_state=stopping ;;
        STOPPED | EXITED) b_state=stopped ;;
        BACKOFF) b_state=backoff ;;
        FATAL) b_state=failed ;;
        esac
        case $b_sd_line in 'pid '[0-9]*) b_pid=${b_sd_line#pid } b_pid=${b_pid%%[!0-9]*} ;; esac
        ;;
    *) b_state=absent b_detail='supervisord does not know it' ;;
    esac
    if [ -n "$b_sd_once" ]; then b_sd_states=; fi
}

# Starts are counted by the launcher; one that is asked for does not count against the limit.
baton_supervisord_forgive() {
    b_sd_number=0
    case $1 in *:*_[0-9]*) b_sd_number=${1##*_} b_sd_number=${b_sd_number#0} ;; esac
    rm -f "/run/baton/${1%%:*}/starts-$b_sd_number" 2>/dev/null || :
}

# supervisorctl waits until it has been up for startsecs, or has failed.
baton_supervisord_start() {
    baton_supervisord_forget
    baton_supervisord_state "$1"
    # A service that runs is not forgiven what it did.
    if [ "$b_state" = running ]; then return 0; fi
    baton_supervisord_forgive "$1"
    # It is between two attempts: for supervisord that is started, and the pause may be long.
    if [ "$b_state" = backoff ]; then baton_supervisord_ask 30 stop "$1"; fi
    baton_supervisord_ask $((${b_start_seconds:-1} + 30)) start "$1" || return 1
    case $b_sd_output in *': started'* | *'(already started)'*) b_said= ;; *) return 1 ;; esac
}

# It kills by itself what has not stopped after stopwaitsecs.
baton_supervisord_stop() {
    baton_supervisord_forget
    baton_supervisord_ask $((${b_stop_seconds:-10} + 30)) stop "$1" || return 1
    case $b_sd_output in *': stopped'* | *'(not running)'*) b_said= ;; *) return 1 ;; esac
}

# supervisord is the parent of the main process: no other can have its number. Before 3.2 it had no signals.
baton_supervisord_signal() {
    baton_supervisord_forget
    baton_supervisord_ask 20 signal "$2" "$1" || return 1
    case $b_sd_output in
    *': signalled'*) b_said= ;;
    *'Unknown syntax'*)
        baton_supervisord_state "$1"
        b_sd_word=$b_pid
        baton_process "${b_sd_word:-0}" || return 1
        case $b_process in ?" $b_sd_pid "*) ;; *) return 1 ;; esac
        b_said=$(kill -s "$2" "$b_sd_word" 2>&1) || return 1
        ;;
    *) return 1 ;;
    esac
}

# Its definition says so: there is no other place.
baton_supervisord_file() { b_sd_file=/etc/supervisor/conf.d/${1%%:*}.conf; }

baton_supervisord_enabled() {
    baton_supervisord_file "$1"
    grep -qx 'autostart=true' "$b_sd_file" 2>/dev/null
}

# Counts from the next start of supervisord on, and is taken for a change of the definition until then.
baton_supervisord_enable() {
    baton_supervisord_file "$1"
    b_sd_word=true
    if [ "$2" = no ]; then b_sd_word=false; fi
    if grep -qx "autostart=$b_sd_word" "$b_sd_file" 2>/dev/null; then return 0; fi
    b_said=$({
        b_sd_new=${b_sd_file%/*}/.${b_sd_file##*/}.baton
        rm -f "$b_sd_new"
        umask 077
        set -C
        sed "s/^autostart=.*/autostart=$b_sd_word/" "$b_sd_file" >"$b_sd_new" && chmod 644 "$b_sd_new" &&
            grep -qx "autostart=$b_sd_word" "$b_sd_new" && mv -f "$b_sd_new" "$b_sd_file" && exit 0
        rm -f "$b_sd_new"
        exit 1
    } 2>&1)
}
