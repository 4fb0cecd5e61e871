#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# A procedure that nobody's end interrupts: it runs in a session of its own, with files for its output. Whoever asked
# for it follows it, and may go away.

# baton_detached NAME TITLE FOLDER: FOLDER is where services of a release are kept, empty for the usual places. b_pieces prints
# the functions of the program, b_words are the words of what it calls: of a procedure, unless b_by names something else.
# Prints what that prints, and ends as it does.
baton_detached() {
    baton_good_member "$1" || baton_fail "\"$1\" cannot be the name of a service"
    b_title=$1
    if [ -n "$3" ]; then baton_places "$3"; else baton_find_places "$1"; fi
    set -- "$1" "$2"
    # Where the memory of the host is: a full disk keeps nobody from stopping, and secrets get to no disk.
    if ! baton_lay_down "$b_volatile" "$@"; then
        baton_lay_down "$b_var" "$@" || baton_fail "services are changed by root (become: true), or by whose release it is: $b_said"
    fi
    trap baton_left HUP INT TERM PIPE
    baton_launch
    baton_follow
}

# baton_lay_down BASE NAME TITLE: the program as a file in a folder of this run, b_run.
baton_lay_down() {
    baton_state_folder "$1" "$2" || return 1
    b_run=$1/$2/run-$b_id b_said="cannot write into $1/$2: is the disk full?"
    (
        umask 077
        # Empty first: who may read it is settled before there is something in it.
        mkdir "$b_run" && : >"$b_run/program" && : >"$b_run/out" && : >"$b_run/err"
    ) 2>/dev/null || return 1
    {
        b_pieces
        printf 'b_id=%s b_who_asks=%s\n' "$b_id" "$(baton_asker)"
        printf "%s '%s' '%s' %s %s\nexit\n" "${b_by:-baton_procedure}" "$b_run" "$2" "$3" "$b_words"
    } 2>/dev/null >"$b_run/program"
    [ "$(tail -n 1 "$b_run/program" 2>/dev/null)" = exit ] && return 0
    rm -rf "$b_run"
    return 1
}

# Who it is for: names only, as they go into a file and into messages.
baton_asker() {
    b_asker=${SUDO_USER:-$(id -un 2>/dev/null)}
    b_from=${SSH_CONNECTION%% *}
    printf '%s' "${b_asker:-somebody}${b_from:+@$b_from}" | tr -cd 'A-Za-z0-9_.:@-' | head -c 100
}

# In a session of its own; under systemd also in a unit of its own: the end of a login may take all that is in its own.
baton_launch() {
    (
        cd /
        exec </dev/null >"$b_run/out" 2>"$b_run/err"
        if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
            systemd-run --scope --quiet --collect --slice=system.slice setsid sh "$b_run/program"
            # It may not even have been begun: then it is still there.
            [ -e "$b_run/program" ] || exit
            : >"$b_run/err"
        fi
        if command -v setsid >/dev/null 2>&1; then exec setsid sh "$b_run/program"; fi
        trap '' HUP
        exec sh "$b_run/program"
    ) &
    b_runner=$!
}

# Prints the lines of the procedure as they come, until its last one.
baton_follow() {
    exec 4<"$b_run/out"
    b_part='' b_ended='' b_why='' b_dead=
    while [ -z "$b_ended" ]; do
        while IFS= read -r b_line <&4; do
            b_line=$b_part$b_line b_part=
            printf '%s\n' "$b_line"
            case ${b_line#* } in
            'nothing '*) b_why=${b_line#* nothing } ;;
            'end '[0-9]*) b_ended=${b_line##* } ;;
            esac
        done
        b_part=$b_part$b_line
        if [ -n "$b_ended" ] || [ -n "$b_dead" ]; then break; fi
        # What it wrote last is read once more.
        if ! baton_process "$b_runner"; then b_dead=yes; else case $b_process in Z* | X*) b_dead=yes ;; esac fi
        [ -n "$b_dead" ] || baton_pause
    done
    cat "$b_run/err" >&2
    rm -rf "$b_run"
    case $b_run in "$b_volatile"/*) rmdir "${b_run%/*}" 2>/dev/null ;; esac
    if [ -z "$b_ended" ]; then baton_fail "the change of $b_title was ended on the host before it was done"; fi
    # The last line of what is skipped says why.
    if [ "$b_ended" = 76 ]; then printf '%s\n' "$b_why"; fi
    exit "$b_ended"
}

baton_left() {
    b_where=
    { read -r b_where <"$b_run/journal"; } 2>/dev/null
    printf 'the change of %s goes on by itself on the host; its lines are in %s\n' "$b_title" \
        "${b_where:-$b_var/$b_title/journal}" >&2
    exit 143
}
