#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# A release and services of it that are restarted for it, as one program that nobody's end interrupts: `current` first, then
# service after service, each seen to stay up and to answer. Where one does not, or where nobody holds the lease any more, the
# member that is being restarted comes to its end, and all of it goes back. ROOT/.baton/switch says how far it is, and in the end
# on which side the host is: that is the verdict, and whoever lost the connection reads it there.
#
# The program has, for each service by its number, b_forth_N and b_back_N, procedures of that service, and b_check_N, which says
# whether it answers.

# baton_switching FOLDER NAME TITLE ROOT EPOCH OWNER FROM FROM-ID ID RUN NONCE back|forward NAME SECONDS...: what runs by itself. It
# ends with 0 on the new side, with 80 on the old one, with 81 on neither; with anything else nothing was changed.
baton_switching() {
    # The shell has read all of it; from here on it is in no file.
    rm -f "$1/program"
    # Caught, not ignored: what is started gets them as usual.
    trap : HUP INT TERM PIPE
    b_run=$1 b_journal=
    shift 3
    baton_find_timeout
    (baton_switch "$@")
    b_end=$?
    baton_note end "$b_end"
    exit "$b_end"
}

baton_switch() {
    trap : HUP INT TERM PIPE
    b_sw_root=$1 b_sw_epoch=$2 b_sw_owner=$3 b_sw_from=$4 b_sw_before=$5 b_sw_to=$6 b_sw_by=$7 b_sw_nonce=$8 b_sw_lost=$9
    # It ends here where this is not allowed, or where somebody else works.
    baton_release_change "$1" "$2" "$3"
    trap : HUP INT TERM PIPE
    shift 9
    baton_started "$$"
    b_sw_process="$$ $b_started" b_sw_why=
    baton_switch_say begun
    baton_switch_turn "$b_sw_from" "$b_sw_to" ''
    b_sw_end=$?
    case $b_sw_end in
    0 | 76) ;;
    *)
        baton_switch_say untouched
        baton_switch_end "$b_sw_end"
        ;;
    esac
    b_sw_part=0
    while [ $# -gt 1 ]; do
        baton_switch_forth "$1" "$2" || baton_switch_back
        shift 2
    done
    baton_switch_say new
    exit 0
}

# baton_switch_say WORD: how far it is. What was said before stays said where it cannot be written.
baton_switch_say() {
    b_sw_text="nonce $b_sw_nonce${b_newline}says $1${b_newline}run $b_sw_by${b_newline}from ${b_sw_before:--}${b_newline}to $b_sw_to"
    b_sw_text="$b_sw_text${b_newline}process $b_sw_process $b_rl_boot"
    if [ -n "$b_sw_why" ]; then b_sw_text="$b_sw_text${b_newline}why $b_sw_why"; fi
    (baton_release_put ./.baton/switch "$b_sw_text") 2>/dev/null
    baton_note says "$1"
}

# The reason on one line, in b_sw_why, of what was said last.
baton_switch_reason() {
    baton_clean "$(tail -c 1500 "$b_run/said" 2>/dev/null)" 1000
    b_clean=$(printf %s "$b_clean" | tr '\n\t' '  ')
    b_sw_why=${b_clean:-it did not say why}
}

# What it says at its end is for whoever follows.
baton_switch_end() {
    printf '%s\n' "$b_sw_why" >&2
    exit "$1"
}

# baton_switch_turn FROM ID back|'': of a failure b_sw_why is the reason.
baton_switch_turn() {
    (
        trap : HUP INT TERM PIPE
        baton_release_turn "$1" "$2" "$b_sw_by" "$3"
    ) >/dev/null 2>"$b_run/said"
    b_sw_status=$?
    case $b_sw_status in 0 | 76) ;; *) baton_switch_reason ;; esac
    return "$b_sw_status"
}

# baton_switch_procedure FUNCTION: of a service, in a shell of its own, with none of the locks of ROOT.
baton_switch_procedure() {
    (
        exec 8>&- 9>&-
        cd / || exit
        "$1"
    ) >/dev/null 2>"$b_run/said" </dev/null
    case $? in
    # There was nothing to do.
    0 | 76) return 0 ;;
    75) b_sw_why='somebody else changed it at the same time' ;;
    *) baton_switch_reason ;;
    esac
    return 1
}

# baton_switch_forth NAME SECONDS: the next service. It has SECONDS to answer once it runs.
baton_switch_forth() {
    baton_switch_procedure baton_switch_goes_on || return 1
    b_sw_part=$((b_sw_part + 1))
    baton_switch_say "restarting $1"
    b_watch=baton_switch_goes_on
    baton_switch_procedure "b_forth_$b_sw_part" || {
        b_sw_why="$1: $b_sw_why" b_sw_failed=$b_sw_why
        # Where it was called off between two members, that is why.
        if baton_switch_procedure baton_switch_goes_on; then b_sw_why=$b_sw_failed; fi
        return 1
    }
    baton_switch_say "checking $1"
    baton_clock
    b_sw_until=$((b_now + $2 * 100))
    until baton_switch_procedure "b_check_$b_sw_part"; do
        b_sw_failed="$1: it does not answer as it is to within $2 s: $b_sw_why"
        baton_clock
        if [ "$b_now" -ge "$b_sw_until" ]; then
            b_sw_why=$b_sw_failed
            return 1
        fi
        sleep 1
        baton_switch_procedure baton_switch_goes_on || return 1
    done
}

# Whether whoever wanted this still does: right before each member, and while it is waited for. What is to end on the new side whatever
# happens asks nobody.
baton_switch_goes_on() {
    if [ "$b_sw_lost" = forward ]; then return 0; fi
    b_sw_deadline=
    { read -r b_sw_deadline b_rest <"$b_sw_root/.baton/lease"; } 2>/dev/null
    if [ "$b_sw_deadline" = 0 ]; then
        echo 'it was called off' >&2
        return 1
    fi
    b_sw_fence=$(cd "$b_sw_root" && b_rl_root=$b_sw_root && baton_fence "$b_sw_epoch" "$b_sw_owner" 2>&1) && return 0
    printf 'whoever wanted it was not heard of any more: %s\n' "${b_sw_fence##*"$b_newline"}" >&2
    return 1
}

# It has failed, or is not wanted any more. What was begun is not left half way because the lease is
# gone meanwhile: nobody else has changed anything, as ROOT is still locked.
baton_switch_back() {
    b_watch=
    b_sw_first=$b_sw_why
    if [ "$b_sw_lost" = forward ] || [ -z "$b_sw_before" ]; then
        if [ -z "$b_sw_before" ]; then b_sw_why="$b_sw_why; there is nothing to go back to"; fi
        baton_switch_say neither
        baton_switch_end 81
    fi
    baton_switch_say back
    b_rl_unfenced=yes
    baton_switch_turn "$(baton_switch_target "$b_sw_to")" "$b_sw_before" back
    case $? in
    0 | 76) ;;
    *)
        b_sw_why="$b_sw_first; nor could $b_sw_root/current be switched back: $b_sw_why"
        baton_switch_say neither
        baton_switch_end 81
        ;;
    esac
    b_sw_stuck=
    while [ "$b_sw_part" -gt 0 ]; do
        baton_switch_procedure "b_back_$b_sw_part" || b_sw_stuck="$b_sw_stuck; nor does the old release run again: $b_sw_why"
        b_sw_part=$((b_sw_part - 1))
    done
    b_sw_why=$b_sw_first$b_sw_stuck
    if [ "$b_sw_to" != "$b_sw_before" ]; then
        (baton_release_record "$b_sw_to" && baton_release_firmly baton_release_restate "$b_sw_to" bad "$b_sw_by") >/dev/null 2>&1
    fi
    if [ -n "$b_sw_stuck" ]; then
        baton_switch_say neither
        baton_switch_end 81
    fi
    baton_switch_say old
    baton_switch_end 80
}

# What `current` says when it names release $1.
baton_switch_target() {
    baton_release_record "$1"
    printf %s "$b_rl_target"
}
