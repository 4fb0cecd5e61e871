#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a service's procedure asks of supervisord, all of it through supervisorctl. What that prints counts, never how it
# ends: 3.x ends with 0 whatever happens. `update`, `restart` and `reload` are never used: the first two are several
# requests in one that a cut leaves half done, the last one restarts everything.
b_newline='
'

# The supervisord of this host: a process of root's own, in sight of the same files. Whoever else calls a program so
# could have root read any configuration, and those may name code.
baton_supervisord_find() {
    if [ -n "${b_sd_pid-}" ] && baton_own_process "/proc/$b_sd_pid"; then return 0; fi
    b_sd_pid='' b_sd_why=
    # shellcheck disable=SC2013
    for b_sd_path in $(grep -ls supervisord /proc/[0-9]*/cmdline 2>/dev/null); do
        b_sd_path=${b_sd_path%/cmdline}
        baton_own_process "$b_sd_path" || continue
        [ "$(readlink "$b_sd_path/ns/mnt" 2>/dev/null)" = "$(readlink /proc/self/ns/mnt 2>/dev/null)" ] || continue
        baton_supervisord_command "$b_sd_path" || continue
        b_sd_pid=${b_sd_path#/proc/}
        return 0
    done
    return 1
}

# Whether nobody but root can say what is in the configuration. Links are followed once, here.
baton_supervisord_safe() {
    [ "$(id -u)" = 0 ] || return 0
    b_sd_word=$(readlink -f "$b_sd_conf" 2>/dev/null)
    b_sd_why="$b_sd_conf and the directories above it must be root's, and not to be written by others: supervisord is not asked"
    case $b_sd_word in /*) b_sd_conf=$b_sd_word ;; *) return 1 ;; esac
    set -- "$b_sd_conf"
    while [ -n "$b_sd_word" ]; do
        b_sd_word=${b_sd_word%/*}
        set -- "$@" "${b_sd_word:-/}"
    done
    # In a shell of its own, as it shares its variables with everybody.
    (baton_ours "$@") || return 1
    b_sd_why=
}

# What its command line says: its configuration, in b_sd_conf, and the supervisorctl beside it, in b_sd_program.
baton_supervisord_command() {
    b_sd_conf='' b_sd_program='' b_sd_seen=''
    b_sd_words=$(tr '\000\n' '\n ' <"$1/cmdline" 2>/dev/null)$b_newline
    while [ -n "$b_sd_words" ]; do
        b_sd_word=${b_sd_words%%"$b_newline"*} b_sd_words=${b_sd_words#*"$b_newline"}
        case $b_sd_seen:$b_sd_word in
        :supervisord | :*/supervisord) b_sd_seen=yes b_sd_program=${b_sd_word%d}ctl ;;
        :supervisor.supervisord) b_sd_seen=yes ;;
        :-* | :*python*) ;;
        :*) return 1 ;;
        yes:-c | yes:--configuration)
            b_sd_conf=${b_sd_words%%"$b_newline"*} b_sd_words=${b_sd_words#*"$b_newline"}
            ;;
        yes:--configuration=*) b_sd_conf=${b_sd_word#*=} ;;
        yes:-c*) b_sd_conf=${b_sd_word#-c} ;;
        esac
    done
    [ -n "$b_sd_seen" ] || return 1
    case $b_sd_conf in
    '')
        for b_sd_conf in /etc/supervisord.conf /etc/supervisor/supervisord.conf ''; do
            if [ -f "$b_sd_conf" ]; then break; fi
        done
        ;;
    /*) ;;
    *) b_sd_conf=$(readlink "$1/cwd" 2>/dev/null)/$b_sd_conf ;;
    esac
    if [ ! -f "$b_sd_conf" ] || [ ! -O "$b_sd_conf" ]; then return 1; fi
    baton_supervisord_safe || return 1
    case $b_sd_program in
    /*) if [ ! -x "$b_sd_program" ] || [ ! -O "$b_sd_program" ]; then b_sd_program=supervisorctl; fi ;;
    *) b_sd_program=supervisorctl ;;
    esac
    baton_supervisord_server
}

# Where it listens, in b_sd_server, if its configuration does not tell supervisorctl: that would ask port 9001 then.
baton_supervisord_server() {
    b_sd_server='' b_sd_section=''
    while IFS= read -r b_sd_line || [ -n "$b_sd_line" ]; do
        case $b_sd_line in
        '['*) b_sd_section=${b_sd_line%%]*} ;;
        serverurl*)
            if [ "$b_sd_section" = '[supervisorctl' ]; then
                b_sd_server=
                return 0
            fi
            ;;
        file*=*)
            if [ "$b_sd_section" = '[unix_http_server' ]; then
                b_sd_line=${b_sd_line#*=} b_sd_line=${b_sd_line%%[;]*}
                b_sd_line=${b_sd_line#"${b_sd_line%%[! 	]*}"} b_sd_line=${b_sd_line%"${b_sd_line##*[! 	]}"}
                case $b_sd_line in /*) b_sd_server=unix://$b_sd_line ;; esac
            fi
            ;;
        esac
    done <"$b_sd_conf"
    return 0
}

# baton_supervisord_ask SECONDS WORD...: what supervisorctl prints, in b_sd_output; the end of it in b_said.
baton_supervisord_ask() {
    b_sd_seconds=$1
    shift
    b_sd_output='' b_said='supervisord does not run here, or not as this user'
    if ! baton_supervisord_find; then
        b_said=${b_sd_why:-$b_said}
        return 1
    fi
    set -- -c "$b_sd_conf" "$@"
    if [ -n "$b_sd_server" ]; then set -- -s "$b_sd_server" "$@"; fi
    b_sd_output=$({
        baton_limited "$b_sd_seconds" "$b_sd_program" "$@" </dev/null 2>&1
        printf '\n%d' "$?"
    } | tail -c 262144)
    b_sd_end=${b_sd_output##*"$b_newline"} b_sd_output=${b_sd_output%"$b_newline"*}
    b_sd_output=${b_sd_output%"$b_newline"}
    b_said=$(printf '%s' "$b_sd_output" | tail -c 2000)
    [ -n "$b_sd_output" ] || [ "$b_sd_end" -lt 100 ] || b_said="supervisorctl did not answer within $b_sd_seconds seconds"
}

baton_supervisord_here() {
    b_version=
    baton_supervisord_ask 20 version || return 1
    case $b_sd_output in [0-9]*.[0-9]*) b_version=$b_sd_output ;; *) return 1 ;; esac
}

baton_supervisord_forget() { b_sd_states=; }

# One question for all: every line is a process, or the answer is not one.
baton_supervisord_states() {
    b_sd_states=no
    baton_supervisord_ask 30 status || return 1
    [ -n "$b_sd_output" ] || [ "$b_sd_end" -lt 100 ] || return 1
    b_sd_words='STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN'
    if [ -n "$b_sd_output" ] && printf '%s\n' "$b_sd_output" | grep -qvE "^[^ ]+ +($b_sd_words)( |\$)"; then return 1; fi
    b_sd_states=$b_newline$b_sd_output$b_newline b_said=
}

baton_supervisord_state() {
    b_state=unknown b_pid='' b_restarts='' b_detail='' b_sd_once=
    if [ -z "${b_sd_states-}" ]; then
        b_sd_once=yes
        baton_supervisord_states
    fi
    case $b_sd_states in
    no) b_detail=${b_said%%"$b_newline"*} ;;
    *"$b_newline$1 "*)
        b_sd_line=${b_sd_states#*"$b_newline$1 "}
        b_sd_line=${b_sd_line%%"$b_newline"*}
        b_detail=${b_sd_line#"${b_sd_line%%[! ]*}"}
        b_sd_word=${b_detail%% *} b_sd_line=${b_detail#"$b_sd_word"}
        b_sd_line=${b_sd_line#"${b_sd_line%%[! ]*}"}
        b_detail="$b_sd_word${b_sd_line:+ $b_sd_line}"
        case $b_sd_word in
        RUNNING) b_state=running ;;
        STARTING) b_state=starting ;;
        STOPPING) b_state=stopping ;;
        STOPPED | EXITED) b_state=stopped ;;
        BACKOFF) b_state=backoff ;;
        FATAL) b_state=failed ;;
        esac
        case $b_sd_line in 'pid '[0-9]*) b_pid=${b_sd_line#pid } b_pid=${b_pid%%[!0-9]*} ;; esac
        ;;
    *) b_state=absent b_detail='supervisord does not know it' ;;
    esac
    if [ -n "$b_sd_once" ]; then b_sd_states=; fi
}

# Starts are counted by the launcher; one that is asked for does not count against the limit.
baton_supervisord_forgive() {
    b_sd_number=0
    case $1 in *:*_[0-9]*) b_sd_number=${1##*_} b_sd_number=${b_sd_number#0} ;; esac
    rm -f "/run/baton/${1%%:*}/starts-$b_sd_number" 2>/dev/null || :
}

# supervisorctl waits until it has been up for startsecs, or has failed.
baton_supervisord_start() {
    baton_supervisord_forget
    baton_supervisord_state "$1"
    # A service that runs is not forgiven what it did.
    if [ "$b_state" = running ]; then return 0; fi
    baton_supervisord_forgive "$1"
    # It is between two attempts: for supervisord that is started, and the pause may be long.
    if [ "$b_state" = backoff ]; then baton_supervisord_ask 30 stop "$1"; fi
    baton_supervisord_ask $((${b_start_seconds:-1} + 30)) start "$1" || return 1
    case $b_sd_output in *': started'* | *'(already started)'*) b_said= ;; *) return 1 ;; esac
}

# It kills by itself what has not stopped after stopwaitsecs.
baton_supervisord_stop() {
    baton_supervisord_forget
    baton_supervisord_ask $((${b_stop_seconds:-10} + 30)) stop "$1" || return 1
    case $b_sd_output in *': stopped'* | *'(not running)'*) b_said= ;; *) return 1 ;; esac
}

# supervisord is the parent of the main process: no other can have its number. Before 3.2 it had no signals.
baton_supervisord_signal() {
    baton_supervisord_forget
    baton_supervisord_ask 20 signal "$2" "$1" || return 1
    case $b_sd_output in
    *': signalled'*) b_said= ;;
    *'Unknown syntax'*)
        baton_supervisord_state "$1"
        b_sd_word=$b_pid
        baton_process "${b_sd_word:-0}" || return 1
        case $b_process in ?" $b_sd_pid "*) ;; *) return 1 ;; esac
        b_said=$(kill -s "$2" "$b_sd_word" 2>&1) || return 1
        ;;
    *) return 1 ;;
    esac
}

# Its definition says so: there is no other place.
baton_supervisord_file() { b_sd_file=/etc/supervisor/conf.d/${1%%:*}.conf; }

baton_supervisord_enabled() {
    baton_supervisord_file "$1"
    grep -qx 'autostart=true' "$b_sd_file" 2>/dev/null
}

# Counts from the next start of supervisord on, and is taken for a change of the definition until then.
baton_supervisord_enable() {
    baton_supervisord_file "$1"
    b_sd_word=true
    if [ "$2" = no ]; then b_sd_word=false; fi
    if grep -qx "autostart=$b_sd_word" "$b_sd_file" 2>/dev/null; then return 0; fi
    b_said=$({
        b_sd_new=${b_sd_file%/*}/.${b_sd_file##*/}.baton
        rm -f "$b_sd_new"
        umask 077
        set -C
        sed "s/^autostart=.*/autostart=$b_sd_word/" "$b_sd_file" >"$b_sd_new" && chmod 644 "$b_sd_new" &&
            grep -qx "autostart=$b_sd_word" "$b_sd_new" && mv -f "$b_sd_new" "$b_sd_file" && exit 0
        rm -f "$b_sd_new"
        exit 1
    } 2>&1)
}

# The only checker there is: it reads everything and applies nothing. What it finds stays in b_sd_changes.
baton_supervisord_check() {
    b_sd_changes=
    baton_supervisord_ask 30 reread || return 1
    if [ -z "$b_sd_output" ]; then return 1; fi
    b_sd_words='No config updates to processes|[^ ]+: (available|changed|disappeared)'
    if printf '%s\n' "$b_sd_output" | grep -qvxE "$b_sd_words"; then return 1; fi
    b_sd_changes=$b_newline$b_sd_output$b_newline b_said=
}

# One definition for all members: no member can have another one than the rest.
baton_supervisord_whole() { return 0; }

# Each step is read from what is, so that whoever comes after a cut goes on where it was: a group that stopped and is
# still there is still `changed`, one that is gone is `available`.
baton_supervisord_take() {
    baton_supervisord_check || return 1
    b_sd_taken=' '
    for b_sd_member; do
        b_sd_group=${b_sd_member%%:*}
        case $b_sd_taken in *" $b_sd_group "*) continue ;; esac
        b_sd_taken="$b_sd_taken$b_sd_group "
        case $b_sd_changes in
        *"$b_newline$b_sd_group: changed$b_newline"*)
            if baton_supervisord_knows "$b_sd_group"; then continue; fi
            baton_supervisord_leave "$b_sd_group" && baton_supervisord_join "$b_sd_group" || return 1
            ;;
        *"$b_newline$b_sd_group: available$b_newline"*) baton_supervisord_join "$b_sd_group" || return 1 ;;
        *)
            if baton_supervisord_has "$b_sd_group"; then
                baton_supervisord_remember "$b_sd_group"
                continue
            fi
            b_said="supervisord does not read /etc/supervisor/conf.d/$b_sd_group.conf: $b_sd_conf does not include it"
            return 1
            ;;
        esac
    done
}

baton_supervisord_has() {
    baton_supervisord_states || return 1
    case $b_sd_states in *"$b_newline$1 "* | *"$b_newline$1:"*) b_sd_is=yes ;; *) b_sd_is= ;; esac
    [ -n "$b_sd_is" ]
}

# Stops what is in a group, and has supervisord forget it. What the old definition gives it to stop is not known here.
baton_supervisord_leave() {
    baton_supervisord_has "$1" || return 0
    baton_supervisord_ask $((${b_stop_seconds:-10} + 600)) stop "$1:*" || return 1
    b_sd_before=$b_said
    baton_supervisord_states || return 1
    b_sd_words='RUNNING|STARTING|BACKOFF|STOPPING'
    if printf '%s' "$b_sd_states" | grep -E "^$1(:[^ ]*)? +($b_sd_words)( |\$)" >/dev/null; then
        b_said=$b_sd_before
        return 1
    fi
    baton_supervisord_ask 30 remove "$1" || return 1
    b_sd_before=$b_said
    baton_supervisord_has "$1" || return 0
    b_said=$b_sd_before
    return 1
}

# What supervisord was last given for a group, but for whether it starts at boot: that alone is no reason to begin anew, as
# supervisord asks for it only when it starts itself.
baton_supervisord_given() {
    baton_supervisord_file "$1"
    baton_started "$b_sd_pid" || return 1
    b_sd_given="$b_sd_pid $b_started$b_newline$(sed 's/^autostart=.*/autostart=/' "$b_sd_file" 2>/dev/null)"
}

baton_supervisord_remember() {
    if baton_supervisord_given "$1" && baton_state_folder "$b_volatile" "$1"; then
        { printf '%s\n' "$b_sd_given" >"$b_volatile/$1/given"; } 2>/dev/null
    fi
    b_said=
}

baton_supervisord_knows() {
    baton_supervisord_has "$1" && baton_supervisord_given "$1" || return 1
    [ "$b_sd_given" = "$(cat "$b_volatile/$1/given" 2>/dev/null)" ]
}

# Its members start with it where they start at boot. Where they are not to run now, supervisord is given a definition that
# does not start them, and finds the right one when it starts itself.
baton_supervisord_join() {
    b_sd_boot=
    if [ "${b_wanted-}" = stopped ] && baton_supervisord_enabled "$1"; then
        b_sd_boot=yes
        baton_supervisord_enable "$1" no && baton_supervisord_check || return 1
    fi
    for b_sd_path in /run/baton/"$1"/starts-*; do rm -f "$b_sd_path" 2>/dev/null || :; done
    baton_supervisord_ask 30 add "$1" || return 1
    b_sd_before=$b_said
    if [ -n "$b_sd_boot" ]; then baton_supervisord_enable "$1" yes || return 1; fi
    if baton_supervisord_has "$1"; then
        baton_supervisord_remember "$1"
        return 0
    fi
    b_said=$b_sd_before
    return 1
}

# A group of which every process is to go. Of others nothing is left to do: `take` has renewed them.
baton_supervisord_drop() {
    shift
    [ $# -gt 0 ] || return 0
    b_sd_group=${1%%:*}
    baton_supervisord_has "$b_sd_group" || return 0
    b_sd_words=$b_newline$(printf '%s\n' "$@")$b_newline
    b_sd_rest=${b_sd_states#"$b_newline"}
    while [ -n "$b_sd_rest" ]; do
        b_sd_line=${b_sd_rest%%"$b_newline"*} b_sd_rest=${b_sd_rest#*"$b_newline"}
        b_sd_line=${b_sd_line%% *}
        case $b_sd_line in "$b_sd_group" | "$b_sd_group":*) ;; *) continue ;; esac
        case $b_sd_words in *"$b_newline$b_sd_line$b_newline"*) ;; *) return 0 ;; esac
    done
    baton_supervisord_leave "$b_sd_group"
}

# Programs and groups of this name in other files.
baton_supervisord_known() {
    b_known=
    baton_supervisord_find || return 0
    b_known=$(grep -lsE "^\\[(program|group|fcgi-program|eventlistener):$1\\]" "$b_sd_conf" "${b_sd_conf%/*}"/conf.d/*.conf \
        "${b_sd_conf%/*}"/supervisord.d/*.ini /etc/supervisord.d/*.ini /etc/supervisord.d/*.conf)
    if [ -n "$b_known" ]; then b_known=$b_known$b_newline; fi
}

# A name may be that of a group.
baton_supervisord_members() {
    b_whole=$1 b_members=$1$b_newline
    case $1 in *:*) return 0 ;; esac
    baton_supervisord_states || return 0
    case $b_sd_states in
    *"$b_newline$1 "*) ;;
    *"$b_newline$1:"*)
        b_whole="$1:*"
        b_members=$(printf %s "$b_sd_states" | sed -n "s/^\\($1:[^ ]*\\) .*/\\1/p")$b_newline
        ;;
    esac
}
