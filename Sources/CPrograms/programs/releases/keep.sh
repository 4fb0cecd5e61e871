#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What a rollback will need, beside the record of the release: ROOT/.baton/releases/ID/kept-N. The record says which N counts,
# so all files change in one moment.

# baton_release_keep ROOT EPOCH OWNER ID [NAME]: b_rl_files writes the files. With a name it is called so from now on.
baton_release_keep() {
    baton_release_change "$1" "$2" "$3"
    baton_release_record "$4" || baton_fail "there is no release $4 in $1"
    [ "$b_rl_state" != staging ] || baton_fail "release $4 is half staged in $1"
    b_rl_keeping=./.baton/releases/$4
    b_rl_before=$b_rl_kept
    b_rl_kept=$((${b_rl_kept:-0} + 1))
    b_rl_folder=$b_rl_keeping/kept-$b_rl_kept b_rl_written=0
    # What an earlier one left that was cut.
    rm -rf "$b_rl_folder"
    b_rl_tidy=baton_release_unkeep
    { mkdir "$b_rl_folder" 2>/dev/null && b_rl_files; } || baton_fail "cannot write into $b_rl_root/.baton: is the disk full?"
    for b_rl_path in "$b_rl_folder"/*; do
        [ -f "$b_rl_path" ] || continue
        b_rl_written=$((b_rl_written + 1))
        sync "$b_rl_path" 2>/dev/null || {
            sync
            break
        }
    done
    baton_release_sync "$b_rl_folder/"
    baton_release_firmly baton_release_write "$4"
    b_rl_tidy=
    [ -z "$b_rl_before" ] || rm -rf "$b_rl_keeping/kept-$b_rl_before"
    b_rl_written=0
    for b_rl_path in "$b_rl_folder"/*; do [ ! -f "$b_rl_path" ] || b_rl_written=$((b_rl_written + 1)); done
    printf 'kept %s %s\n' "$4" "$b_rl_written"
    if [ -n "${5-}" ]; then baton_release_call "$5"; fi
}

baton_release_unkeep() { rm -rf "$b_rl_folder"; }

# baton_release_kept NAME SHA256: from its input.
baton_release_kept() {
    cat >"$b_rl_folder/$1" 2>/dev/null || return 1
    baton_sum "$b_rl_folder/$1"
    [ "$b_sum" = "$2" ]
}
