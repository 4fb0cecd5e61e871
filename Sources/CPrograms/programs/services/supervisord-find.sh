#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Which supervisord runs on a host, and how it is asked: by the configuration that it was started with, if nobody but root can
# have written that.
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
