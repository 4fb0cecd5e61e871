#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Ten looks a second: who is alive, who works, what the pid files say. What state that is, is concluded anew each time.

# All that a decision rests on. b_old is who was serving before, and never changes; b_new is found.
baton_observe() {
    baton_now
    b_old_alive='' b_old_workers='' b_old_count=0 b_old_open=0 b_strangers=''
    if baton_is "$b_old"; then
        b_old_alive=yes b_old_stack=$b_s_stack
        baton_kids "${b_old%.*}" "$b_s_stack" "${b_new%.*}"
        b_old_workers=$b_kids b_old_count=$b_kids_count b_old_open=$b_kids_open b_strangers=$b_kids_other
    fi
    baton_pid_file "$b_order_pidfile"
    b_base=$b_pid
    baton_pid_file "${b_order_side-}"
    b_side=$b_pid
    case $b_order_side_holds in new) b_named=$b_side ;; *) b_named=$b_base ;; esac
    baton_find_new
    b_new_alive='' b_new_workers='' b_new_count=0 b_new_orphaned=''
    if [ -n "$b_new" ] && baton_is "$b_new"; then
        b_new_alive=yes
        [ "$b_s_parent" = "${b_old%.*}" ] || b_new_orphaned=yes
        baton_kids "${b_new%.*}" "$b_s_stack" "${b_old%.*}"
        b_new_workers=$b_kids b_new_count=$b_kids_count
    fi
    baton_track
}

# A second master is named by its pid file, or is a child of the old one that has become a program of its own. A file may
# be stale and name anybody: then it does not count. A child that runs something else, such as a log's pipe, neither.
baton_find_new() {
    if [ -n "$b_new" ] && baton_is "$b_new"; then return; fi
    # Where the kernel hides stacks, and where the old one is gone, the file has to do: it names a child of the old one, or
    # an orphan that is what the order says.
    if [ -z "$b_strangers" ] && [ -n "$b_upgrade_sent" ] && baton_who "$b_named" && [ "$b_who" != "$b_old" ]; then
        case ${b_old_alive:-no}:$b_old_stack:$b_s_parent in
        yes:0:"${b_old%.*}") b_strangers=$b_who ;;
        no:*)
            baton_title "$b_named"
            baton_uid "$b_named"
            case $b_uid:$b_title in "$b_order_uid":*"$b_order_command"*) b_strangers=$b_who ;; esac
            ;;
        esac
    fi
    for b_one in $b_strangers; do
        if [ "${b_one%.*}" != "$b_named" ]; then
            baton_title "${b_one%.*}"
            case $b_title in *"$b_order_command"*) ;; *) continue ;; esac
        fi
        b_new=$b_one
        baton_record new "$b_new"
        baton_disown
        return
    done
}

# Between its fork and its exec the second master looked like one more worker of the old one. It is none: whoever ends the
# old one's workers must not meet it.
baton_disown() {
    b_kept=
    for b_one in $b_old_seen; do
        if [ "$b_one" != "$b_new" ]; then b_kept="$b_kept $b_one"; fi
    done
    b_old_seen=$b_kept
}

# What changed since the last look. Workers that were ever seen are remembered: they may outlive their master. Since when
# all are the same is what "stable" counts; how often one was lost says that a release cannot stay up.
baton_track() {
    if [ "$b_new_workers" != "${b_new_last-}" ]; then
        b_stable_since=$b_now
        for b_one in ${b_new_last-}; do
            case " $b_new_workers " in *" $b_one "*) ;; *) b_deaths=$((${b_deaths:-0} + 1)) ;; esac
        done
        for b_one in $b_new_workers; do
            case " $b_new_seen " in *" $b_one "*) ;; *)
                b_new_seen="$b_new_seen $b_one"
                baton_record new_workers "$b_one"
                ;;
            esac
        done
        b_new_last=$b_new_workers
    fi
    if [ "$b_old_workers" != "${b_old_last-}" ]; then
        b_old_stable_since=$b_now
        for b_one in $b_old_workers; do
            case " $b_old_seen " in *" $b_one "*) ;; *)
                b_old_seen="$b_old_seen $b_one"
                baton_record old_workers "$b_one"
                ;;
            esac
        done
        b_old_last=$b_old_workers
    fi
    baton_infer
    if [ "$b_sight" != "${b_sight_last-}" ]; then
        baton_record facts "$b_sight old=${b_old_alive:-no}/$b_old_count new=${b_new_alive:-no}/$b_new_count" \
            "base=${b_base:-none} side=${b_side:-none}"
        b_sight_last=$b_sight
    fi
}

# The facts as one word. Orphans count: workers whose master is gone may still serve, and hold sockets.
baton_infer() {
    b_orphans_old='' b_orphans_new=''
    if [ -z "$b_old_alive" ] && [ -n "$b_old_seen" ]; then
        baton_living "$b_old_seen"
        b_orphans_old=$b_living b_old_seen=$b_living
    fi
    if [ -z "$b_new_alive" ] && [ -n "$b_new_seen" ]; then
        baton_living "$b_new_seen"
        b_orphans_new=$b_living b_new_seen=$b_living
    fi
    case ${b_old_alive:-no}:${b_new_alive:-no}:$b_old_count:$b_new_count in
    yes:no:0:*) b_sight=outage ;;
    yes:no:*) b_sight=one ;;
    yes:yes:0:0) b_sight=outage ;;
    yes:yes:0:*) b_sight=solo ;;
    yes:yes:*)
        b_sight=two
        if [ "$b_new_count" -ge "$b_order_want" ]; then b_sight=both; fi
        ;;
    no:yes:*)
        b_sight=follower
        if [ -n "$b_orphans_old" ]; then b_sight=orphans; fi
        ;;
    *)
        b_sight=down
        if [ -n "$b_orphans_new$b_orphans_old" ]; then b_sight=stray; fi
        ;;
    esac
}

# Whether the workers of the new one are all there and the same for long enough; of the old one.
baton_new_stable() {
    [ -n "$b_new_alive" ] && baton_enough "$b_new_count" "$b_order_want" &&
        [ $((b_now - b_stable_since)) -ge "$b_order_stable" ]
}
baton_old_stable() {
    [ -n "$b_old_alive" ] && [ "$b_old_open" -ge "$b_order_want_old" ] &&
        [ $((b_now - b_old_stable_since)) -ge "$b_order_stable" ]
}

# baton_enough COUNT WANTED: as many, or at least as many, as the order says.
baton_enough() {
    if [ "${b_order_count-}" = exact ]; then [ "$1" -eq "$2" ]; else [ "$1" -ge "$2" ]; fi
}
