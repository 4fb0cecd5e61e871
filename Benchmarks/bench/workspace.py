"""What is made once and kept in Benchmarks/.work: the C programs and the virtual environment with the other tools."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from .failure import BenchError

FOLDER = Path(__file__).resolve().parent.parent
WORK = FOLDER / ".work"
VENV = WORK / "venv"
REQUIREMENTS = FOLDER / "requirements.txt"
C_FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"]
C_PROGRAMS = {"measure": [], "floor": ["-lssh2"], "delayproxy": []}
INSTALL_SECONDS = 600


def prepare(needs_venv):
    WORK.mkdir(exist_ok=True)
    for name, libraries in C_PROGRAMS.items():
        _compile(name, libraries)
    if needs_venv:
        _make_venv()


def program(name):
    return str(WORK / name)


def venv_program(name):
    return str(VENV / "bin" / name)


def mitogen_strategies():
    found = list(VENV.glob("lib/python3*/site-packages/ansible_mitogen/plugins/strategy"))
    if len(found) != 1:
        raise BenchError(
            "mitogen's strategy plugins are not where they are expected; remove Benchmarks/.work/venv and try again"
        )
    return str(found[0])


def pinned_versions():
    lines = (line.split("#")[0].strip() for line in REQUIREMENTS.read_text().splitlines())
    return dict(line.split("==") for line in lines if line)


def _run(command, what, timeout):
    try:
        subprocess.run(command, check=True, timeout=timeout, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        raise BenchError(f"cannot {what}: {error}") from error


def _compile(name, libraries):
    source, target = FOLDER / f"{name}.c", WORK / name
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    _run(["cc", *C_FLAGS, "-o", str(target), str(source), *libraries], f"compile {name}.c", 60)


def _make_venv():
    mark, wanted = VENV / "installed", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return
    print("bench: installing the other tools into Benchmarks/.work/venv", file=sys.stderr)
    shutil.rmtree(VENV, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(VENV)], "make a virtual environment", 120)
    _run(
        [venv_program("pip"), "install", "--quiet", "-r", str(REQUIREMENTS)],
        "install requirements.txt",
        INSTALL_SECONDS,
    )
    mark.write_text(wanted)
