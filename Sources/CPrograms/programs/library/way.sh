#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The way to a directory. Between two uses of a path somebody may put a link into it: looks and changes go to the directory,
# make sure where that is, and then use only names in it.

baton_fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# baton_try SENTENCE COMMAND...: what the command says of its failure stands behind the sentence, not on a line before.
baton_try() {
    b_sentence=$1
    shift
    b_said=$("$@" 2>&1) || baton_fail "$b_sentence${b_said:+: $b_said}"
}

# baton_place PATH: goes to the directory of PATH, and leaves the name in it in b_name.
baton_place() {
    b_name=${1##*/}
    baton_enter "${1%/*}/" || return 1
    b_directory=$PWD
}

# Goes to a directory: DIRECTORY ends with a slash. Fails with 1 if it is not there.
baton_enter() {
    case $1 in /*) ;; *) set -- "${PWD%/}/${1#./}" ;; esac
    CDPATH='' cd -P -- "$1" 2>/dev/null || return 1
    # No link in it: the usual case.
    if [ "${PWD%/}/" = "$1" ]; then return; fi
    if baton_root; then baton_walk "$1"; fi
}

# Whoever cannot be told is taken for root.
baton_root() {
    case $(id -u 2>/dev/null) in '' | 0) ;; *) return 1 ;; esac
}

# One name after another, for root: it follows a link only if nobody else can have made or can change it. Real
# directories may belong to anybody: what is in them is theirs.
baton_walk() {
    b_way=$1 b_links=0
    cd / || return 1
    while [ -n "$b_way" ]; do
        b_part=${b_way%%/*} b_way=${b_way#*/}
        case $b_part in '' | .) continue ;; esac
        if [ -h "./$b_part" ]; then
            b_links=$((b_links + 1))
            if [ "$b_links" -gt 40 ]; then baton_fail "too many links on the way to $1"; fi
            baton_trusted "$b_part"
            baton_target "./$b_part"
            case $b_target in /*) cd / || return 1 ;; esac
            b_way=$b_target/$b_way
            continue
        fi
        b_before=${PWD%/}
        CDPATH='' cd -P -- "./$b_part" 2>/dev/null || return 1
        if [ "$b_part" != .. ] && [ "$PWD" != "$b_before/$b_part" ]; then
            baton_fail "$b_before/$b_part became a link while it was looked at"
        fi
    done
}

# A link of the current directory that only root can have made and can replace.
baton_trusted() {
    baton_stat "./$1" .
    baton_count "$b_lines"
    [ "$b_count" -eq 2 ] || baton_fail "${PWD%/}/$1 went away while it was looked at"
    b_line=${b_lines%%"$b_newline"*}
    baton_split
    [ "$b_user" = 0 ] || baton_fail "${PWD%/}/$1 is a link of user $b_user: root does not follow it"
    b_line=${b_lines#*"$b_newline"}
    baton_split
    if baton_shared; then
        baton_fail "${PWD%/}/$1 is a link in a directory that others may write: root does not follow it"
    fi
}

# Whether others may write the directory of b_user and b_mode.
baton_shared() {
    case $b_mode in *[2367]? | *[2367]) return 0 ;; esac
    [ "$b_user" != 0 ] && [ ! -O . ]
}

baton_into() {
    b_before=${PWD%/}
    CDPATH='' cd -P -- "./$1" || return 1
    [ "$PWD" = "$b_before/$1" ]
}
