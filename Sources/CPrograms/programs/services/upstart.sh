#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a service's procedure asks of Upstart, all of it through initctl, in a form and with the answers of 1.13. `restart` is
# never used: it keeps the old definition. A member is a job, or a job and its instance: `web`, `web-instance N=0`.
b_newline='
'
b_up_folder=/etc/init b_up_record=/run/baton

# baton_upstart_ask SECONDS WORD...: what initctl prints, in b_up_output and b_said.
baton_upstart_ask() {
    b_up_seconds=$1
    shift
    b_up_output=$({ baton_limited "$b_up_seconds" initctl "$@" </dev/null 2>&1; } | tail -c 2000)
    b_said=$b_up_output
    [ -n "$b_up_output" ] || b_said="initctl did not answer within $b_up_seconds seconds"
}

# The words of a member, as its job in b_up_job, its instance in b_up_instance, and how Upstart's log calls it.
baton_upstart_member() {
    b_up_job=${1%% *} b_up_instance=
    case $1 in *' '*) b_up_instance=${1#* } ;; esac
    b_up_title=$b_up_job${b_up_instance:+" (${b_up_instance#*=})"}
}

baton_upstart_here() {
    b_version=
    if ! command -v initctl >/dev/null 2>&1; then
        b_said='there is no initctl here'
        return 1
    fi
    baton_upstart_ask 10 version
    case $b_up_output in
    *'(upstart '*')'*) b_version=${b_up_output#*'(upstart '} b_version=${b_version%%)*} b_said= ;;
    *) return 1 ;;
    esac
}

baton_upstart_forget() { :; }
baton_upstart_states() { :; }

# `web start/running, process 12`, `web-instance (0) stop/waiting`. An instance that does not run is told as its job is.
baton_upstart_state() {
    b_state=unknown b_pid='' b_restarts='' b_detail=
    baton_upstart_member "$1"
    baton_upstart_ask 10 status "$b_up_job" ${b_up_instance:+"$b_up_instance"}
    b_up_line=${b_up_output%%"$b_newline"*}
    case $b_up_line in
    "$b_up_job "*) b_detail=${b_up_line#"$b_up_job "} b_detail=${b_detail#'('*') '} ;;
    *) b_detail=${b_said%%"$b_newline"*} ;;
    esac
    case $b_up_line in
    "$b_up_job "*' start/running'* | "$b_up_job start/running"*) b_state=running ;;
    "$b_up_job "*' start/'* | "$b_up_job start/"*) b_state=starting ;;
    "$b_up_job "*' stop/waiting'* | "$b_up_job stop/waiting"*)
        b_state=stopped
        if baton_upstart_gave_up; then b_state=failed b_detail="$b_detail, respawning too fast"; fi
        ;;
    "$b_up_job "*' stop/'* | "$b_up_job stop/"*) b_state=stopping ;;
    *'Unknown job: '*) b_state=absent ;;
    esac
    case $b_up_line in
    *' start/running, process '[0-9]* | *' stop/killed, process '[0-9]*)
        b_pid=${b_up_line##*process } b_pid=${b_pid%%[!0-9]*}
        ;;
    esac
    [ "$b_state" = unknown ] || b_said=
}

# That a job respawned too often is only in Upstart's log, which is the kernel's. What it said before somebody last asked
# for a start or a stop does not count any more.
baton_upstart_last() {
    b_up_last=$(dmesg 2>/dev/null | grep -F "init: $b_up_title respawning too fast, stopped" | tail -n 1 | tail -c 300)
}

baton_upstart_gave_up() {
    baton_upstart_last
    [ -n "$b_up_last" ] || return 1
    b_up_before=
    { IFS= read -r b_up_before <"$b_up_record/asked-$b_up_job${b_up_instance:+"-${b_up_instance#*=}"}"; } 2>/dev/null
    [ "$b_up_last" != "$b_up_before" ]
}

baton_upstart_asked() {
    baton_upstart_last
    {
        if [ ! -d "$b_up_record" ]; then mkdir -m 755 "$b_up_record"; fi
        printf '%s\n' "$b_up_last" >"$b_up_record/asked-$b_up_job${b_up_instance:+"-${b_up_instance#*=}"}"
    } 2>/dev/null || :
}

# It returns before a job that dies at once is seen dead: the state counts, later.
baton_upstart_start() {
    baton_upstart_member "$1"
    baton_upstart_asked
    baton_upstart_ask 120 start "$b_up_job" ${b_up_instance:+"$b_up_instance"}
    case $b_up_output in *' start/'* | *'Job is already running'*) b_said= ;; *) return 1 ;; esac
}

# It kills by itself what has not stopped after its kill timeout. What does not run is unknown as an instance.
baton_upstart_stop() {
    baton_upstart_member "$1"
    baton_upstart_asked
    baton_upstart_ask $((${b_stop_seconds:-10} + 60)) stop "$b_up_job" ${b_up_instance:+"$b_up_instance"}
    case $b_up_output in *' stop/'* | *'Unknown instance:'*) b_said= ;; *) return 1 ;; esac
}

# The job that starts and stops instances with the host has no process. It follows them: it is up once they all are, and
# ends with the last one.
baton_upstart_gather() {
    case $b_newline${b_members-} in *"$b_newline$1$b_newline"*) return 0 ;; esac
    baton_upstart_ask 10 status "$1"
    case $2:$b_up_output in
    up:"$1 stop/waiting"*) baton_upstart_ask 120 start "$1" ;;
    down:"$1 start/"*) baton_upstart_ask $((${b_stop_seconds:-10} + 120)) stop "$1" ;;
    esac
    b_said=
    return 0
}

# The reload signal Upstart sends itself. Any other goes to the number that it tells, if that is a child of Upstart's and
# it tells the same once more.
baton_upstart_signal() {
    baton_upstart_member "$1"
    if [ "$2" = "${b_reload_signal-}" ]; then
        b_up_output=$({
            baton_limited 20 initctl reload "$b_up_job" ${b_up_instance:+"$b_up_instance"} </dev/null 2>&1
        } | tail -c 2000)
        b_said=$b_up_output
        [ -z "$b_said" ]
        return
    fi
    baton_upstart_state "$1"
    b_up_pid=$b_pid
    if [ -z "$b_up_pid" ] || ! baton_started "$b_up_pid"; then
        b_said=${b_detail:-"$1 does not run"}
        return 1
    fi
    b_up_born=$b_started
    baton_upstart_state "$1"
    b_said="process $b_up_pid is not the one that Upstart started"
    baton_started "$b_up_pid" || return 1
    [ "$b_pid" = "$b_up_pid" ] && [ "$b_started" = "$b_up_born" ] || return 1
    b_said=$(kill -s "$2" "$b_up_pid" 2>&1)
}

baton_upstart_enabled() {
    grep -q '^start on ' "$b_up_folder/$1.conf" 2>/dev/null || return 1
    if grep -qx 'manual' "$b_up_folder/$1.override" 2>/dev/null; then return 1; fi
}

# `manual` in a file beside the job takes its events away, and leaves the job as it is.
baton_upstart_enable() {
    b_up_mark='# Written by Baton. Changes here are lost with the next deployment.'
    b_said=
    if [ "$2" = yes ]; then
        if baton_upstart_enabled "$1"; then return 0; fi
        if [ "$(head -n 1 "$b_up_folder/$1.override" 2>/dev/null)" = "$b_up_mark" ]; then
            b_said=$(rm -f "$b_up_folder/$1.override" 2>&1) || return 1
        fi
        if baton_upstart_enabled "$1"; then return 0; fi
        b_said="the job $1 does not say when to start, or $b_up_folder/$1.override, which is not Baton's, says manual"
        return 1
    fi
    if ! baton_upstart_enabled "$1"; then return 0; fi
    if [ -e "$b_up_folder/$1.override" ]; then
        b_said="$b_up_folder/$1.override is not Baton's"
        return 1
    fi
    b_said=$({ printf '%s\nmanual\n' "$b_up_mark" >"$b_up_folder/$1.override"; } 2>&1)
}

# A job that Upstart cannot read does not exist, or goes on as it was while it runs; why is only in its log. b_files: a
# line each. init-checkconf needs a session of a user who is not root: where it cannot say, it is not asked again.
baton_upstart_check() {
    baton_upstart_complaints
    b_up_before=$b_up_count
    baton_upstart_ask 30 reload-configuration
    if [ -n "$b_up_output" ]; then return 1; fi
    b_up_files=$b_files$b_newline
    while [ -n "$b_up_files" ]; do
        b_up_file=${b_up_files%%"$b_newline"*} b_up_files=${b_up_files#*"$b_newline"}
        case $b_up_file in "$b_up_folder"/*.conf) ;; *) continue ;; esac
        if command -v init-checkconf >/dev/null 2>&1; then
            b_said=$(baton_limited 30 init-checkconf "$b_up_file" </dev/null 2>&1 | tail -c 2000)
            case $b_said in *'syntax invalid'*) return 1 ;; esac
        fi
        b_up_job=${b_up_file##*/} b_up_job=${b_up_job%.conf}
        baton_upstart_ask 10 status "$b_up_job"
        case $b_up_output in
        "$b_up_job "*) ;;
        *)
            baton_upstart_complaints
            b_said="$b_up_output${b_up_complaint:+$b_newline$b_up_complaint}"
            return 1
            ;;
        esac
    done
    baton_upstart_complaints
    b_said=
    if [ "$b_up_count" -gt "$b_up_before" ]; then
        b_said=$b_up_complaint
        return 1
    fi
}

# How often Upstart complained about one of these files, and the last time.
baton_upstart_complaints() {
    b_up_count=0 b_up_complaint='' b_up_files=$b_files$b_newline
    while [ -n "$b_up_files" ]; do
        b_up_file=${b_up_files%%"$b_newline"*} b_up_files=${b_up_files#*"$b_newline"}
        case $b_up_file in "$b_up_folder"/*.conf) ;; *) continue ;; esac
        b_up_lines=$(dmesg 2>/dev/null | grep -F 'init:' | grep -F "$b_up_file:")
        [ -n "$b_up_lines" ] || continue
        b_up_count=$((b_up_count + $(printf '%s\n' "$b_up_lines" | grep -c .)))
        b_up_complaint=${b_up_lines##*"$b_newline"}
    done
}

# While one instance of a job runs, Upstart starts others by the definition that this one has: all must stop first.
baton_upstart_whole() { return 0; }

# The next start after the last instance's stop has the new definition.
baton_upstart_take() {
    baton_upstart_ask 30 reload-configuration
    [ -z "$b_up_output" ] || return 1
    b_said=
}

baton_upstart_drop() {
    b_said=
    if [ -n "$1" ] && grep -q 'Written by Baton\.' "$b_up_folder/$1.override" 2>/dev/null; then
        b_said=$(rm -f "$b_up_folder/$1.override" 2>&1) || return 1
    fi
}

# Their files are gone.
baton_upstart_take_away() { baton_upstart_take; }

# What may change a job from beside it.
baton_upstart_known() {
    b_known=
    if [ -e "$b_up_folder/$1.override" ]; then b_known=$b_up_folder/$1.override$b_newline; fi
}

# What Upstart itself said of it.
baton_upstart_log() {
    baton_upstart_member "$1"
    dmesg 2>/dev/null | grep -F "init: $b_up_title " | tail -n "$2"
}
