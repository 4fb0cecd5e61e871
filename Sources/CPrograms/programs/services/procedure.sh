#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# A procedure: one change of one service, under the service's lock and with its journal, in a session of its own.

# baton_procedure FOLDER TITLE COMMAND...: what runs by itself. COMMAND ends with 0, 75 or 76, or has failed.
baton_procedure() {
    # The shell has read all of it; from here on it is in no file.
    rm -f "$1/program"
    # Caught, not ignored: what is started gets them as usual.
    trap : HUP INT TERM PIPE
    b_service=$2 b_owner=$2 b_run=$1
    shift 2
    baton_find_timeout
    if [ "$2 ${5-}" != 'baton_service_verb unit' ]; then baton_find_places "$b_service"; fi
    # In a shell of its own, as it shares its variables with everybody.
    if [ "$2 ${5-}" = 'baton_service_verb unit' ]; then
        b_owner=$(baton_unit "$4" "$6" && baton_own && printf %s "$b_owner") || b_owner=$b_service
    fi
    if ! baton_lock "$b_owner" "$1"; then
        baton_note end 77
        exit 77
    fi
    b_cut=
    if baton_was_cut "$b_owner"; then b_cut=yes; fi
    baton_state_folder "$b_var" "$b_owner" || :
    baton_open_journal "$1" pid "$$" by "${b_who_asks:-somebody}"
    { printf '%s\n' "$b_journal" >"$b_run/journal"; } 2>/dev/null
    baton_sweep_runs
    if [ -n "$b_cut" ]; then
        case $1 in
        apply | remove | status) ;;
        *)
            # It says so until a deployment has come to its end.
            baton_note cut 'the last deployment did not come to its end'
            printf 'the last deployment of %s did not come to its end: deploy it again\n' "$b_service" >&2
            ;;
        esac
    fi
    (
        # A subshell has them as they were.
        trap : HUP INT TERM PIPE
        shift
        "$@"
    )
    b_end=$?
    baton_unlock
    baton_note end "$b_end"
    exit "$b_end"
}

# Folders of followers that never came back for them.
baton_sweep_runs() {
    for b_old in "${b_run%/*}"/run-*; do
        if [ "$b_old" != "$b_run" ] && [ -d "$b_old" ] && [ ! -h "$b_old" ] &&
            [ -n "$(find "$b_old" -prune -mmin +60 2>/dev/null)" ]; then
            rm -rf "$b_old"
        fi
    done
}

# baton_service_verb VERB NAME unit|service SUPERVISOR BOOT: BOOT is yes, no or empty.
baton_service_verb() {
    b_acted='' b_broken='' b_words=
    if [ "$3" = unit ]; then baton_unit "$2" "$4"; else baton_manifest "$2"; fi || {
        printf '%s\n' "$b_said" >&2
        exit 1
    }
    if ! baton_drive here; then
        printf '%s does not run here, and %s needs it%s\n' "$b_supervisor" "$b_service" "${b_said:+: $b_said}" >&2
        exit 1
    fi
    if [ "$1" = remove ]; then
        baton_remove_service || exit 1
    else
        case $1 in
        start | restart | reload)
            # After a boot on a host where nothing else makes them.
            baton_fresh_folders || {
                printf 'a directory of %s below /run could not be made: %s\n' "$b_service" "$b_said" >&2
                exit 1
            }
            ;;
        esac
        { baton_known_members && "baton_${1}_all" && baton_enabling "$5"; } || {
            baton_summary
            exit 1
        }
    fi
    [ -n "$b_acted" ] && exit 0
    case $1 in stop) b_why='is stopped already' ;; *) b_why='runs already' ;; esac
    baton_note nothing "$b_service $b_why"
    exit 76
}

# A supervisor that knows nothing of a member cannot start it, and one that could not be asked must not be guessed at.
baton_known_members() {
    baton_each baton_known_member
}

baton_known_member() {
    baton_look_at "$2"
    case $b_state in
    absent)
        printf '%s does not know %s%s\n' "$b_supervisor" "$2" "${b_detail:+: $b_detail}" >&2
        return 1
        ;;
    unknown)
        printf 'what %s is cannot be told%s\n' "$2" "${b_detail:+: $b_detail}" >&2
        return 1
        ;;
    esac
}

# Stopped, forgotten, and its files away. The manifest goes last: until then it can be done again.
baton_remove_service() {
    baton_stop_all || {
        baton_summary
        return 1
    }
    b_acted=yes
    baton_drop_all "$b_whole" || return 1
    baton_lists_without '' ''
    baton_drive take_away 2>/dev/null || :
    rm -f "$b_etc/$b_service/service"
    rmdir "$b_etc/$b_service" 2>/dev/null
    rm -rf "$b_var/$b_service/previous"
    [ -n "${b_placed-}" ] || rm -rf "/run/baton/$b_service"
    baton_note removed "$b_service"
}

# baton_drop_all WHOLE: all of b_members.
baton_drop_all() {
    baton_with_members baton_note drop
    baton_with_members baton_drive drop "$1" && return 0
    baton_clean "$b_said"
    printf '%s does not forget %s: %s\n' "$b_supervisor" "$(baton_with_members echo)" "$b_clean" >&2
    return 1
}

# Whether others may not read the file $1: a secret may be in it.
baton_hidden() {
    baton_stat "$1"
    b_line=$b_lines
    baton_split
    case $b_mode in *[4-7]) return 1 ;; esac
}

# Takes away the files, links and directories of the manifest that are in neither of these lists.
baton_lists_without() {
    b_list=$b_links$b_files
    while [ -n "$b_list" ]; do
        b_path=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        case $b_newline$1 in *"$b_newline$b_path$b_newline"*) continue ;; esac
        [ "$b_path" != "$b_etc/$b_service/service" ] || continue
        if [ -h "$b_path" ] || [ -f "$b_path" ]; then
            baton_note remove "$b_path"
            b_is_secret=
            case $b_path in "$b_etc/$b_service/"secrets* | "$b_etc/$b_service/"born-*) b_is_secret=yes ;; esac
            if baton_hidden "$b_path"; then b_is_secret=yes; fi
            baton_preserve "$b_path" "$b_is_secret" || baton_undo "the old $b_path could not be kept: is the disk full?"
            rm -f "$b_path"
        fi
    done
    b_list=$b_folders
    while [ -n "$b_list" ]; do
        b_path=${b_list%%"$b_newline"*} b_list=${b_list#*"$b_newline"}
        case $b_newline$2 in *"$b_newline$b_path$b_newline"*) continue ;; esac
        if [ -d "$b_path" ] && [ ! -h "$b_path" ]; then rmdir "$b_path" 2>/dev/null; fi
    done
}
