#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# `current` names another release from one moment to the next, if it says what somebody has seen.

# baton_release_flip ROOT EPOCH OWNER FROM ID RUN [back]
baton_release_flip() {
    baton_release_change "$1" "$2" "$3"
    baton_release_turn "$4" "$5" "$6" "${7-}"
}

# baton_release_turn FROM ID RUN [back]: FROM is what `current` says, to the letter, and nothing where there is none. What is
# switched to is active from then on, and the newest; with `back` it stays what it is.
baton_release_turn() {
    b_rl_turned=$2
    baton_release_record "$2" || baton_fail "there is no release $2 in $b_rl_root"
    [ "$b_rl_state" != staging ] || baton_fail "release $2 is half staged in $b_rl_root"
    [ "$b_rl_target" != current ] || baton_fail "release $2 is the directory $b_rl_root/current itself: an adoption makes that a link"
    baton_release_has_tree || baton_fail "release $2 has no tree in $b_rl_root: $b_rl_target is not there"
    baton_release_firmly baton_release_point "$@" || exit
    printf 'flipped %s\n' "$2"
}

# While nobody can take the lease. What it will be is written down first: whoever is cut in between finds a release that is
# active, and is not what `current` says.
baton_release_point() {
    if [ -h ./.current.old ] && [ ! -e ./current ] && [ ! -h ./current ]; then mv ./.current.old ./current; fi
    rm -f ./.current.new ./.current.old
    baton_release_says
    baton_release_plain "$b_rl_target"
    b_rl_goal=$b_rl_plain
    if [ "$b_rl_says" = "$b_rl_goal" ]; then
        case $4:$b_rl_state in
        :staged | :bad) ;;
        *)
            echo "$b_rl_root/current names $2 already"
            return 76
            ;;
        esac
    elif baton_release_plain "$1" && [ "$b_rl_says" != "$b_rl_plain" ]; then
        printf '%s says %s, and not %s as it was seen to\n' "$b_rl_root/current" "${b_rl_says:-nothing}" "${1:-nothing}" >&2
        return 75
    fi
    if [ -z "$4" ]; then baton_release_restate "$2" active "$3" next; fi
    [ "$b_rl_says" != "$b_rl_goal" ] || return 0
    b_rl_said=$(ln -s -- "$b_rl_target" ./.current.new 2>&1) || baton_fail "cannot write into $b_rl_root: $b_rl_said"
    baton_release_swing
    baton_release_sync ./
}

# What `current` says, in b_rl_says: nothing where it is not there, and something that no link says where it is none.
baton_release_says() {
    b_rl_says=
    if [ -h ./current ]; then
        baton_target ./current
        baton_release_plain "$b_target"
        b_rl_says=$b_rl_plain
    elif [ -e ./current ]; then
        b_rl_says='(no link)'
    fi
}

# The same place, however it is written, in b_rl_plain.
baton_release_plain() { b_rl_plain=${1#"$b_rl_root/"} b_rl_plain=${b_rl_plain#./} b_rl_plain=${b_rl_plain%/}; }

# By one rename. An old mv takes a link to a directory for a directory, and would go into it: there the old link goes aside, and no
# signal comes between the two; the next flip puts it right should the host go down there.
baton_release_swing() {
    mv -fT ./.current.new ./current 2>/dev/null || mv -fh ./.current.new ./current 2>/dev/null || {
        trap '' HUP INT PIPE TERM
        if [ -h ./current ]; then mv ./current ./.current.old; fi
        mv ./.current.new ./current 2>/dev/null
        if [ ! -h ./current ] && [ -h ./.current.old ]; then mv ./.current.old ./current; fi
        rm -f ./.current.old
        trap 'exit 143' HUP INT PIPE TERM
    }
    baton_release_says
    [ "$b_rl_says" = "$b_rl_goal" ] || baton_fail "$b_rl_root/current cannot be made to name $b_rl_turned"
}
