#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# From the name of a release to its root, for who has no project at hand. ROOT/.baton/name says what it is called, and that counts.
# A file of that name in a directory of who installed it has the roots that may be called so, a line each: it is only
# believed where the root agrees.

# Where tests put another place.
b_rl_names=

# baton_release_names [all]: the directory, in b_rl_where, or nothing; with `all` root's behind one's own, a line each.
baton_release_names() {
    b_rl_where=$b_rl_names
    if [ -n "$b_rl_where" ]; then return; fi
    if baton_root; then
        b_rl_where=/var/lib/baton/releases
        return
    fi
    case ${HOME-} in /*) if [ -O "$HOME" ]; then b_rl_where=$HOME/.local/state/baton/releases; fi ;; esac
    if [ -n "${1-}" ]; then b_rl_where=${b_rl_where:+$b_rl_where$b_newline}/var/lib/baton/releases; fi
}

# baton_release_is_name WORD: as names of releases are written.
baton_release_is_name() {
    case $1 in '' | [!A-Za-z]* | *[!A-Za-z0-9_-]*) return 1 ;; esac
    [ "${#1}" -le 60 ]
}

# baton_release_called FILE NAME: the roots in it that are called so, in b_rl_roots, a line each; each in a shell of its own, as
# going there moves it.
baton_release_called() {
    b_rl_roots='' b_rl_count=0
    if [ ! -f "$1" ] || [ -h "$1" ]; then return; fi
    while IFS= read -r b_rl_line; do
        case $b_rl_line in *[[:cntrl:]]* | *//* | */../* | */ | '') continue ;; /*) ;; *) continue ;; esac
        b_rl_count=$((b_rl_count + 1))
        [ "$b_rl_count" -le 100 ] || break
        if (baton_release_answers "$b_rl_line" "$2") </dev/null 2>/dev/null; then b_rl_roots=$b_rl_roots$b_rl_line$b_newline; fi
    done <"$1"
}

# baton_release_answers ROOT NAME: whether it is called so; one that may not be looked into may be.
baton_release_answers() {
    baton_enter "$1/" || return 1
    if [ -d ./.baton ] && [ ! -x ./.baton ]; then return; fi
    b_rl_line=
    { IFS= read -r b_rl_line <./.baton/name; } 2>/dev/null
    [ "$b_rl_line" = "$2" ]
}

# baton_release_call NAME: the root in which this is is called so from now on. That it can be found by its name is a
# convenience: where that cannot be written, its path still leads there.
baton_release_call() {
    baton_release_is_name "$1" || baton_fail "$1 is no name of a release"
    baton_release_put ./.baton/name "$1"
    baton_release_names
    b_rl_home=$b_rl_where
    if [ -z "$b_rl_home" ]; then
        echo "note $1 cannot be found by its name: there is no directory of one's own for that"
        return 0
    fi
    baton_release_called "$b_rl_home/$1" "$1"
    case $b_newline$b_rl_roots in
    *"$b_newline$b_rl_root$b_newline"*) return ;;
    esac
    # What is made anew is for all to read: who may look into the root sees to itself.
    if ! (
        umask 022
        mkdir -p "$b_rl_home" && printf '%s%s\n' "$b_rl_roots" "$b_rl_root" >"$b_rl_home/.$1.$$" &&
            mv -f "$b_rl_home/.$1.$$" "$b_rl_home/$1"
    ) 2>/dev/null; then
        rm -f "$b_rl_home/.$1.$$" 2>/dev/null
        echo "note $1 cannot be found by its name: $b_rl_home cannot be written"
    fi
}

# baton_release_seek NAME: `found ROOT` for each root that is called so, and `end`.
baton_release_seek() {
    baton_release_is_name "$1" || baton_fail "$1 is no name of a release"
    baton_release_names all
    b_rl_places=$b_rl_where$b_newline b_rl_found=$b_newline
    while [ -n "$b_rl_places" ]; do
        b_rl_place=${b_rl_places%%"$b_newline"*} b_rl_places=${b_rl_places#*"$b_newline"}
        baton_release_called "$b_rl_place/$1" "$1"
        while [ -n "$b_rl_roots" ]; do
            b_rl_one=${b_rl_roots%%"$b_newline"*} b_rl_roots=${b_rl_roots#*"$b_newline"}
            case $b_rl_found in *"$b_newline$b_rl_one$b_newline"*) continue ;; esac
            b_rl_found=$b_rl_found$b_rl_one$b_newline
            printf 'found %s\n' "$b_rl_one"
        done
    done
    echo end
}
