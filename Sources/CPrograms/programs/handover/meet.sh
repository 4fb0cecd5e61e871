#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The predicates of the edges: whether what was wanted is so. They only look, ten times a second. One that knows that it
# will never be says so in b_hopeless.

# Before anything changes: that the order and this host speak of the same thing.
baton_met_sound() {
    b_hopeless=
    # Whoever takes over goes on.
    if [ -n "$b_flip_begun" ]; then return; fi
    if [ "$b_old_boot" != "$b_boot" ]; then
        b_hopeless='the host has booted since the order was written'
    elif [ -z "$b_old_alive" ]; then
        b_hopeless="process ${b_old%.*}, the master of the order, is gone"
    elif [ "$b_base" != "${b_old%.*}" ]; then
        b_hopeless="$b_order_pidfile names ${b_base:-nobody} instead of the master ${b_old%.*}"
    elif [ -n "$b_new" ]; then
        b_hopeless="process ${b_new%.*} is a second master already"
    elif [ -n "$b_side" ] && [ "$b_side" != "${b_old%.*}" ] && [ -e "$b_proc/$b_side" ]; then
        # A zombie counts: the server itself takes it for alive.
        b_hopeless="$b_order_side names process $b_side, which exists: an earlier takeover is not over, or it is stale"
    else
        baton_uid "${b_old%.*}"
        baton_title "${b_old%.*}"
        b_folder=$(readlink -- "$b_proc/${b_old%.*}/cwd" 2>/dev/null)
        case $b_uid:$b_title in
        "$b_order_uid":*"$b_order_command"*) ;;
        *) b_hopeless="process ${b_old%.*} is not what the order says: it runs as user $b_uid: $b_title" ;;
        esac
        case $b_folder in *' (deleted)') b_hopeless="the directory of process ${b_old%.*} is deleted: $b_folder" ;; esac
        baton_startable
    fi
    [ -z "$b_hopeless" ]
}

# A server that cannot start itself again takes its sockets and pid file with it when it tries. Both ways may lead through
# `current`, so that this is another question behind the flip than before it.
baton_startable() {
    if [ -n "${b_order_directory-}" ] && [ ! -d "$b_order_directory" ]; then
        b_hopeless="the directory in which it starts itself again is missing: $b_order_directory"
    elif [ -n "${b_order_executable-}" ] && [ ! -x "$b_order_executable" ]; then
        b_hopeless="what it starts itself again with is missing: $b_order_executable"
    else
        return 0
    fi
    return 1
}

baton_met_flipped() { baton_flips new; }

# Alive, a child of the old one, and named where this server names it.
baton_met_second_master() {
    [ -n "$b_new_alive" ] && {
        [ -z "$b_order_pidfile" ] || [ "$b_named" = "${b_new%.*}" ]
    }
}

baton_met_ready() { baton_new_stable && baton_unfrozen; }

# Whether the new ones have nothing of the old release in memory: an interpreter that starts itself again by its old path
# brings its libraries along, and its health looks like that of the new release.
baton_unfrozen() {
    [ -n "${b_order_frozen-}" ] || return 0
    baton_title "${b_new%.*}"
    case $b_title in *"$b_order_frozen/"*)
        b_hopeless="the new master ${b_new%.*} has started itself by the old release's path: $b_title"
        return 1
        ;;
    esac
    for b_one in $b_new $b_new_workers; do
        b_line=$(grep -m 1 -F -e " $b_order_frozen/" "$b_proc/${b_one%.*}/maps" 2>/dev/null)
        [ -n "$b_line" ] || continue
        b_hopeless="process ${b_one%.*} of the new release has the old one's ${b_line#*"$b_order_frozen/"} in memory"
        return 1
    done
}

# One answer of the new release before anything is taken from the old: workers that hang in their boot look as healthy as
# others. Both take requests, so an answer of another release says nothing; of a server whose kernel may prefer the old ones'
# sockets, enough of those leave it to the drain. One that is no answer at all says that the release is bad.
baton_met_glimpsed() {
    baton_mixed
    [ "$b_good" -ge 1 ] || { [ "${b_order_glimpse-}" = may ] && [ -n "$b_order_drain" ] && [ "$b_asked" -ge 10 ]; }
}

# Where the old one cannot be drained: as many answers of the new one, and none that is bad.
baton_met_answers_among() {
    baton_mixed
    [ "$b_good" -ge "$b_order_probes" ]
}

# The new release is asked for twice before anybody's answer will do: where two servers take turns, every other question
# would always meet the same one.
baton_mixed() {
    baton_question "${b_mixed_kind:-new}" || return 0
    case $b_answer:$b_answer_kind in
    yes:new) b_good=$((b_good + 1)) b_asked=$((b_asked + 1)) b_bad=0 b_missed=0 ;;
    no:new)
        b_missed=$((b_missed + 1))
        if [ "$b_missed" -ge 2 ]; then b_mixed_kind=any; fi
        ;;
    yes:any) b_mixed_kind=new b_asked=$((b_asked + 1)) b_missed=0 b_bad=0 ;;
    *)
        b_bad=$((b_bad + 1)) b_asked=$((b_asked + 1)) b_probes_bad=$((b_probes_bad + 1))
        [ "$b_bad" -lt 2 ] || b_hopeless="the service does not answer well beside the old release: $b_answer_text"
        ;;
    esac
}

# The drain is heard: a worker of the old one is gone, or says that it is about to go.
baton_met_draining() {
    [ "$b_old_open" -eq 0 ] && return
    [ "$b_old_open" -eq "$b_old_count" ] || return 0
    for b_one in ${b_before-}; do
        case " $b_old_workers " in *" $b_one "*) ;; *) return 0 ;; esac
    done
    return 1
}

baton_met_drained() { [ "$b_old_count" -eq 0 ]; }

# So many in a row of the release that alone serves.
baton_met_answers() {
    baton_row new
    [ "$b_bad" -lt 2 ] || [ "$b_lost" != back ] || b_hopeless="the new release does not answer well: $b_answer_text"
    [ "$b_good" -ge "$b_order_probes" ]
}

baton_met_answers_old() {
    # Whoever has changed nothing need not show that all is well.
    if [ -z "$b_flip_begun" ]; then return; fi
    baton_row old
    [ "$b_good" -ge "$b_order_probes" ]
}

baton_row() {
    baton_question "$1" || return 0
    if [ "$b_answer" = yes ]; then
        b_good=$((b_good + 1)) b_bad=0
    else
        b_good=0 b_bad=$((b_bad + 1)) b_why_probe=$b_answer_text b_probes_bad=$((b_probes_bad + 1))
    fi
}

# Somebody has come back over a new connection. Where a lost controller means forward, its silence is a yes.
baton_met_confirmed() {
    [ -e "./confirm.$b_order_nonce" ] || { [ "${b_order_lost-}" = forward ] && [ "$b_left" -le 0 ]; }
}

baton_met_claimed() { [ -e "./retiring.$b_order_nonce" ]; }

baton_met_promoted() {
    [ -z "$b_old_alive" ] && [ -z "$b_orphans_old" ] && [ -n "$b_new_alive" ] &&
        baton_enough "$b_new_count" "$b_order_want" &&
        { [ -z "$b_order_pidfile" ] || [ "$b_base" = "${b_new%.*}" ]; } &&
        { [ -z "${b_order_side-}" ] || [ ! -e "$b_order_side" ]; }
}

baton_met_committed() { [ -e "./committed.$b_order_nonce" ]; }

# The way back.

baton_met_firing() { [ -n "$b_fired" ]; }
baton_met_unflipped() { [ -z "$b_flip_begun" ] || baton_flips old; }

baton_met_revived() {
    [ -n "$b_old_alive" ] && [ -n "$b_drain_sent" ] || return 0
    # A server that revives itself may need no signal; one that was never drained has all its workers as they were.
    if [ "${b_order_revive_when-}" = evidence ] && [ "$b_old_open" -ge "$b_order_want_old" ]; then
        baton_old_stable
        return
    fi
    if [ -n "$b_order_revive" ] && [ -z "$b_revive_sent" ]; then return 1; fi
    baton_old_stable || return 1
    # Both take requests: one answer of the old release is enough to know that it takes some.
    if [ "$b_good" -eq 0 ] && baton_question old && [ "$b_answer" = yes ]; then b_good=1; fi
    [ "$b_good" -ge 1 ]
}

# Who never asked for a second master has none to stop: one that is there is somebody else's.
baton_met_new_gone() {
    [ -n "$b_upgrade_sent" ] || return 0
    [ -z "$b_new_alive" ] && [ -z "$b_orphans_new" ]
}

baton_met_pid_files() {
    [ -n "$b_upgrade_sent" ] || return 0
    [ "${b_repair_at:-0}" -eq 0 ] || [ "$b_now" -lt "$b_repair_at" ] || baton_repair
    if [ -z "$b_old_alive" ]; then return; fi
    { [ -z "$b_order_pidfile" ] || [ "$b_base" = "${b_old%.*}" ]; } &&
        { [ -z "${b_order_side-}" ] || [ ! -e "$b_order_side" ]; }
}

# The old one, or one that was started in its place.
baton_met_running() {
    if [ -n "$b_old_alive" ] || [ -z "$b_upgrade_sent" ]; then return; fi
    baton_successor || return 1
    baton_kids "${b_successor%.*}" "$b_s_stack" ''
    [ "$b_kids_count" -ge 1 ] && b_started=$b_successor
}

# A master that was started in the old one's place: the pid file names it, and it is what the order says.
baton_successor() {
    baton_who "$b_base" || return 1
    b_successor=$b_who
    baton_title "${b_successor%.*}"
    baton_uid "${b_successor%.*}"
    case $b_uid:$b_title in "$b_order_uid":*"$b_order_command"*) ;; *) return 1 ;; esac
    baton_is "$b_successor"
}
