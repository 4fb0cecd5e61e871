#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The conductor: takes one edge of the table after another, and looks ten times a second. Whoever drives (the conductor, or
# the guard after it) begins where the token says and passes over what is so already: the state is what the facts make it.

# baton_follow_table STATE [REASON]: until an end, or until somebody else has the token.
baton_follow_table() {
    b_state=$1 b_obey='' b_fired='' b_claimed='' b_why=${2-} b_rescues=0 b_widow=''
    b_stable_since=0 b_old_stable_since=0 b_deaths=0 b_new_last='' b_old_last='' b_sight_last='' b_probe_last=''
    b_probes=0 b_probes_bad=0 b_worst=0
    baton_witness_begin
    baton_now
    baton_remember
    while [ -z "$b_obey" ]; do
        case $b_state in
        committed | undone | dirty)
            baton_end "$b_state"
            return
            ;;
        esac
        baton_take || return
    done
    baton_record obeys "$b_obey"
}

# One edge: observe, decide, act, observe.
baton_take() {
    if ! baton_edge "$b_state"; then
        b_why="the table has no edge from $b_state" b_state=dirty
        return
    fi
    b_hopeless='' b_before='' b_repair_at=0 b_began=''
    baton_forget_probe
    baton_observe
    b_began=$b_now b_short_since=''
    baton_record state "$b_state" "$b_sight"
    baton_put state "$b_state $b_now $b_sight $b_old_count $b_new_count"
    baton_beat
    if baton_preempt; then return; fi
    if "baton_met_$b_predicate"; then
        baton_record found "$b_state"
        b_state=$b_next
        return
    fi
    if [ -z "$b_hopeless" ]; then "baton_act_$b_action"; fi
    while [ -z "$b_obey" ]; do
        baton_observe
        baton_beat
        baton_witness
        if baton_preempt; then return; fi
        if "baton_met_$b_predicate"; then
            baton_record met "$b_state $((b_now - b_began))"
            b_state=$b_next
            return
        fi
        baton_despair
        if [ -n "$b_hopeless" ]; then
            baton_give_up "$b_hopeless"
            return
        fi
        if [ $((b_now - b_began)) -ge $((b_seconds * 100)) ]; then
            if [ "$b_fail" = "$b_state" ]; then
                b_began=$b_now
                baton_record waits "$b_state"
            else
                baton_give_up "$(baton_late)"
                return
            fi
        fi
        baton_nap
    done
}

# For the guard: somebody who is stopped lives, and does nothing.
baton_beat() { echo "$b_now" >./beat; }

baton_late() { echo "$b_state took more than $b_seconds s: ${b_why_probe:-$b_sight, old $b_old_count, new $b_new_count}"; }

# The first reason is the one that counts; what comes on the way back is told in the journal.
baton_give_up() {
    baton_record failed "$b_state $1"
    case $b_fail in
    failing) b_why=${b_why:-$1} ;;
    dirty) b_why="${b_why:+$b_why; then }$1" ;;
    esac
    b_state=$b_fail
}

# What cannot come any more need not be waited for.
baton_despair() {
    [ -z "$b_hopeless" ] && [ "$b_lost" = back ] || return 0
    case $b_state in armed | fit | failing | widowed) return 0 ;; esac
    if [ -z "$b_new" ]; then
        if [ "$b_state" = switched ] && [ $((b_now - b_began)) -ge $((b_order_fork * 100)) ]; then
            b_hopeless="the old master has started no second one within $b_order_fork s of $b_order_upgrade"
        fi
    elif [ -z "$b_new_alive" ]; then
        b_hopeless="the new master ${b_new%.*} has ended"
    elif [ "$b_deaths" -ge "$b_order_deaths" ]; then
        b_hopeless="workers of the new release keep ending: $b_deaths so far"
    fi
    case $b_state in switched | doubled) return 0 ;; esac
    if [ "$b_new_count" -ge "$b_order_want" ]; then
        b_short_since=
    else
        b_short_since=${b_short_since:-$b_now}
        if [ $((b_now - b_short_since)) -ge 200 ]; then
            b_hopeless="the new release has $b_new_count workers instead of $b_order_want"
        fi
    fi
}

# What comes before every edge: somebody else's word, and that somebody serves. Succeeds with another state in b_state.
baton_preempt() {
    case $b_lost in
    back) baton_preempt_forward ;;
    forward) baton_preempt_after ;;
    *) baton_preempt_undo ;;
    esac
}

baton_preempt_forward() {
    baton_lease
    if [ "$b_state" = failing ]; then return 1; fi
    if ! baton_may; then return 0; fi
    if [ -e "./abort.$b_order_nonce" ]; then
        baton_turn failing 'it was called off'
    elif [ "$b_left" -le 0 ] && [ "${b_order_lost-}" != forward ]; then
        baton_turn failing 'the lease ran out: nobody has renewed it'
    elif ! baton_signed guard; then
        baton_turn failing 'the guard has ended: nothing goes on without one'
    elif [ -z "$b_upgrade_sent" ]; then
        return 1
    elif [ -z "$b_old_alive" ]; then
        if [ -z "$b_new_alive" ] || [ "$b_new_count" -eq 0 ]; then
            baton_turn failing 'the old master has ended by itself, and nobody serves'
        elif [ -z "$b_widow" ]; then
            b_widow=yes
            baton_turn widowed ''
        else
            return 1
        fi
    elif baton_outage; then
        b_line=
        if [ -n "$b_new" ] && [ -z "$b_new_alive" ]; then b_line="the new master ${b_new%.*} has ended and "; fi
        baton_turn failing "${b_line}nobody was left to serve"
    else
        return 1
    fi
}

# After the final stop was decided there is one way; only where nobody is left, another release is started.
baton_preempt_after() {
    if ! baton_may; then return 0; fi
    if [ -n "$b_new_alive" ] || [ "$b_token" = committed ]; then return 1; fi
    if [ -z "$b_old_alive" ]; then
        baton_turn code_back 'the new master has ended after the old one was told to stop'
    elif [ -z "$b_final_sent" ]; then
        baton_turn code_back 'the new master has ended before the old one was told to stop'
    else
        return 1
    fi
}

baton_preempt_undo() {
    if ! baton_may; then return 0; fi
    case $b_state in code_back | reviving | reviving_again) return 1 ;; esac
    [ "$b_rescues" -lt 2 ] || return 1
    # An old master that was alive, and dying, when it was looked whether one must be started.
    if [ "$b_state" = returned ] && [ -z "$b_old_alive" ] && [ -n "$b_upgrade_sent" ] && ! baton_successor; then
        b_rescues=$((b_rescues + 1))
        baton_turn starting 'the old master has ended on the way back'
        return 0
    fi
    [ -n "$b_old_alive" ] && baton_outage || return 1
    b_rescues=$((b_rescues + 1)) b_drain_sent=yes b_revive_sent=''
    baton_turn reviving 'nobody was left to serve'
}

# A worker that is replaced leaves nobody for a moment; a drained master leaves nobody for ever.
baton_outage() {
    if [ "$b_old_count" -gt 0 ] || [ "$b_new_count" -gt 0 ] || [ -n "$b_orphans_new" ]; then
        b_dark_since=
        return 1
    fi
    b_dark_since=${b_dark_since:-$b_now}
    if [ -n "$b_drain_sent" ] && [ -z "$b_new_alive" ] && [ -z "$b_revive_sent" ]; then return 0; fi
    [ $((b_now - b_dark_since)) -ge 100 ]
}

baton_turn() {
    baton_record turn "$b_state $1 ${2-}"
    [ -n "$b_why" ] || b_why=${2-}
    b_state=$1
}
