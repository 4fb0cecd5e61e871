#!/bin/sh
# keeper.sh RUN BASE: holds a fleet of test hosts for as long as the test process wants it, and then clears up. RUN is
# the fleet's folder, whose name is the fleet's. The test process starts it so that the kernel sends TERM when that
# process (more exactly: the thread that started it) is gone in whatever way. Whoever kills the keeper kills the fleet
# too: the kernel ends `unshare` with it, and with that the first process of the fleet's namespaces.
set -eu
run=$1 base=$2 name=${1##*/}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC1091 # it is checked by itself
. "$here/leftovers.sh"

# identity FILE PID: who somebody is, for whoever clears up after a keeper that was killed.
identity() {
    printf '%s %s\n' "$2" "$(start_of "$2")" >"$run/$1.new"
    mv "$run/$1.new" "$run/$1"
}

stopping='' outside='' inside=''
stop() {
    stopping=yes
    # The first process inside, and not its parent, which reports the end only when everything inside has ended.
    [ -z "$inside$outside" ] || kill -KILL "${inside:-$outside}" 2>/dev/null || true
}
trap stop TERM INT HUP

identity keeper $$
setpriv --pdeathsig KILL unshare --mount --propagation private --net --pid --fork --kill-child=KILL \
    sh "$here/world.sh" "$run" "$base" &
outside=$!
# Until the world is ready, or has failed: at most a minute, for namespaces are slow to come by on a busy machine.
tries=0
while [ ! -s "$run/ready" ] && [ -z "$stopping" ] && [ "$tries" -lt 1200 ] && kill -0 "$outside" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.05
done
if [ -n "$stopping" ] || ! inside=$(cat "$run/ready" 2>/dev/null); then
    [ -n "$stopping" ] || echo "keeper.sh: the world was not ready after $tries looks" >&2
    stop
else
    identity world "$inside"
fi
# A signal interrupts `wait`; its end is what counts.
while kill -0 "$outside" 2>/dev/null; do wait "$outside" || true; done
remove_cgroups "$name"
rm -rf "$run"
