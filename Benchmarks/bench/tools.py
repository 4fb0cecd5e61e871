"""How each tool is asked to run one command on a set of hosts, and how its answer is checked."""

import json
from dataclasses import dataclass

from . import workspace
from .failure import BenchError

FLOOR, BATON = "floor", "baton"
RIVALS = ("pyinfra", "parallel-ssh", "ansible", "mitogen")
NAMES = (FLOOR, BATON, *RIVALS)

LABELS = {
    "floor": "C + libssh2 floor",
    "baton": "baton",
    "pyinfra": "pyinfra",
    "parallel-ssh": "parallel-ssh",
    "ansible": "ansible-core, raw, pipelining",
    "mitogen": "ansible-core + mitogen_linear, raw",
}


@dataclass(frozen=True)
class Host:
    name: str
    address: str
    port: int


class Site:
    """The files that describe one set of hosts to every tool, in a folder of its own."""

    def __init__(self, folder, fleet, hosts):
        self.folder, self.hosts = folder, hosts
        self.user, self.key = fleet.user, fleet.key
        self._fleet = fleet
        folder.mkdir()
        self._write("hosts.txt", "".join(f"{host.address} {host.port}\n" for host in hosts))
        self._write("inventory.yml", self._ansible_inventory())
        self._write("inventory.py", self._pyinfra_inventory())

    def command(self, tool, concurrency, remote):
        """The argument list, the check of what it prints, and the variables it needs beside the common ones."""
        return getattr(self, "_" + tool.replace("-", "_"))(str(concurrency), remote)

    def _write(self, name, text):
        (self.folder / name).write_text(text)

    def _path(self, name):
        return str(self.folder / name)

    def _ansible_inventory(self):
        fleet = self._fleet
        lines = [
            "all:",
            "  vars:",
            f"    ansible_user: {json.dumps(fleet.user)}",
            f"    ansible_ssh_private_key_file: {json.dumps(fleet.key)}",
            f"    host_key: {json.dumps(fleet.host_key)}",
            "  hosts:",
        ]
        lines += [
            f"    {host.name}: {{ansible_host: {host.address}, ansible_port: {host.port}}}" for host in self.hosts
        ]
        return "\n".join(lines) + "\n"

    def _pyinfra_inventory(self):
        fleet = self._fleet
        rows = [
            (
                host.address,
                {"ssh_port": host.port, "ssh_user": fleet.user, "ssh_key": fleet.key, "short": host.name},
            )
            for host in self.hosts
        ]
        return f"hosts = {rows!r}\n"

    def _floor(self, concurrency, remote):
        arguments = [self._path("hosts.txt"), concurrency, self._fleet.user, self._fleet.key, remote]
        return [workspace.program("floor"), *arguments], self._check_floor, {}

    def _baton(self, concurrency, remote):
        # The binary is named by the environment; `Bench` puts it here.
        arguments = ["exec", "-i", self._path("inventory.yml"), "-f", concurrency, "-o", "json", "--", remote]
        return [BATON, *arguments], self._check_baton, {}

    def _pyinfra(self, concurrency, remote):
        arguments = ["-y", "--parallel", concurrency, self._path("inventory.py"), "exec", "--", remote]
        return [workspace.venv_program("pyinfra"), *arguments], _accept, {}

    def _parallel_ssh(self, concurrency, remote):
        script = str(workspace.FOLDER / "parallel_ssh.py")
        arguments = [script, self._path("hosts.txt"), concurrency, self._fleet.user, self._fleet.key, remote]
        return [workspace.venv_program("python3"), *arguments], _accept, {}

    def _ansible(self, concurrency, remote):
        arguments = ["all", "-i", self._path("inventory.yml"), "-f", concurrency, "-m", "raw", "-a", remote]
        return [workspace.venv_program("ansible"), *arguments], _accept, {"ANSIBLE_PIPELINING": "True"}

    def _mitogen(self, concurrency, remote):
        command, check, variables = self._ansible(concurrency, remote)
        strategy = {"ANSIBLE_STRATEGY_PLUGINS": workspace.mitogen_strategies(), "ANSIBLE_STRATEGY": "mitogen_linear"}
        return command, check, {**variables, **strategy}

    def _check_floor(self, output):
        result = json.loads(output)
        if result["ok"] != len(self.hosts):
            raise BenchError(f"the floor reached {result['ok']} of {len(self.hosts)} hosts")

    def _check_baton(self, output):
        try:
            result = json.loads(output)
            good = [host for host in result["hosts"] if host["status"] == "ok" and host.get("exit") == 0]
            outcome = result["outcome"]
        except (ValueError, KeyError, TypeError) as error:
            raise BenchError(f"baton's JSON is not what was promised: {error!r}") from error
        if outcome != "ok" or len(good) != len(self.hosts):
            raise BenchError(f"baton says {outcome}: {len(good)} of {len(self.hosts)} hosts are ok")


def _accept(_output):
    """The exit status has said it all."""


def known_hosts(hosts, host_key):
    return "".join(f"[{host.address}]:{host.port} {host_key}\n" for host in hosts)
