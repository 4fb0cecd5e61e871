"""The four measurements. Each takes the bench and the selected tools and returns plain figures."""

import os
import statistics
import time
from dataclasses import dataclass, field

from . import tools
from .bench import say
from .failure import BenchError

FLEET_HOSTS, FLEET_CONCURRENCY = 100, 50
PAIRS = 9
RIVAL_ROUNDS = {"pyinfra": (0, 3, 6), "parallel-ssh": (1, 4, 7), "ansible": (2, 6), "mitogen": (4, 8)}
RIVAL_SECONDS, PAIR_SECONDS = 180, 60

CROWD_HOSTS, CROWD_SECONDS, MEETING_SECONDS = 1000, 290, 240

STARTUP_RUNS, STARTUP_SECONDS = 50, 10

ROUND_TRIP_RUNS, ONE_WAY_MS = 5, 25
NEAR_PORT, FAR_PORT = 2301, 2302
DISTANT_SECONDS = 30


@dataclass(frozen=True)
class Spread:
    median: float
    low: float
    high: float
    count: int

    @staticmethod
    def of(values):
        return Spread(statistics.median(values), min(values), max(values), len(values))


# --- `true` on a fleet ---


@dataclass(frozen=True)
class ToolFigures:
    wall_s: Spread
    cpu_ms_per_host: Spread
    peak_rss_mb: float


@dataclass
class FleetFigures:
    tools: dict = field(default_factory=dict)  # name -> ToolFigures
    wall_ratio: Spread | None = None
    cpu_ratio: Spread | None = None


def measure_fleet(bench, selected):
    site = bench.loopback_site("fleet", FLEET_HOSTS)

    def run(tool):
        timeout = RIVAL_SECONDS if tool in tools.RIVALS else PAIR_SECONDS
        cost = bench.run(tool, site, FLEET_CONCURRENCY, "true", timeout)
        say(
            f"{tool}: {cost.wall_s:.2f} s, {cost.cpu_s * 1e3 / FLEET_HOSTS:.2f} ms CPU per host, "
            f"{cost.peak_rss_mb:.0f} MB"
        )
        return cost

    say(f"`true` on {FLEET_HOSTS} hosts, {FLEET_CONCURRENCY} at a time; one run of each first that does not count")
    for tool in selected:
        run(tool)
    costs = {tool: [] for tool in selected}
    for index in range(PAIRS):
        say(f"round {index + 1} of {PAIRS}")
        for tool in _turn(index, selected):
            costs[tool].append(run(tool))
    return _fleet_figures(costs)


def _turn(index, selected):
    """Who runs in this round, in which order: who goes first in a pair alternates, so that drift favours neither."""
    pair = [tool for tool in (tools.FLOOR, tools.BATON) if tool in selected]
    rivals = [tool for tool in tools.RIVALS if tool in selected and index in RIVAL_ROUNDS[tool]]
    return (pair if index % 2 == 0 else pair[::-1]) + rivals


def _fleet_figures(costs):
    figures = FleetFigures()
    for tool, runs in costs.items():
        per_host = [cost.cpu_s * 1e3 / FLEET_HOSTS for cost in runs]
        peak = max(cost.peak_rss_mb for cost in runs)
        figures.tools[tool] = ToolFigures(Spread.of([cost.wall_s for cost in runs]), Spread.of(per_host), peak)
    if tools.FLOOR in costs and tools.BATON in costs:
        pairs = list(zip(costs[tools.BATON], costs[tools.FLOOR], strict=True))
        figures.wall_ratio = Spread.of([baton.wall_s / floor.wall_s for baton, floor in pairs])
        figures.cpu_ratio = Spread.of([baton.cpu_s / floor.cpu_s for baton, floor in pairs])
    return figures


# --- 1,000 hosts at once ---


@dataclass(frozen=True)
class CrowdFigures:
    peak_rss_mb: float
    cpu_ms_per_host: float
    wall_s: float
    all_there_s: float
    connections: int


def measure_crowd(bench, selected):
    """Every session stays until all are there: see `Meeting`."""
    site = bench.loopback_site("crowd", CROWD_HOSTS)
    figures = {}
    for tool in (tools.FLOOR, tools.BATON):
        if tool in selected:
            say(f"{CROWD_HOSTS} hosts at once: {tool}")
            figures[tool] = _crowd_run(bench, site, tool)
    return figures


def _crowd_run(bench, site, tool):
    bench.fleet.wait_until_quiet()
    with Meeting(bench.folder / f"meeting-{tool}", CROWD_HOSTS) as meeting:
        running, check = bench.start(tool, site, CROWD_HOSTS, meeting.command, CROWD_SECONDS)
        with running:
            all_there = meeting.wait(running)
            connections = bench.fleet.established()
            meeting.let_go()
            cost, output = running.finish()
    check(output)
    if connections != CROWD_HOSTS:
        raise BenchError(f"{tool}: {connections} connections while {CROWD_HOSTS} commands waited for each other")
    say(f"{tool}: {cost.peak_rss_mb:.1f} MB, all there after {all_there:.1f} s, {connections} connections")
    return CrowdFigures(cost.peak_rss_mb, cost.cpu_s * 1e3 / CROWD_HOSTS, cost.wall_s, all_there, connections)


class Meeting:
    """A command that signs in on the host and then waits at a gate; the gate opens only when all have signed in.

    So a run that succeeds proves that all sessions were alive at one moment, however long the connecting took. The gate
    is a FIFO: a shell that opens it for reading sleeps in the kernel until it is opened for writing.
    """

    def __init__(self, folder, expected):
        folder.mkdir()
        self._expected = expected
        self._signed, self._gate_path, self._gate = folder / "signed", folder / "gate", None
        self._signed.touch()
        os.mkfifo(self._gate_path)
        script = folder / "meet"
        script.write_text(f"#!/bin/sh\necho >>'{self._signed}'\n: <'{self._gate_path}'\n")
        script.chmod(0o755)
        self.command = str(script)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._gate is not None:
            os.close(self._gate)

    def wait(self, running):
        """Returns after how many seconds all were there."""
        start = time.monotonic()
        while self._signed.stat().st_size < self._expected:
            present = self._signed.stat().st_size
            if running.ended():
                running.finish()
                raise BenchError(f"it ended while {present} of {self._expected} hosts were connected")
            if time.monotonic() - start > MEETING_SECONDS:
                raise BenchError(f"only {present} of {self._expected} hosts were connected after {MEETING_SECONDS} s")
            time.sleep(0.1)
        return time.monotonic() - start

    def let_go(self):
        """The last may have signed and not reached the gate yet: it stays open until the meeting is over."""
        self._gate = os.open(self._gate_path, os.O_RDWR)


# --- Start-up ---


def measure_startup(bench, baton):
    """Milliseconds of `baton version` and of a program that does nothing, in turn."""
    commands = {"/bin/true": ["/bin/true"], "baton version": [baton, "version"]}
    say(f"start-up, {STARTUP_RUNS} runs")
    values = {name: [] for name in commands}
    for _ in range(STARTUP_RUNS):
        for name, command in commands.items():
            cost, _ = bench.run_program(command, STARTUP_SECONDS)
            values[name].append(cost.wall_s * 1e3)
    return {name: Spread.of(times) for name, times in values.items()}


# --- Round trips ---


def measure_round_trips(bench, selected):
    """Round trips from the start of the connection to the end of the first command, per tool.

    The same command on one host through two proxies, near (no delay) and far; the difference of the two wall times,
    divided by the round trip time. What the server and the programs compute is in both and falls out.
    """
    near = bench.distant_site("near", NEAR_PORT, 0)
    far = bench.distant_site("far", FAR_PORT, ONE_WAY_MS)
    figures = {}
    counts = {tool: [] for tool in (tools.FLOOR, tools.BATON) if tool in selected}
    say(f"round trips at {2 * ONE_WAY_MS} ms, {ROUND_TRIP_RUNS} runs")
    for _ in range(ROUND_TRIP_RUNS):
        for tool, values in counts.items():
            walls = [bench.run(tool, site, 1, "true", DISTANT_SECONDS).wall_s for site in (near, far)]
            values.append((walls[1] - walls[0]) * 1e3 / (2 * ONE_WAY_MS))
    for tool, values in counts.items():
        figures[tool] = Spread.of(values)
        say(f"{tool}: {figures[tool].median:.2f} round trips")
    return figures
