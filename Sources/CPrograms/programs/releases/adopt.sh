#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# First contact: what `current` is before Baton came becomes the release `found`, which is good and never removed.

# baton_release_adopt ROOT EPOCH OWNER RUN [link]: with `link` a directory `current` becomes a link now.
baton_release_adopt() {
    baton_release_change "$1" "$2" "$3"
    baton_release_heal
    baton_release_current
    case $b_rl_current in
    missing)
        echo 'there is no current release yet'
        exit 76
        ;;
    'release '*)
        echo "${b_rl_current#release } is a release already"
        exit 76
        ;;
    dangling*) baton_fail "$b_rl_root/current is a link to ${b_rl_current#dangling }, which is not there: nothing can be adopted" ;;
    other) baton_fail "$b_rl_root/current is neither a link nor a directory" ;;
    'elsewhere '*)
        baton_release_find "${b_rl_current#elsewhere }" "$4"
        ;;
    directory)
        baton_release_named current
        if [ -z "$b_rl_named" ]; then baton_release_find current "$4"; fi
        if [ -n "$5" ]; then
            baton_release_convert "$4"
        elif [ -n "$b_rl_named" ]; then
            echo "$b_rl_named is a release already"
            exit 76
        fi
        ;;
    esac
    baton_release_record "$b_rl_found"
    printf 'adopted %s %s\n' "$b_rl_found" "$b_rl_target"
}

# baton_release_find TARGET RUN: a record for it, under the next name that is free, in b_rl_found.
baton_release_find() {
    case $1 in *[[:cntrl:]]*) baton_fail "$b_rl_root/current names a directory whose name has control characters" ;; esac
    baton_release_list
    b_rl_found=found b_rl_count=1
    while [ -e "./.baton/releases/$b_rl_found/record" ]; do
        b_rl_count=$((b_rl_count + 1))
        [ "$b_rl_count" -le 99 ] || baton_fail "too many releases were found in $b_rl_root"
        b_rl_found=found-$b_rl_count
    done
    b_rl_sha256='' b_rl_kept='' b_rl_target=$1 b_rl_serial=$((b_rl_last + 1))
    baton_release_firmly baton_release_restate "$b_rl_found" good "$2"
}

# The directory becomes releases/found, and `current` a link to it. Where mv can exchange two names there is no moment
# without `current`; elsewhere there are two renames, one right behind the other, which no signal comes between.
baton_release_convert() {
    baton_release_named current
    b_rl_found=$b_rl_named
    if [ -e "./releases/$b_rl_found" ] || [ -h "./releases/$b_rl_found" ]; then
        baton_fail "$b_rl_root/releases/$b_rl_found is in the way"
    fi
    baton_unmounted "$b_rl_root/current"
    rm -f ./.baton/current.new
    baton_release_firmly baton_release_exchange "$1"
    baton_release_sync ./
    baton_release_sync ./releases/
}

baton_release_exchange() {
    ln -s "releases/$b_rl_found" ./releases/.current.new || baton_fail "cannot write into $b_rl_root/releases"
    # What it will be is written down first: should the host go down in between, the next adoption ends it.
    b_rl_target=releases/$b_rl_found
    baton_release_restate "$b_rl_found" "$b_rl_state" "$1"
    # With the exchange the link is where the directory was, and the directory where the link was.
    if mv --exchange -T ./releases/.current.new ./current 2>/dev/null && [ -h ./current ]; then
        mv -T ./releases/.current.new "./releases/$b_rl_found"
        return 0
    fi
    trap '' HUP INT PIPE TERM
    if mv ./current "./releases/$b_rl_found" && mv ./releases/.current.new ./current; then
        trap 'exit 143' HUP INT PIPE TERM
        return 0
    fi
    if [ ! -e ./current ] && [ ! -h ./current ]; then mv "./releases/$b_rl_found" ./current; fi
    b_rl_target=current
    baton_release_write "$b_rl_found"
    baton_fail "cannot make $b_rl_root/current a link"
}

# A host that went down between two renames.
baton_release_heal() {
    for b_rl_path in ./.baton/releases/found ./.baton/releases/found-*; do
        [ -f "$b_rl_path/record" ] || continue
        b_rl_one=${b_rl_path##*/}
        baton_release_record "$b_rl_one"
        [ "$b_rl_target" = "releases/$b_rl_one" ] || continue
        if [ ! -e "./releases/$b_rl_one" ] && [ -d ./current ] && [ ! -h ./current ]; then
            # It did not come to the first.
            b_rl_target=current
            baton_release_firmly baton_release_write "$b_rl_one"
        elif [ -h ./releases/.current.new ] && [ -d "./releases/$b_rl_one" ] && [ ! -e ./current ] && [ ! -h ./current ]; then
            baton_release_firmly mv ./releases/.current.new ./current
            baton_release_sync ./
            printf 'note %s is back: the host went down while it was made a link\n' "$b_rl_root/current"
        elif [ -d ./releases/.current.new ] && [ -h ./current ] && [ ! -e "./releases/$b_rl_one" ]; then
            # The exchange was done, and the name behind it not.
            baton_release_firmly mv ./releases/.current.new "./releases/$b_rl_one"
        fi
    done
    if [ -h ./releases/.current.new ]; then rm -f ./releases/.current.new; fi
}
