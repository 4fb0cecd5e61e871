#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Taking trees away. What is in one belongs to its user, so it goes with that user's rights; root removes only what is left, and only
# where nobody can lead it astray. Some of this runs in a trap, and there bash takes a `return` without a number for that of
# what came before the trap.

# baton_release_discard NAME SECONDS: what has this name in ROOT/releases goes, and fails with a sentence in b_rl_said where it
# does not. The name is gone at once, before anything in the tree is.
baton_release_discard() {
    b_rl_said='' b_rl_gone=./releases/$1
    if [ -h "$b_rl_gone" ] || { [ -e "$b_rl_gone" ] && [ ! -d "$b_rl_gone" ]; }; then
        rm -f "$b_rl_gone"
        return 0
    fi
    [ -d "$b_rl_gone" ] || return 0
    b_rl_said=$(baton_unmounted "$b_rl_root/releases/$1" 2>&1) || return 1
    case $1 in
    .*.gone) ;;
    *)
        b_rl_gone=./releases/.${1#.}.gone
        # An earlier one was cut.
        if [ -d "$b_rl_gone" ]; then baton_release_empty "$b_rl_gone" "$2" || return 1; fi
        b_rl_said=$(mv "./releases/$1" "$b_rl_gone" 2>&1) || return 1
        baton_release_sync ./releases/
        ;;
    esac
    baton_release_empty "$b_rl_gone" "$2"
}

# shellcheck disable=SC2016
baton_release_empty() {
    if [ "$b_rl_uid" != "$b_rl_me" ]; then
        baton_release_as "$2" 'chmod u+rwx "$1" && cd -- "$1" || exit 0
            find . -type d ! -perm -700 -exec chmod u+rwx {} + 2>/dev/null
            find . -mindepth 1 -maxdepth 1 -exec rm -rf -- {} + 2>/dev/null' "$b_rl_root/${1#./}" </dev/null >/dev/null 2>&1
    else
        find "$1" -type d ! -perm -700 -exec chmod u+rwx {} + 2>/dev/null
        baton_limited "$2" rm -rf "$1" 2>/dev/null
    fi
    rmdir "$1" 2>/dev/null && return 0
    [ -d "$1" ] || return 0
    # Something there is another user's. coreutils' rm goes by what it has open, not by names that somebody can change.
    if [ "$b_rl_me" = 0 ] && rm --version 2>/dev/null | grep -q coreutils; then
        chmod 700 "$1" && chown -h 0:0 "$1" && baton_limited "$2" rm -rf --one-file-system "$1" 2>/dev/null
    fi
    [ -d "$1" ] || return 0
    b_rl_said="$b_rl_root/${1#./} has something that user $b_rl_user cannot remove: it has to be removed by hand"
    return 1
}

# baton_release_prune ROOT EPOCH OWNER USER GROUP ID...
baton_release_prune() {
    baton_release_change "$1" "$2" "$3"
    baton_release_account "$4" "$5"
    shift 5
    baton_release_newest_good
    b_rl_removed=0
    for b_rl_id; do
        baton_release_name "$b_rl_id" || continue
        if ! baton_release_record "$b_rl_id"; then continue; fi
        b_rl_why=
        baton_release_protected "$b_rl_id"
        if [ -n "$b_rl_why" ]; then
            printf 'stays %s %s\n' "$b_rl_id" "$b_rl_why"
            continue
        fi
        baton_release_firmly baton_release_unname "$b_rl_id" || baton_fail "cannot remove $b_rl_root/releases/$b_rl_id: $b_rl_said"
        if ! baton_release_discard ".$b_rl_id.gone" 600; then
            printf 'note %s\n' "$b_rl_said"
        fi
        b_rl_removed=$((b_rl_removed + 1))
        printf 'pruned %s\n' "$b_rl_id"
    done
    baton_release_sweep
    if [ "$b_rl_removed" -eq 0 ] && [ $# -eq 0 ]; then
        echo 'there is nothing to remove'
        exit 76
    fi
}

# The two newest good ones, and the newest active one, in b_rl_newest between spaces.
baton_release_newest_good() {
    baton_release_list
    b_rl_more=$b_rl_ids b_rl_first=0 b_rl_second=0 b_rl_newest=' '
    while [ -n "$b_rl_more" ]; do
        b_rl_one=${b_rl_more%%"$b_newline"*} b_rl_more=${b_rl_more#*"$b_newline"}
        baton_release_record "$b_rl_one"
        case $b_rl_state in
        active) b_rl_newest="$b_rl_newest$b_rl_one " ;;
        good)
            if [ "$b_rl_serial" -gt "$b_rl_first" ]; then
                b_rl_second=$b_rl_first b_rl_first=$b_rl_serial
            elif [ "$b_rl_serial" -gt "$b_rl_second" ]; then
                b_rl_second=$b_rl_serial
            fi
            ;;
        esac
    done
}

# Why the release, whose record has been read, stays, in b_rl_why.
baton_release_protected() {
    if [ "$b_rl_state" = good ] && [ "$b_rl_serial" -ge "$b_rl_second" ]; then
        b_rl_why='it is one of the two newest good ones'
        return 0
    fi
    case $b_rl_newest in
    *" $1 "*)
        b_rl_why='it is active'
        return 0
        ;;
    esac
    case $1 in
    found | found-*)
        b_rl_why='it was here before Baton'
        return 0
        ;;
    esac
    baton_release_current
    if [ "$b_rl_current" = "release $1" ]; then
        b_rl_why='it is the current one'
        return 0
    fi
    if baton_release_process "$1"; then b_rl_why="process $b_rl_process uses it"; fi
}

# The record goes after the name: what is cut in between has a record and no tree, and nobody goes there.
baton_release_unname() {
    b_rl_said=
    if [ -e "./releases/$1" ] || [ -h "./releases/$1" ]; then
        b_rl_said=$(baton_unmounted "$b_rl_root/releases/$1" 2>&1) || return 1
        if [ -d "./releases/.$1.gone" ]; then baton_release_empty "./releases/.$1.gone" 600 || return 1; fi
        b_rl_said=$(mv "./releases/$1" "./releases/.$1.gone" 2>&1) || return 1
        baton_release_sync ./releases/
    fi
    rm -rf "./.baton/releases/$1" || return 1
    baton_release_sync ./.baton/releases/
}

# What was cut: trees without a name, artifacts that nobody staged for a day, and migrations of long ago.
baton_release_sweep() {
    for b_rl_path in ./releases/.*.gone; do
        { [ -d "$b_rl_path" ] && [ ! -h "$b_rl_path" ]; } || continue
        baton_release_discard "${b_rl_path##*/}" 600 || printf 'note %s\n' "$b_rl_said"
    done
    find ./.baton/incoming -type f -mmin +1440 -exec rm -f {} + 2>/dev/null
    find ./.baton/migrations -type f -mtime +365 -exec rm -f {} + 2>/dev/null
}
