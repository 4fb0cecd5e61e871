#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Steps one after another. Around what a step prints stand marks on both streams: a newline, a key that nobody can guess,
# and what comes. Between two attempts stands `r`. At its end: `n` and a note, if there is one; then `e` and how it ended.

baton_mark() {
    printf '\n%s %s\n' "$b_key" "$1"
    printf '\n%s %s\n' "$b_key" "$1" >&2
}

# Behind it a byte that belongs to nobody: whoever carries this on keeps back a line end, which may begin a mark of his,
# and a step would begin only with its first output.
baton_begin() {
    printf '\n%s b %s\n.' "$b_key" "$b_step"
    printf '\n%s b %s\n.' "$b_key" "$b_step" >&2
}

# baton_step NUMBER RETRIES DELAY stop|continue COMMAND...: COMMAND sets b_end to `done`, `skipped`, `stale` or a status
# that is not 0, and maybe b_note. What failed is tried again; if it fails for good, the program ends, unless it may
# continue.
baton_step() {
    b_step=$1 b_retries=$2 b_delay=$3 b_after=$4
    shift 4
    # Somebody wants nothing more to begin.
    if [ -e "/tmp/.baton-stop-$b_stop" ]; then baton_finish; fi
    baton_begin
    while :; do
        b_end='done' b_note=''
        "$@"
        case $b_end in
        0) b_end='done' ;;
        done | skipped | stale) ;;
        *)
            if [ "$b_retries" -gt 0 ]; then
                b_retries=$((b_retries - 1))
                baton_mark r
                sleep "$b_delay" 2>/dev/null || sleep "$((${b_delay%.*} + 1))"
                continue
            fi
            ;;
        esac
        break
    done
    if [ -n "$b_note" ]; then printf '\n%s n\n%s' "$b_key" "$b_note"; fi
    baton_mark "e $b_end"
    case $b_end in done | skipped) ;; stale) baton_finish ;; *) [ "$b_after" = continue ] || baton_finish ;; esac
}

# The end of the program. Names that it gave and took away are written down now, all together: until then a power cut
# would bring old ones back, whole, and the next run would give them again.
baton_finish() {
    if [ -n "${b_unsynced-}" ]; then
        set -f
        IFS=$b_newline
        # shellcheck disable=SC2086
        sync $b_unsynced 2>/dev/null || sync
    fi
    exit 0
}

# baton_change COMMAND...: a change of the library, in a subshell of its own: it goes to other directories and cleans up
# behind itself. What it prints is its note.
baton_change() {
    b_above=${2%/*}/ b_sweep=yes
    case $b_newline${b_swept-} in *"$b_newline$b_above$b_newline"*) b_sweep= ;; esac
    if [ -n "$b_sweep" ]; then b_swept=${b_swept-}$b_above$b_newline; fi
    b_note=$("$@")
    b_end=$?
    case $b_end in
    0)
        case $b_newline${b_unsynced-} in
        *"$b_newline$b_above$b_newline"*) ;;
        *) b_unsynced=${b_unsynced-}$b_above$b_newline ;;
        esac
        ;;
    75) b_end=stale ;;
    esac
}

# baton_probe FUNCTION [ladder]: a check. It prints which way it took. One with a ladder ends with 3 where nothing here can
# ask: then nothing will a moment later either, and whoever sent this asks himself.
baton_probe() {
    "$1"
    b_end=$?
    if [ "$b_end" = 3 ] && [ "${2-}" = ladder ]; then b_retries=0; fi
}

# baton_script FUNCTION ...: a script that is no part of this library, in a subshell. 75 says that something is not as it
# was seen, 76 that there was nothing to do.
baton_script() {
    ("$@") </dev/null
    b_end=$?
    case $b_end in 75) b_end=stale ;; 76) b_end=skipped ;; esac
}
