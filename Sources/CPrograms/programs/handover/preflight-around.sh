#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What stands around a service: who supervises it, and how much memory is left.

# Whose child it is, up to process 1, and of which unit it is.
baton_pf_supervised() {
    b_pf_pid=$b_pf_parent b_pf_most=6
    while [ "$b_pf_most" -gt 0 ] && [ "$b_pf_pid" -gt 0 ] && baton_identity "$b_pf_pid"; do
        b_pf_most=$((b_pf_most - 1)) b_pf_next=$b_s_parent
        baton_title "$b_pf_pid"
        baton_pf_say ancestor "$b_pf_pid $b_title"
        b_pf_pid=$b_pf_next
    done
    baton_pf_group "$1"
    b_pf_unit=
    case $b_pf_path in
    # What a user's own systemd has is that one's to tell.
    */user@*.service/*.service | */user@*.service/*.scope) baton_pf_say user_unit "${b_pf_path##*/}" ;;
    # A service may have made groups of its own below.
    */*.service | */*.service/*)
        b_pf_unit=${b_pf_path%%.service*}.service
        b_pf_unit=${b_pf_unit##*/}
        baton_pf_systemd "$b_pf_unit"
        ;;
    */*.scope | */*.scope/*)
        b_pf_value=${b_pf_path%%.scope*}.scope
        baton_pf_say scope "${b_pf_value##*/}"
        ;;
    esac
}

# The group of a process in b_pf_path, as whoever reads it here sees it.
baton_pf_group() {
    b_pf_path=
    {
        while IFS= read -r b_pf_line; do
            case $b_pf_line in 0::/* | *:name=systemd:/*) b_pf_path=${b_pf_line#*:*:} ;; esac
        done <"$b_proc/$1/cgroup"
    } 2>/dev/null
}

# `systemd VERSION`, `unit NAME`, and `property KEY=VALUE` for what decides about a second master.
baton_pf_systemd() {
    case $1 in '' | -* | *[!A-Za-z0-9_.@:\\-]*) return 0 ;; esac
    [ -d /run/systemd/system ] || return 0
    b_pf_value=$(baton_limited 20 systemctl --version 2>/dev/null </dev/null)
    b_pf_value=${b_pf_value#systemd }
    baton_pf_say systemd "${b_pf_value%%[!0-9]*}"
    baton_pf_say unit "$1"
    b_pf_value=Id,LoadState,Type,ExitType,Restart,KillMode,OOMPolicy,MainPID,NotifyAccess,PIDFile,MemoryMax,MemoryCurrent
    b_pf_value=$b_pf_value,WatchdogUSec,TriggeredBy,NeedDaemonReload,TasksMax,TasksCurrent,FragmentPath,StandardOutput,StandardError
    baton_limited 20 systemctl show -p "$b_pf_value" -- "$1" 2>/dev/null </dev/null | baton_pf_lines property 40
}

# `memory_left KILOBYTES` of the host, and `memory_group LIMIT USED INACTIVE PATH` in bytes of each group with a limit. What a
# group has of files that nobody uses is given back before anybody is ended.
baton_pf_memory() {
    {
        while read -r b_field b_pf_value _; do
            case $b_field in MemAvailable:) baton_pf_say memory_left "$b_pf_value" && break ;; esac
        done <"$b_proc/meminfo"
    } 2>/dev/null
    [ -n "$b_pf_master" ] || return 0
    baton_pf_group "$b_pf_master"
    b_pf_most=20
    while [ -n "$b_pf_path" ] && [ "$b_pf_most" -gt 0 ]; do
        b_pf_most=$((b_pf_most - 1)) b_pf_limit=max b_pf_used='' b_pf_idle=0
        { IFS= read -r b_pf_limit <"/sys/fs/cgroup$b_pf_path/memory.max"; } 2>/dev/null
        if [ "$b_pf_limit" != max ]; then
            { IFS= read -r b_pf_used <"/sys/fs/cgroup$b_pf_path/memory.current"; } 2>/dev/null
            {
                while read -r b_field b_pf_value _; do
                    if [ "$b_field" = inactive_file ]; then b_pf_idle=$b_pf_value; fi
                done <"/sys/fs/cgroup$b_pf_path/memory.stat"
            } 2>/dev/null
            [ -z "$b_pf_used" ] || baton_pf_say memory_group "$b_pf_limit $b_pf_used $b_pf_idle $b_pf_path"
        fi
        b_pf_path=${b_pf_path%/*}
    done
}
