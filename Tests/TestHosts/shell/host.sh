#!/bin/sh
# host.sh VERB HOST...: what is done to a fleet's hosts, from inside of its world.
set -eu
hosts=/run/fleet/hosts
group=/sys/fs/cgroup/$(cat /run/fleet/cgroup)
counters=/run/fleet/pids/$(cat /run/fleet/cgroup)

fail() { printf 'host.sh: %s\n' "$*" >&2; exit 1; }

# The host's process 1, as numbers go in here.
leader() {
    pid=''
    read -r pid <"$group/$1/payload/init.scope/cgroup.procs" 2>/dev/null || true
    [ -n "$pid" ] || fail "$1 is not running"
    echo "$pid"
}

# enter HOST PROGRAM ARGUMENT...: runs it in the host, outside of its limits.
enter() {
    pid=$(leader "$1")
    shift
    exec nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd -- \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

# The host's files: the base below, its own above.
make() {
    host=$1 address=$2
    mkdir -p "$hosts/$host/upper" "$hosts/$host/work" "$hosts/$host/root"
    root=$hosts/$host/root
    mount -t overlay overlay -o \
        "lowerdir=/run/fleet/base,upperdir=$hosts/$host/upper,workdir=$hosts/$host/work" "$root"
    echo "$host" >"$root/etc/hostname"
    { printf '127.0.0.1 localhost\n'; cat /run/fleet/names; } >"$root/etc/hosts"
    tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
    ssh-keygen -q -A -f "$root" >/dev/null
    cat "$root/etc/ssh/ssh_host_ed25519_key.pub" >"/run/fleet/folder/$host.pub"
    for home in root home/deploy home/asked home/barred; do
        mkdir -p "$root/$home/.ssh"
        chmod 700 "$root/$home/.ssh"
        cat /run/fleet/folder/user_key.pub >"$root/$home/.ssh/authorized_keys"
        chmod 600 "$root/$home/.ssh/authorized_keys"
        chown -R --reference "$root/$home" "$root/$home/.ssh"
    done

    ip netns add "$host"
    # A host is no router, whatever this machine is.
    ip netns exec "$host" sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'
    ip -n "$host" link set lo up
    ip link add "to-$host" type veth peer name host0 netns "$host"
    ip link set "to-$host" master fleet up
    ip -n "$host" address add "$address/24" dev host0
    ip -n "$host" link set host0 up
    mkdir "$group/$host"
    if [ -e /run/fleet/pids/cgroup.procs ]; then mkdir -p "$counters/$host"; fi
}

# Boots it, and again whenever it reboots; stays down when it is powered off or dies.
hold() {
    host=$1
    while :; do
        status=0
        # shellcheck disable=SC2016 # for the inner shell
        sh -c '
            echo $$ >"$1/cgroup.procs"
            if [ -d "$2" ]; then echo $$ >"$2/cgroup.procs"; fi
            shift 2
            exec "$@"' sh "$group/$host" "$counters/$host" \
            systemd-nspawn --quiet --register=no --keep-unit --settings=no --boot --directory="$hosts/$host/root" \
            --machine="$host" --network-namespace-path="/run/netns/$host" --resolv-conf=off --timezone=off \
            --link-journal=no --console=read-only </dev/null >>"/run/fleet/folder/$host.log" 2>&1 || status=$?
        # With --keep-unit a reboot is left to whoever started nspawn, which says so.
        [ "$status" = 133 ] || break
    done
    echo "nspawn ended with $status" >>"/run/fleet/folder/$host.log"
}

boot() { setsid sh "$0" hold "$1" </dev/null >/dev/null 2>&1 & }

verb=$1
shift
case $verb in
up) # up NAME=ADDRESS...: makes them all, side by side, and boots them.
    for pair in "$@"; do printf '%s %s\n' "${pair#*=}" "${pair%%=*}"; done >/run/fleet/names
    made=''
    for pair in "$@"; do
        (
            make "${pair%%=*}" "${pair#*=}"
            boot "${pair%%=*}"
        ) &
        made="$made $!"
    done
    for job in $made; do wait "$job" || fail 'a host could not be made'; done
    ;;
hold) hold "$1" ;;
start) boot "$1" ;;
leader) leader "$1" ;;
run) enter "$@" ;;
# As when somebody pulls the plug.
crash) kill -KILL "$(leader "$1")" ;;
link) # link HOST up|down: the cable.
    ip link set "to-$1" "$2"
    ;;
isolate) # isolate HOST BEHIND: only BEHIND reaches it, at its usual address, over a cable of their own.
    host=$1 behind=$2
    address() { ip -n "$1" -oneline -4 address show dev host0 | awk '{ sub("/.*", "", $4); print $4 }'; }
    to=$(address "$host") from=$(address "$behind")
    ip link set "to-$host" down
    ip link add "by-$host" netns "$behind" type veth peer name private0 netns "$host"
    ip -n "$behind" link set "by-$host" up
    ip -n "$host" link set private0 up
    ip -n "$behind" route add "$to/32" dev "by-$host" src "$from"
    ip -n "$host" address add "$to/32" dev private0
    ip -n "$host" route add "$from/32" dev private0 src "$to"
    ;;
rejoin) # rejoin HOST BEHIND
    ip -n "$2" link delete "by-$1"
    ip link set "to-$1" up
    ;;
processes) # processes HOST full|free: no process more than there are now, or as many as it likes.
    limit=$counters/$1
    if [ ! -d "$limit" ]; then
        limit=$group/$1
        echo +pids >/sys/fs/cgroup/cgroup.subtree_control && echo +pids >"$group/cgroup.subtree_control"
    fi
    if [ "$2" = full ]; then cat "$limit/pids.current" >"$limit/pids.max"; else echo max >"$limit/pids.max"; fi
    ;;
*) fail "unknown verb $verb" ;;
esac
