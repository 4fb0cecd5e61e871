#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# A user's command with its conditions, as part of a step. A condition that says no leaves in b_end and b_note that and
# why, and fails.

baton_no() {
    b_end=skipped b_note=$1
    return 1
}

baton_creates() {
    if [ -e "$1" ] || [ -h "$1" ]; then baton_no "$1 exists"; fi
}

baton_removes() {
    [ -e "$1" ] || [ -h "$1" ] || baton_no "$1 does not exist"
}

# Those two take a function: the command is a user's, and must not see or change what is in here.
baton_unless() {
    baton_condition unless "$1" || return
    [ "$b_status" -ne 0 ] || baton_no 'the command of unless succeeded'
}

baton_onlyif() {
    baton_condition onlyif "$1" || return
    [ "$b_status" -eq 0 ] || baton_no "the command of onlyif ended with status $b_status"
}

# baton_condition WORD FUNCTION: its status, in b_status. What could not run at all answers nothing: the step fails with what
# the shell said. `command -v` of what is not there ends with 127 as well, and says nothing. bash complains about NUL bytes.
baton_condition() {
    {
        b_said=$({
            ("$2") </dev/null 2>&1 >/dev/null
            printf '\n%d' "$?"
        } | tail -c 2000)
    } 2>/dev/null
    b_status=${b_said##*"$b_newline"} b_said=${b_said%"$b_newline"*}
    case $b_status:$b_said in
    12[67]:?* | 2:*yntax\ error*)
        printf '%s\n' "$b_said" >&2
        b_end=$b_status b_note="the command of $1 cannot run: $b_said"
        return 1
        ;;
    esac
}

baton_when_older() {
    baton_age "$@"
    case $b_age in
    older) ;;
    gone) baton_no 'the process does not run' ;;
    failed)
        printf '%s\n' "$b_older" >&2
        b_end=1
        return 1
        ;;
    ahead) baton_no 'a file has a time that is still to come, which says nothing about the process' ;;
    *) baton_no 'the process is younger than the files' ;;
    esac
}

# baton_run FUNCTION [INPUT]: INPUT is a function that prints what the command reads.
baton_run() {
    if [ $# -eq 1 ]; then
        ("$1") </dev/null
    else
        "$2" | ("$1")
    fi
    b_end=$?
}
