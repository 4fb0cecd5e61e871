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
    b_said=$(baton_fill "$6" 2>&1) || baton_fail "cannot write $1: is the disk full? $b_said"
    # What was staged was summed as it came in; where nobody else may write it is still that.
    if [ -z "$6" ] || [ -n "$b_open" ]; then
        baton_sum "./$b_name"
        if [ "$b_summer" = none ]; then baton_fail "no sha256sum, shasum or openssl here to check $1 with"; fi
        [ "$b_sum" = "$5" ] || baton_fail "what was written for $1 is not what was sent: is the disk full?"
    fi
    if [ -n "$8" ]; then
        baton_validate "$8" || baton_fail "the new $1 was refused by: $8"
        (cd -P .. && baton_still "$2") || exit 75
    fi
    [ -z "$7" ] || baton_old "$1" "$2"
    baton_label "$1"
    [ -z "$4" ] || baton_try "cannot give $1 to $4" chown -h -- "$4" "./$b_name"
    baton_try "cannot set mode $3 on $1" chmod -- "0$3" "./$b_name"
    # coreutils and newer busybox sync one file; an old one refuses the argument, and then all is synced.
    sync "./$b_name" 2>/dev/null || sync
    baton_rename
}

baton_fill() {
    if [ -z "$1" ]; then
        printf %s "$b_content" >"./$b_name"
    elif [ -z "$b_open" ]; then
        mv -f -- "../$1" "./$b_name"
    else
        # Others may have touched it; a copy is out of their reach before it is checked.
        cat <"../$1" >"./$b_name" && rm -f -- "../$1"
    fi
}

# The directory of PATH cannot be gone into.
baton_lost() {
    [ "$2" = missing ] || exit 75
    baton_fail "the directory of $1 is not there, or may not be gone into"
}

# Runs a command line in which every %s stands for the path of the new file. The path comes as a parameter, never as a
# part of the line: whatever its name is, the shell does not read it.
baton_validate() {
    b_rest=$1 b_line=
    while :; do
        case $b_rest in *%s*) ;; *) break ;; esac
        b_line=$b_line${b_rest%%\%s*}\"\$1\" b_rest=${b_rest#*\%s}
    done
    b_line=$b_line$b_rest
    set -- "$PWD/$b_name"
    (
        unset b_key b_id b_stop b_content
        cd / && eval "$b_newline$b_line"
    ) </dev/null >&2
}

# Keeps what is replaced. It is not written again: a second name is a copy. The name is made where nobody else can reach
# it, and only if it is still the one that was looked at.
baton_old() {
    case $2 in missing | directory*) return ;; esac
    if ln -P -- "../$b_name" "$b_spare" 2>/dev/null || ln -- "../$b_name" "$b_spare" 2>/dev/null; then
        baton_stat "$b_spare"
        b_line=$b_lines
        baton_split
        [ "$b_identity" = "$b_found" ] || exit 75
    elif [ -n "$b_open" ]; then
        baton_fail "cannot keep the old $1, as others may write its directory and there are no hard links in it"
    else
        baton_try "cannot keep the old $1" cp -pP -- "../$b_name" "$b_spare"
    fi
    baton_keep "$b_spare" ..
    printf 'the old file is %s' "${b_directory%/}/$b_kept"
}

# The label of SELinux: that of the file that is replaced, else what the policy says of the path.
baton_label() {
    [ -e "${b_selinux:-/sys/fs/selinux/enforce}" ] || return 0
    if [ -e "../$b_name" ]; then
        baton_try "cannot keep the SELinux label of $1" chcon -h --reference="../$b_name" -- "./$b_name"
    elif command -v matchpathcon >/dev/null 2>&1; then
        b_context=$(matchpathcon -n -- "$1" 2>/dev/null) || return 0
        case $b_context in *:*) baton_try "cannot label $1" chcon -h -- "$b_context" "./$b_name" ;; esac
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
    if { command exec 3<"./$b_name"; } 2>/dev/null; then
        b_identity=$(stat -L -c '%d:%i %h' /proc/self/fd/3) ||
            baton_fail "cannot be sure of $1, as others may write its directory"
        [ "${b_identity% *}" = "$b_found" ] || exit 75
        # Another name of it may be anywhere: who may write here can give a name to a file of somebody else.
        if [ "${b_identity#* }" -gt 1 ] && baton_root; then
            baton_fail "$1 has other names, and others may write its directory: root does not change its owner or mode"
        fi
        baton_access /proc/self/fd/3 "$1" "$3" "$4" -L
        return
    fi
    # One's own, but not to be read: a second name of it is where nobody else can put anything in its place.
    if baton_root; then exit 75; fi
    baton_work
    baton_try "cannot be sure of $1, as others may write its directory" ln -- "../$b_name" "$b_spare"
    baton_stat "$b_spare"
    b_line=$b_lines
    baton_split
    [ "$b_identity" = "$b_found" ] || exit 75
    baton_access "$b_spare" "$1" "$3" "$4" -h
}

# The owner first: a change of it takes setuid away.
baton_access() {
    if [ -n "$4" ]; then
        if [ "$5" = -h ]; then set -- "$@" -h; else set -- "$@" -f; fi
        baton_try "cannot give $2 to $4" chown "$6" -- "$4" "$1"
    fi
    # Five digits: with four, coreutils leaves setgid on a directory.
    baton_try "cannot set mode $3 on $2" chmod -- "0$3" "$1"
}

# baton_directory PATH EXPECTED MODE OWNER
baton_directory() {
    if [ "$2" = missing ]; then
        b_name=${1##*/}
        baton_reach "${1%/*}/" || baton_fail "cannot make the directories above $1"
        baton_still "$2"
        baton_try "cannot make $1" mkdir -m 700 -- "./$b_name"
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
    baton_try "cannot make the link $1" ln -s -- "$3" "./$b_name"
    [ -z "$4" ] || baton_try "cannot give $1 to $4" chown -h -- "$4" "./$b_name"
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
        baton_keep "./$b_name" .
        printf 'the old one is %s' "${b_directory%/}/$b_kept"
    else
        case $2 in
        directory*)
            if [ "$3" = all ]; then
                baton_unmounted "${b_directory%/}/$b_name"
                set -- "$1" rm -rf
            else
                set -- "$1" rmdir
            fi
            ;;
        *) set -- "$1" rm -f ;;
        esac
        b_path=$1
        shift
        baton_try "cannot remove $b_path" "$@" -- "./$b_name"
    fi
}

# Nothing is mounted at path $1 or below: what is in another file system is not removed along with it.
baton_unmounted() {
    [ -r /proc/self/mounts ] || return 0
    while read -r _ b_mount _; do
        b_mount=$(printf %b "$b_mount")
        case $b_mount/ in
        "$1"/*) baton_fail "$1 is not removed: something is mounted at $b_mount" ;;
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
