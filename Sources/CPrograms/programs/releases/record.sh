#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What the host writes down of each release: ROOT/.baton/releases/ID/record, lines of KEY VALUE. A release is what has a record
# that says more than `staging`; a tree alone is none.

# baton_release_record ID: reads it. Fails with 1 where there is none.
baton_release_record() {
    b_rl_state='' b_rl_serial='' b_rl_at='' b_rl_run='' b_rl_sha256='' b_rl_target='' b_rl_kept=
    b_rl_file=./.baton/releases/$1/record
    [ -f "$b_rl_file" ] || return 1
    while IFS= read -r b_rl_line || [ -n "$b_rl_line" ]; do
        b_rl_value=${b_rl_line#* }
        case $b_rl_line in
        *[[:cntrl:]]*) b_rl_state=unreadable ;;
        'state '*) b_rl_state=$b_rl_value ;;
        'serial '*) b_rl_serial=$b_rl_value ;;
        'at '*) b_rl_at=$b_rl_value ;;
        'run '*) b_rl_run=$b_rl_value ;;
        'sha256 '*) b_rl_sha256=$b_rl_value ;;
        'target '*) b_rl_target=$b_rl_value ;;
        'kept '*) b_rl_kept=$b_rl_value ;;
        esac
    done <"$b_rl_file"
    case $b_rl_state in staging | staged | active | good | bad) ;; *) baton_release_strange "$1" ;; esac
    baton_release_number "$b_rl_serial" || baton_release_strange "$1"
    baton_release_number "$b_rl_at" || baton_release_strange "$1"
    case $b_rl_run in '' | *[!A-Za-z0-9._-]*) baton_release_strange "$1" ;; esac
    [ -n "$b_rl_target" ] || baton_release_strange "$1"
    case $b_rl_kept in '') ;; *) baton_release_number "$b_rl_kept" || baton_release_strange "$1" ;; esac
}

baton_release_strange() {
    baton_fail "$b_rl_root/.baton/releases/$1/record is none of Baton's: nothing is done before somebody has looked at it"
}

# baton_release_write ID: the record as the variables say.
baton_release_write() {
    if [ ! -d "./.baton/releases/$1" ]; then
        mkdir "./.baton/releases/$1" 2>/dev/null || baton_fail "cannot write into $b_rl_root/.baton: is the disk full?"
    fi
    b_rl_text="state $b_rl_state${b_newline}serial $b_rl_serial${b_newline}at $b_rl_at${b_newline}run $b_rl_run"
    b_rl_text="$b_rl_text${b_newline}target $b_rl_target"
    if [ -n "$b_rl_sha256" ]; then b_rl_text="$b_rl_text${b_newline}sha256 $b_rl_sha256"; fi
    if [ -n "$b_rl_kept" ]; then b_rl_text="$b_rl_text${b_newline}kept $b_rl_kept"; fi
    baton_release_put "./.baton/releases/$1/record" "$b_rl_text"
    baton_release_sync ./.baton/releases/
}

# Every release with a record, in b_rl_ids, a line each; the highest serial in b_rl_last.
baton_release_list() {
    b_rl_ids='' b_rl_last=0 b_rl_count=0
    for b_rl_path in ./.baton/releases/*/record; do
        [ -f "$b_rl_path" ] || continue
        b_rl_one=${b_rl_path%/record} b_rl_one=${b_rl_one##*/}
        baton_release_name "$b_rl_one" || continue
        b_rl_count=$((b_rl_count + 1))
        [ "$b_rl_count" -le 2000 ] || baton_fail "$b_rl_root/.baton/releases has too many releases"
        baton_release_record "$b_rl_one"
        b_rl_ids=$b_rl_ids$b_rl_one$b_newline
        if [ "$b_rl_serial" -gt "$b_rl_last" ]; then b_rl_last=$b_rl_serial; fi
    done
}

# A new state for the release whose record has been read, at the end of the order where `next` says so.
# baton_release_become_state ID STATE RUN [next]
baton_release_restate() {
    if [ -n "${4-}" ]; then
        b_rl_restated=$1
        baton_release_list
        baton_release_record "$b_rl_restated" || baton_release_fresh
        b_rl_serial=$((b_rl_last + 1))
    fi
    b_rl_state=$2 b_rl_run=$3
    b_rl_at=$(date +%s 2>/dev/null)
    baton_release_number "$b_rl_at" || b_rl_at=0
    baton_release_write "$1"
}

# The variables of a record that is not there yet.
baton_release_fresh() { b_rl_serial=0 b_rl_sha256='' b_rl_kept='' b_rl_target=releases/$b_rl_restated; }

# Whether there is something to switch to: a directory, seen without going through a link that a service's user made.
baton_release_has_tree() {
    case $b_rl_target in
    releases/*) [ -d "./$b_rl_target" ] && [ ! -h "./$b_rl_target" ] ;;
    current) [ -d ./current ] && [ ! -h ./current ] ;;
    *) [ -d "$b_rl_target" ] ;;
    esac
}

# What `current` says, in b_rl_current: `missing`, `interrupted`, `directory`, `other`, `release ID`, `elsewhere TEXT`, `dangling TEXT`.
baton_release_current() {
    b_rl_current=missing
    if [ -h ./current ]; then
        baton_target ./current
        baton_release_named "$b_target"
        if [ -n "$b_rl_named" ]; then
            b_rl_current="release $b_rl_named"
        elif [ -d ./current/ ]; then
            b_rl_current="elsewhere $b_target"
        else
            b_rl_current="dangling $b_target"
        fi
    elif [ -d ./current ]; then
        b_rl_current=directory
    elif [ -e ./current ]; then
        b_rl_current=other
    elif [ -h ./releases/.current.new ]; then
        # The host went down while a directory was made a link: the next adoption ends it.
        b_rl_current=interrupted
    fi
}

# baton_release_named TEXT: the release with a record that a link with this text names, in b_rl_named. That of a found one
# is compared as it is.
baton_release_named() {
    b_rl_named=
    b_rl_name=${1#"$b_rl_root/"} b_rl_name=${b_rl_name#./} b_rl_name=${b_rl_name%/}
    case $b_rl_name in
    releases/*)
        b_rl_one=${b_rl_name#releases/}
        if baton_release_name "$b_rl_one" && baton_release_record "$b_rl_one" && [ "$b_rl_state" != staging ] &&
            [ "$b_rl_target" = "releases/$b_rl_one" ]; then
            b_rl_named=$b_rl_one
            return 0
        fi
        ;;
    esac
    for b_rl_path in ./.baton/releases/found ./.baton/releases/found-*; do
        [ -f "$b_rl_path/record" ] || continue
        baton_release_record "${b_rl_path##*/}"
        if [ "$b_rl_target" = "$1" ]; then
            b_rl_named=${b_rl_path##*/}
            return 0
        fi
    done
}

# MARK: marks

# baton_release_mark ROOT EPOCH OWNER ID STATE RUN
baton_release_mark() {
    baton_release_change "$1" "$2" "$3"
    baton_release_record "$4" || baton_fail "there is no release $4 in $1"
    case $b_rl_state:$5 in
    staging:*) baton_fail "release $4 is half staged in $1" ;;
    active:active | good:good | bad:bad)
        # What is switched to once more is the newest from then on.
        b_rl_before=$b_rl_serial
        baton_release_list
        if [ "$5" != active ] || [ "$b_rl_before" -eq "$b_rl_last" ]; then
            echo "it is $5 already"
            exit 76
        fi
        ;;
    staged:good) baton_fail "release $4 is staged, and nothing was ever switched to it: it cannot be good" ;;
    bad:good) baton_fail "release $4 is bad: it becomes active before it can be good again" ;;
    esac
    baton_release_record "$4"
    if [ "$5" = active ]; then
        baton_release_has_tree || baton_fail "release $4 has no tree in $1: $b_rl_target is not there"
        baton_release_firmly baton_release_restate "$4" active "$6" next
    else
        baton_release_firmly baton_release_restate "$4" "$5" "$6"
    fi
    printf 'marked %s %s\n' "$4" "$5"
}

# baton_release_abandon ROOT EPOCH OWNER EXPECTED RUN: the newest that was switched to, whichever that is, is the one that
# somebody has seen and given up.
baton_release_abandon() {
    baton_release_change "$1" "$2" "$3"
    baton_release_list
    b_rl_rest=$b_rl_ids b_rl_newest='' b_rl_highest=0
    while [ -n "$b_rl_rest" ]; do
        b_rl_one=${b_rl_rest%%"$b_newline"*} b_rl_rest=${b_rl_rest#*"$b_newline"}
        baton_release_record "$b_rl_one"
        case $b_rl_state in active | good) ;; *) continue ;; esac
        if [ "$b_rl_serial" -ge "$b_rl_highest" ]; then b_rl_newest=$b_rl_one b_rl_highest=$b_rl_serial; fi
    done
    if [ "$b_rl_newest" != "$4" ]; then
        if baton_release_record "$4" && [ "$b_rl_state" = bad ]; then
            echo "it is bad already"
            exit 76
        fi
        baton_release_end 75 "the newest release in $1 is ${b_rl_newest:-none}, not $4"
    fi
    baton_release_record "$4"
    baton_release_firmly baton_release_restate "$4" bad "$5"
    printf 'marked %s bad\n' "$4"
}
