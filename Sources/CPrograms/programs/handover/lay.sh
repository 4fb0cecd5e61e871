#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of a program share their variables
# Where the directory of a takeover comes from: it is laid down whole, beside others, in a directory that nobody else can
# write, or not at all. One that is not over is an obstacle; of those that are, the last three stay.

# baton_lay STATE NONCE: `baton_lay_files`, which the program defines, writes the files into the current directory.
baton_lay() {
    umask 077
    baton_lay_enter "$1"
    baton_lay_obstacle "$1" "$2"
    if [ ! -d "./handover-$2" ]; then
        rm -rf -- "./.handover-$2"
        mkdir -- "./.handover-$2" || baton_fail "cannot write into $1"
        (
            cd -- "./.handover-$2" && baton_lay_files || exit 1
            for b_lay_file in ./*; do baton_lay_sync "$b_lay_file"; done
            baton_lay_sync .
        ) || baton_fail "cannot write into $1: $(df -P . 2>/dev/null | tail -n 1)"
        mv -- "./.handover-$2" "./handover-$2" || baton_fail "cannot write into $1"
        baton_lay_sync .
    fi
    baton_lay_sweep "$2"
    echo laid
}

# Its last name is no link, and what is in it is nobody else's to change.
baton_lay_enter() {
    baton_place "${1%/}" || baton_fail "there is no directory ${1%/*}"
    if [ ! -e "./$b_name" ] && [ ! -h "./$b_name" ]; then mkdir -- "./$b_name" || baton_fail "cannot make $1"; fi
    baton_into "$b_name" 2>/dev/null || baton_fail "$1 is no directory, or a link: nothing is laid down there"
    if [ ! -O . ]; then baton_fail "$1 belongs to another user: what lies there cannot be trusted"; fi
    case $(ls -ld .) in
    ?????-??-*) ;;
    *) baton_fail "$1 may be written by others: what lies there cannot be trusted" ;;
    esac
}

# A directory of a takeover, by its name and its owner.
baton_lay_known() {
    case ${1#./handover-} in '' | *[!0-9a-f]*) return 1 ;; esac
    [ -d "$1" ] && [ ! -h "$1" ] && [ -O "$1" ]
}

baton_lay_obstacle() {
    for b_lay_one in ./handover-*; do
        baton_lay_known "$b_lay_one" || continue
        if [ "$b_lay_one" = "./handover-$2" ] || [ -e "$b_lay_one/verdict" ]; then continue; fi
        b_lay_path=${1%/}/${b_lay_one#./}
        b_lay_said=$(sh "$b_lay_one/program" "$b_lay_one" status 2>/dev/null)
        case $b_lay_said in
        *'guard none'*'conductor none'*) ;;
        # Nothing was ever armed there, or it cannot even be read.
        '') continue ;;
        *)
            printf 'another takeover is under way: %s\n' "$b_lay_path" >&2
            exit 77
            ;;
        esac
        # Never begun: nothing has changed.
        [ -e "$b_lay_one/conductor" ] || continue
        baton_fail "a takeover was cut off, and nobody drives it: sh $b_lay_path/program $b_lay_path arm brings it to its end"
    done
}

# Those that are over, and those that were never begun and are older than an hour; the newest first.
baton_lay_sweep() {
    b_lay_count=0
    # What was being laid down when its connection ended.
    for b_lay_one in ./.handover-*; do
        if [ -d "$b_lay_one" ] && [ ! -h "$b_lay_one" ] && [ -O "$b_lay_one" ] &&
            [ -n "$(find "$b_lay_one" -prune -mmin +60 2>/dev/null)" ]; then
            rm -rf -- "$b_lay_one"
        fi
    done
    # shellcheck disable=SC2012,SC2045  # names of other kinds are passed over
    for b_lay_one in $(ls -dt ./handover-* 2>/dev/null); do
        if [ "$b_lay_one" = "./handover-$1" ] || ! baton_lay_known "$b_lay_one"; then continue; fi
        if [ ! -e "$b_lay_one/verdict" ]; then
            if [ -e "$b_lay_one/conductor" ] || [ -z "$(find "$b_lay_one" -prune -mmin +60 2>/dev/null)" ]; then
                continue
            fi
        fi
        b_lay_count=$((b_lay_count + 1))
        if [ "$b_lay_count" -gt 3 ]; then rm -rf -- "$b_lay_one"; fi
    done
}

baton_lay_sync() { sync "$1" 2>/dev/null || sync; }
