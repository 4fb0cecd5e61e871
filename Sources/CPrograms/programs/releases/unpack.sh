#!/bin/sh
# What the user of a release does with its artifact, with that user's rights and in a shell of its own: $1 is what, $2 the tree, which
# is empty before. The artifact comes on the input, and is somebody's: it is looked through before anything of it is unpacked,
# and what became of it is looked through again. What is refused is said on stdout, and ends with 3.
LC_ALL=C
export LC_ALL
umask 022
cd -- "$2" || exit 126

baton_unpack_open() {
    case $1 in
    plain) cat ;;
    *) "$1" -dc ;;
    esac
    # Whoever reads this stops at the archive's end, and there may be more.
}

baton_unpack_refuse() {
    printf '%s\n' "$1"
    exit 3
}

# Each half of a pipe says how it ended.
baton_unpack_ends() {
    # shellcheck disable=SC2086
    set -- $1
    for b_u_end; do
        if [ "$b_u_end" != 0 ]; then exit 4; fi
    done
}

# What `tar -tv` tells, a line for each entry that begins with its kind and mode. Other things in a line may be made up by
# whoever made the archive, so everything is refused that could be read in a bad way.
baton_unpack_list() {
    b_u_numeric=
    if tar --help 2>&1 | grep -q numeric-owner; then b_u_numeric=--numeric-owner; fi
    b_u_ends=$({
        { baton_unpack_open "$1" 2>&4; echo "$?" >&3; } | {
            tar $b_u_numeric -tvf - 2>&4
            echo "$?" >&3
            cat >/dev/null
        } | awk '
            function no(why) { if (bad == "") bad = why ": " substr($0, 1, 300) }
            # Every end of the line that begins behind a space may be the name.
            function names(text, link,    part) {
                while (1) {
                    if (link) links[text] = 1
                    else if (index(text, "/")) below[text] = $0
                    part = index(text, " ")
                    if (!part) return
                    text = substr(text, part + 1)
                }
            }
            !/^[-a-zA-Z][-r][-w][-xsStT][-r][-w][-xsStT][-r][-w][-xsStT]/ { no("an entry that cannot be told apart"); next }
            { kind = substr($0, 1, 1); mode = substr($0, 2, 9); head = $0; count++ }
            kind ~ /[cb]/ { no("a device"); next }
            kind == "p" { no("a named pipe"); next }
            kind == "s" { no("a socket"); next }
            kind !~ /[-dlh]/ { no("an entry of an unknown kind"); next }
            mode ~ /[sS]/ { no("setuid or setgid") }
            kind == "l" {
                at = index($0, " -> ")
                if (!at) no("a link without a target")
                head = substr($0, 1, at - 1)
                if (index($0, " -> /")) no("a link that leaves the release")
            }
            kind != "l" && / link to \// { no("a hard link that leaves the release") }
            head ~ / \// { no("an absolute name") }
            head ~ /(^|[ \/])\.\.([ \/]|$)/ { no("a name with \"..\"") }
            $3 ~ /^[0-9]+$/ { sum += $3 }
            { names(head, kind == "l") }
            END {
                for (name in below) {
                    rest = name
                    while (match(rest, /\/[^\/]*$/)) {
                        rest = substr(rest, 1, RSTART - 1)
                        if (rest in links) { $0 = below[name]; no("an entry behind a link") }
                    }
                }
                if (!count) bad = "nothing: it is empty"
                if (bad != "") print "refused " bad
                else printf "bytes %.0f\n", sum
            }' >&6
    } 3>&1)
    baton_unpack_ends "$b_u_ends"
}

baton_unpack_extract() {
    b_u_modes=
    if tar --help 2>&1 | grep -q no-same-permissions; then b_u_modes=--no-same-permissions; fi
    b_u_ends=$({
        { baton_unpack_open "$1" 2>&4; echo "$?" >&3; } | {
            tar $b_u_modes -xof - >/dev/null 2>&4
            echo "$?" >&3
            cat >/dev/null
        }
    } 3>&1)
    baton_unpack_ends "$b_u_ends"
}

# What is there now, whatever tar made of the archive.
baton_unpack_verify() {
    # What cannot be looked into would be looked through in vain.
    b_u_one=$(find . -type d ! -perm -500 | head -n 1)
    [ -z "$b_u_one" ] || baton_unpack_refuse "the directory $b_u_one may not be looked into"
    b_u_one=$(find . -name '*[[:cntrl:]]*' | head -n 1)
    [ -z "$b_u_one" ] || baton_unpack_refuse 'it has a name with control characters'
    b_u_one=$(find . ! -type f ! -type d ! -type l | head -n 1)
    [ -z "$b_u_one" ] || baton_unpack_refuse "$b_u_one is neither file, directory nor link"
    b_u_one=$(find . -type f \( -perm -4000 -o -perm -2000 \) | head -n 1)
    [ -z "$b_u_one" ] || baton_unpack_refuse "$b_u_one is setuid or setgid"
    b_u_one=$(find . -type f -links +1 -exec ls -ldi {} + | awk '
        { found[$1]++; names[$1] = $3 }
        END { for (one in found) if (found[one] != names[one]) { print one; exit } }')
    [ -z "$b_u_one" ] || baton_unpack_refuse 'it has a hard link to something outside'
    find . -type l | {
        while IFS= read -r b_u_one; do
            b_u_to=$(readlink "$b_u_one" && echo .)
            b_u_to=${b_u_to%?.}
            case $b_u_to in /* | '') baton_unpack_refuse "the link $b_u_one leaves the release" ;; esac
            # Up at most as far as the tree goes, and then only down.
            b_u_up=${b_u_one#./}
            while :; do
                case $b_u_to in
                .. | ../*)
                    case $b_u_up in */*) b_u_up=${b_u_up%/*} ;; *) baton_unpack_refuse "the link $b_u_one leaves the release" ;; esac
                    b_u_to=${b_u_to#..} b_u_to=${b_u_to#/}
                    ;;
                . | ./*) b_u_to=${b_u_to#.} b_u_to=${b_u_to#/} ;;
                *) break ;;
                esac
            done
            case /$b_u_to/ in */../*) baton_unpack_refuse "the link $b_u_one goes down and up again" ;; esac
        done
    } || exit
}

# baton_unpack_share SHARED LIST: an entry a line, with its kind in front.
baton_unpack_share() {
    printf '%s\n' "$2" | while IFS= read -r b_u_line; do
        b_u_kind=${b_u_line%"${b_u_line#?}"} b_u_path=${b_u_line#?}
        [ -n "$b_u_path" ] || continue
        if [ "$b_u_kind" = d ] || { [ -d "./$b_u_path" ] && [ ! -h "./$b_u_path" ]; }; then
            mkdir -p -- "$1/$b_u_path" || exit 4
        elif [ ! -e "$1/$b_u_path" ]; then
            baton_unpack_refuse "shared $b_u_path is not there: put a file to $1/$b_u_path, or write $b_u_path/ for a directory"
        fi
        b_u_up=../../shared/ b_u_rest=$b_u_path
        while :; do
            case $b_u_rest in */*) b_u_up=../$b_u_up b_u_rest=${b_u_rest#*/} ;; *) break ;; esac
        done
        case $b_u_path in */*) mkdir -p -- "./${b_u_path%/*}" || exit 4 ;; esac
        rm -rf -- "./$b_u_path" && ln -s -- "$b_u_up$b_u_path" "./$b_u_path" || exit 4
    done || exit
}

exec 4>&2 6>&1
case $1 in
list) baton_unpack_list "$3" ;;
extract) baton_unpack_extract "$3" ;;
verify) baton_unpack_verify ;;
program) cat >"./$3" && chmod 755 "./$3" ;;
share) baton_unpack_share "$3" "$4" ;;
esac
