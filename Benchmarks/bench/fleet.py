"""The private fleet: one sshd, reached through as many loopback addresses as there are hosts."""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from . import workspace
from .failure import BenchError

PORT = 2222
START_SECONDS = 10
STOP_SECONDS = 5
QUIET_SECONDS = 20

# ListenAddress: all addresses of a network namespace that has loopback only. MaxStartups: no connection may be
# dropped at random. StrictModes: the key files are in a temporary folder. LoginGraceTime: 1,000 log-ins share the
# cores. SetEnv HOME: the user's own shell start-up files would be measured with every command, and the tools would
# leave files in that home. Subsystem: pyinfra and scp put files with it.
SSHD_CONFIG = """\
ListenAddress 0.0.0.0
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
MaxStartups 2000
LoginGraceTime 300
PasswordAuthentication no
PermitRootLogin yes
StrictModes no
SetEnv HOME={folder}/remote-home
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel ERROR
Subsystem sftp internal-sftp
"""


def address(index):
    """127.0.1.1, 127.0.1.2, ... 250 in each third byte."""
    return f"127.0.{1 + index // 250}.{1 + index % 250}"


class Fleet:
    """Starts in `__enter__` and stops what it started, by process id, in `__exit__`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.key = str(self.folder / "user_key")
        self._processes = []

    def __enter__(self):
        try:
            self._make_key("host_key")
            self._make_key("user_key")
            self._start_sshd()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def host_key(self):
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    def start_proxy(self, port, delay_ms):
        """A host that is `delay_ms` away in each direction, at 127.0.0.1 and this port."""
        self._start(
            [workspace.program("delayproxy"), str(port), "127.0.0.1", str(PORT), str(delay_ms)], port, "delayproxy"
        )

    def wait_until_quiet(self):
        """The server's work for one measurement must not be paid by the next."""
        deadline = time.monotonic() + QUIET_SECONDS
        while self.established() > 0 or self._sessions() > 0:
            if time.monotonic() > deadline:
                raise BenchError(f"connections are still open {QUIET_SECONDS} s after the client ended")
            time.sleep(0.02)

    def established(self):
        return _count_sockets(PORT, "01")

    def stop(self):
        for process in self._processes:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_SECONDS)
        self._processes.clear()

    def _make_key(self, name):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.folder / name)]
        subprocess.run(command, check=True, timeout=START_SECONDS, stdin=subprocess.DEVNULL)

    def _start_sshd(self):
        sshd = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if sshd is None:
            raise BenchError("there is no sshd on this machine")
        (self.folder / "remote-home").mkdir()
        config = self.folder / "sshd_config"
        config.write_text(SSHD_CONFIG.format(port=PORT, folder=self.folder))
        self._start([sshd, "-D", "-e", "-f", str(config)], PORT, "sshd")
        self._sshd = self._processes[-1]

    def _start(self, command, port, name):
        log_path = self.folder / f"{name}-{port}.log"
        with log_path.open("wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        self._processes.append(process)
        deadline = time.monotonic() + START_SECONDS
        while _count_sockets(port, "0A") == 0:
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{name} did not start: {log_path.read_text().strip() or 'it said nothing'}")
            time.sleep(0.01)

    def _sessions(self):
        return len(Path(f"/proc/{self._sshd.pid}/task/{self._sshd.pid}/children").read_text().split())


def _count_sockets(port, state):
    """Sockets of this network namespace with this port of their own, in a state as the kernel numbers them.

    01 is established, 0A is listening.
    """
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(1 for row in rows if row[3] == state and int(row[1].split(":")[1], 16) == port)
