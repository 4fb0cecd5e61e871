#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Looks for users and groups. Records as in look-paths.sh.

# baton_look_names passwd|group NUMBERS NAME...: whether the host knows users or groups of these names. One question for all
# of them, and one for each only where not all are known.
baton_look_names() {
    b_base=$1 b_rest=$2
    shift 2
    getent "$b_base" "$@" >/dev/null 2>&1
    b_status=$?
    for b_name; do
        b_known=yes
        if [ "$b_status" -ne 0 ]; then baton_known "$b_name"; fi
        printf 'name %d %s\0' "${b_rest%% *}" "$b_known"
        b_rest=${b_rest#* }
    done
}

# Whether a name is known, in b_known: without getent only users can be said not to be there.
baton_known() {
    b_known=unknown
    getent "$b_base" "$1" >/dev/null 2>&1
    case $? in
    0) b_known=yes ;;
    2) b_known=no ;;
    *)
        if [ "$b_base" = passwd ]; then
            if id -u "$1" >/dev/null 2>&1; then b_known=yes; elif id -u >/dev/null 2>&1; then b_known=no; fi
        fi
        ;;
    esac
}
