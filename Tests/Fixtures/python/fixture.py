"""What a release of the test service does, read from files and the environment (docs/testing-load.md).

A release lies in a folder of its own with a file RELEASE. How it behaves is asked for in `key=value` lines: first in
`behaviour` of the release, then in `shared/behaviour` of the tree, then in the environment as FIXTURE_KEY.
"""

import os
import sys
import time

# As it was imported: through the link `current` this is whatever the link points to at that moment, as with any
# application that a worker loads again.
FOLDER = os.path.dirname(os.path.abspath(__file__))
# No test lasts as long; nothing of a test may outlive it by much either.
LONGEST = 120.0


def read_text(path, limit=4096):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(limit)
    except FileNotFoundError:
        return ""


def shared():
    return os.environ.get("FIXTURE_SHARED") or os.path.join(FOLDER, "..", "..", "shared")


def behaviour(key, default=""):
    for path in (os.path.join(FOLDER, "behaviour"), os.path.join(shared(), "behaviour")):
        for line in read_text(path).splitlines():
            name, equals, value = line.partition("=")
            if equals and name.strip() == key:
                return value.strip()
    return os.environ.get("FIXTURE_" + key.upper(), default)


def seconds(text):
    try:
        return max(0.0, min(LONGEST, float(text)))
    except ValueError:
        return 0.0


RELEASE = read_text(os.path.join(FOLDER, "RELEASE")).strip()


def check_settings():
    """The settings of one release are nonsense to any other: their first line names the release they are for."""
    path = os.path.join(shared(), "settings")
    text = read_text(path)
    if text and text.splitlines()[0] != "settings of release " + RELEASE:
        raise RuntimeError("release %s cannot read %s: %r" % (RELEASE, path, text.splitlines()[0][:80]))


def boot():
    """What happens when a worker loads the application."""
    time.sleep(seconds(behaviour("boot_seconds", "0")))
    check_settings()
    kind = behaviour("boot", "ok")
    if kind == "fail":
        raise RuntimeError("release %s was told not to boot" % RELEASE)
    if kind == "hang":
        time.sleep(LONGEST)
        raise RuntimeError("release %s has hung for long enough" % RELEASE)
    if kind == "exit":
        sys.stderr.write("release %s was told to exit at boot\n" % RELEASE)
        sys.stderr.flush()
        os._exit(int(behaviour("exit_code", "1")))
    sys.stderr.write("release %s booted\n" % RELEASE)
    sys.stderr.flush()
