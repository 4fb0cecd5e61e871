"""Compares what Baton makes of expressions and templates with what Ansible makes of them, in one process.

Reads {variables: FILE, cases: [{name, text, kind, value}, ...]} from a file. kind is "value" or "file"; value is what
Baton made of the text, and missing where Baton refused it. Prints {name: [difference, ...]}.
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
    ANSIBLE_NOCOLOR="1",
    ANSIBLE_DEPRECATION_WARNINGS="0",
)
os.chdir(home)

from ansible._internal._templating._engine import TemplateEngine, TemplateOptions  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.template import trust_as_template  # noqa: E402

with open(sys.argv[1], encoding="utf-8") as request:
    request = json.load(request)
loader = DataLoader()
engine = TemplateEngine(loader, variables=loader.load_from_file(request["variables"], trusted_as_template=True))


def plain(value):
    """The value as JSON has it, so that both sides can be compared."""
    return json.loads(json.dumps(value, default=str))


def same(ours, theirs):
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, dict):
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs


def compare(case):
    is_file = case["kind"] == "file"
    try:
        options = TemplateOptions(escape_backslashes=not is_file)
        theirs = plain(engine.template(trust_as_template(case["text"]), options=options))
    except Exception as error:  # what Ansible raises is of many kinds
        return [f"Ansible refuses it: {error}"] if "value" in case else []
    if "value" not in case:
        return [f"Baton refuses it, Ansible says {theirs!r}: {case['error']}"]
    ours = case["value"]
    if is_file and not isinstance(theirs, str):
        # One expression alone, or nothing: Ansible loses the line end behind it.
        theirs = engine.template(trust_as_template("x" + case["text"]), options=options)[1:]
    return [] if same(ours, theirs) else [f"Baton says {ours!r}, Ansible {theirs!r}"]


json.dump({case["name"]: compare(case) for case in request["cases"]}, sys.stdout)
print()
