# shellcheck shell=sh
# For sourcing: who is alive, and taking away what a fleet of test hosts may leave behind. The kernel ends a fleet's
# processes, mounts and networks together with the first process of its namespaces; what stays are folders and cgroups.

# When a process began, in the kernel's ticks: with its number, a name that nobody else gets.
start_of() {
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The name of the program may hold anything; what counts stands behind its last bracket, from the third field on.
    # shellcheck disable=SC2086 # words are wanted
    set -- ${stat##*) }
    [ "$1" != Z ] && printf '%s\n' "${20}"
}

# is_alive PID START
is_alive() { [ -n "${1:-}" ] && [ -n "${2:-}" ] && [ "$(start_of "$1")" = "$2" ]; }

# ended PID START: waits, at most ten seconds.
ended() {
    tries=0
    while is_alive "$1" "$2"; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || return 1
        sleep 0.1
    done
}

# with_cgroups LINE ARGUMENT...: a shell line that finds cgroup v2 in /sys/fs/cgroup and, where the machine has it
# apart, v1's controller of process numbers in /mnt; mounted for this one line, whatever the machine has mounted where.
with_cgroups() {
    line=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --propagation private sh -c '
        mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 1
        if grep -q "^[0-9]*:pids:" /proc/self/cgroup; then
            mount -t cgroup -o pids cgroup /mnt || exit 1
        else
            mount -t tmpfs tmpfs /mnt || exit 1
        fi
        '"$line" sh "$@"
}

# The cgroups of a fleet by its name. Only empty ones go, so this can harm nobody.
remove_cgroups() {
    # shellcheck disable=SC2016 # for the inner shell
    with_cgroups '
        for folder in "/sys/fs/cgroup/baton-hosts-$1" "/mnt/baton-hosts-$1"; do
            tries=0
            while [ -d "$folder" ] && [ "$tries" -lt 50 ]; do
                find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null
                [ ! -d "$folder" ] || sleep 0.1
                tries=$((tries + 1))
            done
            [ ! -d "$folder" ] || exit 1
        done' "$1"
}
