"""The test service for gunicorn: paths and controls as in docs/testing-load.md."""

import os
import random
import signal
import threading
import time
from urllib.parse import parse_qs

import fixture

fixture.boot()

_lock = threading.Lock()
_served = 0
# Seeded per process: the same run kills the same requests, and workers do not all die together.
_chance = random.Random(fixture.behaviour("seed", "1") + ":" + str(os.getpid()))


def _die_later():
    time.sleep(fixture.seconds(fixture.behaviour("die_after")))
    os._exit(int(fixture.behaviour("exit_code", "1")))


if fixture.behaviour("die_after"):
    threading.Thread(target=_die_later, daemon=True).start()


def _crash(how):
    if how == "exit":
        os._exit(1)
    os.kill(os.getpid(), signal.SIGABRT if how == "abort" else signal.SIGKILL)
    time.sleep(1)


def _maybe_crash():
    global _served
    with _lock:
        _served += 1
        served = _served
        chance = _chance.random()
    every = fixture.behaviour("crash_every")
    if every and served % max(1, int(every)) == 0:
        _crash("kill")
    if chance < fixture.seconds(fixture.behaviour("crash_chance", "0")):
        _crash("kill")


def _count(stream):
    count = 0
    while True:
        piece = stream.read(65536)
        if not piece:
            return count
        count += len(piece)


def application(environ, start_response):
    release = fixture.behaviour("release", fixture.RELEASE)
    status = fixture.behaviour("status", "200")
    path = environ.get("PATH_INFO", "/")
    query = parse_qs(environ.get("QUERY_STRING", ""))
    _maybe_crash()
    time.sleep(fixture.seconds(fixture.behaviour("delay", "0")))
    lines = ["release=" + release, "pid=%d" % os.getpid()]
    chunks = 1
    if path == "/slow":
        time.sleep(min(30.0, fixture.seconds(query.get("seconds", ["1"])[0])))
    elif path == "/upload":
        lines.append("received=%d" % _count(environ["wsgi.input"]))
    elif path == "/crash":
        _crash(query.get("how", ["kill"])[0])
    elif path == "/status":
        status = query.get("code", ["200"])[0]
    elif path == "/health" and fixture.behaviour("healthy", "yes") != "yes":
        status = "503"
    elif path == "/chunked":
        chunks = 5
    body = ("\n".join(lines) + "\n").encode()
    fields = [("Content-Type", "text/plain"), ("X-Release", release), ("X-Pid", str(os.getpid()))]
    if chunks == 1:
        fields.append(("Content-Length", str(len(body))))
    start_response(status + " Fixture", fields)
    return [body] * chunks
