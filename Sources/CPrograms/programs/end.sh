#!/bin/sh
# Ends what the shell loop with pid $1 is running: every process of its session except the loop itself and those above
# it (sudo, the login shell). TERM first, KILL after about three seconds. Processes that made a session of their own
# (daemons) are left alone on purpose.
# Prints how many it signalled. Needs /proc.
loop=$1

# The fields of /proc/PID/stat behind the command's name, which may hold spaces, brackets and newlines itself: what
# counts is behind the last bracket, and that is on the last line.
fields_of() {
    line=
    { while read -r part; do line=$part; done <"/proc/$1/stat"; } 2>/dev/null
    [ -n "$line" ] || return 1
    fields=${line##*) }
}

fields_of "$loop" || {
    echo "no process $loop, or no /proc" >&2
    exit 1
}
# shellcheck disable=SC2086
set -- $fields
session=$4

keep=" $loop "
above=$2
while [ "$above" -gt 1 ]; do
    keep="$keep$above "
    fields_of "$above" || break
    # shellcheck disable=SC2086
    set -- $fields
    above=$2
done

members() {
    found=
    for directory in /proc/[0-9]*; do
        process=${directory#/proc/}
        case $keep in *" $process "*) continue ;; esac
        fields_of "$process" || continue
        # shellcheck disable=SC2086
        set -- $fields
        # A zombie has ended already.
        if [ "$4" = "$session" ] && [ "$1" != Z ]; then found="$found $process"; fi
    done
}

members
count=0
for process in $found; do
    kill -TERM "$process" 2>/dev/null && count=$((count + 1))
done
tries=0
while [ -n "$found" ] && [ "$tries" -lt 10 ]; do
    sleep 0.3 2>/dev/null || { sleep 1; tries=$((tries + 2)); }
    tries=$((tries + 1))
    members
done
for process in $found; do
    kill -KILL "$process" 2>/dev/null
done
# KILL cannot be ignored, but it may be forbidden: a process that became another user.
if [ -n "$found" ]; then
    sleep 0.1 2>/dev/null || sleep 1
    members
fi
echo "$count"
[ -z "$found" ] || {
    echo "still there:$found" >&2
    exit 1
}
