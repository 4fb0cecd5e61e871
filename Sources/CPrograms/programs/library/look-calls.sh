#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Looks that call something else. Records as in look-paths.sh.

# baton_look_command NUMBER FUNCTION: its status, and the end of what it says on stderr.
baton_look_command() {
    # Its streams are not those of this program: it cannot answer in its place. bash complains about NUL bytes.
    {
        b_said=$({
            ("$2") </dev/null 2>&1 >/dev/null
            printf '\n%d' "$?"
        } | tail -c 2000)
    } 2>/dev/null
    printf 'command %d %s %s\0' "$1" "${b_said##*"$b_newline"}" "${b_said%"$b_newline"*}"
}

# baton_look_age NUMBER WHO PROCESS FILE...: see baton_age.
baton_look_age() {
    b_look=$1
    shift
    baton_age "$@"
    printf 'age %d %s %s\0' "$b_look" "$b_age" "$b_older"
}

# baton_look_script NUMBER FUNCTION ...: what a script prints, as it comes; behind it its status, and the end of what it says
# on stderr.
baton_look_script() {
    b_look=$1
    shift
    printf 'script %d ' "$b_look"
    {
        b_said=$({
            ("$@") </dev/null 2>&1 >&3 3>&-
            printf '\n%d' "$?"
        } | tail -c 2000)
    } 3>&1 2>/dev/null
    printf '\0scripted %d %s %s\0' "$b_look" "${b_said##*"$b_newline"}" "${b_said%"$b_newline"*}"
}
