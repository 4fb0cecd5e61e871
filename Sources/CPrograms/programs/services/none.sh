#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a service's procedure does where nothing supervises: Baton starts the command itself, in a session of its own, and
# knows its process again by number, start and boot. Of a server that goes into the background, or may hand itself on to
# another main process, the pid file tells who it is, if that process can have written it.
b_newline='
'

baton_none_here() {
    b_version=1 b_said=
    baton_started self && return 0
    b_said='/proc does not show processes here, and nothing else could tell who runs'
    return 1
}

baton_none_forget() { :; }
baton_none_states() { :; }
# Nothing starts it with the host.
baton_none_enabled() { return 1; }
baton_none_enable() { b_said="nothing starts $b_service with the host: it has no supervisor"; }
# Each member is a process of its own.
baton_none_whole() { return 1; }

# What was started as member $1 in this boot, as number and start in b_no_record; empty where nothing was, or it was stopped
# since. b_no_in is the session that its main process was seen in.
baton_none_record() {
    b_no_record='' b_no_boot='' b_no_rest='' b_no_in=
    b_no_file=$b_volatile/$b_service/started-$1
    { read -r b_no_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
    { read -r b_no_pid b_no_start b_no_rest <"$b_no_file"; } 2>/dev/null || return 0
    case $b_no_pid$b_no_start in '' | *[!0-9]*) return 0 ;; esac
    [ "${b_no_rest%% *}" = "$b_no_boot" ] || return 0
    b_no_record="$b_no_pid $b_no_start"
    case $b_no_rest in *' '*) b_no_in=${b_no_rest#* } ;; esac
}

baton_none_note() { { printf '%s %s%s\n' "$1" "$b_no_boot" "${2:+ $2}" >"$b_no_file"; } 2>/dev/null; }

# Whether the process that is a number and a start, $1, still runs.
baton_none_lives() { [ -n "$1" ] && baton_life "${1%% *}" && [ "$b_life" = "$1" ]; }

baton_none_state() {
    b_state=stopped b_pid='' b_restarts='' b_detail='' b_follows='' b_no_strange=
    baton_none_record "$1"
    if [ -n "$b_pidfile" ]; then
        b_follows=yes
        if baton_none_named; then
            b_state=running b_pid=$b_no_named
            if [ -z "$b_no_in" ] && [ "${b_no_launched-}" = "${b_no_record:-none}" ]; then
                baton_none_session "$b_pid"
                baton_none_note "$b_no_record" "$b_no_session"
            fi
            return 0
        fi
        # Some write it anew when they reload: for a moment it names nobody, and who wrote it still runs.
        b_no_tries=3
        while [ -z "$b_no_strange" ] && [ "$b_no_tries" -gt 0 ] && [ -n "$b_no_in" ] && baton_none_in "$b_no_in"; do
            b_no_tries=$((b_no_tries - 1))
            baton_pause
            if baton_none_named; then
                b_state=running b_pid=$b_no_named
                return 0
            fi
        done
        b_detail=$b_no_why
    fi
    if baton_none_lives "$b_no_record"; then
        b_pid=${b_no_record%% *}
        if [ -z "$b_pidfile" ]; then b_state=running; else b_state=starting; fi
        return 0
    fi
    if [ -n "${b_no_launched-}" ] && [ "$b_no_launched" = "$b_no_record" ]; then
        baton_none_begins "$1"
        return 0
    fi
    [ -n "$b_no_record" ] || return 0
    # Whoever wrote the pid file anew, or took it away, did not end what was seen to run.
    if [ -n "$b_no_in" ] && baton_none_in "$b_no_in" && { [ -n "$b_no_strange" ] || baton_none_led "$b_no_in"; }; then
        b_state=unknown b_detail="process ${b_no_life% *} of it runs, and $b_no_why"
        return 0
    fi
    b_state=failed b_detail="it has ended by itself${b_detail:+, and $b_detail}"
}

# The first process of session $1 that is the service's user's, in b_no_life.
baton_none_in() {
    b_no_life=
    for b_no_path in /proc/[0-9]*; do
        baton_life "${b_no_path#/proc/}" || continue
        b_no_rest=${b_process#* * * }
        if [ "${b_no_rest%% *}" = "$1" ] && baton_none_own "${b_no_path#/proc/}"; then
            b_no_life=$b_life
            return 0
        fi
    done
    return 1
}

# Whether a process of session $1 is the parent of another one there: then a main process lives, whatever its file says.
baton_none_led() {
    b_no_pids=' ' b_no_parents=
    for b_no_path in /proc/[0-9]*; do
        baton_life "${b_no_path#/proc/}" || continue
        b_no_rest=${b_process#* * * }
        [ "${b_no_rest%% *}" = "$1" ] || continue
        b_no_rest=${b_process#* }
        b_no_pids="$b_no_pids${b_no_path#/proc/} " b_no_parents="$b_no_parents ${b_no_rest%% *}"
    done
    for b_no_rest in $b_no_parents; do
        case $b_no_pids in *" $b_no_rest "*) return 0 ;; esac
    done
    return 1
}

# What this procedure has just started has ended: a server that goes into the background does, and its main process may
# still have to write the pid file.
baton_none_begins() {
    if [ -z "${b_no_status-}" ]; then
        wait "${b_no_launched%% *}"
        b_no_status=$?
    fi
    if [ "$b_no_status" -ne 0 ] || [ -z "$b_pidfile" ]; then
        b_state=failed b_detail="its command ended with status $b_no_status"
        if [ "$b_no_status" -gt 128 ]; then b_detail="its command ended by signal $((b_no_status - 128))"; fi
        b_no_said=$(head -c 500 "$b_volatile/$b_service/said-$1" 2>/dev/null)
        b_detail=$b_detail${b_no_said:+: $b_no_said}
        return
    fi
    if baton_none_on_its_way; then b_state=starting; fi
    b_detail="its command went into the background, and $b_no_why"
}

# Whether anything runs that may be the main process which is still to come: younger than what was started, and of its
# program. This is looked for once a second at most.
baton_none_on_its_way() {
    baton_clock
    if [ "$b_now" -lt "${b_no_asked:-0}" ]; then return "${b_no_answer:-0}"; fi
    b_no_asked=$((b_now + 100)) b_no_answer=0
    # shellcheck disable=SC2013
    for b_no_path in $(grep -lsF -e "$b_program" /proc/[0-9]*/cmdline 2>/dev/null); do
        b_no_path=${b_no_path%/cmdline}
        if baton_life "${b_no_path#/proc/}" && [ "${b_life#* }" -ge "${b_no_launched#* }" ] &&
            baton_none_own "${b_no_path#/proc/}"; then
            return 0
        fi
    done
    b_no_answer=1
    return 1
}

# Whether the process is one of the service's user's.
baton_none_own() {
    if [ -z "${b_no_uid-}" ]; then b_no_uid=$(id -u "$b_account" 2>/dev/null) || return 1; fi
    b_no_field=
    {
        while read -r b_no_field b_no_real b_no_rest; do
            if [ "$b_no_field" = Uid: ]; then break; fi
        done <"/proc/$1/status"
    } 2>/dev/null
    [ "$b_no_field" = Uid: ] && [ "$b_no_real" = "$b_no_uid" ]
}

# Whom the pid file names, in b_no_named, or b_no_why it names nobody. The service owns that file: it may be anything, or be
# left from a process whose number somebody else has by now. So the process must be its user's and of its program, must
# have begun before the file was written, must not run in another place than the release, and must be in the session that this
# procedure, or an earlier one, has seen it in: a second main process is a child of the first.
baton_none_named() {
    b_no_named='' b_no_strange='' b_no_why="there is no pid file $b_pidfile"
    if [ -h "$b_pidfile" ] || [ ! -f "$b_pidfile" ]; then return 1; fi
    b_no_why="the pid file $b_pidfile names no process"
    b_no_word=$({ baton_limited 5 head -c 20 "$b_pidfile" | tr -d '\000'; } 2>/dev/null)
    b_no_word=${b_no_word%%"$b_newline"*} b_no_word=${b_no_word%% *}
    case $b_no_word in '' | 0* | 1 | *[!0-9]* | ???????????*) return 1 ;; esac
    baton_life "$b_no_word" || return 1
    b_no_life=$b_life
    if [ "$b_no_life" != "${b_no_known-}" ]; then
        b_no_why="the pid file $b_pidfile names process $b_no_word, which is not this service's"
        b_no_strange=yes
        baton_none_own "$b_no_word" || return 1
        { tr '\000' ' ' <"/proc/$b_no_word/cmdline" | grep -qF -e "$b_program"; } 2>/dev/null || return 1
        baton_none_near "$b_no_word" || return 1
        baton_none_before "$b_no_word" || return 1
        b_no_known=$b_no_life
    fi
    b_no_named=$b_no_word b_no_why='' b_no_strange=
}

# Whether process $1 began before the pid file was written. Five seconds more are no stranger: the two clocks are asked one
# after the other, on hosts that may be busy.
baton_none_before() {
    baton_life "$1" || return 1
    b_no_born=${b_life#* }
    b_no_ticks=$(baton_started self && echo "$b_started")
    b_no_times=$(LC_ALL=C stat -c %Z -- "$b_pidfile" /proc/self/ 2>/dev/null)
    # Nothing here tells the times of files.
    case $b_no_ticks:$b_no_times in :* | *:) return 0 ;; esac
    [ "$(((b_no_ticks - b_no_born) / 100 + 5))" -ge "$((${b_no_times##*"$b_newline"} - ${b_no_times%%"$b_newline"*}))" ]
}

# Whether process $1 is where this service is, as far as that can be told.
baton_none_near() {
    if [ -n "$b_no_in" ]; then
        baton_process "$1"
        b_no_rest=${b_process#* * * }
        [ "${b_no_rest%% *}" = "$b_no_in" ] || return 1
    fi
    [ -n "$b_root" ] || return 0
    b_no_rest=$(readlink "/proc/$1/cwd" 2>/dev/null)
    case $b_no_rest in '' | /) return 0 ;; esac
    b_no_real=$(CDPATH='' cd -P "$b_root/" 2>/dev/null && pwd -P)
    case $b_no_rest/ in "${b_no_real:-/}"/*) ;; *) return 1 ;; esac
}
