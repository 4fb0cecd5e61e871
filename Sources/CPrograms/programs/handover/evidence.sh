#!/bin/sh
# shellcheck disable=SC2016,SC2034,SC2154  # the files of this library share their variables; scripts for others are quoted
# What the logs of the service say of the new release, kept before anything is undone. A log is its service's: it is read as
# that, from where it ended before anything changed, and nothing in it decides.

# Where the logs end now; noted in the journal, for whoever drives after this one.
baton_mark_logs() {
    b_logs_left=${b_logs-}
    while [ -n "$b_logs_left" ]; do
        b_log=${b_logs_left%%"$b_newline"*} b_logs_left=${b_logs_left#*"$b_newline"}
        baton_log_size
        baton_record log_begins "$b_log_size $b_log"
    done
    if baton_has_journal; then
        b_line=$(timeout 3 journalctl -q -u "$b_order_unit" -n 0 --show-cursor 2>/dev/null </dev/null)
        case $b_line in *'-- cursor: '*) baton_record journal_begins "${b_line##*-- cursor: }" ;; esac
    fi
}

baton_has_journal() {
    [ -n "${b_order_unit-}" ] && [ -d /run/systemd/system ] && command -v journalctl >/dev/null 2>&1 &&
        command -v timeout >/dev/null 2>&1
}

# How many bytes b_log has, in b_log_size; nothing where it is not there, or may not be read.
baton_log_size() {
    b_log_size=$(baton_as_service '[ -f "$1" ] && wc -c <"$1"' "$b_log" 2>/dev/null)
    b_log_size=${b_log_size##* }
    case $b_log_size in '' | *[!0-9]* | ????????????????*) b_log_size=0 ;; esac
}

# Keeps the evidence, once, in ./evidence: `from SOURCE` and lines `line TEXT`. Nobody waits for it long, and not at all where
# nobody serves.
baton_keep_evidence() {
    if [ -z "$b_flip_begun" ] || [ -e ./evidence ]; then return 0; fi
    baton_beside baton_evidence_write
    case $b_sight in outage | down | stray) return 0 ;; esac
    b_tries=0
    until [ -e ./evidence ] || [ "$b_tries" -ge 30 ]; do
        b_tries=$((b_tries + 1))
        baton_nap
    done
    baton_now
}

baton_evidence_write() {
    baton_evidence_all | head -c 32768 >./.evidence
    mv -f ./.evidence ./evidence
}

baton_evidence_all() {
    while IFS=' ' read -r _ b_r_boot b_r_word b_r_rest; do
        [ "$b_r_boot" = "$b_boot" ] || continue
        case $b_r_word in
        log_begins)
            b_log=${b_r_rest#* } b_log_begin=${b_r_rest%% *}
            case $b_log_begin in '' | *[!0-9]* | ????????????????*) continue ;; esac
            case $b_newline${b_logs-} in *"$b_newline$b_log$b_newline"*) baton_evidence_of_log ;; esac
            ;;
        journal_begins)
            baton_has_journal || continue
            echo "from unit $b_order_unit"
            timeout 3 journalctl -q -u "$b_order_unit" -o cat -n 40 --no-pager --after-cursor="$b_r_rest" 2>/dev/null </dev/null |
                baton_evidence_lines
            ;;
        esac
    done <./journal
}

baton_evidence_of_log() {
    baton_log_size
    # Turned over in between: all of it is new.
    if [ "$b_log_size" -lt "$b_log_begin" ]; then b_log_begin=0; fi
    b_log_new=$((b_log_size - b_log_begin))
    [ "$b_log_new" -gt 0 ] || return 0
    if [ "$b_log_new" -gt 16384 ]; then b_log_new=16384; fi
    printf 'from %s\n' "$b_log"
    baton_as_service '[ -f "$1" ] && tail -c "$2" <"$1"' "$b_log" "$b_log_new" | tail -n 40 | baton_evidence_lines
}

baton_evidence_lines() { LC_ALL=C tr '\000-\010\013-\037\177' '?' | cut -c 1-500 | sed 's/^/line /'; }

# The line that tells most, in b_telling: the last one that names an error, of what the new release has said.
baton_telling() {
    b_telling=
    [ -f ./evidence ] || return 0
    b_telling=$(grep -E -e '^line .*([A-Z][A-Za-z]*(Error|Exception)|[Ee]rror:|\[emerg\]|failed to (boot|load)|exited with code|FATAL)' ./evidence |
        grep -v -e 'exited with code [03]' | tail -n 1 | cut -c 6-405)
}
