#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a service's procedure asks of systemd: `systemctl show` tells all, for all members in one call. Members are
# started and stopped, not their target, whose end does not wait for them.
b_newline='
'

# baton_systemd_ask SECONDS WORD...: ends as systemctl does, whose words are in b_said: it also warns where it succeeds.
baton_systemd_ask() {
    b_sy_seconds=$1
    shift
    b_said=$({
        baton_limited "$b_sy_seconds" systemctl --no-ask-password "$@" </dev/null 2>&1
        printf '\n%d' "$?"
    } | tail -c 2000)
    b_sy_end=${b_said##*"$b_newline"} b_said=${b_said%"$b_newline"*}
    b_said=${b_said%"$b_newline"}
    if [ "$b_sy_end" -ne 0 ] && [ -z "$b_said" ]; then
        b_said="systemctl $1 ended with $b_sy_end"
        if [ "$b_sy_end" -ge 124 ]; then b_said="systemctl $1 did not end within $b_sy_seconds seconds"; fi
    fi
    return "$b_sy_end"
}

baton_systemd_here() {
    b_version='' b_said=
    if [ ! -d /run/systemd/system ]; then
        b_said='systemd is not process 1 here'
        return 1
    fi
    b_sy_line=$(baton_limited 20 systemctl --version 2>/dev/null)
    b_sy_line=${b_sy_line#systemd } b_version=${b_sy_line%%[!0-9]*}
    [ -n "$b_version" ]
}

baton_systemd_forget() { b_sy_shown=; }

b_sy_properties=Id,LoadState,LoadError,ActiveState,SubState,MainPID,NRestarts,Result,Job,ExitType,PIDFile,ControlGroup
b_sy_properties=$b_sy_properties,ExecMainCode,ExecMainStatus,NeedDaemonReload,FragmentPath,CanReload

# Blocks of lines, one for each, with an empty line between them, in their order.
baton_systemd_states() {
    b_sy_names=
    for b_sy_name; do b_sy_names=$b_sy_names$b_sy_name$b_newline; done
    b_sy_shown=$(baton_limited 30 systemctl show -p "$b_sy_properties" -- "$@" 2>/dev/null </dev/null)
    [ -n "$b_sy_shown" ]
}

# The properties of one, in variables.
baton_systemd_show() {
    b_sy_load='' b_sy_error='' b_sy_active='' b_sy_sub='' b_sy_main=0 b_sy_restarts='' b_sy_result='' b_sy_job=''
    b_sy_exit='' b_sy_pidfile='' b_sy_group='' b_sy_code='' b_sy_status='' b_sy_needs='' b_sy_path='' b_sy_reload=''
    b_sy_found='' b_sy_list=${b_sy_names-}
    case $b_newline$b_sy_list in
    *"$b_newline$1$b_newline"*) ;;
    *) b_sy_shown= ;;
    esac
    if [ -z "${b_sy_shown-}" ]; then baton_systemd_states "$1" || return 1; fi
    b_sy_rest=$b_sy_shown b_sy_list=$b_sy_names
    while [ "${b_sy_list%%"$b_newline"*}" != "$1" ]; do
        b_sy_list=${b_sy_list#*"$b_newline"}
        case $b_sy_rest in *"$b_newline$b_newline"*) ;; *) return 1 ;; esac
        b_sy_rest=${b_sy_rest#*"$b_newline$b_newline"}
    done
    b_sy_rest=${b_sy_rest%%"$b_newline$b_newline"*}$b_newline
    while [ -n "$b_sy_rest" ]; do
        b_sy_line=${b_sy_rest%%"$b_newline"*} b_sy_rest=${b_sy_rest#*"$b_newline"}
        b_sy_value=${b_sy_line#*=}
        case $b_sy_line in
        LoadState=*) b_sy_load=$b_sy_value ;;
        LoadError=*) b_sy_error=$b_sy_value ;;
        ActiveState=*) b_sy_active=$b_sy_value ;;
        SubState=*) b_sy_sub=$b_sy_value ;;
        MainPID=*) b_sy_main=$b_sy_value ;;
        NRestarts=*) b_sy_restarts=$b_sy_value ;;
        Result=*) b_sy_result=$b_sy_value ;;
        Job=*) b_sy_job=$b_sy_value ;;
        ExitType=*) b_sy_exit=$b_sy_value ;;
        PIDFile=*) b_sy_pidfile=$b_sy_value ;;
        ControlGroup=*) b_sy_group=$b_sy_value ;;
        ExecMainCode=*) b_sy_code=$b_sy_value ;;
        ExecMainStatus=*) b_sy_status=$b_sy_value ;;
        NeedDaemonReload=*) b_sy_needs=$b_sy_value ;;
        FragmentPath=*) b_sy_path=$b_sy_value ;;
        CanReload=*) b_sy_reload=$b_sy_value ;;
        esac
    done
    [ -n "$b_sy_active" ]
}

baton_systemd_state() {
    b_state=unknown b_pid='' b_restarts='' b_detail='systemctl says nothing' b_follows=
    baton_systemd_show "$1" || return 0
    b_restarts=$b_sy_restarts
    b_detail="$b_sy_active $b_sy_sub"
    case $b_sy_load in loaded | '') ;; *) b_detail="$b_detail, $b_sy_load" ;; esac
    case $b_sy_active in
    active | reloading) b_state=running ;;
    activating) if [ "$b_sy_sub" = auto-restart ]; then b_state=backoff; else b_state=starting; fi ;;
    deactivating) b_state=stopping ;;
    failed) b_state=failed ;;
    inactive)
        b_state=stopped
        case $b_sy_load in
        not-found) b_state=absent ;;
        masked) b_state=absent ;;
        bad-setting | error) b_state=absent b_detail="$b_detail, ${b_sy_error#*\"}" ;;
        esac
        # What was asked for waits for something.
        case $b_sy_job in '' | 0) ;; *) b_state=starting ;; esac
        ;;
    esac
    case $b_sy_result in '' | success) ;; *) b_detail="$b_detail, $b_sy_result" ;; esac
    case $b_state:$b_sy_code in
    running:* | *:0 | *:) ;;
    *:1) b_detail="$b_detail, its main process ended with status $b_sy_status" ;;
    *) b_detail="$b_detail, its main process ended by signal $b_sy_status" ;;
    esac
    [ "$b_sy_exit" != cgroup ] || b_follows=yes
    if [ "$b_sy_main" != 0 ]; then b_pid=$b_sy_main; else baton_systemd_master; fi
}

# The main process of what may be taken over: systemd may know none. Its pid file counts if it names one of the unit's.
baton_systemd_master() {
    if [ -z "$b_follows" ] || [ "$b_state" != running ] || [ -z "$b_sy_pidfile" ] || [ -z "$b_sy_group" ]; then return 0; fi
    # The service owns it, and can have put a fifo or a link there.
    [ -f "$b_sy_pidfile" ] || return 0
    b_sy_pid=$({ baton_limited 5 head -c 20 "$b_sy_pidfile" | tr -d '\000'; } 2>/dev/null)
    b_sy_pid=${b_sy_pid%%"$b_newline"*}
    case $b_sy_pid in '' | 0* | 1 | *[!0-9]* | ???????????*) return 0 ;; esac
    baton_systemd_top
    while IFS= read -r b_sy_line; do
        case $b_sy_line in *":$b_sy_top$b_sy_group") b_pid=$b_sy_pid ;; esac
    done 2>/dev/null <"/proc/$b_sy_pid/cgroup"
    return 0
}

# Names of groups are as whoever reads them sees them; process 1 is where its own begin, in b_sy_top.
baton_systemd_top() {
    b_sy_top=
    while IFS= read -r b_sy_line; do
        case $b_sy_line in *:/*/init.scope) b_sy_top=${b_sy_line#*:*:} b_sy_top=${b_sy_top%/init.scope} ;; esac
    done 2>/dev/null </proc/1/cgroup
}

# Of a unit whose main process nobody knows: which of all its processes began first, in b_eldest.
baton_systemd_eldest() {
    b_eldest='' b_sy_first=
    baton_systemd_show "$1" && [ -n "$b_sy_group" ] || return 0
    baton_systemd_top
    # shellcheck disable=SC2013
    for b_sy_path in $(grep -lF ":$b_sy_top$b_sy_group" /proc/[0-9]*/cgroup 2>/dev/null); do
        b_sy_in=
        while IFS= read -r b_sy_line; do
            case $b_sy_line in *":$b_sy_top$b_sy_group" | *":$b_sy_top$b_sy_group/"*) b_sy_in=yes ;; esac
        done 2>/dev/null <"$b_sy_path"
        b_sy_pid=${b_sy_path#/proc/} b_sy_pid=${b_sy_pid%%/*}
        if [ -z "$b_sy_in" ] || ! baton_started "$b_sy_pid"; then continue; fi
        if [ -z "$b_sy_first" ] || [ "$b_started" -lt "$b_sy_first" ]; then b_sy_first=$b_started b_eldest=$b_sy_pid; fi
    done
}

# A unit that was started too often refuses the next start until that is forgotten.
baton_systemd_start() {
    baton_systemd_forget
    baton_systemd_ask 20 reset-failed -- "$1"
    baton_systemd_ask 30 start --no-block -- "$1"
}

baton_systemd_stop() {
    baton_systemd_forget
    baton_systemd_ask 30 stop --no-block -- "$1"
}

# As the unit says: of what was taken over, systemd may know no main process.
baton_systemd_reload() {
    baton_systemd_show "$1"
    baton_systemd_forget
    b_said="$1 has no ExecReload: its unit does not say how it is reloaded"
    [ "$b_sy_reload" = yes ] || return 1
    baton_systemd_ask "${b_boot_seconds:-60}" reload -- "$1"
}

baton_systemd_signal() {
    baton_systemd_forget
    baton_systemd_state "$1"
    b_said="systemd knows no main process of $1"
    baton_life "$b_pid" || return 1
    b_said=$(kill -s "$2" "$b_pid" 2>&1)
}

baton_systemd_enabled() {
    b_sy_line=$(baton_limited 20 systemctl is-enabled -- "$1" 2>/dev/null)
    case $b_sy_line in enabled | enabled-runtime | alias) ;; *) return 1 ;; esac
}

baton_systemd_enable() {
    if [ "$2" = yes ]; then b_sy_word='enable'; else b_sy_word=disable; fi
    baton_systemd_ask 30 --no-reload "$b_sy_word" -- "$1"
}
