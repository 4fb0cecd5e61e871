"""Makes tar files of every kind that a host must refuse, and some that it must not: archives.py DIRECTORY."""
import gzip
import io
import sys
import tarfile

folder = sys.argv[1]
LINK, HARD = tarfile.SYMTYPE, tarfile.LNKTYPE


def archive(name, *entries, form=tarfile.GNU_FORMAT):
    with tarfile.open(f"{folder}/{name}.tar", "w", format=form) as file:
        for path, what in entries:
            info = tarfile.TarInfo(path)
            info.mode = 0o644
            data = what.pop("data", b"x")
            for key, value in what.items():
                setattr(info, key, value)
            if info.type == tarfile.REGTYPE:
                info.size = len(data)
                file.addfile(info, io.BytesIO(data))
            else:
                file.addfile(info)


archive("absolute name", ("/tmp/baton-evil", {}))
archive("name with ..", ("a/../../../evil", {}))
archive("name that begins with ..", ("../evil", {}))
archive("absolute link", ("l", dict(type=LINK, linkname="/etc/passwd")))
archive("link up", ("l", dict(type=LINK, linkname="../../shared/x")))
archive("link up from below", ("d/l", dict(type=LINK, linkname="../../x")))
archive("link over a link", ("up", dict(type=LINK, linkname=".")), ("l", dict(type=LINK, linkname="up/..")))
archive("entry behind a link", ("l", dict(type=LINK, linkname="d")), ("d/x", {}), ("l/evil", {}))
archive("hard link to a name outside", ("h", dict(type=HARD, linkname="/etc/passwd")))
archive("hard link up", ("h", dict(type=HARD, linkname="../../shared/kept")))
archive("character device", ("c", dict(type=tarfile.CHRTYPE, devmajor=1, devminor=3)))
archive("block device", ("c", dict(type=tarfile.BLKTYPE, devmajor=7, devminor=0)))
archive("named pipe", ("p", dict(type=tarfile.FIFOTYPE)))
archive("setuid", ("s", dict(mode=0o4755)))
archive("setgid", ("s", dict(mode=0o2755)))
archive("name with a line end", ("a\n-rw-r--r-- 0/0 1 2020-01-01 00:00 b", {}))
archive(
    "closed directory",
    ("d", dict(type=tarfile.DIRTYPE, mode=0o000)),
    ("d/l", dict(type=LINK, linkname="../../../../etc")),
)
archive("nothing")
with open(f"{folder}/not an archive.tar", "wb") as file:
    file.write(b"\x1f\x8b" + b"garbage" * 10)
good = (
    ("./", dict(type=tarfile.DIRTYPE, mode=0o755)),
    ("./a b", dict(data=b"first")),
    ("./h", dict(type=HARD, linkname="./a b")),
    ("./lib/x", {}),
    ("./lib/l", dict(type=LINK, linkname="../a b")),
    ("./m", dict(type=LINK, linkname="lib")),
    ("./run", dict(mode=0o755, data=b"#!/bin/sh\n")),
    ("./" + "n" * 150, {}),
    ("./\u00fcn\u00ef", {}),
)
archive("good", *good, form=tarfile.PAX_FORMAT)
with open(f"{folder}/good.tar", "rb") as file:
    whole = gzip.compress(file.read(), mtime=0)
with open(f"{folder}/good.tar.gz", "wb") as file:
    file.write(whole)
with open(f"{folder}/half of one.tar", "wb") as file:
    file.write(whole[: len(whole) // 2])
