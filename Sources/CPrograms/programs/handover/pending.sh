#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of a program share their variables
# Takeovers that are not over, for who is about to begin another change of the same release. It only looks.

# baton_lay_pending STATE: a line for each: `pending NONCE back|forward driven|idle TOKEN`. Lost means forward only in a
# rollback; nobody drives one whose host went down in the middle.
baton_lay_pending() {
    if [ -h "$1" ] || ! baton_enter "${1%/}/" || [ ! -O . ]; then return 0; fi
    for b_lay_one in ./handover-*; do
        baton_lay_known "$b_lay_one" || continue
        # Never begun, or over.
        if [ -e "$b_lay_one/verdict" ] || [ ! -e "$b_lay_one/guard" ]; then continue; fi
        b_lay_said=$(sh "$b_lay_one/program" "$b_lay_one" status 2>/dev/null)
        b_lay_drive=driven
        case $b_lay_said in
        '') continue ;;
        *'guard none'*'conductor none'*)
            [ -e "$b_lay_one/conductor" ] || continue
            b_lay_drive=idle
            ;;
        esac
        b_lay_lost=back
        if grep -qx 'lost forward' "$b_lay_one/order" 2>/dev/null; then b_lay_lost=forward; fi
        b_lay_token=${b_lay_said#*token } b_lay_token=${b_lay_token%%[!a-z]*}
        printf 'pending %s %s %s %s\n' "${b_lay_one#./handover-}" "$b_lay_lost" "$b_lay_drive" "${b_lay_token:-none}"
    done
}
