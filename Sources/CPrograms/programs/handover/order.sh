#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What the controller has ordered, and the table of edges. Both are read as text; nothing in them is ever run.

# Lines KEY VALUE of ./order, as b_order_KEY. A key is small letters and underscores, so it can be nothing but a name.
baton_order() {
    b_flips='' b_logs='' b_order_nonce=''
    while IFS= read -r b_line; do
        b_key=${b_line%% *} b_value=${b_line#* }
        case $b_key in
        flip) b_flips=$b_flips$b_value$b_newline ;;
        log) b_logs=$b_logs$b_value$b_newline ;;
        '' | *[!a-z_]* | ????????????????????????*) baton_refuse "the order has a line that is none: $b_key" ;;
        *) eval "b_order_$b_key=\$b_value" ;;
        esac
    done <./order
    case $b_order_nonce in '' | *[!0-9a-f]*) baton_refuse 'the order has no nonce' ;; esac
    for b_value in "${b_order_want-}" "${b_order_want_old-}" "${b_order_stable-}" "${b_order_epoch-}" \
        "${b_order_uid-}" "${b_order_gid-}" "${b_order_probes-}" "${b_order_interval-}"; do
        case $b_value in '' | *[!0-9]* | ???????????*) baton_refuse 'the order lacks a number' ;; esac
    done
    for b_value in "${b_order_upgrade-}" "${b_order_final-}" "${b_order_new_stop-}" "${b_order_drain-}" "${b_order_revive-}"; do
        case $b_value in *[!A-Z0-9\ ]*) baton_refuse "the order has a signal that is none: $b_value" ;; esac
    done
    case ${b_order_unit-} in -* | *[!A-Za-z0-9_.@:\\-]*) baton_refuse "the order names a unit that is none: $b_order_unit" ;; esac
    # shellcheck disable=SC2086
    set -- ${b_order_old-}
    b_old=${1-}.${2-}
    case $b_old in .* | *. | *[!0-9.]* | *.*.*) baton_refuse 'the order names no old master' ;; esac
    b_old_boot=${3-}
    b_self_uid=$(id -u)
}

baton_refuse() {
    printf '%s\n' "$1" >&2
    exit 2
}

# baton_edge STATE: its edge, in b_action, b_predicate, b_seconds, b_next, b_fail, b_lost.
baton_edge() {
    b_wanted=$1
    while IFS=' ' read -r b_e_state b_action b_predicate b_seconds b_next b_fail b_lost; do
        [ "$b_e_state" != "$b_wanted" ] || return 0
    done <./edges
    return 1
}

# baton_flips new|old [say]: is every path that changes with the release at its new, or its old, end? With `say` it prints
# what would bring it there. A link by its text, a file by what it is.
baton_flips() {
    b_flips_left=$b_flips
    b_flips_ok=yes
    while [ -n "$b_flips_left" ]; do
        b_flip=${b_flips_left%%"$b_newline"*} b_flips_left=${b_flips_left#*"$b_newline"}
        baton_flip_parts
        b_end=$b_flip_old
        [ "$1" = old ] || b_end=$b_flip_new
        if baton_flip_is "$b_end"; then continue; fi
        b_flips_ok=no
        [ -n "${2-}" ] || continue
        case $b_flip_kind in
        link) printf 'ln -sfn %s %s; ' "$(baton_quoted "$b_end")" "$(baton_quoted "$b_flip_path")" ;;
        *) printf 'cp -p %s %s; ' "$(baton_quoted "$b_end")" "$(baton_quoted "$b_flip_path")" ;;
        esac
    done
    [ "$b_flips_ok" = yes ]
}

# A flip is KIND, PATH, NEW and OLD with tabs between.
baton_flip_parts() {
    b_flip_kind=${b_flip%%"$b_tab"*} b_flip=${b_flip#*"$b_tab"}
    b_flip_path=${b_flip%%"$b_tab"*} b_flip=${b_flip#*"$b_tab"}
    b_flip_new=${b_flip%%"$b_tab"*} b_flip_old=${b_flip#*"$b_tab"}
}

baton_flip_is() {
    case $b_flip_kind in
    link) [ -h "$b_flip_path" ] && [ "$(readlink -- "$b_flip_path")" = "$1" ] ;;
    *)
        if [ ! -f "$b_flip_path" ] || [ -h "$b_flip_path" ]; then return 1; fi
        cmp -s -- "$b_flip_path" "$1"
        ;;
    esac
}

# baton_flip_all new|old: each path by a rename in its own directory, so that it is the one or the other at every moment.
# The way back is taken in the opposite order.
baton_flip_all() {
    b_flips_left=$b_flips
    if [ "$1" = old ]; then
        b_flips_left=
        b_turned=$b_flips
        while [ -n "$b_turned" ]; do
            b_flips_left=${b_turned%%"$b_newline"*}$b_newline$b_flips_left
            b_turned=${b_turned#*"$b_newline"}
        done
    fi
    while [ -n "$b_flips_left" ]; do
        b_flip=${b_flips_left%%"$b_newline"*} b_flips_left=${b_flips_left#*"$b_newline"}
        baton_flip_parts
        b_end=$b_flip_old
        [ "$1" = old ] || b_end=$b_flip_new
        if baton_flip_is "$b_end"; then continue; fi
        baton_flip_one "$b_end" || return 1
    done
}

baton_flip_one() {
    b_spare=${b_flip_path%/*}/.${b_flip_path##*/}.baton-$b_order_nonce
    rm -f -- "$b_spare" || return 1
    case $b_flip_kind in
    link) ln -s -- "$1" "$b_spare" || return 1 ;;
    *)
        cp -p -- "$1" "$b_spare" || return 1
        baton_sync "$b_spare"
        ;;
    esac
    # -T of coreutils and busybox, -h of the BSDs: a link to a directory is replaced, not entered.
    mv -fT -- "$b_spare" "$b_flip_path" 2>/dev/null || mv -fh -- "$b_spare" "$b_flip_path" || return 1
    baton_sync "${b_flip_path%/*}/"
}
