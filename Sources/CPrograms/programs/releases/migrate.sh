#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# The migration of a run: ROOT/.baton/migrations/RUN.migration says that it was begun, and how it ended. What nobody knows the end of
# is not done again by itself.

# baton_release_migrate ROOT EPOCH OWNER ID RUN USER GROUP SECONDS [again]: b_rl_command is the command.
baton_release_migrate() {
    baton_release_change "$1" "$2" "$3"
    baton_release_record "$4" || baton_fail "there is no release $4 in $1"
    { [ "$b_rl_state" != staging ] && baton_release_has_tree; } || baton_fail "release $4 is not staged in $1"
    case $b_rl_target in releases/*) ;; *) baton_fail "release $4 was here before Baton: it is not migrated to" ;; esac
    baton_release_account "$6" "$7"
    b_rl_file=./.baton/migrations/$5.migration
    if [ -e "$b_rl_file" ]; then
        baton_release_migration "$b_rl_file"
        if [ "$b_rl_migrated" = 0 ]; then
            echo "run $5 has migrated already"
            exit 76
        fi
        if [ -z "$b_rl_migrated" ] && [ -z "$9" ]; then
            baton_release_end 79 "the migration of run $5 was begun and never came to its end here: whether it is done, only somebody who looks can tell. What it said last: $(baton_release_said "./.baton/migrations/$5.log")"
        fi
    fi
    baton_release_firmly baton_release_put "$b_rl_file" "begun $4"
    baton_release_run "$8" "$b_rl_root/$b_rl_target" "./.baton/migrations/$5.log" "$b_rl_command"
    # Also where the lease is another's by now: it is a fact.
    baton_release_put "$b_rl_file" "begun $4${b_newline}status $b_rl_status"
    if [ "$b_rl_status" != 0 ]; then
        b_rl_how="ended with $b_rl_status"
        if [ "$b_rl_status" = 124 ]; then b_rl_how="was not done after $8 seconds"; fi
        baton_fail "the migration of release $4 $b_rl_how; its last lines:$b_newline$(baton_release_said "./.baton/migrations/$5.log")"
    fi
    printf 'migrated %s\n' "$4"
}

# How a migration ended, in b_rl_migrated; empty where nobody knows.
baton_release_migration() {
    b_rl_migrated=
    while IFS= read -r b_rl_line || [ -n "$b_rl_line" ]; do
        case $b_rl_line in 'status '*) b_rl_migrated=${b_rl_line#status } ;; esac
    done <"$1"
    case $b_rl_migrated in *[!0-9]* | ????*) b_rl_migrated= ;; esac
}
