#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# A definition put in place of another one: compared, kept, installed, checked, taken up, and its members brought to what
# they are to be. Whatever refuses it, everything is as it was.

# baton_service_apply NAME STATE BOOT ADOPTS: BOOT is yes, no or empty, ADOPTS empty or not. b_definition calls baton_item
# for each directory, file and link.
baton_service_apply() {
    b_service=$1 b_wanted=$2 b_adopts=$4
    b_acted='' b_broken='' b_words='' b_untold='' b_written='' b_new_files='' b_new_folders=''
    b_pass=compare
    b_definition
    baton_manifest "$1"
    case $? in
    1)
        printf '%s\n' "$b_said" >&2
        exit 1
        ;;
    esac
    b_old_supervisor=$b_supervisor b_old_whole=$b_whole b_old_members=$b_members
    b_old_files=$b_files b_old_links=$b_links b_old_folders=$b_folders b_old_logs=$b_logs b_old_stop=$b_stop_seconds
    b_old_start=$b_start_seconds b_old_enabled='' b_stopped=
    if [ -n "$b_old_supervisor" ] && baton_drive enabled "$b_old_whole"; then b_old_enabled=yes; fi
    b_supervisor=$b_for
    if ! baton_drive here; then
        printf '%s does not run here, and the definition is for it%s\n' "$b_for" "${b_said:+: $b_said}" >&2
        exit 1
    fi
    baton_foreign
    b_save=$b_var/$b_service/previous.new b_saves=0 b_saved='' b_kept_some='' b_made='' b_changed='' b_reborn='' b_births=
    b_connected=''
    baton_copies_stay
    (umask 077 && mkdir "$b_save") || baton_fail "cannot write into $b_var/$b_service: is the disk full?"
    # Nothing of a new service is on the host before its manifest is: whoever comes after a cut finds all of it by that, and
    # can take it away. With "adopt" it would name files that are still somebody else's.
    if [ -z "$b_old_supervisor$b_adopts" ]; then
        b_pass=announce
        b_definition
    fi
    b_pass=install
    b_definition
    baton_manifest "$b_service" || baton_undo 'the manifest that was written cannot be read'
    b_new_whole=$b_whole b_new_members=$b_members
    b_boot=${3:-$b_boot}
    if ! baton_drive check; then
        baton_clean "$b_said"
        baton_undo "$b_supervisor refuses the definition: $b_clean"
    fi
    # Only now: some supervisors start what they find there.
    b_connected=yes
    b_pass=connect
    b_definition
    b_said=
    baton_surplus
    baton_fresh_folders || baton_undo "a directory of $b_service below /run could not be made: $b_said"
    baton_take_up
    b_pass=birth
    b_definition
    baton_let_births_pass
    b_said=
    baton_keep_previous
    { baton_enabling "$b_boot" && "baton_become_$b_wanted"; } || {
        baton_summary
        exit 1
    }
    [ -n "$b_acted$b_changed" ] && exit 0
    baton_note nothing "$b_service is as it should be${b_untold:+, but nothing can tell whether a restart is due of$b_untold}"
    exit 76
}

# baton_item directory PATH MODE OWNER, file PATH MODE OWNER SUM EXPECTED kept|birth|secret|'' with its content in
# b_content, link PATH TARGET EXPECTED.
baton_item() { "baton_${b_pass}_$1" "$@"; }

# MARK: before anything is changed

baton_compare_directory() {
    b_new_folders=$b_new_folders$2$b_newline
    if [ -d "$2" ] && [ -h "$2" ]; then
        printf '%s is a link: the directories of a definition are real ones\n' "$2" >&2
        exit 1
    fi
    case $4 in
    # Of whoever this is: what is above is looked at only where a service could lead root astray.
    '')
        if [ -e "$2" ] && ! baton_ours "$2"; then
            printf '%s must be the own directory of whoever deploys, and not to be written by others\n' "$2" >&2
            exit 1
        fi
        ;;
    root:*)
        b_up=$2
        while [ -n "$b_up" ] && [ "$b_up" != "$b_top" ]; do
            # Ubuntu gives this one to the group of its syslog.
            if [ "$b_up" != /var/log ] && [ -e "$b_up" ] && ! baton_ours "$b_up"; then
                printf '%s must be root'"'"'s, and not to be written by others: root opens files below it\n' "$b_up" >&2
                exit 1
            fi
            b_up=${b_up%/*}
        done
        ;;
    esac
}

baton_compare_file() {
    # What the service writes is nobody's definition.
    if [ "$7" = kept ]; then return 0; fi
    b_new_files=$b_new_files$2$b_newline
    baton_as_seen "$2" "$6"
}

baton_compare_link() {
    b_new_files=$b_new_files$2$b_newline
    baton_as_seen "$2" "$4"
}

# Empty is for what was not looked at.
baton_as_seen() {
    [ -n "$2" ] || return 0
    case $2 in 'file '*' sha256 '*) b_want=+ ;; *) b_want=- ;; esac
    baton_see "$b_want" "$1"
    # shellcheck disable=SC2154
    if [ "$b_seen_1" != "$2" ]; then
        baton_note stale "$1 is not as it was seen"
        exit 75
    fi
}

# Definitions of this name that Baton did not write: the files that would be replaced, and what the supervisor knows from
# elsewhere.
baton_foreign() {
    b_known=
    if baton_drives known; then baton_drive known "$b_service"; fi
    b_list=$b_new_files$b_known
    while [ -n "$b_list" ]; do
        b_path=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        if baton_of_another "$b_path"; then
            printf '%s belongs to the service %s: give one of them another name\n' "$b_path" "$b_another" >&2
            exit 1
        fi
        if [ -z "$b_adopts" ] && baton_foreign_file "$b_path"; then
            printf '%s was not written by Baton: with "adopt: true" it is replaced\n' "$b_path" >&2
            exit 1
        fi
    done
}

# Whether another service of Baton's has the file, in b_another: adopting it would take it away from that one.
baton_of_another() {
    for b_other in "$b_etc"/*/service; do
        b_another=${b_other%/service} b_another=${b_another##*/}
        if [ "$b_another" = "$b_service" ] || [ ! -f "$b_other" ]; then continue; fi
        if grep -qxF -e "file $1" -e "link $1" -- "$b_other" 2>/dev/null; then return 0; fi
    done
    return 1
}

# Whether a file is somebody else's: its first lines do not say that Baton wrote it. In the service's own folder, and among
# what its manifest names, everything is Baton's.
baton_foreign_file() {
    case $1 in "$b_etc/$b_service/"*) return 1 ;; esac
    case $b_newline${b_old_files-}${b_old_links-} in *"$b_newline$1$b_newline"*) return 1 ;; esac
    if baton_of_another "$1"; then return 0; fi
    if [ -h "$1" ]; then return 0; fi
    [ -e "$1" ] || return 1
    [ -f "$1" ] || return 0
    ! head -n 5 -- "$1" 2>/dev/null | grep -q 'Written by Baton\.'
}

# Members that the new definition has no more: they stop as the old one says, and are forgotten. Then its files go.
baton_surplus() {
    [ -n "$b_old_supervisor" ] || return 0
    b_keep_members=$b_members b_keep_files=$b_files$b_links b_keep_folders=$b_folders
    b_gone=''
    b_list=$b_old_members
    while [ -n "$b_list" ]; do
        b_member=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        if [ "$b_old_supervisor" = "$b_for" ]; then
            case $b_newline$b_members in *"$b_newline$b_member$b_newline"*) continue ;; esac
        fi
        b_gone=$b_gone$b_member$b_newline
    done
    b_is_whole=
    if [ "$b_old_supervisor" != "$b_for" ] || [ "$b_old_whole" != "$b_whole" ]; then b_is_whole=$b_old_whole; fi
    if [ -n "$b_gone$b_is_whole" ]; then
        b_supervisor=$b_old_supervisor b_members=$b_gone b_new_stop=$b_stop_seconds b_stop_seconds=$b_old_stop
        b_new_logs=$b_logs b_logs=
        {
            baton_each baton_stop_member &&
                { [ -z "$b_is_whole" ] || ! baton_drives gather || baton_drive gather "$b_is_whole" down; } &&
                baton_drop_all "$b_is_whole"
        } || {
            baton_note kept "the old definition, as $b_broken could not be stopped"
            baton_undo "members that the new definition has no more could not be stopped"
        }
        b_supervisor=$b_for b_stop_seconds=$b_new_stop b_logs=$b_new_logs b_acted=yes
    fi
    b_files=$b_old_files b_links=$b_old_links b_folders=$b_old_folders
    baton_lists_without "$b_keep_files" "$b_keep_folders"
    b_files=$b_keep_files b_links='' b_folders=$b_keep_folders b_members=$b_keep_members
}

# Directories that are made anew after each boot are wanted now: those of b_files. Fails with b_said.
baton_fresh_folders() {
    b_list=$b_files
    while [ -n "$b_list" ]; do
        b_path=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        case $b_path in /etc/tmpfiles.d/*) ;; *) continue ;; esac
        if command -v systemd-tmpfiles >/dev/null 2>&1; then
            baton_limited 60 systemd-tmpfiles --create "$b_path" >/dev/null 2>&1 </dev/null || :
        fi
        # It says that all is well also where a file is in the way. Those that Baton writes are lines with a directory each.
        b_said=$(
            exec 2>&1
            while read -r b_kind b_folder b_mode b_user b_rest; do
                if [ "$b_kind" != d ]; then continue; fi
                if [ -h "$b_folder" ]; then
                    echo "$b_folder is a link, and has to be a directory"
                    exit 1
                fi
                if [ ! -d "$b_folder" ]; then mkdir -m "$b_mode" -- "$b_folder" || exit 1; fi
                chown "$b_user:" -- "$b_folder" && chmod "$b_mode" -- "$b_folder" || exit 1
            done <"$b_path"
        ) || return 1
    done
    b_said=
}

# The supervisor learns of it. One that knows members only all together forgets them first, and they stop for that.
baton_take_up() {
    if baton_drive whole && { [ -n "$b_reborn" ] || baton_any_due; }; then
        baton_each baton_stop_member || baton_undo "$b_broken could not be stopped"
        # Nobody is left whom it could make older, and those that start with the group are born with it.
        b_pass=birth
        b_definition
    fi
    if [ -n "$b_changed" ]; then baton_note take "$b_service"; fi
    baton_let_births_pass
    b_taken=yes
    if ! baton_with_members baton_drive take; then
        baton_clean "$b_said"
        baton_undo "$b_supervisor does not take the definition: $b_clean"
    fi
}

# Clocks of files and processes tick in steps: what starts within one of them would count as older than its birth.
baton_let_births_pass() {
    if [ -n "$b_births" ]; then baton_pause; fi
    b_births=
}

# Whether any process is older than its definition.
baton_any_due() { ! baton_each baton_is_not_due; }

baton_is_not_due() {
    baton_look_at "$2"
    ! baton_due "$@"
}

# MARK: members

baton_become_started() { baton_each baton_renew_member && baton_all_up; }
baton_become_stopped() { baton_stop_all; }
baton_become_restarted() { baton_restart_all; }
baton_become_reloaded() { baton_each baton_refresh_member && baton_all_up; }

# Started, or restarted if it is due: whoever was interrupted, the process itself tells.
baton_renew_member() {
    baton_look_at "$2"
    case $b_state in
    running | starting)
        if baton_due "$@"; then
            baton_restart_member "$@"
            return
        fi
        if [ "$b_fresh" = unknown ]; then b_untold="$b_untold $2"; fi
        if [ "$b_state" = starting ] || baton_young; then
            # It was started a moment ago, by whoever.
            baton_stays "$@"
        fi
        ;;
    stopped | absent | failed) baton_start_member "$@" ;;
    *) baton_restart_member "$@" ;;
    esac
}

baton_refresh_member() {
    baton_look_at "$2"
    if [ "$b_state" = running ] && ! baton_due "$@"; then baton_reload_member "$@"; else baton_renew_member "$@"; fi
}
