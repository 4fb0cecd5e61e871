#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Looks at paths. Each answer of a look is a record that ends with a NUL byte, which neither a path nor a variable can hold.

# baton_look_paths FIRST WANTS PATH...: a record per path, numbered from FIRST.
baton_look_paths() {
    b_first=$1
    shift
    baton_see "$@"
    shift
    b_number=0
    for b_path; do
        b_number=$((b_number + 1))
        eval "b_state=\$b_seen_$b_number b_sum=\$b_sum_$b_number b_names=\$b_names_$b_number"
        baton_barred "$b_path"
        if [ -n "$b_barred" ]; then b_sum=- b_names='' b_state="barred $b_barred"; fi
        if [ "$b_state" = missing ]; then baton_parent "$b_path"; fi
        printf 'path %d %s\t%s\t%s\0' "$((b_first + b_number - 1))" "${b_sum:--}" "${b_names:-	}" "$b_state"
    done
}

# Where a path that is missing would be made, in b_sum: `-` in a directory that is there, `lost` in one that is not, `blocked`
# below something else than a directory.
baton_parent() {
    b_sum=- b_rest=${1%/*}
    if [ -d "$b_rest/" ]; then return; fi
    b_sum=lost
    while [ ! -e "$b_rest" ] && [ ! -h "$b_rest" ]; do
        case $b_rest in */*) b_rest=${b_rest%/*} ;; *) return ;; esac
        [ -n "$b_rest" ] || return
    done
    [ -d "$b_rest/" ] || b_sum=blocked
}

# Why root would not go to the directory of path $1, in b_barred; empty if it would. The shell itself sees whether a link is
# on the way; only then it is looked at closer.
baton_barred() {
    b_rest=${1%/*}/
    if [ "$b_rest" = "${b_asked-}" ]; then return; fi
    b_asked=$b_rest b_barred='' b_above=''
    case $b_asked in /*) b_from= ;; *) b_from=${PWD%/}/ ;; esac
    while [ -n "$b_rest" ]; do
        b_above=$b_above${b_rest%%/*} b_rest=${b_rest#*/}
        if [ -n "$b_above" ] && [ -h "$b_above" ]; then
            b_barred=$( { if baton_root; then baton_walk "$b_from$b_asked"; fi; } 2>&1)
            return
        fi
        b_above=$b_above/
    done
}
