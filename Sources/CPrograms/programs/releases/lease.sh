#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Who may change what is under ROOT. ROOT/.baton/lease says until when, of which boot, which epoch, and who:
# `DEADLINE BOOT EPOCH OWNER`, as a takeover's does. The time is the host's since it booted, in hundredths of a second.

baton_lease_clock() {
    { read -r b_rl_now b_rl_rest </proc/uptime; } 2>/dev/null ||
        baton_fail 'there is no /proc/uptime here, and leases go by it'
    b_rl_part=${b_rl_now#*.}00
    b_rl_part=${b_rl_part%"${b_rl_part#??}"}
    # Of a number with a leading zero the shell would think it is octal.
    b_rl_now=$((${b_rl_now%%.*} * 100 + 1$b_rl_part - 100))
    b_rl_boot=
    { read -r b_rl_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
    b_started=0
    # A container may begin anew without the kernel doing so: its process 1 tells.
    baton_started 1 || b_started=0
    b_rl_boot=$b_rl_boot.$b_started
}

# The lease as it is: b_rl_epoch is 0 where there was none yet; b_rl_left is what is left of it.
baton_lease_read() {
    baton_lease_clock
    b_rl_deadline=0 b_rl_lease_boot='' b_rl_epoch=0 b_rl_owner='' b_rl_left=0 b_rl_same=other
    [ -e ./.baton/lease ] || return 0
    b_rl_epoch=
    { IFS=' ' read -r b_rl_deadline b_rl_lease_boot b_rl_epoch b_rl_owner <./.baton/lease; } 2>/dev/null
    case $b_rl_deadline in '' | *[!0-9]* | ????????????????*) b_rl_epoch= ;; esac
    if ! baton_release_number "$b_rl_epoch" || [ "$b_rl_epoch" -gt 4294967295 ] || [ -z "$b_rl_owner" ]; then
        baton_fail "$b_rl_root/.baton/lease is no lease: nothing is changed before somebody has looked at it"
    fi
    if [ "$b_rl_lease_boot" = "$b_rl_boot" ]; then b_rl_same=this b_rl_left=$((b_rl_deadline - b_rl_now)); fi
}

# A line for the controller; half a second left is none.
baton_lease_say() { printf 'lease %s %s %s %s\n' "$b_rl_epoch" "$((b_rl_left / 100))" "$b_rl_same" "$b_rl_owner"; }

# MARK: locks

# baton_lease_lock NAME TRIES: of ROOT/.baton; ended with the program, however that ends. Where there is no flock it is a
# second name of a file that says which process has it.
baton_lease_lock() {
    b_rl_tries=$2
    if command -v flock >/dev/null 2>&1; then
        case $1 in
        lease) { command exec 8>>./.baton/lease.lock; } 2>/dev/null ;;
        *) { command exec 9>>./.baton/work.lock; } 2>/dev/null ;;
        esac || baton_fail "cannot write into $b_rl_root/.baton"
        b_rl_fd=9
        if [ "$1" = lease ]; then b_rl_fd=8; fi
        until flock -n "$b_rl_fd" 2>/dev/null; do
            [ "$b_rl_tries" -gt 0 ] || return 1
            b_rl_tries=$((b_rl_tries - 1))
            sleep 0.1 2>/dev/null || sleep 1
        done
        return 0
    fi
    { read -r b_rl_pid b_rl_rest </proc/self/stat; } 2>/dev/null || baton_fail 'no flock and no /proc here to lock with'
    baton_started "$b_rl_pid"
    baton_lease_clock_of
    b_rl_mine="$b_rl_pid $b_started $b_rl_boot_id"
    printf '%s\n' "$b_rl_mine" >"./.baton/$1.lock.$b_rl_pid" || baton_fail "cannot write into $b_rl_root/.baton"
    until ln "./.baton/$1.lock.$b_rl_pid" "./.baton/$1.linked" 2>/dev/null; do
        if baton_lease_stale "$1"; then continue; fi
        if [ "$b_rl_tries" -le 0 ]; then
            rm -f "./.baton/$1.lock.$b_rl_pid"
            return 1
        fi
        b_rl_tries=$((b_rl_tries - 1))
        sleep 0.1 2>/dev/null || sleep 1
    done
    rm -f "./.baton/$1.lock.$b_rl_pid"
}

baton_lease_clock_of() {
    b_rl_boot_id=
    { read -r b_rl_boot_id </proc/sys/kernel/random/boot_id; } 2>/dev/null
}

# Takes away the lock of a process that is gone. What was moved away may be a new one: then it goes back.
baton_lease_stale() {
    b_rl_lock=
    { IFS= read -r b_rl_lock <"./.baton/$1.linked"; } 2>/dev/null || return 0
    # shellcheck disable=SC2086
    set -- "$1" $b_rl_lock
    if [ "${4-}" = "$b_rl_boot_id" ] && baton_started "${2:-0}" && [ "$b_started" = "${3-}" ]; then return 1; fi
    mv "./.baton/$1.linked" "./.baton/$1.gone.$b_rl_pid" 2>/dev/null || return 0
    b_rl_was=
    { IFS= read -r b_rl_was <"./.baton/$1.gone.$b_rl_pid"; } 2>/dev/null
    [ "$b_rl_was" = "$b_rl_lock" ] || ln "./.baton/$1.gone.$b_rl_pid" "./.baton/$1.linked" 2>/dev/null
    rm -f "./.baton/$1.gone.$b_rl_pid"
}

baton_lease_unlock() {
    if command -v flock >/dev/null 2>&1; then
        case $1 in lease) exec 8>&- ;; *) exec 9>&- ;; esac
    else
        rm -f "./.baton/$1.linked"
    fi
}

# MARK: renewing, giving back

baton_lease_locked() {
    baton_lease_lock lease 100 || baton_fail "the lease of $b_rl_root is being written by a process that does not end"
    trap 'baton_lease_unlock lease' EXIT
    trap 'exit 143' HUP INT PIPE TERM
    baton_lease_read
}

baton_lease_write() {
    b_rl_deadline=$1 b_rl_epoch=$2 b_rl_owner=$3
    baton_release_put ./.baton/lease "$1 $b_rl_boot $2 $3"
}

# baton_lease_renew ROOT EPOCH OWNER SECONDS
baton_lease_renew() {
    baton_release_open "$1"
    baton_lease_locked
    baton_lease_mine "$2" "$3"
    baton_lease_write "$((b_rl_now + $4 * 100))" "$2" "$3"
    b_rl_left=$(($4 * 100))
    baton_lease_say
}

# baton_lease_release ROOT EPOCH OWNER: the epoch stays, so that nobody gets it twice.
baton_lease_release() {
    baton_release_open "$1"
    baton_lease_locked
    if [ "$b_rl_epoch" != "$2" ] || [ "$b_rl_owner" != "$3" ]; then
        echo 'it belongs to another epoch already'
        exit 76
    fi
    baton_lease_write 0 "$2" "$3"
}

# MARK: the fence

# baton_lease_mine EPOCH OWNER: or the program ends. The lease has been read.
baton_lease_mine() {
    b_rl_why=
    if [ "$b_rl_epoch" != "$1" ]; then
        b_rl_why="epoch $1 is over: ${b_rl_owner:-nobody} has epoch $b_rl_epoch"
    elif [ "$b_rl_owner" != "$2" ]; then
        b_rl_why="epoch $1 is that of $b_rl_owner"
    elif [ "$b_rl_left" -le 0 ]; then
        b_rl_why="the lease of epoch $1 has run out"
    fi
    [ -n "$b_rl_why" ] || return 0
    if [ "$b_rl_epoch" != 0 ]; then baton_lease_say; fi
    baton_release_end 78 "fenced: $b_rl_why"
}

baton_fence() {
    baton_lease_read
    baton_lease_mine "$1" "$2"
}

# baton_release_change ROOT EPOCH OWNER: every change begins with this. One at a time; who still works after his lease was
# taken over meets the fence at his next step.
baton_release_change() {
    baton_release_open "$1"
    b_rl_my_epoch=$2 b_rl_my_owner=$3
    trap baton_release_tidy EXIT
    trap 'exit 143' HUP INT PIPE TERM
    b_rl_tidy=''
    if ! baton_lease_lock work 100; then
        baton_release_end 77 "$b_rl_root is being changed by another process: $(cat ./.baton/work 2>/dev/null)"
    fi
    b_rl_locked=yes
    baton_fence "$2" "$3"
    { read -r b_rl_pid b_rl_rest </proc/self/stat; } 2>/dev/null
    printf 'pid %s of %s\n' "$b_rl_pid" "$3" >./.baton/work || baton_fail "cannot write into $b_rl_root/.baton: is the disk full?"
}

baton_release_tidy() {
    b_rl_end=$?
    if [ -n "${b_rl_tidy-}" ]; then
        $b_rl_tidy
        b_rl_tidy=
    fi
    if [ -n "${b_rl_firm-}" ]; then baton_lease_unlock lease; fi
    if [ -n "${b_rl_locked-}" ]; then baton_lease_unlock work; fi
    exit "$b_rl_end"
}

# baton_release_firmly COMMAND...: while nobody can take the lease, and only if it is still this one's. With b_rl_unfenced also
# if it is not: what was begun under it goes back.
baton_release_firmly() {
    baton_lease_lock lease 100 || baton_fail "the lease of $b_rl_root is being written by a process that does not end"
    b_rl_firm=yes
    [ -n "${b_rl_unfenced-}" ] || baton_fence "$b_rl_my_epoch" "$b_rl_my_owner"
    "$@"
    b_rl_firm_end=$?
    baton_lease_unlock lease
    b_rl_firm=
    return "$b_rl_firm_end"
}
