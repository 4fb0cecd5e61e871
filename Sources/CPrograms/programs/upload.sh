#!/bin/sh
# Makes a file from this program's input: $1 destination, $2 mode, $3 size, $4 sha256, $5 a key for the temporary name.
# The name appears only with the right bytes in it; until then nothing of the old file is touched.
destination=$1 mode=$2 size=$3 sum=$4
case $destination in
-*) destination=./$destination ;;
esac
case $destination in
*/*) temporary=${destination%/*}/.${destination##*/}.baton-$5 ;;
*) temporary=.$destination.baton-$5 ;;
esac

fail() {
    rm -f -- "$temporary"
    printf '%s\n' "$1" >&2
    exit 1
}

sum_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        set -- "$(sha256sum <"$1")"
    elif command -v shasum >/dev/null 2>&1; then
        set -- "$(shasum -a 256 <"$1")"
    elif command -v openssl >/dev/null 2>&1; then
        set -- "$(openssl dgst -sha256 -r <"$1")"
    else
        fail "no sha256sum, shasum or openssl here to check an upload with"
    fi
    printf '%s' "${1%% *}"
}

[ -d "$destination" ] && fail "$destination is a directory"
umask 077
# A name that is there already is somebody's trap. noclobber opens with O_EXCL, so no link is followed to a file, and
# the bytes go through that one descriptor; but it lets pipes and devices through, also behind a link.
if [ -e "$temporary" ] || [ -h "$temporary" ]; then
    echo "$temporary is there already, and not from this upload" >&2
    exit 1
fi
set -C
opened=
{ opened=yes && head -c "$size" >&3; } 3>"$temporary" || {
    [ -n "$opened" ] || { echo "cannot write into the directory of $destination" >&2; exit 1; }
    fail "cannot write $destination: is the disk full?"
}
set +C
got=$(sum_of "$temporary") || exit 1
[ "$got" = "$sum" ] || fail "what arrived for $destination has sha256 $got instead of $sum"
chmod "$mode" "$temporary" || fail "cannot set mode $mode on $destination"
# coreutils and newer busybox sync one file; an old one refuses the argument, and then all is synced.
sync "$temporary" 2>/dev/null || sync
mv -f -- "$temporary" "$destination" || fail "cannot put $destination in place"
