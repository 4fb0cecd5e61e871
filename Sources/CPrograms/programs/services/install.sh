#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The passes over a definition that write: what is replaced is kept first.

# MARK: announcing

baton_announce_directory() { case $b_etc/$b_service/ in "$2"/*) baton_install_directory "$@" ;; esac; }
baton_announce_file() { if [ "$2" = "$b_etc/$b_service/service" ]; then baton_install_file "$@"; fi; }
baton_announce_link() { :; }

# MARK: installing

baton_install_directory() {
    if [ -d "$2" ]; then return 0; fi
    baton_note make "$2"
    (baton_directory "$2" missing "$3" "$4") >/dev/null || baton_undo "$2 could not be made"
    b_made="$2$b_newline$b_made" b_changed=yes
}

baton_install_file() {
    baton_see + "$2"
    if [ "$7" = kept ] && [ "$b_seen_1" != missing ]; then return 0; fi
    case $b_seen_1 in
    "file ${3#0} "*" sha256 $5")
        # Names of user and group, with a tab between them.
        b_tab='	'
        b_user=${b_names_1%%"$b_tab"*} b_group=${b_names_1#*"$b_tab"}
        case $4 in '' | "$b_user:" | "$b_user:$b_group") return 0 ;; esac
        ;;
    esac
    # Of a member that is new: some supervisors start it as soon as they know it.
    if [ "$7" = birth ] && [ "$b_pass" = install ] && [ "$b_seen_1" != missing ]; then
        b_reborn=$b_reborn$2$b_newline
        return 0
    fi
    case $7 in birth) b_births=yes b_written=$b_written$2$b_newline ;; *) baton_note install "$2" ;; esac
    if [ "$b_seen_1" = missing ]; then
        b_made="$2$b_newline$b_made"
    else
        case $7 in secret | birth) b_is_secret=yes ;; *) b_is_secret= ;; esac
        baton_preserve "$2" "$b_is_secret" || baton_undo "the old $2 could not be kept: is the disk full?"
    fi
    (baton_file "$2" "$b_seen_1" "$3" "$4" "$5" '' '' '') >/dev/null || baton_undo "$2 could not be written"
    b_changed=yes
}

baton_install_link() { :; }

baton_connect_directory() { :; }
baton_connect_file() { :; }
baton_connect_link() {
    baton_see - "$2"
    case $b_seen_1 in "link "*" $3") return 0 ;; esac
    baton_note install "$2"
    if [ "$b_seen_1" = missing ]; then
        b_made="$2$b_newline$b_made"
        if [ "$b_wanted" = stopped ] && baton_drives hold; then
            baton_drive hold "$3" || baton_undo "$3 could not be kept from starting: $b_said"
            b_made="$3/down$b_newline$b_made"
        fi
    else
        baton_preserve "$2" || baton_undo "the old $2 could not be kept"
    fi
    (baton_link "$2" "$b_seen_1" "$3" '') >/dev/null || baton_undo "the link $2 could not be made"
    b_changed=yes
}

# Sums of what processes are born with: written when nothing can refuse the definition any more, as a file that was put back
# would count as a new one. Whoever ends before that finds them different the next time.
baton_birth_directory() { :; }
baton_birth_link() { :; }
baton_birth_file() { if [ "$7" = birth ]; then baton_install_file "$@"; fi; }
