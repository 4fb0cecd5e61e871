#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Definitions of systemd: units that are checked, taken up and forgotten, and what foreign ones say.
b_newline='
'

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
