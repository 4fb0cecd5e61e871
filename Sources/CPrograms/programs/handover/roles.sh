#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What the controller may ask for, each a call of its own: sh program DIRECTORY ROLE ARGUMENT...

# baton_detach ROLE: this program once more, where no logout and no lost connection reaches it. logind may end what a
# session leaves behind, but not a unit of systemd.
baton_detach() {
    # shellcheck disable=SC2016
    if [ -d /run/systemd/system ] && [ "$b_self_uid" = 0 ] && command -v systemd-run >/dev/null 2>&1 &&
        systemd-run --quiet --collect --unit="baton-$1-$b_order_nonce" -p KillMode=process -p OOMScoreAdjust=-500 -- \
            sh -c 'cd / && exec sh "$1" "$2" "$3" </dev/null >>"$2/$3.log" 2>&1' sh "$PWD/program" "$PWD" "$1" \
            >/dev/null 2>&1; then
        b_detached=systemd-run
        return
    fi
    command -v setsid >/dev/null 2>&1 || baton_refuse 'this host has no setsid: nothing can outlive the connection'
    # shellcheck disable=SC2016
    setsid sh -c 'cd / && exec sh "$1" "$2" "$3" </dev/null >>"$2/$3.log" 2>&1' sh "$PWD/program" "$PWD" "$1" \
        </dev/null >/dev/null 2>&1 &
    b_detached=setsid
}

# Starts the guard, and waits until it stands.
baton_role_arm() {
    baton_order
    [ ! -e ./verdict ] || baton_refuse 'this takeover has its verdict already'
    sh -n ./program || baton_refuse 'the program is not whole'
    for b_state in armed fit switched doubled ready seen failing code_back reviving stopping repairing returned; do
        baton_edge "$b_state" || baton_refuse "the table has no edge from $b_state"
    done
    if baton_signed guard; then baton_refuse "process ${b_signed%.*} guards already"; fi
    baton_detach guard
    baton_wait_for guard || baton_refuse "the guard does not stand: $(tail -n 1 ./guard.log 2>/dev/null)"
    b_tries=0
    until baton_token || [ "$b_tries" -ge 100 ]; do
        b_tries=$((b_tries + 1))
        baton_nap
    done
    echo "armed $b_signed $b_detached"
}

baton_wait_for() {
    b_tries=0
    until baton_signed "$1"; do
        b_tries=$((b_tries + 1))
        [ "$b_tries" -lt 100 ] || return 1
        baton_nap
    done
}

baton_role_go() {
    baton_order
    baton_signed guard || baton_refuse 'there is no guard: nothing is changed without one'
    baton_detach conductor
    b_tries=0
    until [ -e ./conductor ] || [ -e ./verdict ] || [ "$b_tries" -ge 100 ]; do
        b_tries=$((b_tries + 1))
        baton_nap
    done
    baton_role_status
}

# Asked over another connection than the one that armed: that the guard has outlived that one. What ends with a session
# may do so a moment behind it.
baton_role_proof() {
    baton_order
    b_tries=0
    while [ "$b_tries" -lt 10 ]; do
        baton_signed guard || baton_refuse 'the guard has not survived'
        b_tries=$((b_tries + 1))
        baton_nap
    done
    echo "guard $b_signed"
}

# baton_role_renew SECONDS EPOCH OWNER: the lease holds for so long from now. A lower epoch is somebody who was fenced off.
baton_role_renew() {
    baton_order
    baton_boot
    baton_now
    case ${1-}:${2-} in *[!0-9:]* | :* | *: | ?????:*) baton_refuse 'the lease is no lease' ;; esac
    baton_fenced "$2"
    if [ -n "$b_l_deadline" ] && [ "$b_l_epoch" = "$2" ] && [ "$b_l_owner" != "$3" ]; then
        baton_refuse "the lease belongs to $b_l_owner"
    fi
    baton_put lease "$((b_now + $1 * 100)) $b_boot $2 $3"
    baton_role_status
}

baton_fenced() {
    b_l_deadline='' b_l_epoch='' b_l_owner=''
    { IFS=' ' read -r b_l_deadline b_l_boot b_l_epoch b_l_owner <./lease; } 2>/dev/null
    case $b_l_epoch in '' | *[!0-9]* | ???????????*) b_l_epoch=0 ;; esac
    [ "$1" -ge "$b_l_epoch" ] || baton_refuse "fenced: epoch $1 is over, $b_l_owner holds $b_l_epoch"
}

# baton_role_confirm NONCE EPOCH: the connection that asks is new, and gets what the host itself has concluded. Only what
# waits for it is confirmed: nothing stale, and nothing in advance.
baton_role_confirm() {
    baton_order
    baton_boot
    baton_now
    [ "${1-}" = "$b_order_nonce" ] || baton_refuse 'this is another takeover'
    case ${2-} in '' | *[!0-9]* | ???????????*) baton_refuse 'no epoch' ;; esac
    baton_fenced "$2"
    baton_lease
    b_state=
    { IFS=' ' read -r b_state _ <./state; } 2>/dev/null
    if baton_token && [ "$b_token" = armed ] && [ "$b_left" -gt 0 ] && [ "$b_state" = proven ]; then
        baton_put "confirm.$b_order_nonce" "$2"
    fi
    baton_role_status
}

baton_role_abort() {
    baton_order
    [ "${1-}" = "$b_order_nonce" ] || baton_refuse 'this is another takeover'
    baton_put "abort.$b_order_nonce" called
    baton_role_status
}

# baton_role_look LINE: the journal from that line on, and then what there is to know. That is looked at first, so that with
# a verdict the whole journal comes.
baton_role_look() {
    baton_order
    case ${1-} in '' | *[!0-9]* | ????????*) baton_refuse 'no line' ;; esac
    b_stands=$(baton_role_status)
    if [ -f ./journal ]; then
        # A line that has no end yet waits for it.
        tail -n "+$1" ./journal | head -n 200 | while IFS= read -r b_line; do
            printf 'said %s\n' "$b_line"
        done | cut -c 1-1000
    fi
    printf '%s\n' "$b_stands"
}

# What there is to know, a line each.
baton_role_status() {
    baton_token
    echo "token ${b_token:-none}"
    for b_one in guard conductor; do
        if baton_signed "$b_one"; then echo "$b_one $b_signed"; else echo "$b_one none"; fi
    done
    if [ -f ./state ]; then printf 'state %s\n' "$(cat ./state)"; fi
    if [ -f ./lease ]; then printf 'lease %s\n' "$(cat ./lease)"; fi
    if [ -f ./verdict ]; then printf 'verdict %s\n' "$(cat ./verdict)"; fi
}

# What the logs said before anything was undone.
baton_role_evidence() {
    if [ -f ./evidence ]; then cat ./evidence; fi
}

# The first argument is the directory of the takeover, the second what is wanted of it.
baton_handover() {
    CDPATH='' cd -P -- "$1" || baton_refuse "no directory $1"
    # Pid files that are written again, and what is started, are for others to read.
    umask 022
    b_role=$2
    shift 2
    case $b_role in
    guard) baton_guard ;;
    conductor) baton_conductor ;;
    heal) baton_heal ;;
    arm | go | proof | renew | confirm | abort | look | status | evidence)
        [ "$b_role" != status ] || baton_order
        "baton_role_$b_role" "$@"
        ;;
    *) baton_refuse "no role $b_role" ;;
    esac
}
