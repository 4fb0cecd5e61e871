"""The bench: one fleet, one environment, and `run` for any tool on any site."""

import os
import sys

from . import costs, tools, workspace
from .failure import BenchError
from .fleet import PORT, Fleet, address


class Bench:
    def __init__(self, folder, fleet: Fleet, baton):
        self.folder, self.fleet = folder, fleet
        self._baton = baton
        self._home = folder / "home"
        (self._home / ".ssh").mkdir(parents=True)
        (self._home / "ansible.cfg").write_text(self._ansible_config())

    def loopback_site(self, name, count):
        """`count` hosts, each its own address of the one server."""
        hosts = [tools.Host(f"host{index + 1:04}", address(index), PORT) for index in range(count)]
        return self._site(name, hosts)

    def distant_site(self, name, port, delay_ms):
        """One host behind a proxy that delays."""
        self.fleet.start_proxy(port, delay_ms)
        return self._site(name, [tools.Host("distant", "127.0.0.1", port)])

    def start(self, tool, site, concurrency, remote, timeout_s):
        """Starts the tool; returns what runs and the check of its output."""
        command, check, variables = site.command(tool, concurrency, remote)
        if tool == tools.BATON:
            command = [self._baton, *command[1:]]
        return costs.Running(command, timeout_s, self.folder, self._environment() | variables), check

    def run(self, tool, site, concurrency, remote, timeout_s):
        """Runs the tool once on a quiet fleet; returns the cost."""
        self.fleet.wait_until_quiet()
        running, check = self.start(tool, site, concurrency, remote, timeout_s)
        with running:
            cost, output = running.finish()
        check(output)
        return cost

    def run_on_fleet(self, command, variables, timeout_s):
        """Runs a command on a quiet fleet; its exit status is the check."""
        self.fleet.wait_until_quiet()
        if command[0] == tools.BATON:
            command = [self._baton, *command[1:]]
        return costs.measure(command, timeout_s, self.folder, self._environment() | variables)[0]

    def run_program(self, command, timeout_s):
        return costs.measure(command, timeout_s, self.folder, self._environment())

    def baton_version(self):
        _, output = self.run_program([self._baton, "version"], 10)
        lines = output.strip().splitlines()
        if not lines:
            raise BenchError("`baton version` printed nothing")
        return lines[0]

    def _site(self, name, hosts):
        with (self._home / ".ssh" / "known_hosts").open("a") as known:
            known.write(tools.known_hosts(hosts, self.fleet.host_key))
        site = tools.Site(self.folder / name, self.fleet, hosts)
        site.known = str(self._home / ".ssh" / "known_hosts")
        return site

    def _ansible_config(self):
        known = self._home / ".ssh" / "known_hosts"
        return (
            "[defaults]\n"
            "interpreter_python = /usr/bin/python3\n"
            "[ssh_connection]\n"
            f"ssh_common_args = -F /dev/null -o UserKnownHostsFile={known}\n"
        )

    def _environment(self):
        """The same for every tool; no agent, no configuration of whoever runs this."""
        return {
            "PATH": os.pathsep.join([str(workspace.VENV / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(self._home),
            "USER": self.fleet.user,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "ANSIBLE_CONFIG": str(self._home / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._home / ".ansible"),
        }


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)
