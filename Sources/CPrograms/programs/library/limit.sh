#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Commands of others: how long they may take, and what of their words is passed on.

# How commands are ended here, in b_timeout: found before the first `$( )`, which could not keep what it finds.
baton_find_timeout() {
    b_timeout=none
    if timeout -k 5 1 true 2>/dev/null; then
        b_timeout='timeout -k 5'
    elif timeout 1 true 2>/dev/null; then
        b_timeout=timeout
    # busybox before 1.30.
    elif timeout -t 1 true 2>/dev/null; then
        b_timeout='timeout -t'
    fi
}

# baton_limited SECONDS COMMAND...: ended after so many seconds. The KILL behind it is for who ignores the first signal.
baton_limited() {
    [ -n "${b_timeout-}" ] || baton_find_timeout
    if [ "$b_timeout" = none ]; then
        shift
        "$@"
        return
    fi
    $b_timeout "$@"
}

# Text of others, cut and without what a terminal would obey, in b_clean.
baton_clean() { b_clean=$(printf %s "$1" | tr -d '\000-\010\013-\037\177' | tail -c "${2:-2000}"); }
