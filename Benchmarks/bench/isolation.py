"""A private world for the benchmark: own network, own processes, own /run.

The sshd of the benchmark listens on every address, because a fleet of 1,000 hosts is 1,000 loopback addresses and an
sshd takes only 16 listen addresses. In a network namespace with nothing but a loopback interface that is reachable from
nowhere else. The process namespace is the safety net: when its first process ends, for whatever reason, the kernel ends
all others in it.
"""

import ctypes
import fcntl
import os
import select
import signal
import socket
import struct
import time
from pathlib import Path

from .failure import BenchError

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_REC_PRIVATE = 0x4000 | 0x40000
PR_SET_PDEATHSIG = 1
SIOCSIFFLAGS = 0x8914
IFF_UP = 1

STOP_SECONDS = 15

_libc = ctypes.CDLL(None, use_errno=True)


def run_isolated(work):
    """Runs `work()` as the first process of new namespaces and returns its exit status."""
    # Blocked until the parent's handlers and the child's own are in place: a signal in between must not be lost.
    stop_signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)
    _enter_namespaces()
    child = os.fork()
    if child == 0:
        os._exit(_child(work, stop_signals))
    return _guard(child, stop_signals)


def _check(result, what):
    if result != 0:
        raise BenchError(
            f"cannot {what}: {os.strerror(ctypes.get_errno())} (the benchmark needs root or user namespaces)"
        )


def _enter_namespaces():
    flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID
    uid, gid = os.getuid(), os.getgid()
    _check(_libc.unshare(flags if uid == 0 else flags | CLONE_NEWUSER), "make namespaces")
    if uid != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _child(work, stop_signals):
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for number in stop_signals:
        signal.signal(number, _stop_once)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stop_signals)
    try:
        _furnish()
        return work()
    except BenchError as error:
        print(f"bench: {error}", flush=True)
        return 1
    except KeyboardInterrupt:
        print("bench: stopped", flush=True)
        return 130
    except BaseException:  # a defect of the benchmark: say where, and still leave through the caller's _exit
        import traceback

        traceback.print_exc()
        return 1


def _stop_once(_number, _frame):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(
            number, signal.SIG_IGN
        )  # cleaning up is bounded in time; the parent's patience is the other bound
    raise KeyboardInterrupt


def _furnish():
    _check(_libc.mount(None, b"/", None, MS_REC_PRIVATE, None), "keep mounts private")
    _check(_libc.mount(b"proc", b"/proc", b"proc", 0, None), "mount /proc")
    _check(_libc.mount(b"tmpfs", b"/run", b"tmpfs", 0, b"mode=755"), "mount /run")
    os.mkdir("/run/sshd", 0o755)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def _guard(child, stop_signals):
    """Waits for the child. A signal asks it to stop; if it does not within STOP_SECONDS, everything is killed."""
    give_up_at = None

    def stop(_number, _frame):
        nonlocal give_up_at
        if give_up_at is None:
            give_up_at = time.monotonic() + STOP_SECONDS
            os.kill(child, signal.SIGTERM)

    for number in stop_signals:
        signal.signal(number, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stop_signals)
    poll = select.poll()
    descriptor = os.pidfd_open(child)
    poll.register(descriptor, select.POLLIN)
    while not poll.poll(1000):
        if give_up_at is not None and time.monotonic() > give_up_at:
            os.kill(child, signal.SIGKILL)
    os.close(descriptor)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1
