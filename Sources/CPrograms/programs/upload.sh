#!/bin/sh
# Makes a file from this program's input: $1 destination, $2 mode, $3 size, $4 sha256, $5 a key for the temporary name. Where
# the sum is "-", it is printed, and compared elsewhere.
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

large=''
if [ "$size" -ge 8388608 ]; then large=yes; fi

# openssl is slower to start, and three times as fast with large files.
if [ -n "$large" ] && command -v openssl >/dev/null 2>&1; then
    summer='openssl dgst -sha256 -r'
elif command -v sha256sum >/dev/null 2>&1; then
    summer=sha256sum
elif command -v shasum >/dev/null 2>&1; then
    summer='shasum -a 256'
elif command -v openssl >/dev/null 2>&1; then
    summer='openssl dgst -sha256 -r'
else
    fail "no sha256sum, shasum or openssl here to check an upload with"
fi

[ -d "$destination" ] && fail "$destination is a directory"
umask 077
# A name that is there already is somebody's trap. noclobber opens with O_EXCL, so no link is followed to a file, and
# the bytes go through that one descriptor; but it lets pipes and devices through, also behind a link.
if [ -e "$temporary" ] || [ -h "$temporary" ]; then
    echo "$temporary is there already, and not from this upload" >&2
    exit 1
fi
# Large blocks cost half of the small ones of `head`. Where dd cannot count bytes, `head` it is.
take() {
    if [ -n "$large" ] && dd bs=65536 count=0 iflag=fullblock,count_bytes </dev/null >/dev/null 2>&1; then
        dd bs=65536 count="$size" iflag=fullblock,count_bytes 2>/dev/null
    else
        head -c "$size"
    fi
}

# Where processors have nothing else to do the sum is made of the bytes as they come in; the copies for that cost more than
# reading them again.
beside=''
if [ -n "$large" ] && [ -e /dev/fd/0 ] && command -v tee >/dev/null 2>&1; then
    processors=$(nproc 2>/dev/null) && [ "$processors" -gt 2 ] && beside=yes
fi
set -C
opened='' got=''
# shellcheck disable=SC2094
{
    opened=yes
    if [ -n "$beside" ]; then
        # Where they cannot be written the file goes.
        got=$({ take | tee /dev/fd/4 >&3 || rm -f -- "$temporary"; } 4>&1 >/dev/null | $summer)
        [ -e "$temporary" ]
    else
        take >&3
    fi
} 3>"$temporary" || {
    [ -n "$opened" ] || { echo "cannot write into the directory of $destination" >&2; exit 1; }
    fail "cannot write $destination: is the disk full?"
}
set +C
# Large ones are written down while they are summed.
syncing=''
if [ -n "$large" ]; then
    sync "$temporary" 2>/dev/null &
    syncing=$!
fi
[ -n "$got" ] || got=$($summer <"$temporary")
[ -z "$syncing" ] || wait "$syncing"
got=${got%% *}
if [ "$sum" = - ]; then
    # Who sent it may be gone, and compare nothing.
    [ "$(wc -c <"$temporary")" -eq "$size" ] || fail "only a part of $destination arrived"
    printf '%s\n' "$got"
    sum=$got
fi
[ "$got" = "$sum" ] || fail "what arrived for $destination has sha256 $got instead of $sum"
chmod "$mode" "$temporary" || fail "cannot set mode $mode on $destination"
# coreutils and newer busybox sync one file; an old one refuses the argument, and then all is synced.
sync "$temporary" 2>/dev/null || sync
mv -f -- "$temporary" "$destination" || fail "cannot put $destination in place"
