"""Compares what Baton makes of inventories with what Ansible makes of them, for many of them in one process.

Reads a list of {name, directory, sources, listing, graph, variables, patterns} from a file, where listing and the graphs are what
Baton printed (null where it refused) and patterns maps a pattern to the hosts Baton chose (null where it refused).
Prints {name: [difference, ...]}; a name that is missing was not compared.
"""

import json
import os
import sys
import tempfile

holder = tempfile.TemporaryDirectory(prefix="baton-ansible-")
home = holder.name
settings = os.path.join(home, "ansible.cfg")
with open(settings, "w", encoding="utf-8"):
    pass
os.environ.update(
    ANSIBLE_CONFIG=settings,
    ANSIBLE_HOME=home,
    ANSIBLE_LOCAL_TEMP=home,
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="1",
    ANSIBLE_NOCOLOR="1",
    ANSIBLE_DEPRECATION_WARNINGS="0",
)
# Files beside the current folder would count as files beside a playbook.
os.chdir(home)

from ansible import context  # noqa: E402
from ansible.cli.inventory import InventoryCLI  # noqa: E402
from ansible.inventory.manager import InventoryManager, split_host_pattern  # noqa: E402
from ansible.module_utils.common.collections import ImmutableDict  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402


def differences(ours, theirs, place=""):
    if type(ours) is not type(theirs):
        yield f"{place or 'all'}: Baton says {ours!r}, Ansible {theirs!r}"
    elif isinstance(ours, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in ours:
                yield f"{place}/{key}: Baton has none, Ansible {theirs[key]!r}"
            elif key not in theirs:
                yield f"{place}/{key}: Baton has {ours[key]!r}, Ansible none"
            else:
                yield from differences(ours[key], theirs[key], f"{place}/{key}")
    elif isinstance(ours, list) and len(ours) == len(theirs):
        for index, (our, their) in enumerate(zip(ours, theirs)):
            yield from differences(our, their, f"{place}[{index}]")
    elif ours != theirs and not (ours != ours and theirs != theirs):
        yield f"{place or 'all'}: Baton says {ours!r}, Ansible {theirs!r}"


def select(inventory, pattern, directory):
    """What `ansible --list-hosts` lists, with the files that only --limit reads."""
    names = []
    for part in split_host_pattern(pattern):
        if part.startswith("@"):
            with open(os.path.join(directory, part[1:]), encoding="utf-8") as lines:
                names += [line.strip() for line in lines.read().split("\n")]
        else:
            names.append(part)
    hosts = dict.fromkeys(host.name for host in inventory._evaluate_patterns(names))
    inventory.clear_pattern_cache()
    return list(hosts)


cli = InventoryCLI(["ansible-inventory", "--list", "-i", "none,"])
cli.parse()
cli._play_prereqs()


def compare(case):
    try:
        loader = DataLoader()
        inventory = InventoryManager(loader, case["sources"])
        cli.loader, cli.inventory, cli.vm = loader, inventory, VariableManager(loader, inventory)
        listing = json.loads(cli.dump(cli.json_inventory(cli._get_group("all"))))
    except Exception as error:  # what Ansible raises is of many kinds
        return [] if case["listing"] is None else [f"Ansible refuses it: {error}"]
    if case["listing"] is None:
        return ["Baton refuses it, Ansible does not"]
    found = list(differences(json.loads(case["listing"]), listing))
    for variables in (False, True):
        context.CLIARGS = ImmutableDict(context.CLIARGS, pattern="all", show_vars=variables)
        try:
            theirs = cli.inventory_graph().split("\n")
        except Exception:  # a vaulted value cannot be printed without its password
            continue
        graph = case["variables" if variables else "graph"]
        ours = graph.split("\n")
        for our, their in zip(ours, theirs):
            if our != their:
                found.append(f"graph: Baton says {our!r}, Ansible {their!r}")
                break
        if len(ours) != len(theirs):
            found.append(f"graph: Baton has {len(ours)} lines, Ansible {len(theirs)}")
    for pattern, ours in case["patterns"].items():
        try:
            theirs = select(cli.inventory, pattern, case["directory"])
        except Exception:
            theirs = []
        if ours is None and theirs:
            found.append(f"pattern {pattern}: Baton refuses it, Ansible says {theirs}")
        elif ours is not None and ours != theirs:
            found.append(f"pattern {pattern}: Baton says {ours}, Ansible {theirs}")
    return found


with open(sys.argv[1], encoding="utf-8") as request:
    cases = json.load(request)
results = {}
for case in cases:
    results[case["name"]] = compare(case)
print("\n" + json.dumps(results))
