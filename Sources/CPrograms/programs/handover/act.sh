#!/bin/sh
# shellcheck disable=SC2016,SC2034,SC2154  # the files of this library share their variables; scripts for others are quoted
# The actions of the edges. Each is safe to do again: whoever takes over from a dead driver does it once more.

# baton_signal WORD SIGNAL PID.START master|worker: intent before, result after, and between them, as the last thing, who
# that is: number and start, user and, of a master, command. A pid file has been known to name somebody else.
baton_signal() {
    [ -n "$2" ] && [ -n "$3" ] || return 1
    baton_vow intend "$1 $2 $3"
    baton_may || return 1
    b_target=${3%.*}
    if ! baton_uid "$b_target" || ! baton_is "$3"; then
        baton_record gone "$1 $3"
        return 1
    fi
    if [ "$4" = master ]; then
        baton_title "$b_target"
        case $b_uid:$b_title in
        "$b_order_uid":*"$b_order_command"*) ;;
        *)
            baton_record refused "$1 $3: user $b_uid, command $b_title"
            b_hopeless="process $b_target is not what the order says: it runs as user $b_uid: $b_title"
            return 1
            ;;
        esac
    fi
    if baton_is "$3" && baton_strike "$2" "$b_target" "$b_uid"; then
        baton_record sent "$1 $2 $3"
    else
        baton_record failed "$1 $2 $3"
        return 1
    fi
}

# baton_signal_all WORD SIGNAL LIST
baton_signal_all() {
    for b_each in $3; do
        case $b_each in "$b_old" | "$b_new") continue ;; esac
        baton_signal "$1" "$2" "$b_each" worker
    done
}

# Whether the token still says that this driver drives.
baton_may() {
    baton_token
    case $b_token:$b_lost${b_claimed:+:claimed} in
    armed:back | retiring:back:claimed | firing:on* | retiring:forward* | retiring:on* | committed:*) ;;
    *)
        b_obey=$b_token
        return 1
        ;;
    esac
}

# Only looks; what it wants is said by the predicate.
baton_act_watch() { :; }
baton_act_probe() { :; }

baton_act_flip() {
    baton_mark_logs
    b_flip_begun=yes
    baton_vow intend flip
    baton_may && baton_flip_all new && baton_record flipped new
}

baton_act_upgrade() {
    baton_startable || return 1
    b_upgrade_sent=yes b_upgrade_at=$b_now
    baton_signal upgrade "$b_order_upgrade" "$b_old" master
}

# Nothing that happens to the old one's workers before the signal is its effect.
baton_act_drain() {
    b_drain_sent=yes b_before=$b_old_workers
    baton_signal drain "$b_order_drain" "$b_old" master
}

baton_act_claim() { baton_claim armed retiring && b_claimed=yes; }

baton_act_retire() {
    b_final_sent=yes
    [ -z "$b_old_alive" ] || baton_signal final "$b_order_final" "$b_old" master
}

# It was told once and is still there: told again, and what its death left behind too.
baton_act_insist() {
    baton_act_retire
    [ -n "$b_old_alive" ] || baton_signal_all final_worker "$b_order_final" "$b_orphans_old"
}

# Never a blind KILL: the new gunicorn gives up when the pid file still names its killed predecessor, whose zombie counts
# as running. So the file goes first, then the workers, then the master.
baton_act_force() {
    if [ "${b_order_kill_removes_base-}" = yes ] && [ "$b_base" = "${b_old%.*}" ]; then
        baton_vow intend "remove $b_order_pidfile"
        baton_may && baton_as_service 'rm -f -- "$1"' "$b_order_pidfile"
    fi
    b_doomed="$b_old_workers $b_orphans_old"
    baton_signal_all force_worker "$b_order_final" "$b_doomed"
    if [ -n "$b_old_alive" ]; then baton_signal force KILL "$b_old" master; fi
    baton_signal_all force_worker KILL "$b_doomed"
    if [ "$b_order_side_holds" = old ] && [ "$b_side" = "${b_old%.*}" ] && ! baton_is "$b_old"; then
        baton_as_service 'rm -f -- "$1"' "$b_order_side"
    fi
}

baton_act_commit() { baton_claim retiring committed; }

# The way back.

baton_act_fire() {
    baton_keep_evidence
    if baton_claim armed firing; then b_fired=yes; else b_obey=another; fi
}

# Code first: whoever is started or revived from now on loads what is on the disk.
baton_act_unflip() {
    baton_vow intend unflip
    baton_may && baton_flip_all old && baton_record flipped old
}

# Only if it was told to drain: else it would load everything anew for nothing, and nginx start a second set of workers.
baton_act_revive() {
    if [ -z "$b_order_revive" ]; then return; fi
    if [ "$b_order_revive" = "${b_order_raise-}" ]; then
        baton_act_raise
        return
    fi
    b_revives=$((${b_revives:-0} + 1))
    baton_signal revive "$b_order_revive" "$b_old" master && b_revive_sent=yes
}

baton_act_raise() {
    b_revives=$((${b_revives:-0} + 1)) b_left_to_raise=$((b_order_want_old - b_old_open)) b_revive_sent=yes
    if [ -z "${b_order_raise-}" ]; then
        baton_act_revive
        return
    fi
    while [ "$b_left_to_raise" -gt 0 ]; do
        baton_signal revive "$b_order_raise" "$b_old" master || return
        b_left_to_raise=$((b_left_to_raise - 1))
        # The same signal twice at once is one.
        baton_nap
    done
}

# baton_stop_new SIGNAL: its orphans too, if it has left some.
baton_stop_new() {
    if [ -n "$b_new_alive" ]; then
        baton_signal stop "$1" "$b_new" master
    else
        # What stops a master in good order does so to its workers: TERM would cut nginx's requests.
        baton_signal_all stop_worker "$1" "$b_orphans_new"
    fi
    return 0
}

baton_act_stop() { baton_stop_new "${b_order_new_stop%% *}"; }
baton_act_press() { baton_stop_new "${b_order_new_stop#* }"; }

# Workers first: nginx's outlive their master and go on serving.
baton_act_kill() {
    b_doomed="$b_new_workers $b_orphans_new"
    baton_signal_all kill_worker KILL "$b_doomed"
    if [ -n "$b_new_alive" ]; then baton_signal kill KILL "$b_new" master; fi
    return 0
}

# What the new one has left of pid files. A file goes only if nobody lives by it.
baton_act_repair() {
    b_repair_at=$((b_now + 300))
}

baton_repair() {
    if [ "$b_order_side_holds" = new ]; then
        if [ -n "$b_order_side" ] && [ -e "$b_order_side" ] && ! baton_who "$b_side"; then
            baton_vow intend "remove $b_order_side"
            baton_may && baton_as_service 'rm -f -- "$1"' "$b_order_side"
        fi
    elif [ -n "$b_old_alive" ] && [ "$b_side" = "${b_old%.*}" ] && ! baton_who "$b_base"; then
        baton_vow intend "rename $b_order_side"
        baton_may && baton_as_service 'mv -f -- "$1" "$2"' "$b_order_side" "./${b_order_pidfile##*/}"
        return
    fi
    # The file says the old one's number again.
    if [ -n "$b_old_alive" ] && [ -z "$b_base" ]; then
        baton_vow intend "write $b_order_pidfile"
                baton_may && baton_as_service 'echo "$2" >"$1.baton" && mv -f -- "$1.baton" "$1"' "$b_order_pidfile" "${b_old%.*}"
    fi
}

# Nobody is left to serve: what the order says is started, once.
baton_act_start() {
    [ -z "$b_old_alive" ] || return 0
    [ -f ./start ] || { b_hopeless='the old master is gone and the order has no command that starts it'; return 1; }
    # gunicorn does not start while its pid file names a zombie, which is what a killed master may be for long.
    if [ -n "$b_base" ] && ! baton_who "$b_base"; then
        baton_vow intend "remove $b_order_pidfile"
        baton_may && baton_as_service 'rm -f -- "$1"' "$b_order_pidfile"
    fi
    baton_vow intend start
    baton_may || return 1
    baton_spawn && baton_record sent start
}
