#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What is done as the user of a release. Whatever the artifact or the user's own commands do, they do with that user's rights.

# baton_release_account USER GROUP: who is meant by baton_release_as.
baton_release_account() {
    b_rl_user=$1
    # What it finds out is not to be lost in a subshell.
    baton_limited 5 true
    b_rl_uid=$(id -u "$1" 2>/dev/null) || baton_fail "there is no user $1 here"
    b_rl_gid=$(id -g "$1" 2>/dev/null)
    b_rl_home=
    # The name has letters, digits, points and dashes only.
    eval "b_rl_home=~$1"
    case $b_rl_home in /*) ;; *) b_rl_home=/ ;; esac
    if [ "$b_rl_me" != 0 ] && [ "$b_rl_uid" != "$b_rl_me" ]; then
        baton_fail "only root can do what user $1 is to do: deploy as root (become: true), or as $1"
    fi
    if [ "$b_rl_me" = 0 ] && [ "$b_rl_uid" != 0 ]; then baton_release_become; fi
    [ -n "$2" ] || return 0
    b_rl_gid=$(baton_release_gid "$2")
    baton_release_number "$b_rl_gid" || baton_fail "there is no group $2 here"
    if [ "$b_rl_me" != 0 ] && [ "$b_rl_gid" != "$(id -g)" ]; then
        baton_fail "only root can do what group $2 is to own"
    fi
}

baton_release_gid() {
    { getent group "$1" 2>/dev/null || grep "^$1:" /etc/group; } | {
        IFS=: read -r _ _ b_rl_number _ && printf '%s' "$b_rl_number"
    }
}

# How this can become another user, in b_rl_way: busybox has a setpriv that cannot.
baton_release_become() {
    b_rl_way=su
    if setpriv --reuid 0 --regid 0 --clear-groups true 2>/dev/null; then
        b_rl_way=setpriv
    elif ! command -v su >/dev/null 2>&1; then
        baton_fail "there is neither setpriv nor su here to do as user $b_rl_user what that user is to do"
    fi
}

# baton_release_as SECONDS SCRIPT ARGUMENT...: a script of sh, with nothing of this environment and none of the locks. No
# argument begins with a dash.
baton_release_as() {
    b_rl_seconds=$1 b_rl_script=$2
    shift 2
    set -- -c "$b_rl_script" sh "$@"
    if [ "$b_rl_me" = 0 ] && [ "$b_rl_uid" != 0 ]; then
        case $b_rl_way in
        setpriv) set -- setpriv --reuid "$b_rl_uid" --regid "$b_rl_gid" --init-groups sh "$@" ;;
        su)
            if [ "$b_rl_gid" != "$(id -g "$b_rl_user")" ]; then
                baton_fail "another group than the own one of user $b_rl_user takes util-linux's setpriv here"
            fi
            set -- su -s /bin/sh "$b_rl_user" "$@"
            ;;
        esac
    else
        set -- sh "$@"
    fi
    baton_limited "$b_rl_seconds" env -i HOME="$b_rl_home" USER="$b_rl_user" LOGNAME="$b_rl_user" SHELL=/bin/sh \
        LANG=C.UTF-8 PATH="$PATH" "$@" 8>&- 9>&-
}

# baton_release_run SECONDS DIRECTORY LOG COMMAND: a command of the user's own, a line of sh, in a directory. Its status is
# b_rl_status, or 124 where it was out of time; LOG gets the end of what it prints. The line is in no list of processes.
# shellcheck disable=SC2016
baton_release_run() {
    [ "$b_timeout" != none ] || baton_fail 'there is no timeout here, and nothing of others is run without one'
    rm -f "$3" "$3.status"
    baton_lease_clock
    b_rl_until=$((b_rl_now + $1 * 100))
    {
        {
            baton_release_as "$1" 'cd -- "$1" || exit 126; umask 022; b=$(cat <&5); exec 5<&-; eval "$b"' "$2" \
                5<<EOT </dev/null
$4
EOT
            printf '%s\n' "$?" >"$3.status"
        } 2>&1
        # Something that stays in the background and holds the output may not hold this longer.
    } | baton_limited "$(($1 + 15))" tail -c 65536 >"$3"
    b_rl_status=
    { read -r b_rl_status <"$3.status"; } 2>/dev/null
    rm -f "$3.status"
    case $b_rl_status in '' | *[!0-9]*) b_rl_status=125 ;; esac
    baton_release_overdue
}

# Whether b_rl_status is that of a command that was ended at b_rl_until: busybox' timeout says how, not why.
baton_release_overdue() {
    case $b_rl_status in 137 | 143) ;; *) return 0 ;; esac
    baton_lease_clock
    [ "$b_rl_now" -lt "$b_rl_until" ] || b_rl_status=124
}

# baton_release_said LOG: its last lines.
baton_release_said() {
    baton_clean "$(tail -n 20 "$1" 2>/dev/null)" 1500
    printf '%s' "$b_clean"
}
