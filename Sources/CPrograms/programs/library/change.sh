#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Changes of files, directories and links. EXPECTED is what baton_see said of the path; where that is not so any more,
# they end with 75 and have changed nothing. OWNER is as chown takes it; empty, nothing is to be said about it.

# baton_file PATH EXPECTED MODE OWNER SUM STAGED BACKUP VALIDATE: the content is in b_content, or in the file STAGED in
# the same directory. BACKUP is empty or not. In VALIDATE, a command line, %s is the new file.
baton_file() {
    baton_place "$1" || baton_lost "$1" "$2"
    baton_still "$2"
    baton_work
    if [ -z "$6" ]; then
        printf %s "$b_content" >"./$b_name"
    elif [ -z "$b_open" ]; then
        mv -f -- "../$6" "./$b_name"
    else
        # Others may have touched it; a copy is out of their reach before it is checked.
        cat <"../$6" >"./$b_name" && rm -f -- "../$6"
    fi || baton_fail "cannot write $1: is the disk full?"
    baton_sum "./$b_name"
    if [ "$b_summer" = none ]; then baton_fail "no sha256sum, shasum or openssl here to check $1 with"; fi
    [ "$b_sum" = "$5" ] || baton_fail "what was written for $1 is not what was sent: is the disk full?"
    if [ -n "$8" ]; then
        baton_validate "$8" || baton_fail "the new $1 was refused by: $8"
        (cd -P .. && baton_still "$2") || exit 75
    fi
    [ -z "$7" ] || baton_keep "$1"
    baton_label "$1"
    [ -z "$4" ] || chown -h -- "$4" "./$b_name" || baton_fail "cannot give $1 to $4"
    chmod -- "0$3" "./$b_name" || baton_fail "cannot set mode $3 on $1"
    # coreutils and newer busybox sync one file; an old one refuses the argument, and then all is synced.
    sync "./$b_name" 2>/dev/null || sync
    baton_rename
}

# The directory of PATH cannot be gone into.
baton_lost() {
    [ "$2" = missing ] || exit 75
    baton_fail "the directory of $1 is not there, or may not be gone into"
}

# Runs a command line in which every %s becomes the path of the new file, quoted where it has to be.
baton_validate() {
    b_file=$PWD/$b_name b_quoted=
    case $b_file in
    *[!a-zA-Z0-9/._-]*)
        while :; do
            case $b_file in *\'*) ;; *) break ;; esac
            b_quoted="$b_quoted${b_file%%\'*}'\\''" b_file=${b_file#*\'}
        done
        b_file="'$b_quoted$b_file'"
        ;;
    esac
    b_rest=$1 b_line=
    while :; do
        case $b_rest in *%s*) ;; *) break ;; esac
        b_line=$b_line${b_rest%%\%s*}$b_file b_rest=${b_rest#*\%s}
    done
    b_line=$b_line$b_rest
    (
        unset b_key
        cd / && eval "$b_newline$b_line"
    ) </dev/null >&2
}

# Keeps the old file. Its name ends in ~ because programs that read whole directories pass such names over.
baton_keep() {
    [ -e "../$b_name" ] || return 0
    b_kept=$b_name.baton-$(date -u +%Y%m%dT%H%M%SZ)~
    # It is not written again, only replaced: a second name is a copy.
    ln -- "../$b_name" "../$b_kept" 2>/dev/null || cp -p -- "../$b_name" "../$b_kept" ||
        baton_fail "cannot keep the old $1 as ${b_directory%/}/$b_kept"
    printf 'the old file is %s' "${b_directory%/}/$b_kept"
}

# The label of SELinux: that of the file that is replaced, else what the policy says of the path.
baton_label() {
    [ -e "${b_selinux:-/sys/fs/selinux/enforce}" ] || return 0
    if [ -e "../$b_name" ]; then
        chcon -h --reference="../$b_name" -- "./$b_name" || baton_fail "cannot keep the SELinux label of $1"
    elif command -v matchpathcon >/dev/null 2>&1; then
        b_context=$(matchpathcon -n -- "$1" 2>/dev/null) || return 0
        case $b_context in *:*) chcon -h -- "$b_context" "./$b_name" || baton_fail "cannot label $1" ;; esac
    fi
}

# baton_file_access PATH EXPECTED MODE OWNER: mode and owner of a file as it is.
baton_file_access() {
    baton_place "$1" || exit 75
    baton_still "$2"
    if [ -z "$b_open" ]; then
        baton_access "./$b_name" "$1" "$3" "$4" -h
        return
    fi
    # Somebody may put a link in its place at any moment: what is open stays the same file.
    exec 3<"./$b_name" || exit 75
    b_identity=$(stat -L -c %d:%i /proc/self/fd/3) || baton_fail "cannot be sure of $1, as others may write its directory"
    [ "$b_identity" = "$b_found" ] || exit 75
    baton_access /proc/self/fd/3 "$1" "$3" "$4" -L
}

# The owner first: a change of it takes setuid away.
baton_access() {
    if [ -n "$4" ]; then
        if [ "$5" = -h ]; then set -- "$@" -h; else set -- "$@" -f; fi
        chown "$6" -- "$4" "$1" || baton_fail "cannot give $2 to $4"
    fi
    # Five digits: with four, coreutils leaves setgid on a directory.
    chmod -- "0$3" "$1" || baton_fail "cannot set mode $3 on $2"
}

# baton_directory PATH EXPECTED MODE OWNER
baton_directory() {
    if [ "$2" = missing ]; then
        b_name=${1##*/}
        baton_reach "${1%/*}/" || baton_fail "cannot make the directories above $1"
        baton_still "$2"
        mkdir -m 700 -- "./$b_name" || baton_fail "cannot make $1"
    else
        baton_place "$1" || exit 75
        baton_still "$2"
    fi
    if ! baton_into "${b_name:-.}"; then
        if baton_root; then exit 75; fi
        # One's own, but not to be gone into.
        baton_access "./$b_name" "$1" "$3" "$4" -h
        return
    fi
    baton_access . "$1" "$3" "$4" -h
}

# Goes to a directory, and makes it and those above it where they are missing.
baton_reach() {
    if baton_enter "$1"; then return; fi
    set -- "${1%/}"
    [ -n "$1" ] && baton_reach "${1%/*}/" && mkdir -m 755 -- "./${1##*/}" && baton_into "${1##*/}"
}

# baton_link PATH EXPECTED TARGET OWNER
baton_link() {
    baton_place "$1" || baton_lost "$1" "$2"
    baton_still "$2"
    baton_work
    ln -s -- "$3" "./$b_name" || baton_fail "cannot make the link $1"
    [ -z "$4" ] || chown -h -- "$4" "./$b_name" || baton_fail "cannot give $1 to $4"
    baton_rename
}

# baton_remove PATH EXPECTED one|all BACKUP
baton_remove() {
    case $1 in
    / | /bin | /boot | /dev | /etc | /home | /lib* | /opt | /proc | /root | /run | /sbin | /srv | /sys | /tmp | /usr | /var)
        baton_fail "$1 is not removed: a system lives in it"
        ;;
    esac
    baton_place "$1" || exit 75
    baton_still "$2"
    if [ -n "$4" ]; then
        b_kept=$b_name.baton-$(date -u +%Y%m%dT%H%M%SZ)~
        if [ -e "./$b_kept" ]; then baton_fail "${b_directory%/}/$b_kept is there already"; fi
        mv -f -- "./$b_name" "./$b_kept" || baton_fail "cannot keep the old $1"
        printf 'the old one is %s' "${b_directory%/}/$b_kept"
    else
        case $2 in
        directory*)
            if [ "$3" = all ]; then
                baton_unmounted "$b_directory"
                rm -rf -- "./$b_name"
            else
                rmdir -- "./$b_name"
            fi
            ;;
        *) rm -f -- "./$b_name" ;;
        esac || baton_fail "cannot remove $1"
    fi
}

# Nothing is mounted in b_name: what is in another file system is not removed along with it.
baton_unmounted() {
    [ -r /proc/self/mounts ] || return 0
    while read -r _ b_mount _; do
        b_mount=$(printf %b "$b_mount")
        case $b_mount/ in
        "${1%/}/$b_name"/*) baton_fail "${1%/}/$b_name is not removed: something is mounted at $b_mount" ;;
        esac
    done </proc/self/mounts
}

# baton_verify WANTS PATH...: they are as the variables b_expected_1 and so on say.
baton_verify() {
    baton_see "$@"
    shift
    b_number=0 b_end=skipped b_note='as it was'
    for b_path; do
        b_number=$((b_number + 1))
        if eval "[ \"\$b_seen_$b_number\" != \"\$b_expected_$b_number\" ]"; then
            b_end=stale b_note="$b_path is not as it was"
            return
        fi
    done
}

# baton_expect EXPECTED...: for the verification that follows.
baton_expect() {
    b_number=0
    for b_state; do
        b_number=$((b_number + 1))
        eval "b_expected_$b_number=\$b_state"
    done
}
