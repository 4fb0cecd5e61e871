#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What there is of releases, as lines for a reader: `KEY VALUE`, and `end` behind all of them. Names that cannot stand in a line
# are shown with question marks: they are none of Baton's.

# baton_release_look ROOT ID...: of these, what is kept comes along.
baton_release_look() {
    if ! baton_release_enter "$1"; then
        if [ -e "$1" ] && [ ! -d "$1" ]; then baton_fail "$1 is no directory"; fi
        baton_missing "$1" || baton_fail "$1 may not be looked at: a directory above it is closed"
        if [ -d "$1" ]; then baton_fail "$1 may not be gone into"; fi
        printf 'root missing\nend\n'
        return 0
    fi
    shift
    echo 'root there'
    if [ -n "$b_rl_doubt" ]; then baton_release_say doubt "$b_rl_doubt"; fi
    if baton_release_free; then printf 'free %s\n' "$b_rl_free"; fi
    if [ -d ./.baton ] && [ ! -x ./.baton ]; then
        baton_fail "$b_rl_root/.baton may not be looked into: who installed it can (root: become: true)"
    fi
    baton_release_current
    baton_release_say current "$b_rl_current"
    baton_release_say_records
    baton_release_say_trees
    baton_release_say_uses
    for b_rl_path in ./.baton/migrations/*.migration; do
        [ -f "$b_rl_path" ] || continue
        b_rl_one=${b_rl_path##*/}
        baton_release_migration "$b_rl_path"
        printf 'migrated %s %s\n' "${b_rl_one%.migration}" "${b_rl_migrated:-unknown}"
    done
    for b_rl_path in ./.baton/incoming/* ./.baton/incoming/.[!.]*; do
        [ -f "$b_rl_path" ] || continue
        b_rl_size=$(wc -c <"$b_rl_path") && baton_release_say incoming "$((b_rl_size)) ${b_rl_path##*/}"
    done
    baton_lease_read
    if [ "$b_rl_epoch" != 0 ]; then baton_lease_say; fi
    baton_release_say_switch
    for b_rl_id; do baton_release_say_kept "$b_rl_id"; done
    echo end
}

# Bytes that a line cannot have become question marks.
baton_release_say() {
    case $2 in
    *[![:print:]]*) printf '%s %s\n' "$1" "$(printf %s "$2" | LC_ALL=C tr -c ' -~' '?')" ;;
    *) printf '%s %s\n' "$1" "$2" ;;
    esac
}

baton_release_say_records() {
    baton_release_list
    b_rl_more=$b_rl_ids
    while [ -n "$b_rl_more" ]; do
        b_rl_one=${b_rl_more%%"$b_newline"*} b_rl_more=${b_rl_more#*"$b_newline"}
        baton_release_record "$b_rl_one"
        if [ "$b_rl_state" = staging ]; then continue; fi
        b_rl_tree=no
        if baton_release_has_tree; then b_rl_tree=yes; fi
        b_rl_count=0
        if [ -n "$b_rl_kept" ]; then
            for b_rl_path in "./.baton/releases/$b_rl_one/kept-$b_rl_kept"/*; do
                if [ -f "$b_rl_path" ]; then b_rl_count=$((b_rl_count + 1)); fi
            done
        fi
        printf 'release %s %s %s %s %s %s %s\n' "$b_rl_one" "$b_rl_state" "$b_rl_serial" "$b_rl_at" "$b_rl_run" "$b_rl_tree" "$b_rl_count"
        if [ -n "$b_rl_sha256" ]; then printf 'sha256 %s\n' "$b_rl_sha256"; fi
        if [ "$b_rl_target" != "releases/$b_rl_one" ]; then baton_release_say target "$b_rl_target"; fi
    done
}

# Left-overs, and what is none of Baton's.
baton_release_say_trees() {
    b_rl_count=0
    for b_rl_path in ./releases/* ./releases/.[!.]*; do
        if [ ! -e "$b_rl_path" ] && [ ! -h "$b_rl_path" ]; then continue; fi
        b_rl_count=$((b_rl_count + 1))
        [ "$b_rl_count" -le 2000 ] || break
        b_rl_one=${b_rl_path##*/}
        case $b_rl_one in
        .*.staging | .*.gone) baton_release_say half "$b_rl_one" ;;
        *)
            if baton_release_name "$b_rl_one" && baton_release_record "$b_rl_one"; then
                if [ "$b_rl_state" = staging ]; then baton_release_say half "$b_rl_one"; fi
                continue
            fi
            b_rl_stranger=$b_rl_one
            baton_release_named "releases/$b_rl_stranger"
            if [ -z "$b_rl_named" ]; then baton_release_say stranger "$b_rl_stranger"; fi
            ;;
        esac
    done
}

baton_release_say_uses() {
    [ -d ./releases ] || return 0
    baton_release_uses | while IFS= read -r b_rl_line; do baton_release_say use "$b_rl_line"; done
}

baton_release_say_kept() {
    baton_release_name "$1" && baton_release_record "$1" && [ -n "$b_rl_kept" ] || return 0
    for b_rl_path in "./.baton/releases/$1/kept-$b_rl_kept"/*; do
        [ -f "$b_rl_path" ] || continue
        baton_sum "$b_rl_path"
        [ -n "$b_sum" ] || baton_fail "$b_rl_root/${b_rl_path#./} cannot be read, or there is nothing to sum it with"
        if command -v base64 >/dev/null 2>&1; then
            b_rl_text=$(base64 <"$b_rl_path" | tr -d '\n')
        else
            baton_fail 'there is no base64 here to send what is kept with'
        fi
        printf 'kept %s %s %s %s\n' "$1" "${b_rl_path##*/}" "$b_sum" "${b_rl_text:--}"
    done
}

# How far the last switch of services that are restarted came, as programs/services/switch.sh has written it down. The clock has been
# read.
baton_release_say_switch() {
    [ -f ./.baton/switch ] || return 0
    b_rl_says='' b_rl_nonce='' b_rl_run='' b_rl_from='' b_rl_to='' b_rl_process='' b_rl_why=
    while IFS= read -r b_rl_line || [ -n "$b_rl_line" ]; do
        b_rl_value=${b_rl_line#* }
        case $b_rl_line in
        'nonce '*) b_rl_nonce=$b_rl_value ;;
        'says '*) b_rl_says=$b_rl_value ;;
        'run '*) b_rl_run=$b_rl_value ;;
        'from '*) b_rl_from=$b_rl_value ;;
        'to '*) b_rl_to=$b_rl_value ;;
        'process '*) b_rl_process=$b_rl_value ;;
        'why '*) b_rl_why=$b_rl_value ;;
        esac
    done <./.baton/switch
    # PID START BOOT
    b_rl_alive=gone b_rl_value=${b_rl_process#* }
    if baton_started "${b_rl_process%% *}" && [ "$b_started $b_rl_boot" = "$b_rl_value" ]; then b_rl_alive=alive; fi
    baton_release_say switch "$b_rl_nonce $b_rl_run $b_rl_from $b_rl_to $b_rl_alive $b_rl_says"
    if [ -n "$b_rl_why" ]; then baton_release_say because "$b_rl_why"; fi
}
