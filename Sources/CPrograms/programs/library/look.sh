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
        printf 'path %d %s\t%s\t%s\0' "$((b_first + b_number - 1))" "${b_sum:--}" "${b_names:-	}" "$b_state"
    done
}

# baton_look_content NUMBER LIMIT FILE: its first bytes, and one more if there are more.
baton_look_content() {
    if [ ! -f "$3" ]; then
        printf 'failed %d it is not there, or not a file\0' "$1"
    elif [ ! -r "$3" ]; then
        printf 'failed %d it may not be read\0' "$1"
    elif command -v base64 >/dev/null 2>&1; then
        printf 'base64 %d ' "$1"
        head -c "$(($2 + 1))" <"$3" | base64
        printf '\0'
    else
        printf 'hex %d ' "$1"
        head -c "$(($2 + 1))" <"$3" | od -An -v -tx1
        printf '\0'
    fi
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
