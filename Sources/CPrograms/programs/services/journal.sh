#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The journal of a service: what the last change did, a line each, written while it happens.

# A line: when, what, and of whom. The intent comes before the action, the result after it.
baton_note() {
    baton_clock
    printf '%s %s\n' "$b_clock" "$*"
    if [ -z "${b_journal-}" ]; then return 0; fi
    { printf '%s %s\n' "$b_clock" "$*" >>"$b_journal"; } 2>/dev/null && return 0
    # The disk has become full on the way.
    if [ "$b_journal" != "$b_volatile/$b_owner/journal" ]; then
        b_journal=$b_volatile/$b_owner/journal
        {
            # The shell in which a change runs may have come here before.
            if [ ! -e "$b_journal" ]; then printf '%s begin %s\n' "$b_clock" "$b_beginning" >"$b_journal"; fi
            printf '%s %s\n' "$b_clock" "$*" >>"$b_journal"
        } 2>/dev/null
    fi
    return 0
}

# baton_open_journal WORD...: the first line of a change. What cannot be written where it lasts is written where it does not, and said:
# a full disk is no reason to leave something running that is to stop.
baton_open_journal() {
    b_beginning=$* b_journal=
    baton_note begin "$@"
    b_journal=$b_var/$b_owner/journal
    {
        printf '%s begin %s\n' "$b_clock" "$b_beginning" >"$b_journal.new" && [ -s "$b_journal.new" ] &&
            mv -f "$b_journal.new" "$b_journal"
    } 2>/dev/null && {
        rm -f "$b_volatile/$b_owner/journal"
        return 0
    }
    rm -f "$b_journal.new" 2>/dev/null
    b_journal=$b_volatile/$b_owner/journal
    { printf '%s begin %s\n' "$b_clock" "$b_beginning" >"$b_journal"; } 2>/dev/null || b_journal=
    printf 'nothing can be written into %s (is the disk full?): this change has its journal in %s\n' \
        "$b_var/$b_owner" "${b_journal:-no file}" >&2
}

# What the journal of service $1 tells: how the last change began in b_begun, its last line in b_last, and what it says of a
# deployment before it that was cut off in b_cut_off.
baton_read_journal() {
    b_begun='' b_last='' b_cut_off=''
    b_path=$b_volatile/$1/journal
    if [ ! -e "$b_path" ]; then b_path=$b_var/$1/journal; fi
    while IFS= read -r b_line; do
        case ${b_line#* } in 'begin '*) b_begun=${b_line#* begin } ;; 'cut '*) b_cut_off=${b_line#* cut } ;; esac
        b_last=${b_line#* }
    done 2>/dev/null <"$b_path"
}

# Whether the last thing that the journal of $1 tells is a deployment that did not come to its end, or a verb after one.
baton_was_cut() {
    baton_read_journal "$1"
    [ -z "$b_cut_off" ] || return 0
    case $b_begun in apply*) ;; *) return 1 ;; esac
    case $b_last in 'end '[0-9] | 'end '[0-9][0-9]) return 1 ;; esac
}
