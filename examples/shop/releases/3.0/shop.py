"""The shop, release 3.0: it takes a lock that only one process can have, and so its second worker never starts."""

import fcntl

RELEASE = "3.0"
LOCK = open("run/shop.lock", "w")
fcntl.flock(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Release", RELEASE)])
    return [f"Welcome to the shop, release {RELEASE}\n".encode()]
