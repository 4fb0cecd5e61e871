#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The new release's own check of its configuration: its code, its interpreter, the service's user and environment, and an end.

# `trial none WHY`, or `trial STATUS COMMAND` with `trial_said LINE` and, of what it prints of itself, `trial_setting KEY = VALUE`.
baton_pf_trial() {
    if [ ! -d "$b_pf_tree/" ]; then
        baton_pf_say trial "none the new release is not on this host: $b_pf_tree"
        return
    fi
    case $b_pf_kind in
    gunicorn)
        # From 20 on it also prints what it has understood.
        b_pf_option=--check-config
        if b_pf_try baton_pf_python && baton_pf_gunicorn_of trial_version >/dev/null; then
            case ${b_pf_value%%.*} in 1?) ;; *) b_pf_option=--print-config ;; esac
        fi
        ;;
    nginx)
        b_pf_option=-t
        # Its check makes an empty pid file where there is none, and that file says that somebody runs.
        if [ -n "$b_pf_pidfile" ] && [ ! -s "$b_pf_pidfile" ]; then
            baton_pf_say trial "none nginx -t would make an empty $b_pf_pidfile"
            return
        fi
        ;;
    unicorn)
        echo 'trial none unicorn has no check of its configuration'
        return
        ;;
    *)
        echo 'trial none this server is not known'
        return
        ;;
    esac
    b_pf_try baton_pf_trial_fits || return 0
    b_pf_said=$({
        b_pf_try baton_pf_trial_run 2>&1
        printf '\n%d' "$?"
    } | tail -c 32768 | tr -d '\000')
    b_pf_end=${b_pf_said##*"$b_newline"} b_pf_said=${b_pf_said%"$b_newline"*}
    case $b_pf_end in
    77) baton_pf_say trial 'none this user may not run programs of the service' ;;
    *)
        baton_pf_say trial "$b_pf_end $(b_pf_try baton_pf_trial_shown)"
        if [ "$b_pf_option" = --print-config ] && [ "$b_pf_end" = 0 ]; then
            printf '%s\n' "$b_pf_said" |
                grep -E -e '^(daemon|reuse_port|preload_app|workers|pidfile|chdir|graceful_timeout|timeout)  *= ' |
                baton_pf_lines trial_setting 20
        else
            # What it has understood is told in any case, and behind what went wrong.
            printf '%s\n' "$b_pf_said" | grep -v -e '^[a-z_]*  *=' | tail -n 12 | cut -c 1-400 | baton_pf_lines trial_said 12
        fi
        ;;
    esac
}

# Only the server itself takes the option; a shell or a wrapper before it would take it for something else.
baton_pf_trial_fits() {
    case ${1##*/} in env) shift ;; esac
    b_pf_value=${1##*/}
    case $b_pf_kind:$b_pf_value in
    gunicorn:python*)
        case ${2-} in
        -m) b_pf_value=${3-} ;;
        *) b_pf_value=${2##*/} ;;
        esac
        ;;
    esac
    case $b_pf_kind:$b_pf_value in
    gunicorn:gunicorn* | nginx:nginx) ;;
    *)
        baton_pf_say trial "none the command does not begin with $b_pf_kind: ${1##*/}"
        return 1
        ;;
    esac
}

# shellcheck disable=SC2030,SC2031
baton_pf_trial_run() {
    (
        b_pf_variables baton_pf_export
        CDPATH='' cd -- "$b_pf_tree/" || exit 1
        PWD=$b_pf_tree
        export PWD
        baton_pf_as "$b_pf_seconds" "$@" "$b_pf_option"
    )
}

baton_pf_export() { export "$1=$2"; }
baton_pf_trial_shown() { printf '%s ' "$@" "$b_pf_option"; }
