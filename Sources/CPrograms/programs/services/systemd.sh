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

# Of what it says counts what is about these units, if one line of that means that systemd does not load them: other units
# have their own troubles, much is only a warning, and a program that is not there yet may come. systemd itself has the last
# word when it has read them.
baton_systemd_check() {
    b_said=
    command -v systemd-analyze >/dev/null 2>&1 || return 0
    set --
    b_sy_list=$b_files b_sy_ours=
    while [ -n "$b_sy_list" ]; do
        b_sy_path=${b_sy_list%%"$b_newline"*} b_sy_list=${b_sy_list#*"$b_newline"}
        case $b_sy_path in
        /etc/systemd/system/*.d/*) b_sy_name=${b_sy_path%.d/*} b_sy_name=${b_sy_name##*/} ;;
        /etc/systemd/system/*.*) b_sy_name=${b_sy_path##*/} ;;
        *) continue ;;
        esac
        case $b_newline$b_sy_ours in *"$b_newline$b_sy_name$b_newline"*) continue ;; esac
        b_sy_ours=$b_sy_ours$b_sy_name$b_newline
    done
    set -f
    # shellcheck disable=SC2086
    set -- $b_members $b_whole
    set +f
    b_sy_list=
    for b_sy_name; do
        case " $b_sy_list " in *" $b_sy_name "*) continue ;; esac
        b_sy_list="$b_sy_list $b_sy_name" b_sy_ours=$b_sy_ours$b_sy_name$b_newline
    done
    # shellcheck disable=SC2086
    b_sy_output=$(cd /etc/systemd/system && baton_limited 60 systemd-analyze verify --man=no --generators=no $b_sy_list 2>&1)
    b_sy_output=$b_sy_output$b_newline b_sy_refused=
    while [ -n "$b_sy_output" ]; do
        b_sy_line=${b_sy_output%%"$b_newline"*} b_sy_output=${b_sy_output#*"$b_newline"}
        case $b_sy_line in *ignoring* | *'not executable'* | *'No such file'* | '') continue ;; esac
        b_sy_about=${b_sy_line%%:*} b_sy_about=${b_sy_about##*/}
        case $b_sy_line in 'Unit '*) b_sy_about=${b_sy_line#Unit } b_sy_about=${b_sy_about%% *} ;; esac
        case $b_newline$b_sy_ours in *"$b_newline$b_sy_about$b_newline"*) ;; *) continue ;; esac
        b_said=$b_said$b_sy_line$b_newline
        case $b_sy_line in *' Refusing.'* | *', refusing'* | *' has a bad unit file setting'*) b_sy_refused=yes ;; esac
    done
    b_said=${b_said%"$b_newline"}
    [ -z "$b_sy_refused" ] || return 1
    b_said=
}

baton_systemd_whole() { return 1; }

# Everything is read again; what could not be read is told by the units themselves.
baton_systemd_take() {
    baton_systemd_forget
    baton_systemd_ask 120 daemon-reload || return 1
    baton_systemd_states "$@"
    for b_sy_member; do
        if ! baton_systemd_show "$b_sy_member"; then
            b_said="systemctl says nothing of $b_sy_member"
            return 1
        fi
        if [ "$b_sy_load" != loaded ]; then
            b_said="$b_sy_member is $b_sy_load${b_sy_error:+: $b_sy_error}"
            return 1
        fi
        if [ "$b_sy_needs" = yes ]; then
            b_said="$b_sy_member is still known as it was before"
            return 1
        fi
    done
    baton_systemd_forget
}

# What is left of units that are gone: that they start at boot, and that they failed.
baton_systemd_drop() {
    baton_systemd_forget
    if [ -n "$1" ]; then baton_systemd_ask 30 --no-reload disable -- "$1"; fi
    shift
    if [ $# -gt 0 ]; then baton_systemd_ask 20 reset-failed -- "$@"; fi
    b_said=
}

# Their files are gone.
baton_systemd_take_away() { baton_systemd_ask 120 daemon-reload; }

# A target is up by itself: with it, `systemctl stop NAME.target` by hand reaches its members.
baton_systemd_gather() {
    case $1 in *.target) ;; *) return 0 ;; esac
    if [ "$2" = up ]; then baton_systemd_ask 30 start --no-block -- "$1"; else baton_systemd_ask 30 stop --no-block -- "$1"; fi
    baton_systemd_forget
    return 0
}

# Where a unit of this name is defined, in b_known. Of scripts in /etc/init.d systemd makes units itself, unless there is
# one: they would be hidden by it.
baton_systemd_known() {
    b_known=
    for b_sy_path in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system \
        /lib/systemd/system /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late; do
        for b_sy_name in "$1.service" "$1@.service" "$1.target"; do
            if [ -e "$b_sy_path/$b_sy_name" ]; then b_known=$b_known$b_sy_path/$b_sy_name$b_newline; fi
        done
    done
    if [ -e "/etc/init.d/$1" ]; then b_known=$b_known/etc/init.d/$1$b_newline; fi
}

# A name without a suffix is a service's, and one may be another's alias. How long it has to start and to stop its unit says,
# up to an hour.
baton_systemd_members() {
    case $1 in *.*) ;; *) b_whole=$1.service ;; esac
    b_sy_rest=$(
        baton_limited 20 systemctl show -p Id,TimeoutStartUSec,TimeoutStopUSec -- "$b_whole" 2>/dev/null </dev/null
    )$b_newline
    while [ -n "$b_sy_rest" ]; do
        b_sy_line=${b_sy_rest%%"$b_newline"*} b_sy_rest=${b_sy_rest#*"$b_newline"}
        b_sy_value=${b_sy_line#*=}
        case $b_sy_line in
        Id=*) if baton_good_member "$b_sy_value"; then b_whole=$b_sy_value; fi ;;
        TimeoutStartUSec=*)
            # systemd ends it then: some more time is for seeing that.
            if baton_systemd_seconds "$b_sy_value" && [ "$b_sy_seconds" -gt 50 ]; then b_boot_seconds=$((b_sy_seconds + 10)); fi
            ;;
        TimeoutStopUSec=*) if baton_systemd_seconds "$b_sy_value"; then b_stop_seconds=$b_sy_seconds; fi ;;
        esac
    done
    b_members=$b_whole$b_newline
}

# A time as systemctl tells it, `1min 30s`, as seconds in b_sy_seconds: from 1 to 3600, rounded up.
baton_systemd_seconds() {
    b_sy_list=$1 b_sy_seconds=0
    [ -n "$b_sy_list" ] || return 1
    while [ -n "$b_sy_list" ]; do
        b_sy_value=${b_sy_list%% *}
        case $b_sy_list in *' '*) b_sy_list=${b_sy_list#* } ;; *) b_sy_list= ;; esac
        b_sy_word=${b_sy_value%%[!0-9]*}
        case $b_sy_value in
        [0-9]*ms | [0-9]*us) b_sy_seconds=$((b_sy_seconds + 1)) ;;
        [0-9].*s | [0-9][0-9].*s) b_sy_seconds=$((b_sy_seconds + b_sy_word + 1)) ;;
        infinity | *d | *w | *month | *y | ??????*s | ?????*min | ????*h)
            b_sy_seconds=3600
            break
            ;;
        [0-9]*min) b_sy_seconds=$((b_sy_seconds + b_sy_word * 60)) ;;
        [0-9]*h) b_sy_seconds=$((b_sy_seconds + b_sy_word * 3600)) ;;
        [0-9]*s) b_sy_seconds=$((b_sy_seconds + b_sy_word)) ;;
        *) return 1 ;;
        esac
    done
    if [ "$b_sy_seconds" -gt 3600 ]; then b_sy_seconds=3600; fi
    if [ "$b_sy_seconds" -lt 1 ]; then b_sy_seconds=1; fi
}

baton_systemd_log() {
    command -v journalctl >/dev/null 2>&1 || return 0
    printf 'the end of its journal:\n'
    baton_limited 20 journalctl --quiet --no-pager --no-hostname -n "$2" -u "$1" 2>/dev/null </dev/null
}
