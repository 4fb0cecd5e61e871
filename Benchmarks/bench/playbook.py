"""Playbooks for every tool that reads some: the same tasks, in each tool's own words.

All hosts are one machine, so each works in a folder of its own, named after it. What a run left there is looked at
from outside, the same way for every tool: that all is there after the first run, and that a second one changed nothing.
"""

import filecmp
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import tools, workspace
from .failure import BenchError

DIRECTORIES = ("app", "app/conf", "app/log")
FILES = ("first.conf", "second.conf", "third.conf")
TEMPLATE = "settings.ini"
LINK, LINK_TARGET = "app/current", "conf"
COMMANDS = ("one", "two")
FILE_TEXT = "".join(f"setting_{number} = {number * number}\n" for number in range(60))

# tool -> what the page calls it
LABELS = {
    "baton": "baton",
    "pyinfra": "pyinfra",
    "mitogen": "ansible-core + mitogen_linear",
    "ansible": "ansible-core, pipelining",
}
TOOLS = tuple(LABELS)


@dataclass(frozen=True)
class Entry:
    """One thing on a host as the file system tells it."""

    kind: str
    size: int
    changed_ns: int
    inode: int


class Places:
    """Where the hosts of a site have their folders."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()

    def of(self, host):
        return self.folder / host.name

    def clear(self):
        """Nothing has been deployed anywhere; a folder for each host to work in is all there is."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def prepare(self, hosts):
        self.clear()
        for host in hosts:
            self.of(host).mkdir()

    def state(self):
        """Everything there is, for comparing two moments."""
        found = {}
        for folder, directories, files in os.walk(self.folder):
            for name in directories + files:
                path = Path(folder) / name
                status = path.lstat()
                found[str(path)] = Entry(
                    f"{status.st_mode:o}", status.st_size, status.st_mtime_ns, status.st_ino
                )
        return found


class TenTasks:
    """Three directories, three files, a template, a link and two commands that leave a mark."""

    def __init__(self, folder, places):
        self.folder, self.places = folder, places
        folder.mkdir()
        for name in ("files", "templates"):
            (folder / name).mkdir()
        for name in FILES:
            (folder / "files" / name).write_text(f"# {name}\n{FILE_TEXT}")
        (folder / "templates" / f"{TEMPLATE}.j2").write_text("name = {{ inventory_hostname }}\nworkers = {{ workers }}\n")
        (folder / "pyinfra.ini.j2").write_text("name = {{ short }}\nworkers = {{ workers }}\n")
        (folder / "baton.yml").write_text(self._baton())
        (folder / "ansible.yml").write_text(self._ansible())
        (folder / "pyinfra_tasks.py").write_text(self._pyinfra())

    def verify(self, hosts):
        """Raises unless every host has what the tasks ask for."""
        for host in hosts:
            root = self.places.of(host)
            for name in FILES:
                _require((root / "app/conf" / name).read_text() == f"# {name}\n{FILE_TEXT}", host, name)
            wanted = f"name = {host.name}\nworkers = 4\n"
            _require((root / "app/conf" / TEMPLATE).read_text() == wanted, host, TEMPLATE)
            _require(os.readlink(root / LINK) == LINK_TARGET, host, LINK)
            for name in (*DIRECTORIES, *(f"app/{command}.done" for command in COMMANDS)):
                _require((root / name).exists(), host, name)

    def _baton(self):
        root = f"{self.places.folder}/{{{{ inventory_hostname }}}}"
        tasks = [{"directory": {"path": f"{root}/{name}", "mode": "0755"}} for name in DIRECTORIES]
        tasks += [
            {"file": {"src": name, "dest": f"{root}/app/conf/{name}", "mode": "0644"}} for name in FILES
        ]
        tasks.append({"template": {"src": TEMPLATE, "dest": f"{root}/app/conf/{TEMPLATE}", "mode": "0644"}})
        tasks.append({"link": {"path": f"{root}/{LINK}", "target": LINK_TARGET}})
        for name in COMMANDS:
            mark = f"{root}/app/{name}.done"
            tasks.append({"run": {"cmd": f"touch {mark}", "creates": mark}})
        return _document([{"name": "ten tasks", "hosts": "all", "vars": {"workers": 4}, "tasks": tasks}])

    def _ansible(self):
        root = f"{self.places.folder}/{{{{ inventory_hostname }}}}"
        tasks = [{"file": {"path": f"{root}/{name}", "state": "directory", "mode": "0755"}} for name in DIRECTORIES]
        tasks += [
            {"copy": {"src": f"files/{name}", "dest": f"{root}/app/conf/{name}", "mode": "0644"}} for name in FILES
        ]
        template = {"src": f"{TEMPLATE}.j2", "dest": f"{root}/app/conf/{TEMPLATE}", "mode": "0644"}
        tasks.append({"template": template})
        tasks.append({"file": {"path": f"{root}/{LINK}", "src": LINK_TARGET, "state": "link"}})
        for name in COMMANDS:
            mark = f"{root}/app/{name}.done"
            tasks.append({"command": {"cmd": f"touch {mark}", "creates": mark}})
        play = {"name": "ten tasks", "hosts": "all", "gather_facts": False, "vars": {"workers": 4}, "tasks": tasks}
        return _document([play])

    def _pyinfra(self):
        return (
            "from pyinfra import host\n"
            "from pyinfra.facts.files import File\n"
            "from pyinfra.operations import files, server\n"
            f"root = {str(self.places.folder)!r} + '/' + host.data.short\n"
            f"for name in {DIRECTORIES!r}:\n"
            "    files.directory(path=f'{root}/{name}', mode='755')\n"
            f"for name in {FILES!r}:\n"
            f"    files.put(src={str(self.folder)!r} + '/files/' + name, dest=f'{{root}}/app/conf/{{name}}', mode='644')\n"
            f"files.template(src={str(self.folder / 'pyinfra.ini.j2')!r}, dest=root + '/app/conf/{TEMPLATE}', "
            "mode='644', short=host.data.short, workers=4)\n"
            f"files.link(path=root + '/{LINK}', target='{LINK_TARGET}')\n"
            f"for name in {COMMANDS!r}:\n"
            "    mark = f'{root}/app/{name}.done'\n"
            "    if host.get_fact(File, path=mark) is None:\n"
            "        server.shell(commands=[f'touch {mark}'])\n"
        )

    def command(self, tool, site, concurrency):
        """What to run, beside which variables."""
        inventory = str(site.folder / "inventory.yml")
        if tool == tools.BATON:
            return baton_deploy(self.folder / "baton.yml", inventory, concurrency), {}
        if tool == "pyinfra":
            arguments = ["-y", "--parallel", str(concurrency), str(site.folder / "inventory.py")]
            return [workspace.venv_program("pyinfra"), *arguments, str(self.folder / "pyinfra_tasks.py")], {}
        return ansible_playbook(tool, self.folder / "ansible.yml", inventory, concurrency)


class ManyFiles:
    """So many small files, each one a task (Ansible: one task with a loop)."""

    def __init__(self, folder, places, count):
        self.folder, self.places, self.count = folder, places, count
        (folder / "files").mkdir(parents=True)
        for number in range(count):
            (folder / "files" / self._name(number)).write_text(self._text(number))
        root = f"{places.folder}/{{{{ inventory_hostname }}}}"
        names = [self._name(number) for number in range(count)]
        own = [{"file": {"src": name, "dest": f"{root}/{name}", "mode": "0644"}} for name in names]
        (folder / "baton.yml").write_text(_document([{"name": "many files", "hosts": "all", "tasks": own}]))
        copy = {"src": "files/{{ item }}", "dest": f"{root}/{{{{ item }}}}", "mode": "0644"}
        play = {"name": "many files", "hosts": "all", "gather_facts": False}
        play["tasks"] = [{"copy": copy, "loop": names}]
        (folder / "ansible.yml").write_text(_document([play]))

    def verify(self, hosts):
        for host in hosts:
            for number in range(self.count):
                name = self._name(number)
                _require((self.places.of(host) / name).read_text() == self._text(number), host, name)

    def command(self, tool, site, concurrency):
        inventory = str(site.folder / "inventory.yml")
        if tool == tools.BATON:
            return baton_deploy(self.folder / "baton.yml", inventory, concurrency), {}
        return ansible_playbook(tool, self.folder / "ansible.yml", inventory, concurrency)

    @staticmethod
    def _name(number):
        return f"part-{number:04}.conf"

    @staticmethod
    def _text(number):
        return f"# part {number}\n" + "".join(f"value_{line} = {line * number}\n" for line in range(10))


class LargeFile:
    """One file that does not compress, by Baton and by scp."""

    def __init__(self, folder, places, megabytes):
        self.folder, self.places = folder, places
        (folder / "files").mkdir(parents=True)
        self._source = folder / "files" / "large"
        with self._source.open("wb") as target:
            for _ in range(megabytes):
                target.write(os.urandom(1_000_000))
        path = f"{places.folder}/{{{{ inventory_hostname }}}}/large"
        tasks = [{"file": {"src": "large", "dest": path, "mode": "0644"}}]
        (folder / "baton.yml").write_text(_document([{"name": "a large file", "hosts": "all", "tasks": tasks}]))

    def verify(self, hosts):
        for host in hosts:
            same = filecmp.cmp(self._source, self.places.of(host) / "large", shallow=False)
            _require(same, host, "large")

    def command(self, tool, site, concurrency):
        if tool == tools.BATON:
            return baton_deploy(self.folder / "baton.yml", str(site.folder / "inventory.yml"), concurrency), {}
        host = site.hosts[0]
        options = ["-q", "-F", "/dev/null", "-P", str(host.port), "-i", site.key, "-o", f"UserKnownHostsFile={site.known}"]
        return ["scp", *options, str(self._source), f"{site.user}@{host.address}:{self.places.of(host)}/large"], {}


def baton_deploy(playbook, inventory, concurrency):
    # The binary is named by the environment; `Bench` puts it here.
    return [tools.BATON, "deploy", str(playbook), "-i", inventory, "-f", str(concurrency), "-y"]


def ansible_playbook(tool, playbook, inventory, concurrency):
    command = [workspace.venv_program("ansible-playbook"), "-i", inventory, "-f", str(concurrency), str(playbook)]
    variables = {"ANSIBLE_PIPELINING": "True"}
    if tool == "mitogen":
        variables |= {"ANSIBLE_STRATEGY_PLUGINS": workspace.mitogen_strategies(), "ANSIBLE_STRATEGY": "mitogen_linear"}
    return command, variables


def _document(value):
    """JSON is YAML, so that no library is needed to write it."""
    return json.dumps(value, indent=1) + "\n"


def _require(is_so, host, name):
    if not is_so:
        raise BenchError(f"{host.name}: {name} is not what the playbook asks for")
