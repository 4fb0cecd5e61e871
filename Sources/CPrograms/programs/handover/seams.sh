#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a takeover does to the world, in functions so small that a test can put others in their place.

# Where the kernel shows processes.
b_proc=${b_proc:-/proc}
b_newline='
'
b_tab=$(printf '\t')

# Now, in hundredths of a second since the host booted. Never the time of day: that jumps.
baton_now() {
    read -r b_now _ <"$b_proc/uptime" || return 1
    b_part=${b_now#*.}00
    b_part=${b_part%"${b_part#??}"}
    # Of a number with a leading zero the shell would think it is octal.
    b_now=$((${b_now%%.*} * 100 + 1$b_part - 100))
}

# Which boot this is. A container may begin anew without the kernel doing so: its process 1 tells.
baton_boot() {
    read -r b_boot <"$b_proc/sys/kernel/random/boot_id" || return 1
    b_boot_start=0
    if baton_identity 1; then b_boot_start=$b_s_start; fi
    b_boot=$b_boot.$b_boot_start
}

# Ten times a second. An old busybox knows whole seconds only.
baton_nap() { sleep 0.1 2>/dev/null || sleep 1; }

# baton_strike SIGNAL PID UID: as the process's own user, where that can be had: should the pid be another user's by now,
# the kernel refuses. As root only where nothing else is left.
baton_strike() {
    if [ "${b_self_uid:-0}" = 0 ] && [ "$3" != 0 ]; then
        # shellcheck disable=SC2016
        if command -v setpriv >/dev/null 2>&1; then
            setpriv --reuid "$3" --regid "$b_order_gid" --clear-groups sh -c 'kill -s "$1" "$2"' sh "$1" "$2" 2>/dev/null && return
        elif [ -n "${b_order_user-}" ] && [ "$3" = "${b_order_uid-}" ]; then
            su -s /bin/sh "$b_order_user" -c "kill -s $1 $2" </dev/null >/dev/null 2>&1 && return
        fi
        # It may be somebody else's by now: then not at all.
        baton_identity "$2" && baton_uid "$2" && [ "$b_uid" = "$3" ] || return 1
    fi
    kill -s "$1" "$2" 2>/dev/null
}

# baton_poll_host new|old|any: whether the service answers, as that release. 0 yes; a sentence on stdout otherwise.
baton_poll_host() { sh "./probe.$1" 2>&1 </dev/null; }

# Whether it answers at all, and how fast: `fresh ok|bad MILLISECONDS` and `kept ok|bad|reset|none MILLISECONDS`.
baton_ask_witness() { sh ./probe.witness 2>/dev/null </dev/null; }

# Starts the service from nothing, with what `current` says now. It may stay; what ends this must not end it.
baton_spawn() { setsid sh ./start >>./start.log 2>&1 </dev/null & }

# baton_as_service SCRIPT PATH SECOND: in a directory of the service as its user, so that no link there leads root astray.
# The script is in that directory, and has the name as ./NAME. As root only where that is not enough and nobody else may
# write, in a directory that was reached over no link.
# shellcheck disable=SC2016
baton_as_service() {
    b_place=${2%/*}/ b_script='cd -- "$1" && shift && '$1
    if [ "${b_self_uid:-0}" != 0 ] || [ "$b_order_uid" = 0 ]; then
        sh -c "$b_script" sh "$b_place" "./${2##*/}" "${3-}"
        return
    fi
    if command -v setpriv >/dev/null 2>&1; then
        setpriv --reuid "$b_order_uid" --regid "$b_order_gid" --clear-groups \
            sh -c "$b_script" sh "$b_place" "./${2##*/}" "${3-}" 2>/dev/null && return
    else
        su -s /bin/sh "$b_order_user" -c "$b_script" sh "$b_place" "./${2##*/}" "${3-}" </dev/null 2>/dev/null && return
    fi
    (
        CDPATH='' cd -P -- "$b_place" && [ "${PWD%/}/" = "$b_place" ] && [ -O . ] || exit 1
        case $(ls -ld .) in ?????-??-*) ;; *) exit 1 ;; esac
        sh -c "$1" sh "./${2##*/}" "${3-}"
    )
}

# baton_sync PATH: coreutils and newer busybox sync one file; an old one refuses the argument, and then all is synced.
baton_sync() { sync "$1" 2>/dev/null || sync; }
