"""Runs one command under `measure` and says what it cost."""

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import workspace
from .failure import BenchError

STOP_SECONDS = 10


@dataclass(frozen=True)
class Cost:
    wall_s: float
    cpu_s: float
    peak_rss_mb: float


class Running:
    """A measured command that runs; used as a context so that it never outlives its measurement."""

    def __init__(self, command, timeout_s, folder, environment):
        self._name = Path(command[0]).name
        self._report = folder / "report.json"
        self._output_path, self._error_path = folder / "stdout", folder / "stderr"
        self._timeout = timeout_s
        self._deadline = time.monotonic() + timeout_s + STOP_SECONDS
        self._report.unlink(missing_ok=True)
        measured = [workspace.program("measure"), str(self._report), str(timeout_s), *command]
        with self._output_path.open("wb") as output, self._error_path.open("wb") as errors:
            self._process = subprocess.Popen(
                measured, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=folder, env=environment
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is not None:
            return
        self._process.terminate()  # measure ends the command and whatever it left behind
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)

    def ended(self):
        return self._process.poll() is not None

    def finish(self):
        """Waits, requires success, and returns the cost and the standard output."""
        try:
            self._process.wait(max(0.1, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise BenchError(f"{self._name} could not be ended") from error
        if not self._report.exists():
            raise BenchError(f"{self._name} was not measured: {self._last_words()}")
        report = json.loads(self._report.read_text())
        if report["timed_out"]:
            raise BenchError(f"{self._name} was not done after {self._timeout} s: {self._last_words()}")
        if report["exit"] != 0:
            raise BenchError(f"{self._name} ended with status {report['exit']}: {self._last_words()}")
        cost = Cost(report["wall_s"], report["cpu_s"], report["peak_rss_kib"] / 1024)
        return cost, self._output_path.read_text(errors="replace")

    def _last_words(self):
        text = self._error_path.read_text(errors="replace") + self._output_path.read_text(errors="replace")
        return text.strip()[-600:] or "it said nothing"


def measure(command, timeout_s, folder, environment):
    with Running(command, timeout_s, folder, environment) as running:
        return running.finish()
