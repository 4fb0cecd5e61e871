#!/bin/sh
# shellcheck disable=SC2034,SC2154  # it stands behind the library and uses its variables
# A host that is nothing but files: a tree like /proc, a clock that moves when somebody naps, and a server like gunicorn that
# answers signals at once. Scenarios change single functions of it.

b_proc=$PWD/proc
kernel_time=100000
kernel_stop=40000

kernel_clock() {
    kernel_time=$((kernel_time + 10))
    printf '%d.%02d 0.00\n' $((kernel_time / 100)) $((kernel_time % 100)) >"$b_proc/uptime"
}

# kernel_process PID PARENT START STACK STATE TITLE
kernel_process() {
    mkdir -p "$b_proc/$1/task/$1"
    echo "$1 (a ) R 1 (b) $5 $2 1 1 0 -1 4194304 101 0 0 0 0 0 0 0 20 0 1 0 $3 3133440 380 18446744073709551615 1 1 $4 0 0" \
        >"$b_proc/$1/stat"
    printf 'Name:\tx\nUid:\t%s\t%s\t%s\t%s\n' "${kernel_uid:-1000}" "${kernel_uid:-1000}" 0 0 >"$b_proc/$1/status"
    printf '%s' "$6" >"$b_proc/$1/cmdline"
    : >"$b_proc/$1/task/$1/children"
    ln -sfn / "$b_proc/$1/cwd"
    kernel_adopt "$1" "$2"
}

kernel_adopt() {
    [ -d "$b_proc/$2" ] || return 0
    kernel_list=
    read -r kernel_list <"$b_proc/$2/task/$2/children" || :
    printf '%s' "$kernel_list $1 " >"$b_proc/$2/task/$2/children"
}

# kernel_end PID: its children become those of process 1.
kernel_end() {
    [ -d "$b_proc/$1" ] || return 0
    kernel_orphans=
    read -r kernel_orphans <"$b_proc/$1/task/$1/children" || :
    baton_identity "$1"
    kernel_parent=$b_s_parent
    rm -rf "${b_proc:?}/$1"
    kernel_list=
    if [ -d "$b_proc/$kernel_parent" ]; then
        read -r kernel_list <"$b_proc/$kernel_parent/task/$kernel_parent/children" || :
        kernel_kept=
        for kernel_one in $kernel_list; do
            [ "$kernel_one" = "$1" ] || kernel_kept="$kernel_kept$kernel_one "
        done
        printf '%s' "$kernel_kept" >"$b_proc/$kernel_parent/task/$kernel_parent/children"
    fi
    for kernel_one in $kernel_orphans; do
        [ -d "$b_proc/$kernel_one" ] || continue
        read -r kernel_line <"$b_proc/$kernel_one/stat"
        kernel_rest=${kernel_line##*) }
        kernel_rest=${kernel_rest#* }
        echo "$kernel_one (a ) R 1 (b) S 1 ${kernel_rest#* }" >"$b_proc/$kernel_one/stat"
    done
}

kernel_boot() {
    mkdir -p "$b_proc/sys/kernel/random"
    echo 11111111-2222 >"$b_proc/sys/kernel/random/boot_id"
    kernel_clock
    kernel_process 1 0 5 900 S init
    kernel_process 50 1 10 901 S guard
    echo 50.10 >guard
    kernel_process 100 1 1000 500 S 'python gunicorn: master'
    kernel_process 101 100 1001 500 S 'python gunicorn: master'
    kernel_process 102 100 1002 500 S 'python gunicorn: master'
    mkdir -p releases/1 releases/2
    ln -sfn releases/1 current
    echo 100 >server.pid
    : >strikes
}

# The server. A second master is a fork first, and a program of its own a moment later.
server_usr2() {
    kernel_process 200 100 2000 500 S 'python gunicorn: master'
    server_execs=$((kernel_time + 20))
}
server_exec() {
    rm -rf "${b_proc:?}/200"
    printf '101 102 ' >"$b_proc/100/task/100/children"
    kernel_process 200 100 2000 600 S 'python gunicorn: master'
    echo 200 >server.pid.2
    server_workers
}
server_workers() {
    kernel_process 201 200 2001 600 S 'python gunicorn: master'
    kernel_process 202 200 2002 600 S 'python gunicorn: master'
}
server_winch() {
    kernel_end 101
    kernel_end 102
}
server_hup() {
    kernel_process 103 100 3001 500 S 'python gunicorn: master'
    kernel_process 104 100 3002 500 S 'python gunicorn: master'
}
server_old_ends() {
    for kernel_worker in 101 102 103 104; do kernel_end "$kernel_worker"; done
    kernel_end 100
    rm -f server.pid
    server_promotes=$((kernel_time + 80))
}
server_promote() {
    if [ -d "$b_proc/200" ]; then
        rm -f server.pid.2
        echo 200 >server.pid
    fi
}
server_new_ends() {
    kernel_end 201
    kernel_end 202
    kernel_end 200
    rm -f server.pid.2
}
# Who answers: the releases with workers, in turn.
server_answer() {
    server_turn=$((1 - ${server_turn:-0}))
    server_can=
    for kernel_one in 101 102 103 104; do [ ! -d "$b_proc/$kernel_one" ] || server_can=1; done
    if [ -d "$b_proc/201" ] && { [ -z "$server_can" ] || [ "$server_turn" = 1 ]; }; then server_can=2; fi
}
# What a scenario does each tenth of a second.
scenario() { :; }

# The seams.
baton_nap() {
    kernel_clock
    if [ "${server_execs:-0}" -gt 0 ] && [ "$kernel_time" -ge "$server_execs" ]; then
        server_execs=0
        server_exec
    fi
    if [ "${server_promotes:-0}" -gt 0 ] && [ "$kernel_time" -ge "$server_promotes" ]; then
        server_promotes=0
        server_promote
    fi
    if [ "$b_state" = proven ] && [ -z "${kernel_silent-}" ]; then echo 1 >"confirm.$b_order_nonce"; fi
    scenario
    kernel_stop=$((kernel_stop - 1))
    [ "$kernel_stop" -gt 0 ] || exit 9
}
baton_strike() {
    echo "$1 $2" >>strikes
    case $1:$2 in
    USR2:100) server_usr2 ;;
    WINCH:100) server_winch ;;
    HUP:100) server_hup ;;
    TERM:100) server_old_ends ;;
    TERM:200) server_new_ends ;;
    KILL:*) kernel_end "$2" ;;
    esac
}
baton_sync() { :; }
baton_beside() { "$@"; }
# The program runs them in a shell of their own; here whose turn it is must be remembered.
baton_put_question() {
    server_answer
    case $1:$server_can in
    new:2 | old:1 | any:[12]) echo 0 >".answer.$2" ;;
    *) echo 1 >".answer.$2" ;;
    esac
    echo "release ${server_can:-none}" >".said.$2"
}

play() {
    kernel_boot
    baton_order
    baton_boot
    baton_now
    b_self_uid=1000
    echo "$((b_now + ${kernel_lease:-900000})) $b_boot 1 tests" >lease
    : >"armed.$b_order_nonce"
    baton_follow_table armed
    echo "strikes $(tr '\n' ',' <strikes)"
    echo "states $(while read -r _ _ kernel_word kernel_rest; do
        [ "$kernel_word" != state ] || printf '%s,' "${kernel_rest%% *}"
    done <journal)"
    echo "current $(readlink current)"
    cat verdict
}
