#!/bin/sh
# Prints what Baton wants to know of a host, a line each: name, a tab, the value. Looks only.
fact() { printf '%s\t%s\n' "$1" "$2"; }
first_line() { line=; { IFS= read -r line <"$1"; } 2>/dev/null; printf '%s' "$line"; }
has() { command -v "$1" >/dev/null 2>&1; }

fact hostname "$(hostname 2>/dev/null || uname -n)"
fact user "$(id -un 2>/dev/null)"
fact uid "$(id -u 2>/dev/null)"
fact home "$HOME"
fact kernel "$(uname -s)"
fact kernel_version "$(uname -r)"
fact architecture "$(uname -m)"

if [ -r /etc/os-release ]; then
    (
        ID='' VERSION_ID='' PRETTY_NAME=''
        # shellcheck disable=SC1091
        . /etc/os-release
        fact os "$ID"
        fact os_version "$VERSION_ID"
        fact os_name "$PRETTY_NAME"
    ) 2>/dev/null
elif has sw_vers; then
    fact os macos
    fact os_version "$(sw_vers -productVersion)"
fi

cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null)
[ -n "$cpus" ] && fact cpus "$cpus"
if [ -r /proc/meminfo ]; then
    while read -r name amount _; do
        case $name in
        MemTotal:) fact memory_kib "$amount" ;;
        MemAvailable:) fact memory_available_kib "$amount" ;;
        esac
    done </proc/meminfo
fi
[ -r /proc/uptime ] && fact uptime_seconds "$(cut -d. -f1 /proc/uptime)"
[ -r /proc/sys/kernel/random/boot_id ] && fact boot_id "$(first_line /proc/sys/kernel/random/boot_id)"

if [ -d /run/systemd/system ]; then
    fact init systemd
    fact init_version "$(systemctl --version 2>/dev/null | { read -r _ version _ && echo "$version"; })"
elif has initctl && initctl version 2>/dev/null | grep -q upstart; then
    fact init upstart
elif [ -r /proc/1/comm ]; then
    fact init "$(first_line /proc/1/comm)"
fi

tools=
for tool in bash curl flock gzip haproxy nc nginx openssl perl python3 runsv setsid sha256sum sudo supervisorctl \
    systemctl tar timeout zstd; do
    has "$tool" && tools="$tools $tool"
done
fact tools "${tools# }"
if sleep 0.01 2>/dev/null; then fact fractional_sleep yes; else fact fractional_sleep no; fi
