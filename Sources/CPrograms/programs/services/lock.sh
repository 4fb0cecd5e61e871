#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# One change of a service at a time. Whoever wants to change it lays down a claim, a file with the number, the start and the
# boot of its process in its name, and only then looks who else is there: of two that come at once at least one sees the
# other. Nobody ever moves or judges a file that another one could be putting in its place meanwhile; claims of processes that
# are gone count for nothing, and their names never come again.

# Under which name b_members are locked, in b_owner: what a unit is called by whoever names it does not matter, and a member of
# a service is that service's. After baton_unit.
baton_own() {
    b_owner=${b_whole%.service}
    # supervisord's `group:process`, Upstart's `job N=0`.
    case $b_supervisor in supervisord) b_owner=${b_owner%%:*} ;; upstart) b_owner=${b_owner%% *} ;; esac
    for b_other in "$b_etc"/*/service; do
        b_another=${b_other%/service} b_another=${b_another##*/}
        if [ ! -f "$b_other" ] || [ -h "$b_other" ] || ! baton_good_name "$b_another"; then continue; fi
        grep -qxF "supervisor $b_supervisor" -- "$b_other" 2>/dev/null || continue
        b_list=$b_whole$b_newline$b_members
        while [ -n "$b_list" ]; do
            b_member=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
            if grep -qxF -e "member $b_member" -e "whole $b_member" -- "$b_other" 2>/dev/null; then
                b_owner=$b_another
                return 0
            fi
        done
    done
}

# Who else has laid down a claim on service $1 and still runs: b_holder has words for people if one has the lock, b_rival if one
# is just looking.
baton_claims() {
    b_holder='' b_rival='' b_boot_id=
    { read -r b_boot_id </proc/sys/kernel/random/boot_id; } 2>/dev/null
    for b_path in "$b_volatile/$1"/claim-*; do
        if [ "$b_path" = "${b_claim-}" ] || [ ! -f "$b_path" ] || [ -h "$b_path" ]; then continue; fi
        b_rest=${b_path##*/claim-}
        b_value=${b_rest%%-*} b_rest=${b_rest#*-}
        if [ "${b_rest#*-}" != "$b_boot_id" ] || baton_gone "$b_value ${b_rest%%-*}"; then
            rm -f "$b_path" "$b_volatile/$1/lock-${b_path##*/claim-}" 2>/dev/null
            continue
        fi
        b_value=
        { IFS= read -r b_value <"$b_path"; } 2>/dev/null
        if [ -e "$b_volatile/$1/lock-${b_path##*/claim-}" ]; then b_holder=${b_value:-somebody}; else b_rival=yes; fi
    done
}

# Takes the lock of service $1 for $2, or says who has it.
baton_lock() {
    { read -r b_boot_id </proc/sys/kernel/random/boot_id; } 2>/dev/null
    baton_started "$$"
    b_claim=$b_volatile/$1/claim-$$-$b_started-$b_boot_id
    b_held=$b_volatile/$1/lock-${b_claim##*/claim-}
    b_when=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    for b_try in 1 2 3 4 5 6 7 8 9 10 11 12; do
        # Whoever ends may take the empty folder away again.
        if ! baton_state_folder "$b_volatile" "$1"; then
            printf 'the lock of %s cannot be taken: %s\n' "$1" "$b_said" >&2
            return 1
        fi
        if ! { printf '%s, by %s, since %s\n' "$2" "${b_who_asks:-somebody}" "$b_when" >"$b_volatile/$1/new-$$" &&
            mv -f "$b_volatile/$1/new-$$" "$b_claim"; } 2>/dev/null; then
            rm -f "$b_volatile/$1/new-$$" 2>/dev/null
            b_why="nothing can be written into $b_volatile/$1"
            baton_pause
            continue
        fi
        b_why='somebody else is changing it'
        baton_claims "$1"
        if [ -z "$b_holder$b_rival" ]; then
            { printf '' >"$b_held"; } 2>/dev/null && return 0
        fi
        rm -f "$b_claim"
        if [ -n "$b_holder" ]; then
            printf '%s is being changed already: %s\n' "$1" "$b_holder" >&2
            return 1
        fi
        # Both step back, and come again after pauses that differ once their numbers do, bit by bit.
        b_pauses=$((($$ >> (b_try - 1)) % 2 * 3 + 1))
        while [ "$b_pauses" -gt 0 ]; do
            baton_pause
            b_pauses=$((b_pauses - 1))
        done
    done
    printf 'the lock of %s cannot be had: %s\n' "$1" "$b_why" >&2
    return 1
}

baton_unlock() { rm -f "$b_held" "$b_claim"; }
