#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Taking a lease: what comes first, and so makes what is missing of ROOT.

# baton_release_make ROOT: goes there, and makes what is missing.
baton_release_make() {
    umask 077
    if ! baton_release_enter "$1"; then
        (
            umask 022
            baton_reach "$1/"
        ) || baton_fail "cannot make $1"
        baton_release_enter "$1" || baton_fail "$1 cannot be gone into"
    fi
    [ -z "$b_rl_doubt" ] || baton_fail "$b_rl_doubt"
    for b_rl_name in releases .baton .baton/releases .baton/incoming .baton/migrations; do
        [ ! -d "./$b_rl_name" ] || continue
        b_mask=077
        if [ "$b_rl_name" = releases ]; then b_mask=022; fi
        b_said=$( (umask "$b_mask" && mkdir "./$b_rl_name") 2>&1) || baton_fail "cannot make $b_rl_root/$b_rl_name: $b_said"
    done
    baton_release_open "$b_rl_root"
}

# baton_lease_take ROOT OWNER SECONDS [over]
baton_lease_take() {
    baton_release_make "$1"
    baton_lease_locked
    if [ "$b_rl_left" -gt 0 ] && [ "$b_rl_owner" != "$2" ] && [ -z "$4" ]; then
        baton_lease_say
        baton_release_end 77 "$b_rl_root is held by $b_rl_owner for another $((b_rl_left / 100 + 1)) seconds"
    fi
    [ "$b_rl_epoch" -lt 4294967295 ] || baton_fail "no epoch is left for $b_rl_root"
    baton_lease_write "$((b_rl_now + $3 * 100))" "$((b_rl_epoch + 1))" "$2"
    b_rl_left=$(($3 * 100)) b_rl_same=this
    baton_lease_say
}
