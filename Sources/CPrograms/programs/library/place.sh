#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Where a change happens. It works with names in the current directory only, after making sure what that is: between two
# uses of a path somebody may put a link into it.

baton_fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# baton_place PATH: goes to the directory of PATH, and leaves the name in it in b_name.
baton_place() {
    b_name=${1##*/}
    baton_enter "${1%/*}/" || return 1
    b_directory=$PWD
}

# Goes to a directory: DIRECTORY ends with a slash. Fails with 1 if it is not there.
baton_enter() {
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

# Is b_name still what it was? Leaves in b_open whether others may write the directory that it is in.
baton_still() {
    case $1 in 'file '*' sha256 '*) b_wants='- 0' ;; *) b_wants='- -' ;; esac
    baton_see "$b_wants" . "./$b_name"
    # shellcheck disable=SC2154
    [ "$b_seen_2" = "$1" ] || exit 75
    b_found=$b_identity b_open=''
    b_rest=${b_seen_1#directory } b_mode=${b_rest%% *} b_rest=${b_rest#* } b_user=${b_rest%% *}
    if baton_shared; then b_open=yes; fi
}

# A directory that nobody else can look into, beside what is to be changed: what others may write is not worked on, but
# replaced. It becomes the current one, and goes away at the end, whatever that is.
baton_work() {
    baton_sweep
    b_work=.baton-$b_id
    trap baton_tidy EXIT
    trap 'exit 143' HUP INT PIPE TERM
    # By umask: busybox takes setgid away with -m, and with it the group that new files get.
    (umask 077 && exec mkdir -- "./$b_work") || baton_fail "cannot write into $b_directory"
    baton_into "$b_work" || baton_fail "somebody interferes in $b_directory"
    [ -O . ] || baton_fail "somebody interferes in $b_directory"
}

baton_into() {
    b_before=${PWD%/}
    CDPATH='' cd -P -- "./$1" || return 1
    [ "$PWD" = "$b_before/$1" ]
}

baton_tidy() {
    case $PWD in
    */"$b_work")
        if [ -h ./.old ]; then
            if [ -e "../$b_name" ] || [ -h "../$b_name" ]; then rm -f ./.old; else mv -f ./.old "../$b_name"; fi
        fi
        if [ -e "./$b_name" ] || [ -h "./$b_name" ]; then rm -f -- "./$b_name"; fi
        cd -P .. || return
        ;;
    esac
    rmdir -- "./$b_work" 2>/dev/null
}

# What a run left behind that was killed, an hour ago or more.
baton_sweep() {
    for b_old in ./.*baton-*; do
        case $b_old in ./.baton-???????????????? | "./.$b_name.baton-"* | "./..$b_name.baton-"*) ;; *) continue ;; esac
        if [ -O "$b_old" ] && [ ! -h "$b_old" ] && [ -n "$(find "$b_old" -prune -mmin +60 2>/dev/null)" ]; then
            rm -rf -- "$b_old"
        fi
    done
}

# Gives what is in the work directory its name, in one move that replaces what has it.
baton_rename() {
    if baton_move; then return; fi
    if [ -h "../$b_name" ]; then
        # busybox takes a link to a directory for a directory: the old link has to go first.
        mv -f -- "../$b_name" ./.old || baton_fail "cannot put ${b_directory%/}/$b_name in place"
        if baton_move; then return; fi
    fi
    if [ -d "../$b_name" ]; then baton_fail "${b_directory%/}/$b_name is a directory"; fi
    # Where mv knows neither option it may follow a link that somebody makes at this moment.
    if [ -n "$b_open" ]; then baton_fail "cannot put ${b_directory%/}/$b_name in place"; fi
    mv -f -- "./$b_name" "../$b_name" || baton_fail "cannot put ${b_directory%/}/$b_name in place"
}

# -T of coreutils and busybox, -h of the BSDs: never into a directory.
baton_move() {
    mv -fT -- "./$b_name" "../$b_name" 2>/dev/null || mv -fh -- "./$b_name" "../$b_name" 2>/dev/null
}
