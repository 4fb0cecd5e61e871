#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Members of a service, one after another: asked for, waited for, and seen to have come true. What is seen is what the
# supervisor and the kernel tell; how commands end is not believed.

# What member $1 is now.
baton_look_at() {
    b_follows=
    baton_drive forget
    baton_drive state "$1"
}

# baton_each FUNCTION: with the number of each member and its name; ends with the first that fails.
baton_each() {
    b_number_of=0 b_list=$b_members
    while [ -n "$b_list" ]; do
        b_member=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        b_number_of=$((b_number_of + 1))
        "$1" "$b_number_of" "$b_member" || return
    done
}

baton_start_member() {
    baton_look_at "$2"
    if [ "$b_state" = running ]; then return 0; fi
    b_acted=yes
    baton_note start "$2"
    baton_drive start "$2"
    b_words=$b_said
    baton_stays "$1" "$2"
}

# Waits until member $2 runs, and sees it run for start_seconds: the same process, restarted by nobody. One that ends before
# that is tried again by its supervisor as often as the definition's `restart` says, and may come up then: it has failed when
# its supervisor gives up, or when there is no time left.
baton_stays() {
    baton_clock
    b_until=$((b_now + (b_start_seconds + b_boot_seconds) * 100)) b_how='did not start'
    while :; do
        baton_comes_up "$@" || return
        baton_keeps_up "$@" && break
        [ -n "$b_tries" ] || return 1
        b_how="did not stay up for $b_start_seconds seconds"
        baton_note again "$2" "it ended after less than $b_start_seconds seconds"
    done
    baton_note running "$2" ${b_pid:+pid "$b_pid"}
}

baton_comes_up() {
    b_down=0
    while :; do
        baton_look_at "$2"
        baton_clock
        if [ "$b_now" -ge "$b_until" ]; then
            baton_failed "$1" "$2" "$b_how in time"
            return
        fi
        case $b_state in
        running) return 0 ;;
        failed) baton_failed "$1" "$2" "$b_how" || return ;;
        stopped | absent | unknown)
            # A request may still be on its way.
            b_down=$((b_down + 1))
            [ "$b_down" -lt 15 ] || baton_failed "$1" "$2" "$b_how" || return
            ;;
        esac
        baton_pause
    done
}

# Fails with b_tries where its supervisor tries again.
baton_keeps_up() {
    baton_clock
    b_asked_at=$b_now b_counted=$b_restarts b_end_at=$((b_now + b_start_seconds * 100)) b_tries=
    baton_life "$b_pid"
    b_first=$b_life
    while [ "$b_now" -lt "$b_end_at" ]; do
        baton_pause
        baton_clock
        # The kernel is asked always, the supervisor once a second.
        if { [ -z "$b_first" ] || ! baton_gone "$b_first"; } && [ "$b_now" -lt "$((b_asked_at + 100))" ]; then continue; fi
        b_asked_at=$b_now
        baton_look_at "$2"
        baton_same "$1" "$2" || return
    done
    baton_look_at "$2"
    baton_same "$1" "$2"
}

# Whether it is still the process that came up. Of a service that may hand itself on to another main process only the
# count of restarts tells.
baton_same() {
    baton_life "$b_pid"
    if [ "$b_state" = running ] && [ "$b_restarts" = "$b_counted" ]; then
        if [ "$b_life" = "$b_first" ]; then return 0; fi
        if [ -n "$b_follows" ]; then
            b_first=$b_life
            return 0
        fi
    fi
    case $b_state in
    running | starting | backoff)
        b_tries=yes
        return 1
        ;;
    esac
    baton_failed "$1" "$2" "did not stay up for $b_start_seconds seconds"
}

# What is to go, with its process: a supervisor may say that it stopped before that is so.
baton_stop_member() {
    baton_look_at "$2"
    baton_life "$b_pid"
    b_old=$b_life
    case $b_state in
    stopped | failed | absent) if [ -z "$b_old" ]; then return 0; fi ;;
    esac
    b_acted=yes b_stopped=${b_stopped-}$2$b_newline
    baton_note stop "$2" ${b_pid:+pid "$b_pid"}
    baton_drive stop "$2"
    b_words=$b_said
    baton_clock
    # Where it is killed in the end, that may be twice: its main process, and what is left of it.
    b_until=$((b_now + (b_stop_seconds * 2 + 20) * 100))
    while :; do
        baton_look_at "$2"
        case $b_state in stopped | failed | absent) if baton_gone "$b_old"; then break; fi ;; esac
        baton_clock
        if [ "$b_now" -ge "$b_until" ]; then
            baton_failed "$1" "$2" "did not stop within stop_seconds, $b_stop_seconds, and was not killed then"
            return
        fi
        baton_pause
    done
    baton_note stopped "$2"
}

baton_restart_member() { baton_stop_member "$@" && baton_start_member "$@"; }

# The main process stays the same. Whoever does not know the signal ends by it.
baton_reload_member() {
    baton_look_at "$2"
    if [ "$b_state" != running ]; then
        baton_start_member "$@"
        return
    fi
    baton_life "$b_pid"
    b_old=$b_life b_acted=yes
    baton_note reload "$2" ${b_pid:+pid "$b_pid"}
    if baton_drives reload; then baton_drive reload "$2"; else baton_drive signal "$2" "$b_reload_signal"; fi
    b_status=$?
    b_words=$b_said
    if [ "$b_status" -ne 0 ]; then
        baton_failed "$1" "$2" 'could not be reloaded'
        return
    fi
    baton_stays "$@" || return
    if [ -n "$b_old" ] && baton_gone "$b_old"; then
        baton_failed "$1" "$2" "did not survive the reload"
        return
    fi
    baton_note reloaded "$2"
}

# The evidence, before anything else happens to it: its state, the supervisor's words, and the end of its log.
baton_failed() {
    baton_note failed "$2" "$3"
    {
        printf '%s %s: it is %s%s\n' "$2" "$3" "$b_state" "${b_detail:+ ($b_detail)}"
        if [ -n "${b_words-}" ]; then printf '%s\n' "$b_words" | head -n 5; fi
        if [ -n "${b_user_log-}" ]; then
            printf 'the end of .baton/%s.log of %s:\n' "$b_service" "$b_account"
            b_log="~$b_account/.baton/'$b_service'.log"
            # A pipe in its place would keep its reader for ever.
            baton_as_user 20 "if [ -f $b_log ]; then tail -c 8000 $b_log; fi" | baton_once | tail -n 20
        elif baton_log_of "$1"; then
            if [ -f "$b_log" ] && [ ! -h "$b_log" ]; then
                printf 'the end of %s:\n' "$b_log"
                baton_limited 20 tail -c 8000 "$b_log" | baton_once | tail -n 20
            fi
        elif baton_drives log; then
            baton_drive log "$2" 20
        fi
    } 2>&1 | tr -d '\000-\010\013-\037\177' | cut -c 1-400 | head -n 30 >&2
    b_broken=$2
    return 1
}

# Lines that only say again what the one before them says would hide what led to it.
baton_once() { sed '$!N; /^\(.*\)\n\1$/!P; D'; }

# baton_as_user SECONDS LINE: for a shell of the service's user. In places where that user may put links, only that user
# goes.
baton_as_user() {
    if [ "$b_account" = root ] || ! baton_root; then
        baton_limited "$1" sh -c "$2" </dev/null
    else
        baton_limited "$1" su -s /bin/sh -c "$2" "$b_account" </dev/null
    fi
}

# What became of all, after a failure.
baton_summary() {
    baton_drive forget
    b_list=$b_members
    while [ -n "$b_list" ]; do
        b_member=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        [ "$b_member" != "${b_broken-}" ] || continue
        baton_drive state "$b_member"
        printf '%s is %s\n' "$b_member" "$b_state"
    done | head -n 10 >&2
}

# What is run once the last member has stopped, where the supervisor does not: as the service's user.
baton_after_stop() {
    if [ -z "$b_post_stop" ]; then return 0; fi
    b_is_due=$b_var/$b_service/post-stop-due
    if [ -e "$b_volatile/$b_service/post-stop-due" ]; then b_is_due=$b_volatile/$b_service/post-stop-due; fi
    # Until it has succeeded it is due, whoever was interrupted. Where the disk is full, until the next boot.
    if [ -n "${b_acted-}" ] && ! { printf '' >"$b_is_due"; } 2>/dev/null; then
        b_is_due=$b_volatile/$b_service/post-stop-due
        { printf '' >"$b_is_due"; } 2>/dev/null
    fi
    if [ -z "${b_acted-}" ] && [ ! -e "$b_is_due" ]; then return 0; fi
    b_acted=yes
    baton_note post_stop
    b_said=$(
        unset b_key b_id b_stop b_content
        exec 2>&1
        cd "$b_post_stop_in" || exit 1
        baton_as_user "$((b_stop_seconds + 30))" "$b_post_stop"
    ) && {
        rm -f "$b_is_due"
        return 0
    }
    baton_clean "$b_said"
    printf 'post_stop of %s failed: %s\n' "$b_service" "$b_clean" >&2
    return 1
}

# The service as a whole, where the supervisor has a name for it that is up or down by itself.
baton_gather() { if baton_drives gather; then baton_drive gather "$b_whole" "$1"; fi; }

# All of them once more: the first may have died while others were waited for, and what gathers would start it unseen.
baton_still_up() {
    baton_look_at "$2"
    case $b_state in running | starting) return 0 ;; esac
    baton_failed "$1" "$2" 'did not stay up while the others were seen to'
}

baton_all_up() { baton_each baton_still_up && baton_gather up; }

baton_start_all() { baton_each baton_start_member && baton_all_up; }
baton_stop_all() { baton_each baton_stop_member && baton_gather down && baton_after_stop; }
# One after another; between two of them somebody may say that it is enough.
baton_restart_next() { { [ -z "${b_watch-}" ] || "$b_watch"; } && baton_restart_member "$@"; }
baton_restart_all() { baton_each baton_restart_next && baton_all_up; }
baton_reload_all() { baton_each baton_reload_member && baton_all_up; }

# Whether it starts at boot, as $1 says.
baton_enabling() {
    case $1 in yes) if baton_drive enabled "$b_whole"; then return 0; fi ;; no) baton_drive enabled "$b_whole" || return 0 ;; *) return 0 ;; esac
    b_acted=yes
    baton_note boot "$1"
    baton_drive enable "$b_whole" "$1"
    b_words=$b_said
    if baton_drive enabled "$b_whole"; then b_is=yes; else b_is=no; fi
    [ "$b_is" = "$1" ] && return 0
    printf '%s: whether it starts at boot could not be set to %s: %s\n' "$b_service" "$1" "$b_words" >&2
    return 1
}
