#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What looks and procedures of services have in common: time, deadlines, what the host keeps of a service, and the
# supervisor that it has. Places are variables so that tests can have others: what lasts is below b_var; what only has a meaning
# until the next boot, or must be written when a disk is full, below b_volatile.
b_etc=/etc/baton/services b_var=/var/lib/baton/services b_volatile=/run/baton/.services b_top=
b_newline='
'

# baton_places FOLDER: what is kept of services lies in this one, ROOT/.baton/services, beside the release that they belong to.
baton_places() { b_placed=yes b_etc=$1 b_var=$1/.state b_volatile=$1/.run; }

# baton_find_places NAME: where service NAME lies, for who knows its name only. Beside a release it is found by a link in the
# home of whoever put it there.
baton_find_places() {
    if [ -n "${b_placed-}" ] || [ -O "$b_etc/$1/service" ] || ! baton_good_name "$1" || ! baton_home; then return 0; fi
    b_path=$b_home/.baton/services/$1
    if [ ! -h "$b_path" ] || ! baton_ours "${b_path%/*}" "$b_home/.baton"; then return 0; fi
    baton_target "$b_home/.baton/services/$1"
    case $b_target in /*"/.baton/services/$1") if [ -d "$b_target" ]; then baton_places "${b_target%/*}"; fi ;; esac
}

# The home of whoever this is, in b_home: what the environment says may be somebody else's.
baton_home() {
    b_home=${HOME-}
    case $b_home in /*) if [ -d "$b_home" ] && [ -O "$b_home" ]; then return 0; fi ;; esac
    b_home=$(id -un 2>/dev/null)
    b_said="the home of user ${b_home:-$(id -u)} cannot be told"
    case $b_home in '' | -* | *[!A-Za-z0-9_.-]*) return 1 ;; esac
    eval "b_home=~$b_home"
    [ -d "$b_home" ] && [ -O "$b_home" ]
}

# The time since the boot: as text in b_clock, in hundredths of a second in b_now.
baton_clock() {
    read -r b_clock b_rest </proc/uptime
    b_now=${b_clock%.*}${b_clock#*.}
    # Of a number with a leading zero the shell would think it is octal.
    case $b_now in 0*) b_now=${b_now#0} ;; esac
    case $b_now in 0?*) b_now=${b_now#0} ;; esac
}

baton_pause() { sleep 0.1 2>/dev/null || sleep 1; }

baton_good_name() {
    case $1 in '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9_.@:\\-]*) return 1 ;; esac
    [ "${#1}" -le 200 ]
}

# Members are lines; Upstart's have words.
baton_good_member() {
    case $1 in '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9_.@:=\\\ -]*) return 1 ;; esac
    [ "${#1}" -le 250 ]
}

# Files, links and directories of a definition.
baton_good_path() {
    case $1/ in /*/../* | /*/./* | *[[:cntrl:]]*) return 1 ;; /*) ;; *) return 1 ;; esac
    [ "${#1}" -le 4000 ]
}

# Whether nobody but this user can have written the file $1 in the directories behind it: neither is a link, and all are
# one's own.
baton_ours() {
    baton_stat "$@"
    baton_count "$b_lines"
    [ "$b_count" -eq $# ] || return 1
    b_kinds=$b_lines
    for b_path; do
        b_line=${b_kinds%%"$b_newline"*} b_kinds=${b_kinds#*"$b_newline"}
        baton_split
        case $b_raw in 4* | 8*) ;; *) return 1 ;; esac
        case $b_mode in *[2367]? | *[2367]) return 1 ;; esac
        [ -O "$b_path" ] || return 1
    done
}

# baton_state_folder BASE NAME: makes the folder of a service there, which only root may read; b_said says why not.
baton_state_folder() {
    for b_path in "${1%/*}" "$1" "$1/$2"; do
        if [ ! -d "$b_path" ]; then
            b_mask=022
            if [ "$b_path" = "$1/$2" ] || [ -n "${b_placed-}" ]; then b_mask=077; fi
            b_said=$( (umask "$b_mask" && mkdir -p "$b_path") 2>&1) || [ -d "$b_path" ] || return 1
        fi
        if [ -h "$b_path" ] || [ ! -O "$b_path" ]; then
            b_said="$b_path is not this user's own"
            return 1
        fi
    done
    b_said=
}

# baton_manifest NAME: what the host keeps of a service. Fails with 1 and b_said, or with 2 where there is nothing.
baton_manifest() {
    b_service=$1 b_supervisor='' b_whole='' b_account=root b_start_seconds=1 b_stop_seconds=10 b_boot_seconds=60
    b_reload_signal=HUP
    b_boot=yes b_post_stop='' b_post_stop_in=/ b_members='' b_logs='' b_files='' b_links='' b_folders='' b_count_of=0
    b_user_log='' b_pidfile='' b_stop_signal=TERM b_program='' b_root=
    b_said="\"$1\" cannot be the name of a service"
    baton_good_name "$1" || return 1
    b_manifest=$b_etc/$1/service
    if [ ! -e "$b_manifest" ]; then
        b_said="there is no service $1 here: $b_manifest is missing"
        return 2
    fi
    b_said="$b_manifest and its directories must be root's, no links, and not to be written by others"
    baton_ours "$b_manifest" "$b_etc/$1" "$b_etc" "${b_etc%/*}" || return 1
    while IFS= read -r b_line || [ -n "$b_line" ]; do
        b_value=${b_line#* }
        b_said="$b_manifest has a line that is none of Baton's"
        case $b_line in *[[:cntrl:]]*) return 1 ;; esac
        case $b_line in
        'supervisor '*) b_supervisor=$b_value ;;
        'whole '*) b_whole=$b_value ;;
        'user '*) b_account=$b_value ;;
        'start_seconds '*) b_start_seconds=$b_value ;;
        'stop_seconds '*) b_stop_seconds=$b_value ;;
        'reload_signal '*) b_reload_signal=$b_value ;;
        'boot '*) b_boot=$b_value ;;
        'post_stop '*) b_post_stop=$b_value ;;
        'post_stop_in '*) b_post_stop_in=$b_value ;;
        'member '*)
            baton_good_member "$b_value" || return 1
            b_members=$b_members$b_value$b_newline b_count_of=$((b_count_of + 1))
            ;;
        'log '*) b_logs="$b_logs$b_count_of $b_value$b_newline" ;;
        'log_of_user '*) b_user_log=yes ;;
        'stop_signal '*) b_stop_signal=$b_value ;;
        'program '*) b_program=$b_value ;;
        'root '*) b_root=$b_value ;;
        'pidfile '*)
            baton_good_path "$b_value" || return 1
            b_pidfile=$b_value
            ;;
        'file '*)
            baton_good_path "$b_value" || return 1
            b_files=$b_files$b_value$b_newline
            ;;
        'link '*)
            baton_good_path "$b_value" || return 1
            b_links=$b_links$b_value$b_newline
            ;;
        'directory '*)
            baton_good_path "$b_value" || return 1
            b_folders=$b_folders$b_value$b_newline
            ;;
        esac
    done <"$b_manifest"
    case $b_supervisor in systemd | supervisord | upstart | runit | none) ;; *) return 1 ;; esac
    case $b_start_seconds$b_stop_seconds in *[!0-9]*) return 1 ;; esac
    case $b_account$b_reload_signal$b_stop_signal in *[!A-Za-z0-9_.-]*) return 1 ;; esac
    if [ -z "$b_members" ] || [ "$b_count_of" -gt 200 ]; then return 1; fi
    b_said=
}

# baton_unit NAME SUPERVISOR: something that Baton did not define, as if there were a manifest. Without a supervisor it is
# the first one that runs here.
baton_unit() {
    b_service=$1 b_supervisor=$2 b_account=root b_start_seconds=1 b_stop_seconds=90 b_boot_seconds=60
    b_reload_signal=HUP
    b_boot='' b_post_stop='' b_post_stop_in=/ b_logs='' b_files='' b_links='' b_folders='' b_user_log=''
    b_said="\"$1\" cannot be the name of a unit"
    baton_good_member "$1" || return 1
    if [ -z "$b_supervisor" ]; then
        for b_supervisor in systemd supervisord upstart runit ''; do
            [ -n "$b_supervisor" ] || break
            if baton_drive here; then break; fi
        done
    fi
    b_said='neither systemd nor supervisord, Upstart or runit runs here'
    [ -n "$b_supervisor" ] || return 1
    b_whole=$1 b_members=$1$b_newline b_said=
    if command -v "baton_${b_supervisor}_members" >/dev/null 2>&1; then baton_drive members "$1"; fi
}

# baton_drive FUNCTION ...: of the supervisor that the service has.
baton_drive() {
    b_function=$1
    shift
    "baton_${b_supervisor}_$b_function" "$@"
}

# Whether the driver has a function that not all have.
baton_drives() { command -v "baton_${b_supervisor}_$1" >/dev/null 2>&1; }

# The log file of member number $1, counted from 1, in b_log.
baton_log_of() {
    b_log=
    case $b_newline$b_logs in *"$b_newline$1 "*) ;; *) return 1 ;; esac
    b_log=$b_newline$b_logs
    b_log=${b_log#*"$b_newline$1 "}
    b_log=${b_log%%"$b_newline"*}
}

# Whether all users that the process in $1, its folder under /proc, has are this one. Who calls a setuid program says how
# it is called, but stays its real user until it has made sure of him.
baton_own_process() {
    b_users=$(grep '^Uid:' /proc/self/status 2>/dev/null)
    [ -n "$b_users" ] && [ "$(grep '^Uid:' "$1/status" 2>/dev/null)" = "$b_users" ] && [ ! -u "$1/exe" ]
}

# baton_with_members COMMAND...: with the members as more words.
baton_with_members() {
    IFS=$b_newline
    set -f
    # shellcheck disable=SC2086
    set -- "$@" $b_members
    set +f
    unset IFS
    "$@"
}

# Process $1 as number and start in b_life; empty where there is none, or only what is left of one.
baton_life() {
    b_life=
    case $1 in '' | 0 | *[!0-9]*) return 1 ;; esac
    baton_started "$1" || return 1
    case $b_process in Z* | X*) return 1 ;; esac
    b_life="$1 $b_started"
}

# Whether the process that was b_life once is gone.
baton_gone() {
    b_was=$1
    if [ -n "$b_was" ] && baton_life "${b_was%% *}" && [ "$b_life" = "$b_was" ]; then return 1; fi
    return 0
}

# How many seconds the process b_pid runs, in b_uptime; by the clock that processes have, which need not be that of
# /proc/uptime in a container.
baton_uptime() {
    b_uptime=
    baton_life "$b_pid" || return 1
    b_ticks=$(baton_started self && echo "$b_started")
    [ -n "$b_ticks" ] || return 1
    b_uptime=$(((b_ticks - ${b_life#* }) / 100))
}

baton_young() { baton_uptime && [ "$b_uptime" -lt "$b_start_seconds" ]; }

# Whether member number $1, counted from 1, has a process older than what it would be born with; b_fresh says `due`,
# `current`, or `unknown` where nothing can tell. The process is b_pid. Where no main process is known, the eldest that the
# supervisor has for the member counts; without any, that this very change wrote the birth.
baton_due() {
    b_fresh=current
    b_birth=$b_etc/$b_service/born-$(($1 - 1))
    [ -e "$b_birth" ] || return 1
    b_eldest=$b_pid b_own_pid=$b_pid
    if [ "$b_state" = running ] && [ -z "$b_eldest" ] && baton_drives eldest; then baton_drive eldest "$2"; fi
    if [ "$b_state" = running ]; then b_age=failed; else b_age=gone; fi
    if [ -n "$b_eldest" ]; then baton_age self "pid:$b_eldest" "$b_birth"; fi
    b_pid=$b_own_pid
    case $b_age in
    older) b_fresh=due ;;
    failed | ahead)
        b_fresh=unknown
        case $b_newline${b_written-} in *"$b_newline$b_birth$b_newline"*) b_fresh=due ;; esac
        # A deployment that was cut off may have written it.
        if [ -n "${b_cut-}" ]; then b_fresh=due; fi
        ;;
    esac
    [ "$b_fresh" = due ]
}
