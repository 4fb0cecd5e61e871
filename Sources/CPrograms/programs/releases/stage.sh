#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# From an artifact to a tree that could run. It is unpacked under a name that nobody uses, gets its own name before `prepare` runs, as
# what that writes often holds its place, and is a release when its record says so. Whatever cuts this, the next one begins
# anew.

# baton_release_stage ROOT EPOCH OWNER ID SHA256 RUN USER GROUP PROGRAM UNPACK-SECONDS PREPARE-SECONDS: b_rl_prepare and
# b_rl_shared have the rest. PROGRAM is the name of a single executable, or empty.
baton_release_stage() {
    baton_release_change "$1" "$2" "$3"
    baton_release_account "$7" "$8"
    b_rl_id=$4 b_rl_step='looking at what is there' b_rl_seconds_of=${10}
    if baton_release_record "$b_rl_id"; then
        if [ "$b_rl_state" != staging ] && baton_release_has_tree; then
            [ "$b_rl_sha256" = "$5" ] || baton_release_failed "it is there with sha256 $b_rl_sha256 instead of $5"
            rm -f "./.baton/incoming/$b_rl_id"
            echo "it is $b_rl_state already"
            exit 76
        fi
    elif [ -e "./releases/$b_rl_id" ] || [ -h "./releases/$b_rl_id" ]; then
        baton_release_failed "$b_rl_root/releases/$b_rl_id is there, and Baton has not staged it: remove it, or build another version"
    fi
    baton_release_current
    if [ -h ./current ] && [ "${b_rl_current#* }" = "releases/$b_rl_id" ]; then
        baton_release_failed "$b_rl_root/current names it already"
    fi
    if baton_release_half && baton_release_process "$b_rl_id"; then
        baton_release_failed "process $b_rl_process of an earlier staging still works in it: it has to end first"
    fi
    baton_release_unstage || baton_release_failed "what an earlier one left cannot be removed: $b_rl_said"
    baton_release_artifact "$5"
    b_rl_step='making the tree'
    b_rl_tidy=baton_release_unstage
    baton_release_firmly baton_release_begin "$5" "$6"
    b_rl_work=releases/.$b_rl_id.staging
    b_rl_said=$(mkdir -m 755 "./$b_rl_work" 2>&1) || baton_release_failed "$b_rl_said"
    if [ "$b_rl_me" = 0 ]; then
        b_rl_said=$(chown -h "$b_rl_uid:$b_rl_gid" "./$b_rl_work" 2>&1) || baton_release_failed "$b_rl_said"
    fi
    chmod 755 "./$b_rl_work"
    if [ -n "$9" ]; then baton_release_user program "$9"; else baton_release_archive; fi
    baton_release_share
    b_rl_step='giving the tree its name'
    baton_release_firmly mv "./$b_rl_work" "./releases/$b_rl_id" || baton_release_failed 'it cannot be renamed'
    baton_release_sync ./releases/
    if [ -n "$b_rl_prepare" ]; then
        b_rl_step=prepare
        b_rl_log=./.baton/releases/$b_rl_id/prepare.log
        baton_release_run "${11}" "$b_rl_root/releases/$b_rl_id" "$b_rl_log" "$b_rl_prepare"
        if [ "$b_rl_status" = 124 ]; then
            baton_release_failed "it was not done after ${11} seconds; its last lines:$b_newline$(baton_release_said "$b_rl_log")"
        fi
        [ "$b_rl_status" = 0 ] || baton_release_failed "it ended with $b_rl_status; its last lines:$b_newline$(baton_release_said "$b_rl_log")"
    fi
    b_rl_step='writing it down'
    sync -f "./releases/$b_rl_id" 2>/dev/null || sync
    baton_release_record "$b_rl_id" || baton_release_failed 'its record went away meanwhile'
    b_rl_sha256=$5
    baton_release_firmly baton_release_restate "$b_rl_id" staged "$6" next
    b_rl_tidy=
    rm -f "./.baton/incoming/$b_rl_id"
    printf 'staged %s\n' "$b_rl_id"
}

baton_release_failed() { baton_fail "staging $b_rl_id in $b_rl_root failed at $b_rl_step: $1"; }

# The intent, before there is a tree: without it nobody could tell a half tree from somebody's own.
baton_release_begin() {
    baton_release_list
    b_rl_state=staging b_rl_serial=$((b_rl_last + 1)) b_rl_run=$2 b_rl_sha256=$1 b_rl_target=releases/$b_rl_id b_rl_kept=''
    b_rl_at=$(date +%s 2>/dev/null)
    baton_release_number "$b_rl_at" || b_rl_at=0
    baton_release_write "$b_rl_id"
}

# Whether an earlier staging left something.
baton_release_half() {
    for b_rl_left in "$b_rl_id" ".$b_rl_id.staging" ".$b_rl_id.gone" ".$b_rl_id.staging.gone"; do
        if [ -d "./releases/$b_rl_left" ]; then return 0; fi
    done
    return 1
}

# Takes away what there is of a staging that did not come to its end. Uses of it are a reason to leave it.
baton_release_unstage() {
    b_rl_ended=
    if [ -d "./releases/.$b_rl_id.staging" ] || [ -h "./releases/.$b_rl_id.staging" ]; then
        baton_release_discard ".$b_rl_id.staging" 600 || return 1
    fi
    if baton_release_record "$b_rl_id"; then
        if [ -e "./releases/$b_rl_id" ] || [ -h "./releases/$b_rl_id" ]; then
            baton_release_discard "$b_rl_id" 600 || return 1
        fi
        rm -rf "./.baton/releases/$b_rl_id"
    fi
    for b_rl_left in "./releases/.$b_rl_id.gone" "./releases/.$b_rl_id.staging.gone"; do
        [ ! -d "$b_rl_left" ] || baton_release_discard "${b_rl_left##*/}" 600 || return 1
    done
}

# What was uploaded is what was meant.
baton_release_artifact() {
    b_rl_step='checking the artifact'
    b_rl_artifact=./.baton/incoming/$b_rl_id
    if [ ! -f "$b_rl_artifact" ] || [ -h "$b_rl_artifact" ]; then
        baton_release_failed "nothing was uploaded to $b_rl_root/${b_rl_artifact#./}"
    fi
    baton_sum "$b_rl_artifact"
    if [ "$b_summer" = none ]; then baton_release_failed 'there is no sha256sum, shasum or openssl here'; fi
    if [ "$b_sum" != "$1" ]; then
        rm -f "$b_rl_artifact"
        baton_release_failed "what was uploaded has sha256 ${b_sum:-none} instead of $1"
    fi
}

# baton_release_user WHAT WORD...: unpack.sh with the user's rights; what it says of a refusal is said here. Its output is b_rl_out.
baton_release_user() {
    b_rl_what=$1
    shift
    baton_lease_clock
    b_rl_until=$((b_rl_now + b_rl_seconds_of * 100))
    b_rl_out=$(baton_release_as "$b_rl_seconds_of" "$b_rl_unpacking" "$b_rl_what" "$b_rl_root/$b_rl_work" "$@" \
        2>./.baton/unpack.log <"$b_rl_artifact")
    b_rl_status=$?
    baton_release_overdue
    # All of it, as an archive can make tar say much.
    b_rl_stripped=$(grep -m 1 -i 'removing leading' ./.baton/unpack.log)
    baton_clean "$(tail -n 5 ./.baton/unpack.log 2>/dev/null)" 600
    rm -f ./.baton/unpack.log
    case $b_rl_status in
    0) ;;
    3) baton_release_failed "$b_rl_out" ;;
    124) baton_release_failed "it was not done after $b_rl_seconds_of seconds" ;;
    126) baton_release_failed "user $b_rl_user cannot get to $b_rl_root/$b_rl_work: $b_clean" ;;
    *) baton_release_failed "${b_clean:-it ended with $b_rl_status}" ;;
    esac
}

baton_release_archive() {
    b_rl_step='looking through the archive'
    case $(head -c 6 <"$b_rl_artifact" | od -An -v -tx1 | tr -d ' \n') in
    1f8b*) b_rl_tool=gzip ;;
    425a68*) b_rl_tool=bzip2 ;;
    fd377a585a00) b_rl_tool=xz ;;
    28b52ffd*) b_rl_tool=zstd ;;
    *) b_rl_tool=plain ;;
    esac
    for b_rl_need in tar awk find readlink "$b_rl_tool"; do
        if [ "$b_rl_need" != plain ] && ! command -v "$b_rl_need" >/dev/null 2>&1; then
            baton_release_failed "there is no $b_rl_need here, and the archive takes it"
        fi
    done
    baton_release_user list "$b_rl_tool"
    # Those that are taken off names before they are listed.
    if [ -n "$b_rl_stripped" ]; then
        baton_clean "$b_rl_stripped" 300
        baton_release_failed "it has names that lead out of the release: $b_clean"
    fi
    case $b_rl_out in
    'bytes '*) ;;
    'refused '*)
        baton_clean "$b_rl_out" 400
        baton_release_failed "it has ${b_clean#refused }"
        ;;
    *) baton_release_failed 'the archive cannot be listed' ;;
    esac
    b_rl_bytes=${b_rl_out#bytes }
    case $b_rl_bytes in '' | *[!0-9]* | ????????????????*) baton_release_failed 'the archive has sizes that are none' ;; esac
    if baton_release_free && [ "$((b_rl_bytes / 1024))" -gt "$b_rl_free" ]; then
        baton_release_failed "it takes $((b_rl_bytes / 1048576)) MiB, and $((b_rl_free / 1024)) MiB are free: is the disk full?"
    fi
    b_rl_step=unpacking
    baton_release_user extract "$b_rl_tool"
    b_rl_step='looking through the tree'
    baton_release_user verify
}

baton_release_share() {
    [ -n "$b_rl_shared" ] || return 0
    b_rl_step='linking what is shared'
    if [ ! -d ./shared ]; then
        b_rl_said=$(mkdir -m 755 ./shared 2>&1) || baton_release_failed "$b_rl_said"
        if [ "$b_rl_me" = 0 ]; then
            b_rl_said=$(chown -h "$b_rl_uid:$b_rl_gid" ./shared 2>&1) || baton_release_failed "$b_rl_said"
        fi
        chmod 755 ./shared
    fi
    baton_release_user share "$b_rl_root/shared" "$b_rl_shared"
}
