#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The root of a release: going there, being sure of it, and files in ROOT/.baton that are whole or not at all. From there
# on the current directory is ROOT. ROOT, ROOT/releases and ROOT/.baton are this user's alone, so names in them
# are what they were; what is in a tree is its user's, and nothing there is believed or followed.

# baton_release_end STATUS SENTENCE
baton_release_end() {
    printf '%s\n' "$2" >&2
    exit "$1"
}

# baton_release_enter ROOT: goes there, and leaves in b_rl_doubt why it cannot be trusted, or nothing. Fails with 1 if it is not
# there.
baton_release_enter() {
    b_rl_me=$(id -u) || baton_fail 'it cannot be told who this is: no id here'
    baton_enter "$1/" || return 1
    b_rl_root=${PWD%/}
    b_rl_doubt=
    baton_release_doubt
}

# Everybody who can rename something on the way to ROOT can put something else in its place.
baton_release_doubt() {
    set -- /
    b_rl_rest=${b_rl_root#/}/ b_rl_up=
    while [ -n "$b_rl_rest" ]; do
        b_rl_up=$b_rl_up/${b_rl_rest%%/*} b_rl_rest=${b_rl_rest#*/}
        set -- "$@" "$b_rl_up"
    done
    # These are ROOT's own, where they are there.
    for b_rl_up in "$b_rl_root/releases" "$b_rl_root/.baton" "$b_rl_root/.baton/releases" "$b_rl_root/.baton/incoming"; do
        if [ -h "$b_rl_up" ]; then
            b_rl_doubt="$b_rl_up is a link: it must be a directory"
            return 0
        fi
        if [ -e "$b_rl_up" ]; then set -- "$@" "$b_rl_up"; fi
    done
    baton_stat "$@"
    baton_count "$b_lines"
    if [ "$b_count" -ne $# ]; then
        b_rl_doubt="the directories on the way to $b_rl_root cannot all be looked at"
        return 0
    fi
    b_rl_lines=$b_lines
    for b_rl_up; do
        b_line=${b_rl_lines%%"$b_newline"*} b_rl_lines=${b_rl_lines#*"$b_newline"}
        baton_split
        baton_release_doubted
        if [ -n "$b_rl_doubt" ]; then return; fi
    done
}

# Of the directory b_rl_up with b_raw, b_mode, b_user and b_group.
baton_release_doubted() {
    b_rl_who=
    case $b_raw in
    4*) ;;
    *)
        b_rl_doubt="$b_rl_up is no directory"
        return 0
        ;;
    esac
    if [ "$b_user" != 0 ] && [ "$b_user" != "$b_rl_me" ]; then b_rl_who="user $b_user, whose it is,"; fi
    case $b_mode in
    *[2367]) b_rl_who='everybody' ;;
    *[2367]?) if [ "$b_group" != 0 ] && ! baton_release_private; then b_rl_who="group $b_group"; fi ;;
    esac
    [ -n "$b_rl_who" ] || return 0
    case $b_rl_up in
    "$b_rl_root" | "$b_rl_root"/*) ;;
    *)
        # Where the sticky bit is, only its owner can rename what is in it.
        case $b_mode/$b_rl_who in [1357]???/everybody | [1357]???/group*) return ;; esac
        ;;
    esac
    b_rl_doubt="$b_rl_who can put something else in the place of $b_rl_up: it must belong to user $b_rl_me or root, and nobody else may write it"
}

# Where every user has a group of the same name, it is nobody else's.
baton_release_private() {
    [ "$b_rl_me" != 0 ] && [ "$b_group" = "$(id -g)" ] && [ "$(id -gn)" = "$(id -un)" ]
}

# baton_release_open ROOT: goes there for a change.
baton_release_open() {
    umask 077
    baton_release_enter "$1" || baton_fail "$1 is not there: taking its lease makes it"
    [ -z "$b_rl_doubt" ] || baton_fail "$b_rl_doubt"
    if [ ! -d ./.baton/releases ] || [ ! -O ./.baton ] || [ ! -O ./.baton/releases ] || [ ! -O ./releases ]; then
        baton_fail "$b_rl_root/.baton is not this user's: what one user has installed is changed by that user (root: become: true)"
    fi
}

# coreutils and newer busybox sync one file; an old one refuses the argument, and then all is synced.
baton_release_sync() { sync "$1" 2>/dev/null || sync; }

# baton_release_put FILE TEXT: whole or not at all, and on the disk when this returns.
baton_release_put() {
    printf '%s\n' "$2" >"$1.new" 2>/dev/null && baton_release_sync "$1.new" && mv -f "$1.new" "$1" &&
        baton_release_sync "${1%/*}/" && return 0
    rm -f "$1.new"
    baton_fail "cannot write $b_rl_root/${1#./}: is the disk full?"
}

# Names of releases, as they come from files and directories.
baton_release_name() {
    case $1 in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._+~-]*) return 1 ;; esac
    [ "${#1}" -le 113 ]
}

# baton_release_number WORD: at most ten digits, and none in front of them that would make it octal.
baton_release_number() {
    case $1 in '' | *[!0-9]* | ???????????* | 0?*) return 1 ;; esac
}
