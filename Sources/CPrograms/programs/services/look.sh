#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a service is on a host, as lines for a reader: `KEY VALUE`.

# baton_services_look NAME unit|service SUPERVISOR FOLDER PATH...: SUPERVISOR may be empty, and FOLDER, which is where services
# of a release are kept, as well. Of the paths, those that Baton did not write are told.
baton_services_look() {
    b_name_of=$1 b_owner=$1 b_kind_of=$2 b_given=$3
    if [ -n "$4" ]; then baton_places "$4"; elif [ "$2" = service ]; then baton_find_places "$1"; fi
    shift 4
    baton_find_timeout
    for b_supervisor in systemd supervisord upstart runit; do
        if baton_drive here; then printf 'supervisor %s %s\n' "$b_supervisor" "$b_version"; fi
    done
    b_old_files='' b_old_links=
    if [ "$b_kind_of" = unit ]; then baton_unit "$b_name_of" "$b_given"; else baton_manifest "$b_name_of"; fi
    case $? in
    0)
        if [ "$b_kind_of" = unit ]; then baton_own; fi
        baton_look_known
        ;;
    1)
        printf '%s\n' "$b_said" >&2
        exit 1
        ;;
    esac
    for b_path; do
        if baton_foreign_file "$b_path"; then printf 'foreign %s\n' "$b_path"; fi
    done
    if [ "$b_kind_of" = service ] && [ -z "$b_supervisor" ]; then baton_look_elsewhere; fi
    baton_look_journal
}

baton_look_known() {
    if [ "$b_kind_of" = service ]; then
        printf 'manifest %s\nwhole %s\nboot %s\n' "$b_supervisor" "$b_whole" "$b_boot"
        b_old_files=$b_files b_old_links=$b_links
        b_list=$b_files$b_links
        while [ -n "$b_list" ]; do
            printf 'file %s\n' "${b_list%%"$b_newline"*}"
            b_list=${b_list#*"$b_newline"}
        done
    fi
    printf 'seconds %d %d %d\n' "$b_start_seconds" "$b_stop_seconds" "$b_boot_seconds"
    if ! baton_drive here; then
        printf 'nobody %s\n' "$b_supervisor"
        return
    fi
    case $b_supervisor in
    none) ;;
    *) if baton_drive enabled "$b_whole"; then echo 'enabled yes'; else echo 'enabled no'; fi ;;
    esac
    baton_drive forget
    baton_with_members baton_drive states
    baton_each baton_look_member
}

# `member STATE PID RESTARTS due|current|unknown UPTIME NAME`, with `-` for what is not known; behind it `young` where it
# has not been up for start_seconds, `detail WORDS` and `log PATH`.
baton_look_member() {
    baton_drive state "$2"
    if baton_due "$@"; then :; fi
    b_age_of=-
    if baton_uptime; then b_age_of=$b_uptime; fi
    printf 'member %s %s %s %s %s %s\n' "$b_state" "${b_pid:--}" "${b_restarts:--}" "$b_fresh" "$b_age_of" "$2"
    # A process that has gone since the supervisor told of it did not live long either.
    if [ "$b_state" = running ] && [ -n "$b_pid" ] && { ! baton_uptime || [ "$b_uptime" -lt "$b_start_seconds" ]; }; then
        echo young
    fi
    baton_clean "$b_detail" 300
    if [ -n "$b_clean" ]; then printf 'detail %s\n' "${b_clean%%"$b_newline"*}"; fi
    if baton_log_of "$1"; then printf 'log %s\n' "$b_log"; fi
    if [ -n "$b_user_log" ]; then printf 'log_of_user %s\n' "$b_account"; fi
}

# Definitions of that name that the supervisors know from elsewhere.
baton_look_elsewhere() {
    for b_supervisor in systemd supervisord upstart runit; do
        b_known=
        if ! baton_drives known || ! baton_drive here; then continue; fi
        baton_drive known "$b_name_of"
        while [ -n "$b_known" ]; do
            b_path=${b_known%%"$b_newline"*} b_known=${b_known#*"$b_newline"}
            if baton_foreign_file "$b_path"; then printf 'foreign %s\n' "$b_path"; fi
        done
    done
}

# A change that runs, or one that did not come to its end.
baton_look_journal() {
    baton_claims "$b_owner"
    if [ -n "$b_holder" ]; then
        printf 'busy %s\n' "$b_holder"
        return
    fi
    baton_read_journal "$b_owner"
    case $b_last in
    '' | 'end '[0-9] | 'end '[0-9][0-9])
        if [ -n "$b_cut_off" ]; then printf 'unfinished %s\n' "$b_cut_off"; fi
        ;;
    *)
        baton_clean "$b_begun: $b_last" 300
        printf 'unfinished %s\n' "$b_clean"
        ;;
    esac
}
