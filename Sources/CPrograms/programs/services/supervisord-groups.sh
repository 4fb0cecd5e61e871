#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Definitions of supervisord: what it makes of its files, and groups that come, change and go.
b_newline='
'

# The only checker there is: it reads everything and applies nothing. What it finds stays in b_sd_changes.
baton_supervisord_check() {
    b_sd_changes=
    baton_supervisord_ask 30 reread || return 1
    if [ -z "$b_sd_output" ]; then return 1; fi
    b_sd_words='No config updates to processes|[^ ]+: (available|changed|disappeared)'
    if printf '%s\n' "$b_sd_output" | grep -qvxE "$b_sd_words"; then return 1; fi
    b_sd_changes=$b_newline$b_sd_output$b_newline b_said=
}

# One definition for all members: no member can have another one than the rest.
baton_supervisord_whole() { return 0; }

# Each step is read from what is, so that whoever comes after a cut goes on where it was: a group that stopped and is
# still there is still `changed`, one that is gone is `available`.
baton_supervisord_take() {
    baton_supervisord_check || return 1
    b_sd_taken=' '
    for b_sd_member; do
        b_sd_group=${b_sd_member%%:*}
        case $b_sd_taken in *" $b_sd_group "*) continue ;; esac
        b_sd_taken="$b_sd_taken$b_sd_group "
        case $b_sd_changes in
        *"$b_newline$b_sd_group: changed$b_newline"*)
            if baton_supervisord_knows "$b_sd_group"; then continue; fi
            baton_supervisord_leave "$b_sd_group" && baton_supervisord_join "$b_sd_group" || return 1
            ;;
        *"$b_newline$b_sd_group: available$b_newline"*) baton_supervisord_join "$b_sd_group" || return 1 ;;
        *)
            if baton_supervisord_has "$b_sd_group"; then
                baton_supervisord_remember "$b_sd_group"
                continue
            fi
            b_said="supervisord does not read /etc/supervisor/conf.d/$b_sd_group.conf: $b_sd_conf does not include it"
            return 1
            ;;
        esac
    done
}

baton_supervisord_has() {
    baton_supervisord_states || return 1
    case $b_sd_states in *"$b_newline$1 "* | *"$b_newline$1:"*) b_sd_is=yes ;; *) b_sd_is= ;; esac
    [ -n "$b_sd_is" ]
}

# Stops what is in a group, and has supervisord forget it. What the old definition gives it to stop is not known here.
baton_supervisord_leave() {
    baton_supervisord_has "$1" || return 0
    baton_supervisord_ask $((${b_stop_seconds:-10} + 600)) stop "$1:*" || return 1
    b_sd_before=$b_said
    baton_supervisord_states || return 1
    b_sd_words='RUNNING|STARTING|BACKOFF|STOPPING'
    if printf '%s' "$b_sd_states" | grep -E "^$1(:[^ ]*)? +($b_sd_words)( |\$)" >/dev/null; then
        b_said=$b_sd_before
        return 1
    fi
    baton_supervisord_ask 30 remove "$1" || return 1
    b_sd_before=$b_said
    baton_supervisord_has "$1" || return 0
    b_said=$b_sd_before
    return 1
}

# What supervisord was last given for a group, but for whether it starts at boot: that alone is no reason to begin anew, as
# supervisord asks for it only when it starts itself.
baton_supervisord_given() {
    baton_supervisord_file "$1"
    baton_started "$b_sd_pid" || return 1
    b_sd_given="$b_sd_pid $b_started$b_newline$(sed 's/^autostart=.*/autostart=/' "$b_sd_file" 2>/dev/null)"
}

baton_supervisord_remember() {
    if baton_supervisord_given "$1" && baton_state_folder "$b_volatile" "$1"; then
        { printf '%s\n' "$b_sd_given" >"$b_volatile/$1/given"; } 2>/dev/null
    fi
    b_said=
}

baton_supervisord_knows() {
    baton_supervisord_has "$1" && baton_supervisord_given "$1" || return 1
    [ "$b_sd_given" = "$(cat "$b_volatile/$1/given" 2>/dev/null)" ]
}

# Its members start with it where they start at boot. Where they are not to run now, supervisord is given a definition that
# does not start them, and finds the right one when it starts itself.
baton_supervisord_join() {
    b_sd_boot=
    if [ "${b_wanted-}" = stopped ] && baton_supervisord_enabled "$1"; then
        b_sd_boot=yes
        baton_supervisord_enable "$1" no && baton_supervisord_check || return 1
    fi
    for b_sd_path in /run/baton/"$1"/starts-*; do rm -f "$b_sd_path" 2>/dev/null || :; done
    baton_supervisord_ask 30 add "$1" || return 1
    b_sd_before=$b_said
    if [ -n "$b_sd_boot" ]; then baton_supervisord_enable "$1" yes || return 1; fi
    if baton_supervisord_has "$1"; then
        baton_supervisord_remember "$1"
        return 0
    fi
    b_said=$b_sd_before
    return 1
}

# A group of which every process is to go. Of others nothing is left to do: `take` has renewed them.
baton_supervisord_drop() {
    shift
    [ $# -gt 0 ] || return 0
    b_sd_group=${1%%:*}
    rm -f "$b_volatile/$b_sd_group/given"
    baton_supervisord_has "$b_sd_group" || return 0
    b_sd_words=$b_newline$(printf '%s\n' "$@")$b_newline
    b_sd_rest=${b_sd_states#"$b_newline"}
    while [ -n "$b_sd_rest" ]; do
        b_sd_line=${b_sd_rest%%"$b_newline"*} b_sd_rest=${b_sd_rest#*"$b_newline"}
        b_sd_line=${b_sd_line%% *}
        case $b_sd_line in "$b_sd_group" | "$b_sd_group":*) ;; *) continue ;; esac
        case $b_sd_words in *"$b_newline$b_sd_line$b_newline"*) ;; *) return 0 ;; esac
    done
    baton_supervisord_leave "$b_sd_group"
}

# Programs and groups of this name in other files.
baton_supervisord_known() {
    b_known=
    baton_supervisord_find || return 0
    b_known=$(grep -lsE "^\\[(program|group|fcgi-program|eventlistener):$1\\]" "$b_sd_conf" "${b_sd_conf%/*}"/conf.d/*.conf \
        "${b_sd_conf%/*}"/supervisord.d/*.ini /etc/supervisord.d/*.ini /etc/supervisord.d/*.conf)
    if [ -n "$b_known" ]; then b_known=$b_known$b_newline; fi
}

# A name may be that of a group.
baton_supervisord_members() {
    b_whole=$1 b_members=$1$b_newline
    case $1 in *:*) return 0 ;; esac
    baton_supervisord_states || return 0
    case $b_sd_states in
    *"$b_newline$1 "*) ;;
    *"$b_newline$1:"*)
        b_whole="$1:*"
        b_members=$(printf %s "$b_sd_states" | sed -n "s/^\\($1:[^ ]*\\) .*/\\1/p")$b_newline
        ;;
    esac
}
