#!/bin/sh
# shellcheck disable=SC2016,SC2034,SC2154  # the files of this library share their variables; scripts for others are quoted
# Which server a service is, in which version, and what it was told.

# By what runs, else by what is to run: `server KIND`, then its versions and settings.
baton_pf_server() {
    b_pf_kind='' b_pf_title=
    if [ -n "$b_pf_master" ]; then
        b_pf_title=$({ tr '\000' ' ' <"$b_proc/$b_pf_master/cmdline" | head -c 4000; } 2>/dev/null)
    fi
    b_pf_wanted=$(b_pf_words printf '%s ')
    for b_pf_text in "$b_pf_title" "$b_pf_wanted"; do
        case " $b_pf_text" in
        *' nginx: master process '* | *[/\ ]nginx' '*) b_pf_kind=nginx ;;
        *[/\ ]unicorn' '* | *[/\ ]unicorn_rails' '*) b_pf_kind=unicorn ;;
        *[/\ ]gunicorn' '* | *[/\ ]gunicorn3' '* | *' gunicorn: master '*) b_pf_kind=gunicorn ;;
        esac
        [ -z "$b_pf_kind" ] || break
    done
    [ -n "$b_pf_kind" ] || return 0
    baton_pf_say server "$b_pf_kind"
    case $b_pf_kind in
    gunicorn) baton_pf_gunicorn ;;
    nginx) baton_pf_nginx ;;
    unicorn) baton_pf_unicorn ;;
    esac
    baton_pf_configuration
}

# baton_pf_python WORD...: the interpreter that a command line names: its first word, or what the script's first line says.
baton_pf_python() {
    b_pf_python=
    case ${1##*/} in env) shift ;; esac
    case ${1##*/} in
    python*) b_pf_python=$1 ;;
    *gunicorn*)
        b_pf_line=$(baton_pf_as 5 head -n 1 -- "$1" 2>/dev/null | head -c 500 | tr -d '\000')
        case $b_pf_line in '#!'*) ;; *) return 1 ;; esac
        b_pf_line=${b_pf_line#'#!'}
        b_pf_line=${b_pf_line# }
        case $b_pf_line in
        */env' '*) b_pf_python=${b_pf_line##* } ;;
        *) b_pf_python=${b_pf_line%% *} ;;
        esac
        ;;
    esac
    [ -n "$b_pf_python" ]
}

# baton_pf_gunicorn_of KEY: what the interpreter finds, `KEY VERSION PYTHON FILE`; -I would hide what the service sees.
baton_pf_gunicorn_of() {
    b_pf_value=$(cd / && baton_pf_as 20 "$b_pf_python" -c '
import sys
import gunicorn
sys.stdout.write("found %s %d.%d %s\n" % (gunicorn.__version__, sys.version_info[0], sys.version_info[1], gunicorn.__file__))' 2>/dev/null |
        sed -n 's/^found //p' | head -n 1)
    [ -n "$b_pf_value" ] || return 1
    baton_pf_say "$1" "$b_pf_value"
    baton_pf_say "$1_by" "$b_pf_python"
}

baton_pf_gunicorn() {
    if [ -n "$b_pf_master" ]; then
        b_pf_first=$({ tr '\000' '\n' <"$b_proc/$b_pf_master/cmdline" | head -n 1; } 2>/dev/null)
        b_pf_python=
        case ${b_pf_first##*/} in python*) b_pf_python=$b_pf_first ;; *) b_pf_words baton_pf_python ;; esac
        if [ -n "$b_pf_python" ] && baton_pf_gunicorn_of version; then
            # What was put there after it began is not what it runs.
            b_pf_value=${b_pf_value#* }
            baton_age self "pid:$b_pf_master" "${b_pf_value#* }"
            case $b_age in older) echo 'version_changed yes' ;; esac
        fi
    fi
    if [ -n "$b_pf_tree" ] && b_pf_try baton_pf_python; then baton_pf_gunicorn_of new_version; fi
    return 0
}

# The program that runs says it itself, also when its file is gone.
baton_pf_nginx() {
    if [ -n "$b_pf_master" ]; then
        b_pf_value=$(baton_pf_as 10 "$b_proc/$b_pf_master/exe" -v 2>&1 | sed -n 's|^nginx version: [a-z]*/\([0-9.]*\).*|\1|p' | head -n 1)
        [ -z "$b_pf_value" ] || baton_pf_say version "$b_pf_value - -"
    fi
    if [ -n "$b_pf_tree" ]; then
        b_pf_value=$(b_pf_try baton_pf_nginx_new 2>&1 | sed -n 's|^nginx version: [a-z]*/\([0-9.]*\).*|\1|p' | head -n 1)
        [ -z "$b_pf_value" ] || baton_pf_say new_version "$b_pf_value - -"
    fi
    return 0
}

baton_pf_nginx_new() { baton_pf_as 10 "$1" -v; }

baton_pf_unicorn() {
    if [ -z "$b_pf_master" ] || [ -z "${b_pf_exe-}" ]; then return 0; fi
    b_pf_value=$(cd / && baton_pf_as 20 "${b_pf_exe% (deleted)}" -e '
module Unicorn; module Const; end; end
require "unicorn/version"
puts "found #{Unicorn::Const::UNICORN_VERSION}"' 2>/dev/null | sed -n 's/^found //p' | head -n 1)
    [ -z "$b_pf_value" ] || baton_pf_say version "$b_pf_value - -"
}

# baton_pf_config_of WORD...: the configuration file that a command line names, in b_pf_config; and where it is looked for.
baton_pf_config_of() {
    b_pf_config=
    while [ $# -gt 0 ]; do
        case $b_pf_kind:$1 in
        *:-c | gunicorn:--config | unicorn:--config-file) b_pf_config=${2-} ;;
        gunicorn:--config=* | unicorn:--config-file=*) b_pf_config=${1#*=} ;;
        nginx:-c?* | gunicorn:-c?* | unicorn:-c?*) b_pf_config=${1#-c} ;;
        esac
        shift
    done
    b_pf_config=${b_pf_config#file:}
    [ -n "$b_pf_config" ] || [ "$b_pf_kind" != gunicorn ] || b_pf_config=gunicorn.conf.py
}

# What is written in the configuration of what runs and of the new release, as far as it decides about a takeover:
# `configuration old|new PATH` and lines `setting old|new TEXT`. Read as the service's user.
baton_pf_configuration() {
    # Titles have lost where one argument ends: what is to run says it too, and may be another's.
    b_pf_words baton_pf_config_of
    if [ -n "$b_pf_master" ]; then
        b_pf_from=$b_pf_config
        b_pf_text=$({ tr '\000' '\n' <"$b_proc/$b_pf_master/cmdline" | head -c 4000; } 2>/dev/null)
        case $b_pf_text in *"$b_newline"*) ;; *) b_pf_text=$(printf '%s' "$b_pf_text" | tr ' ' '\n') ;; esac
        b_pf_keep=$IFS
        IFS=$b_newline
        set -f
        # shellcheck disable=SC2086
        baton_pf_config_of $b_pf_text
        set +f
        IFS=$b_pf_keep
        b_pf_config=${b_pf_config:-$b_pf_from}
    fi
    [ -n "$b_pf_config" ] || return 0
    case $b_pf_config in python:*)
        baton_pf_say unread "$b_pf_config"
        return
        ;;
    esac
    b_pf_from=$b_pf_config
    case $b_pf_from in /*) ;; *) b_pf_from=${b_pf_folder:-${b_pf_old:-/nowhere}}/$b_pf_from ;; esac
    baton_pf_settings old "$b_pf_from"
    [ -n "$b_pf_tree" ] || return 0
    case $b_pf_config in
    "$b_pf_root/current/"*) baton_pf_settings new "$b_pf_tree/${b_pf_config#"$b_pf_root/current/"}" ;;
    "${b_pf_old:-/nowhere}/"*) baton_pf_settings new "$b_pf_tree/${b_pf_config#"$b_pf_old/"}" ;;
    /*) ;;
    *) baton_pf_settings new "$b_pf_tree/$b_pf_config" ;;
    esac
}

baton_pf_settings() {
    if ! baton_pf_as 5 test -f "$2" 2>/dev/null; then return 0; fi
    baton_pf_say configuration "$1 $2"
    baton_pf_as 5 head -c 131072 -- "$2" 2>/dev/null | tr -d '\000' |
        grep -E -e 'daemon|reuse_port|preload|worker|^[[:space:]]*pid|oldbin|getppid|os\.kill|Process\.kill|directory|chdir|graceful' |
        grep -v -e '^[[:space:]]*#' | cut -c 1-300 | baton_pf_lines "setting $1" 60
}
