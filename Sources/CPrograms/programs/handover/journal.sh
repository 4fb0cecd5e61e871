#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a takeover writes into its directory, which is the current one. The journal says who is "old" and what was
# intended; what is true is looked at.

# baton_record WORD TEXT...: a line of the journal: when, which boot, what.
baton_record() { printf '%s %s %s\n' "$b_now" "$b_boot" "$*" >>./journal; }

# The same, and on the disk when this returns: an intent that a crash must not forget.
baton_vow() {
    baton_record "$@"
    baton_sync ./journal
}

# baton_put NAME TEXT: a file of this directory, whole or not at all. With a third word it is on the disk when this returns.
baton_put() {
    printf '%s\n' "$2" >"./.$1.$$" || return 1
    if [ $# -gt 2 ]; then baton_sync "./.$1.$$"; fi
    mv -f "./.$1.$$" "./$1" || return 1
    if [ $# -gt 2 ]; then baton_sync .; fi
}

# Where the token is, in b_token: armed, firing, retiring or committed; nothing before.
baton_token() {
    for b_token in committed retiring firing armed; do
        if [ -e "./$b_token.$b_order_nonce" ]; then return; fi
    done
    b_token=
    return 1
}

# baton_claim FROM TO: rename(2) has one winner. Whoever loses obeys.
baton_claim() {
    mv "./$1.$b_order_nonce" "./$2.$b_order_nonce" 2>/dev/null || return 1
    baton_sync .
    baton_record token "$2"
}

# How long the lease still holds, in b_left; nothing left where it is missing, of another boot or of somebody else.
baton_lease() {
    b_left=0 b_l_deadline='' b_l_boot='' b_l_epoch=''
    { IFS=' ' read -r b_l_deadline b_l_boot b_l_epoch b_l_owner <./lease; } 2>/dev/null || return 0
    case $b_l_deadline/$b_l_epoch in
    */ | /* | *[!0-9/]* | */*/* | ???????????????*) return 0 ;;
    esac
    [ "$b_l_boot" = "$b_boot" ] && [ "$b_l_epoch" = "$b_order_epoch" ] || return 0
    b_left=$((b_l_deadline - b_now))
}

# What earlier drivers of this takeover have written, believed only where the facts agree.
baton_remember() {
    b_new='' b_new_seen='' b_old_seen='' b_drain_sent='' b_revive_sent='' b_upgrade_sent='' b_stop_sent='' b_last_state=''
    b_flip_begun='' b_final_sent='' b_upgrade_at=0
    [ -f ./journal ] || return 0
    while IFS=' ' read -r b_r_time b_r_boot b_r_word b_r_rest; do
        [ "$b_r_boot" = "$b_boot" ] || continue
        case $b_r_word in
        new) b_new=$b_r_rest ;;
        new_workers) b_new_seen="$b_new_seen $b_r_rest" ;;
        old_workers) b_old_seen="$b_old_seen $b_r_rest" ;;
        state) b_last_state=${b_r_rest%% *} ;;
        intend)
            case $b_r_rest in
            flip*) b_flip_begun=yes ;;
            drain*) b_drain_sent=yes b_revive_sent='' ;;
            upgrade*) b_upgrade_sent=yes b_upgrade_at=$b_r_time ;;
            final*) b_final_sent=yes ;;
            esac
            ;;
        sent) case $b_r_rest in revive*) b_revive_sent=yes ;; esac ;;
        esac
    done <./journal
    baton_living "$b_new_seen"
    b_new_seen=$b_living
    baton_living "$b_old_seen"
    b_old_seen=$b_living
    baton_disown
}

# baton_end committed|undone|dirty: what the controller reads. Nothing of it is taken back.
baton_end() {
    baton_observe
    b_text="$1 $b_order_nonce $b_boot $b_now $b_state
because ${b_why:-all edges were taken}
serves $(baton_serves)
old $b_old ${b_old_alive:-no} $b_old_count
new ${b_new:-none} ${b_new_alive:-no} $b_new_count
touched ${b_flip_begun:-no}
probes $b_probes $b_probes_bad
latency $b_worst
asked $b_w_asked $b_w_missed $b_w_worst
kept $b_w_kept $b_w_kept_missed $b_w_resets $b_w_kept_worst"
    baton_telling
    if [ -n "$b_telling" ]; then b_text="$b_text
said $b_telling"; fi
    if [ "$1" = dirty ]; then
        b_text="$b_text
back $(baton_by_hand "$b_old" back)
forward $(baton_by_hand "$b_new" forward)"
    fi
    baton_record verdict "$1" "${b_why-}"
    baton_put verdict "$b_text" synced
}

baton_serves() {
    if [ -n "${b_started-}" ] && baton_is "$b_started"; then
        # What was started in place of the old one.
        echo old
        return
    fi
    case $b_old_count:$b_new_count in 0:0) echo none ;; 0:*) echo new ;; *:0) echo old ;; *) echo both ;; esac
}

# A word for a person's shell.
baton_quoted() {
    case $1 in
    *[!A-Za-z0-9_./:@%+,-]* | '') printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf %s "$1" ;;
    esac
}

# The commands by which a person ends it, one way or the other.
baton_by_hand() {
    if [ "$2" = back ]; then
        baton_flips old say
        [ -z "$b_old_alive" ] || [ -z "$b_drain_sent" ] || printf 'kill -s %s %s; ' "$b_order_revive" "${b_old%.*}"
        [ -n "$b_old_alive" ] || [ ! -f ./start ] || printf 'sh %s; ' "$(baton_quoted "$PWD/start")"
        [ -z "$b_new_alive" ] || printf 'kill -s %s %s; ' "${b_order_new_stop%% *}" "${b_new%.*}"
    else
        baton_flips new say
        [ -n "$b_new_alive" ] || [ ! -f ./start ] || printf 'sh %s; ' "$(baton_quoted "$PWD/start")"
        [ -z "$b_old_alive" ] || printf 'kill -s %s %s; ' "$b_order_final" "${b_old%.*}"
    fi
    printf 'cat %s' "$(baton_quoted "$PWD/journal")"
}
