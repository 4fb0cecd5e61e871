#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Looks of all kinds. Each answer is a record that ends with a NUL byte, which neither a path nor a variable can hold.

# baton_look_paths FIRST WANTS PATH...: a record per path, numbered from FIRST.
baton_look_paths() {
    b_first=$1
    shift
    baton_see "$@"
    shift
    b_number=0
    for b_path; do
        b_number=$((b_number + 1))
        eval "b_state=\$b_seen_$b_number b_sum=\$b_sum_$b_number b_names=\$b_names_$b_number"
        baton_barred "$b_path"
        if [ -n "$b_barred" ]; then b_sum=- b_names='' b_state="barred $b_barred"; fi
        if [ "$b_state" = missing ]; then baton_parent "$b_path"; fi
        printf 'path %d %s\t%s\t%s\0' "$((b_first + b_number - 1))" "${b_sum:--}" "${b_names:-	}" "$b_state"
    done
}

# Where a path that is missing would be made, in b_sum: `-` in a directory that is there, `lost` in one that is not, `blocked`
# below something else than a directory.
baton_parent() {
    b_sum=- b_rest=${1%/*}
    if [ -d "$b_rest/" ]; then return; fi
    b_sum=lost
    while [ ! -e "$b_rest" ] && [ ! -h "$b_rest" ]; do
        case $b_rest in */*) b_rest=${b_rest%/*} ;; *) return ;; esac
        [ -n "$b_rest" ] || return
    done
    [ -d "$b_rest/" ] || b_sum=blocked
}

# baton_look_names passwd|group NUMBERS NAME...: whether the host knows users or groups of these names. One question for all
# of them, and one for each only where not all are known.
baton_look_names() {
    b_base=$1 b_rest=$2
    shift 2
    getent "$b_base" "$@" >/dev/null 2>&1
    b_status=$?
    for b_name; do
        b_known=yes
        if [ "$b_status" -ne 0 ]; then baton_known "$b_name"; fi
        printf 'name %d %s\0' "${b_rest%% *}" "$b_known"
        b_rest=${b_rest#* }
    done
}

# Whether a name is known, in b_known: without getent only users can be said not to be there.
baton_known() {
    b_known=unknown
    getent "$b_base" "$1" >/dev/null 2>&1
    case $? in
    0) b_known=yes ;;
    2) b_known=no ;;
    *)
        if [ "$b_base" = passwd ]; then
            if id -u "$1" >/dev/null 2>&1; then b_known=yes; elif id -u >/dev/null 2>&1; then b_known=no; fi
        fi
        ;;
    esac
}

# Why root would not go to the directory of path $1, in b_barred; empty if it would. The shell itself sees whether a link is
# on the way; only then it is looked at closer.
baton_barred() {
    b_rest=${1%/*}/
    if [ "$b_rest" = "${b_asked-}" ]; then return; fi
    b_asked=$b_rest b_barred='' b_above=''
    case $b_asked in /*) b_from= ;; *) b_from=${PWD%/}/ ;; esac
    while [ -n "$b_rest" ]; do
        b_above=$b_above${b_rest%%/*} b_rest=${b_rest#*/}
        if [ -n "$b_above" ] && [ -h "$b_above" ]; then
            b_barred=$( { if baton_root; then baton_walk "$b_from$b_asked"; fi; } 2>&1)
            return
        fi
        b_above=$b_above/
    done
}

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
