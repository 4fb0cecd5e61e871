#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What was there before a definition: kept, put back where it is refused, left for a rollback where it is not.

# baton_preserve PATH [secret]: keeps a copy of what is about to be replaced or taken away, if there is a place for it. Of
# secrets it is where the memory of the host is, and only for as long as this change may have to put them back.
baton_preserve() {
    if [ -z "${b_save-}" ]; then return 0; fi
    b_saves=$((b_saves + 1)) b_copy=$b_saves
    if [ -n "${2-}" ]; then b_copy=secret-$b_saves; fi
    cp -pP -- "$1" "$(baton_copy "$b_copy")" || return 1
    b_saved="$b_saved$b_copy $1$b_newline"
    if [ -n "${2-}" ]; then return 0; fi
    b_kept_some=yes
    printf '%s %s\n' "$b_copy" "$1" >>"$b_save/list"
}

# Where the copy of this name is.
baton_copy() {
    case $1 in secret-*) printf %s "$b_volatile/$b_owner/$1" ;; *) printf %s "$b_save/$1" ;; esac
}

baton_copies_of_secrets_go() { rm -f "$b_volatile/$b_owner"/secret-*; }

# Copies of an attempt that was cut off may be the only ones of what somebody had there. Three such are kept.
baton_copies_stay() {
    baton_copies_of_secrets_go
    if [ ! -d "$b_save" ]; then return 0; fi
    if rmdir "$b_save" 2>/dev/null; then return 0; fi
    mv "$b_save" "$b_var/$b_service/left-$(date -u +%Y%m%dT%H%M%SZ)-$$" || rm -rf "$b_save"
    set -- "$b_var/$b_service"/left-*
    while [ $# -gt 3 ]; do
        rm -rf "$1"
        shift
    done
}

# Puts everything back, byte for byte, and fails with this sentence.
baton_undo() {
    baton_clean "$1"
    baton_note refused "${b_clean%%"$b_newline"*}"
    if [ -n "$b_connected" ]; then baton_leave_new; fi
    b_list=$b_saved b_left=
    while [ -n "$b_list" ]; do
        b_line=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        (baton_put_back "${b_line#* }" "$(baton_copy "${b_line%% *}")") || b_left="$b_left ${b_line#* }"
    done
    b_list=$b_made
    while [ -n "$b_list" ]; do
        b_path=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        if [ -d "$b_path" ] && [ ! -h "$b_path" ]; then rmdir "$b_path" 2>/dev/null; else rm -f "$b_path"; fi
    done
    printf '%s\n' "$b_clean" | head -n 20 >&2
    b_still_down=
    if [ -n "${b_taken-}$b_stopped" ] && [ -n "$b_old_supervisor" ]; then baton_bring_back; fi
    if [ -n "$b_left" ]; then
        baton_note left "$b_left"
        printf 'these could not be put back, and their copies are in %s:%s\n' "$b_save" "$b_left" >&2
    else
        rm -rf "$b_save"
        baton_copies_of_secrets_go
        baton_note restored "$b_service"
        if [ -n "$b_still_down" ]; then
            printf 'the files were put back, and these do not run again:%s\n' "$b_still_down" >&2
        else
            echo 'everything was put back as it was' >&2
        fi
    fi
    exit 1
}

# Members that only the refused definition has: its supervisor may have seen them already, and would have them run beside
# the old ones, or without any files.
baton_leave_new() {
    b_is_whole='' b_gone=''
    if [ "$b_old_supervisor $b_old_whole" != "$b_for $b_new_whole" ]; then b_is_whole=$b_new_whole; fi
    b_list=$b_new_members
    while [ -n "$b_list" ]; do
        b_member=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        if [ "$b_old_supervisor" = "$b_for" ]; then
            case $b_newline$b_old_members in *"$b_newline$b_member$b_newline"*) continue ;; esac
        fi
        b_gone=$b_gone$b_member$b_newline
    done
    [ -n "$b_gone$b_is_whole" ] || return 0
    b_supervisor=$b_for b_members=$b_gone b_said=
    baton_each baton_stop_seen
    baton_drop_all "$b_is_whole" || :
}

# What nobody knows by that name needs no end.
baton_stop_seen() {
    baton_look_at "$2"
    case $b_state in absent | stopped) return 0 ;; esac
    baton_stop_member "$@" || :
}

baton_put_back() {
    baton_place "$1" || return 1
    baton_work
    cp -pP -- "$2" "./$b_name" || return 1
    baton_rename
}

# The old definition is taken up again, and what was stopped on the way to the new one runs again.
baton_bring_back() {
    b_supervisor=$b_old_supervisor b_whole=$b_old_whole b_members=$b_old_members b_logs=$b_old_logs
    b_start_seconds=$b_old_start b_stop_seconds=$b_old_stop
    baton_with_members baton_drive take >/dev/null 2>&1
    b_words=
    if [ -n "$b_old_enabled" ]; then baton_enabling yes || b_still_down=" $b_whole (does not start at boot)"; fi
    baton_pause
    baton_each baton_start_again
}

baton_start_again() {
    case $b_newline$b_stopped in
    *"$b_newline$2$b_newline"*) baton_start_member "$@" || b_still_down="$b_still_down $2" ;;
    esac
}

# What was replaced stays for a rollback, but for secrets.
baton_keep_previous() {
    baton_copies_of_secrets_go
    if [ -n "$b_kept_some" ]; then
        rm -rf "$b_var/$b_service/previous"
        mv "$b_save" "$b_var/$b_service/previous"
    else
        rm -rf "$b_save"
    fi
}
