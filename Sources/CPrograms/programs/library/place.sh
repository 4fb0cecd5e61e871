#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Where a change happens: in a directory of its own beside what it changes. See way.sh for how it gets there.

# Is b_name still what it was? Leaves in b_open whether others may write the directory that it is in.
baton_still() {
    case $1 in 'file '*' sha256 '*) b_wants='- 0' ;; *) b_wants='- -' ;; esac
    baton_see "$b_wants" . "./$b_name"
    # shellcheck disable=SC2154
    [ "$b_seen_2" = "$1" ] || exit 75
    b_found=$b_identity b_open=''
    b_rest=${b_seen_1#directory } b_mode=${b_rest%% *} b_rest=${b_rest#* } b_user=${b_rest%% *}
    if baton_shared; then b_open=yes; fi
}

# A directory that nobody else can look into, beside what is to be changed: what others may write is not worked on, but
# replaced. It becomes the current one, and goes away at the end, whatever that is.
baton_work() {
    baton_sweep
    # In it a second name, for what is there already.
    b_work=.baton-$b_id b_spare=./.$b_id
    trap baton_tidy EXIT
    trap 'exit 143' HUP INT PIPE TERM
    # By umask: busybox takes setgid away with -m, and with it the group that new files get.
    baton_try "cannot write into $b_directory" baton_private "./$b_work"
    baton_into "$b_work" || baton_fail "somebody interferes in $b_directory"
    [ -O . ] || baton_fail "somebody interferes in $b_directory"
}

baton_private() {
    umask 077
    exec mkdir -- "$1"
}

baton_tidy() {
    case $PWD in
    */"$b_work")
        if [ -h "$b_spare" ]; then
            if [ -e "../$b_name" ] || [ -h "../$b_name" ]; then rm -f "$b_spare"; else mv -f "$b_spare" "../$b_name"; fi
        elif [ -e "$b_spare" ]; then
            rm -f "$b_spare"
        fi
        if [ -e "./$b_name" ] || [ -h "./$b_name" ]; then rm -f -- "./$b_name"; fi
        cd -P .. || return
        ;;
    esac
    rmdir -- "./$b_work" 2>/dev/null
}

# What a run left behind that was killed, an hour ago or more: its directory, and content that was put beside a file. The
# names are exact, owner and mode are Baton's, and nothing is gone into but the directory itself: if it is something else
# after all, most of it stays. Once per directory and program.
baton_sweep() {
    [ -n "${b_sweep-}" ] || return 0
    for b_old in ./.baton-???????????????? ./.?*.baton-????????????????; do
        case ${b_old##*.baton-} in *[!0-9a-f]*) continue ;; esac
        if [ -h "$b_old" ] || [ ! -O "$b_old" ]; then continue; fi
        [ -n "$(find "$b_old" -prune -mmin +60 2>/dev/null)" ] || continue
        baton_stat . "$b_old"
        b_line=${b_lines%%"$b_newline"*}
        baton_split
        b_device=${b_identity%%:*} b_line=${b_lines#*"$b_newline"}
        baton_split
        # Without a device, as `ls` tells it, this is never so.
        [ "$b_identity" != "${b_identity#"$b_device:"}" ] || continue
        case $b_old/$b_raw/$b_mode in
        ./.baton-????????????????/4*/700 | ./.baton-????????????????/4*/2700)
            (baton_unmounted "${PWD%/}/${b_old#./}" && baton_into "${b_old#./}" && [ -O . ] && rm -f -- ./* ./.[!.]* ./..?*) 2>/dev/null
            rmdir -- "$b_old" 2>/dev/null
            ;;
        ./.?*.baton-*/8*/600) rm -f -- "$b_old" ;;
        esac
    done
}

# Gives what is in the work directory its name, in one move that replaces what has it.
baton_rename() {
    if baton_move; then return; fi
    b_sentence="cannot put ${b_directory%/}/$b_name in place"
    if [ -h "../$b_name" ]; then
        # busybox takes a link to a directory for a directory: the old link has to go first.
        baton_try "$b_sentence" mv -f -- "../$b_name" "$b_spare"
        if baton_move; then return; fi
    fi
    if [ -d "../$b_name" ]; then baton_fail "${b_directory%/}/$b_name is a directory"; fi
    # Where mv knows neither option it may follow a link that somebody makes at this moment.
    if [ -n "$b_open" ]; then baton_fail "$b_sentence"; fi
    baton_try "$b_sentence" mv -f -- "./$b_name" "../$b_name"
}

# -T of coreutils and busybox, -h of the BSDs: never into a directory.
baton_move() {
    mv -fT -- "./$b_name" "../$b_name" 2>/dev/null || mv -fh -- "./$b_name" "../$b_name" 2>/dev/null
}

# baton_keep FROM DIRECTORY: gives the old one a name in DIRECTORY that nobody has taken, not even as a link. The name
# ends in ~ because programs that read whole directories pass such names over.
baton_keep() {
    b_when=$(date -u +%Y%m%dT%H%M%SZ) || baton_fail "cannot name the old $b_name: no date here"
    b_try=1
    while [ "$b_try" -le 20 ]; do
        b_kept=$b_name.baton-$b_when
        if [ "$b_try" -gt 1 ]; then b_kept=$b_kept.$b_try; fi
        b_kept=$b_kept~ b_try=$((b_try + 1))
        if [ -e "$2/$b_kept" ] || [ -h "$2/$b_kept" ]; then continue; fi
        if baton_give "$1" "$2/$b_kept"; then return; fi
        if [ -e "$2/$b_kept" ] || [ -h "$2/$b_kept" ]; then continue; fi
        break
    done
    baton_fail "cannot keep the old ${b_directory%/}/$b_name as $b_kept"
}

# A name that is there is left alone: a directory is not moved into, a link is not followed.
baton_give() {
    if [ ! -d "$1" ] || [ -h "$1" ]; then ln -T -- "$1" "$2" 2>/dev/null && rm -f -- "$1" && return; fi
    mv -nT -- "$1" "$2" 2>/dev/null || mv -nh -- "$1" "$2" 2>/dev/null ||
        { [ -z "$b_open" ] && mv -n -- "$1" "$2" 2>/dev/null; } || return 1
    # Some say that they have done it when they have not.
    [ ! -e "$1" ] && [ ! -h "$1" ]
}
