#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Looks into files. Records as in look-paths.sh.

# baton_look_content NUMBER LIMIT FILE: its first bytes, and one more if there are more. It is found as for a change, so
# nobody can have root read a file of their choice.
baton_look_content() {
    { b_said=$(baton_content "$@" 2>&1 >&3); } 3>&1 || printf 'failed %d %s\0' "$1" "$b_said"
}

baton_content() {
    { baton_place "$3" && [ -f "./$b_name" ] && [ ! -h "./$b_name" ]; } || baton_fail 'it is not there, or not a file'
    [ -r "./$b_name" ] || baton_fail 'it may not be read'
    baton_stat . "./$b_name"
    b_line=${b_lines%%"$b_newline"*}
    baton_split
    b_open=
    if [ -z "$b_lines" ] || baton_shared; then b_open=yes; fi
    b_line=${b_lines#*"$b_newline"}
    baton_split
    { command exec <"./$b_name"; } 2>/dev/null || baton_fail 'it may not be read'
    # Where others may write, a link may have come in between.
    if [ -n "$b_open" ]; then
        b_found=$(stat -L -c '%d:%i' /proc/self/fd/0 2>/dev/null)
        if [ -z "$b_found" ] || [ "$b_found" != "$b_identity" ]; then
            if baton_root; then baton_fail 'root cannot be sure of it, as others may write its directory'; fi
        fi
    fi
    if command -v base64 >/dev/null 2>&1; then
        printf 'base64 %d ' "$1"
        head -c "$(($2 + 1))" | base64
    else
        printf 'hex %d ' "$1"
        head -c "$(($2 + 1))" | od -An -v -tx1
    fi
    printf '\0'
}
