#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The guard: a process of its own that stands before anything changes. It looks whether the lease holds and the conductor
# lives; when not, it takes the token, ends the conductor, and drives the same table itself.

# Who this process is, for others to look at.
baton_sign_in() {
    baton_who $$ || baton_refuse "this host does not show processes in $b_proc"
    baton_put "$1" "$b_who"
}

# The one who signed in, in b_signed, if it lives.
baton_signed() {
    b_signed=
    { IFS= read -r b_signed <"./$1"; } 2>/dev/null || return 1
    baton_is "$b_signed"
}

baton_guard() {
    baton_order
    baton_boot
    baton_now
    baton_sign_in guard
    if [ ! -e ./verdict ] && ! baton_token; then
        : >"./armed.$b_order_nonce"
        baton_vow armed "$b_who"
    fi
    while [ ! -e ./verdict ]; do
        baton_now
        baton_token
        baton_lease
        b_conductor=
        if [ -e ./conductor ]; then
            b_conductor=gone
            if baton_signed conductor; then b_conductor=alive; fi
            if baton_stalled; then b_conductor=stalled; fi
        fi
        if baton_must_drive; then
            baton_take_over
            return
        fi
        baton_nap
    done
}

# The conductor says ten times a second that it goes on. Half a minute is long, also on a disk that is.
baton_stalled() {
    [ "$b_conductor" = alive ] || return 1
    b_beat=
    { read -r b_beat <./beat; } 2>/dev/null
    case $b_beat in '' | *[!0-9]* | ???????????????*) return 1 ;; esac
    [ $((b_now - b_beat)) -ge "${b_order_stall:-3000}" ]
}

baton_must_drive() {
    case $b_token:$b_conductor in
    *:gone) b_why_drive='the conductor has ended without a verdict' ;;
    *:stalled) b_why_drive='the conductor has done nothing for too long' ;;
    armed:*)
        # Where a lost controller means forward, a conductor that lives goes on by itself.
        [ "$b_left" -le 0 ] || return 1
        [ "${b_order_lost-}" != forward ] || [ -z "$b_conductor" ] || return 1
        b_why_drive='the lease ran out: nobody has renewed it'
        ;;
    firing: | retiring: | committed:) b_why_drive='nobody drives' ;;
    *) return 1 ;;
    esac
}

# First the token, then the conductor's end, then the facts.
baton_take_over() {
    baton_record guard "$b_why_drive"
    b_begin=code_back
    if [ "$b_token" = armed ]; then
        if [ "${b_order_lost-}" = forward ] && [ -n "$b_conductor" ]; then
            b_begin=armed
        else
            baton_claim armed firing
        fi
    fi
    if [ "$b_begin" = code_back ]; then
        b_sight=
        if baton_flip_was_begun; then baton_keep_evidence; fi
    fi
    baton_token
    case $b_token in retiring) b_begin=retiring ;; committed) b_begin=committed ;; esac
    baton_end_conductor
    if [ -e ./verdict ]; then return; fi
    baton_put conductor "$(baton_who $$ && echo "$b_who")"
    case $b_begin in code_back) ;; *) b_why_drive= ;; esac
    baton_follow_table "$b_begin" "$b_why_drive"
    [ -e ./verdict ] || baton_end dirty
}

# Whether the journal says so: there is something to tell about the new release.
baton_flip_was_begun() {
    b_flip_begun=
    if [ -f ./journal ] && grep -q -e ' intend flip$' ./journal; then b_flip_begun=yes; else return 1; fi
}

# With everything that it has started and that is not a service: those are of its process group.
baton_end_conductor() {
    baton_signed conductor || return 0
    b_tries=0
    while baton_is "$b_signed" && [ "$b_tries" -lt 50 ]; do
        # dash wants the dashes, busybox does not know them.
        kill -s KILL -- "-${b_signed%.*}" 2>/dev/null || kill -s KILL "-${b_signed%.*}" 2>/dev/null ||
            kill -s KILL "${b_signed%.*}" 2>/dev/null
        baton_is "$b_signed" || break
        baton_nap
        b_tries=$((b_tries + 1))
    done
}

baton_conductor() {
    baton_order
    baton_boot
    baton_now
    baton_signed guard || baton_refuse 'there is no guard: nothing is changed without one'
    baton_token
    [ "$b_token" = armed ] || baton_refuse "the token is ${b_token:-missing}, not armed"
    baton_signed conductor && baton_refuse "process ${b_signed%.*} drives already"
    baton_sign_in conductor
    baton_follow_table armed
}

# A host that has booted in between: what runs was started by whoever starts it at boot. So only code and token are left.
baton_heal() {
    baton_order
    baton_boot
    baton_now
    if [ -e ./verdict ] || [ "$b_old_boot" = "$b_boot" ] || ! baton_token; then return 0; fi
    b_lost=on
    case $b_token in
    armed | firing)
        b_flip_begun=yes
        baton_vow heal back
        baton_flip_all old || baton_refuse 'cannot flip back'
        baton_heal_verdict undone
        ;;
    *)
        baton_vow heal forward
        baton_flip_all new || baton_refuse 'cannot flip'
        baton_claim retiring committed
        baton_heal_verdict committed
        ;;
    esac
}

baton_heal_verdict() {
    baton_put verdict "$1 $b_order_nonce $b_boot $b_now healed
because the host booted in the middle
serves none
old $b_old no 0
new none no 0
touched yes
probes 0 0" synced
}
