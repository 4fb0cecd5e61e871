#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Definitions of services without a supervisor: launchers that are checked, found again by name, and forgotten.
b_newline='
'

baton_none_check() {
    b_no_uid=
    b_said="there is no user $b_account here"
    b_no_uid=$(id -u "$b_account" 2>/dev/null) || return 1
    b_said="only root can start it as user $b_account (become: true), and here is $(id -un 2>/dev/null)"
    if ! baton_root && [ "$b_no_uid" != "$(id -u)" ]; then return 1; fi
    if [ -n "${b_placed-}" ]; then
        baton_home || return 1
        b_said="there is a service $b_service in /etc/baton/services already: give one of them another name"
        if [ "$b_etc" != /etc/baton/services ] && [ -O "/etc/baton/services/$b_service/service" ]; then return 1; fi
        b_path=$b_home/.baton/services/$b_service
        if [ -h "$b_path" ]; then
            baton_target "$b_path"
            b_said="there is a service $b_service in ${b_target%/*} already: give one of them another name"
            if [ "$b_target" != "$b_etc/$b_service" ] && [ -e "$b_path/service" ]; then return 1; fi
        fi
    fi
    b_no_list=$b_files
    while [ -n "$b_no_list" ]; do
        b_path=${b_no_list%%"$b_newline"*} b_no_list=${b_no_list#*"$b_newline"}
        case $b_path in "$b_etc/$b_service/"launch-*) ;; *) continue ;; esac
        b_said=$(baton_limited 20 sh -n "$b_path" 2>&1 | tail -c 2000)
        [ -z "$b_said" ] || return 1
    done
    b_said=
}

# Verbs know a service by its name alone: beside a release it is found by a link in the home of whoever put it there.
baton_none_take() {
    b_said=
    [ -n "${b_placed-}" ] || return 0
    b_path=$b_home/.baton/services/$b_service
    if [ -h "$b_path" ]; then
        baton_target "$b_path"
        [ "$b_target" != "$b_etc/$b_service" ] || return 0
        rm -f -- "$b_path"
    fi
    b_said=$( (umask 077 && mkdir -p "${b_path%/*}" && ln -s -- "$b_etc/$b_service" "$b_path") 2>&1)
}

# Members are forgotten with their last process.
baton_none_drop() {
    shift
    for b_no_member; do rm -f "$b_volatile/$b_service/started-$b_no_member" "$b_volatile/$b_service/said-$b_no_member"; done
}

baton_none_take_away() {
    [ -n "${b_placed-}" ] && baton_home || return 0
    b_path=$b_home/.baton/services/$b_service
    baton_target "$b_path"
    if [ -h "$b_path" ] && [ "$b_target" = "$b_etc/$b_service" ]; then rm -f -- "$b_path"; fi
}
