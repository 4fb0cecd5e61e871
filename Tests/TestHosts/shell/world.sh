#!/bin/sh
# world.sh RUN BASE: the first process of a fleet's own mount, network and process namespaces. Nothing that is mounted,
# connected or started in here exists outside, and all of it ends with this process.
set -eu
run=$1 base=$2 name=${1##*/}
# This process by the machine's numbers, which its /proc still shows.
read -r self rest </proc/self/stat
mount -t proc proc /proc
# Everything that hosts write: memory, and no more of it than this. nspawn and `ip netns` keep their own things here too.
mount -t tmpfs -o mode=755,size=3g tmpfs /run
mkdir -p /run/fleet/hosts /run/fleet/pids
# To hold the fleet's base and folder whatever is mounted over them.
ln -s "$run" /run/fleet/folder
ln -s "$base" /run/fleet/base

# One cgroup for the fleet, as systemd in the hosts wants it: version 2, alone, at its usual place.
if grep -q '^[0-9]*:pids:' /proc/self/cgroup; then mount -t cgroup -o pids cgroup /run/fleet/pids; fi
umount --recursive /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir "/sys/fs/cgroup/baton-hosts-$name"
echo "baton-hosts-$name" >/run/fleet/cgroup

# The fleet's network: hosts hang on a bridge, whoever deploys to them sits on it. No way leads out.
echo 0 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
ip link set lo up
ip link add fleet type bridge
ip address add 198.18.0.1/24 dev fleet
ip link set fleet up

echo "$self" >"$run/ready.new"
mv "$run/ready.new" "$run/ready"
# No fleet lives longer than an hour. `wait` also collects whoever lost its parent.
sleep 3600 &
wait $!
