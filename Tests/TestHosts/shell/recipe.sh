#!/bin/sh
# What a test host is made of: `recipe.sh FOLDER` makes one in FOLDER, to be the lower layer of every host's own files.
# A stock Debian 12 with what its package maintainers ship and start, less what would fetch from the network on its own.
# Run by scripts/test-hosts as root, in mount and process namespaces of its own; any change here makes a new base.
set -eu
root=$1
suite=bookworm
# The password of `asked`; HostFleet.password says it to the tests.
password="correct horse ' battery"

say() { printf 'test hosts: %s\n' "$*" >&2; }

# Where this machine gets its packages from, by which proxy, and whom it trusts: as its own apt is told.
# shellcheck disable=SC2016 # apt's own language
mirror=${BATON_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' "Codename: $suite" 'Component: main' | head -n 1)}
if [ -z "$mirror" ]; then
    say "this machine's apt knows no source for Debian $suite; name a mirror in BATON_DEBIAN_MIRROR"
    exit 1
fi
proxy='' ca=''
eval "$(apt-config shell proxy Acquire::http::Proxy ca Acquire::https::CaInfo)"
WGETRC=$root.wgetrc
export WGETRC
{
    # Proxies of the environment count where apt names none, as with apt.
    [ -z "$proxy" ] || [ "$proxy" = DIRECT ] || printf 'http_proxy = %s\nhttps_proxy = %s\n' "$proxy" "$proxy"
    [ -z "$ca" ] || printf 'ca_certificate = %s\n' "$ca"
    printf 'timeout = 60\ntries = 5\n'
} >"$WGETRC"

# What a small Debian server has, and every server and supervisor that Baton hands over.
packages=systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,sudo,iproute2,iputils-ping,procps,less,netbase
packages=$packages,curl,ca-certificates,bash,dash,busybox,python3-venv
packages=$packages,gunicorn,nginx-light,unicorn,puma,supervisor,haproxy,runit,redis-server,ruby-sidekiq

say "debootstrap of $suite"
debootstrap --variant=minbase --include="$packages" "$suite" "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -n 20 "$root.log" >&2
    exit 1
}
rm -f "$WGETRC" "$root.log"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }

say 'gunicorns from the Python package index'
# This machine's pip fetches, as it is set up; for the Python of the hosts.
wheels=$root/var/tmp/wheels
python3 -m venv "$root.pip"
fetch() {
    "$root.pip/bin/pip" --quiet --disable-pip-version-check download --only-binary=:all: --python-version 3.11 \
        --dest "$wheels" "$@" >&2
}
fetch gunicorn==19.5.0 'setuptools<70'
fetch gunicorn==23.0.0
mkdir "$wheels/latest"
"$root.pip/bin/pip" --quiet --disable-pip-version-check download --only-binary=:all: --python-version 3.11 \
    --dest "$wheels/latest" gunicorn >&2
rm -rf "$root.pip"
gunicorn() {
    version=$1 from=$2
    shift 2
    inside python3 -m venv "/opt/gunicorn-$version"
    inside "/opt/gunicorn-$version/bin/pip" --quiet --disable-pip-version-check --no-cache-dir \
        install --no-index --find-links "$from" "$@" >&2
}
gunicorn 19.5.0 /var/tmp/wheels gunicorn==19.5.0 'setuptools<70'
gunicorn 23.0.0 /var/tmp/wheels gunicorn==23.0.0
gunicorn latest /var/tmp/wheels/latest gunicorn
rm -rf "$wheels"
# gunicorn 19.5 asks for a function that Python 3.11 no longer has. Debian has a sitecustomize already; a .pth is read too.
old=$root/opt/gunicorn-19.5.0/lib/python3.11/site-packages
echo 'import getargspec' >"$old/getargspec.pth"
cat >"$old/getargspec.py" <<'PYTHON'
import collections
import inspect

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
inspect.getargspec = lambda function: ArgSpec(*inspect.getfullargspec(function)[:4])
PYTHON
for version in 19.5.0 23.0.0 latest; do inside "/opt/gunicorn-$version/bin/gunicorn" --version >&2; done

say 'users and services'
for user in deploy asked barred; do inside useradd --create-home --shell /bin/bash "$user"; done
printf 'deploy ALL=(ALL:ALL) NOPASSWD: ALL\n' >"$root/etc/sudoers.d/deploy"
chmod 440 "$root/etc/sudoers.d/deploy"
inside usermod --append --groups sudo asked
printf '%s\n' "deploy:$password" "asked:$password" "barred:$password" | inside chpasswd
for service in gunicorn haproxy nginx puma redis-server runsvdir supervisor unicorn; do
    if [ -e "$root/lib/systemd/system/$service.service" ]; then inside systemctl --quiet disable "$service"; fi
done
# These would go to the network, or see to disks, at a time of their own.
inside systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer \
    systemd-timesyncd.service

# Every host gets its own.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/machine-id" "$root/var/lib/dbus/machine-id" "$root/etc/resolv.conf"
: >"$root/etc/machine-id"
say 'done'
