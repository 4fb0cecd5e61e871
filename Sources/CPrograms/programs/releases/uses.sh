#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What is in use: releases by processes, and the disk.

# A line for each release that a live process has: its directory, its executable, or code that it runs. Of what it has,
# the kernel tells the real path.
baton_release_uses() {
    {
        find /proc -maxdepth 2 \( -name cwd -o -name exe \) -path '/proc/[0-9]*' -exec ls -ld {} + 2>/dev/null |
            LC_ALL=C awk -v root="$b_rl_root/releases/" '
                {
                    at = index($0, " /proc/")
                    to = index($0, " -> " root)
                    if (!at || !to || to < at) next
                    link = substr($0, at + 7, to - at - 7)
                    name = substr($0, to + 4 + length(root))
                    sub(/\/.*/, "", name)
                    sub(/ \(deleted\)$/, "", name)
                    split(link, part, "/")
                    if (part[1] ~ /^[0-9]+$/) print part[1], part[2], name
                }'
        # Directories of processes that end meanwhile are no failure.
        grep -HF -- " $b_rl_root/releases/" /proc/[0-9]*/maps 2>/dev/null |
            LC_ALL=C awk -v root=" $b_rl_root/releases/" '
                {
                    to = index($0, root)
                    name = substr($0, to + length(root))
                    sub(/\/.*/, "", name)
                    sub(/ \(deleted\)$/, "", name)
                    split($0, part, "/")
                    print part[3], "map", name
                }'
    } | LC_ALL=C sort -u | head -n 5000
}

# The first process that has something of the release $1, or of what a staging of it left, in b_rl_process.
baton_release_process() {
    b_rl_uses=$b_newline$(baton_release_uses)$b_newline b_rl_process=
    for b_rl_name in "$1" ".$1.staging" ".$1.gone" ".$1.staging.gone"; do
        case $b_rl_uses in
        *" $b_rl_name$b_newline"*)
            b_rl_process=${b_rl_uses%%" $b_rl_name$b_newline"*}
            b_rl_process=${b_rl_process##*"$b_newline"} b_rl_process=${b_rl_process%% *}
            return 0
            ;;
        esac
    done
    return 1
}

# How many KiB are free where ROOT is, in b_rl_free. Fails where nobody says.
baton_release_free() {
    b_rl_free=$(LC_ALL=C df -Pk . 2>/dev/null | { read -r _ && read -r _ _ _ b_rl_free _ && printf %s "$b_rl_free"; })
    case $b_rl_free in '' | *[!0-9]* | ????????????????*) return 1 ;; esac
}
