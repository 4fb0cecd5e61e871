"""Turns figures into the page `results.md` and into verdicts."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import deploys, deploys_report, measurements, tools, workspace
from .page import section, spread, table
from .verdict import Verdict

MAX_WALL_RATIO = 1.10
MAX_CPU_RATIO = 1.5
MAX_CROWD_MB = 120
MAX_STARTUP_MS = 10
MAX_ROUND_TRIPS = 9


@dataclass
class Results:
    """What was measured; a part that was not selected stays empty."""

    fleet: measurements.FleetFigures
    crowd: dict
    startup: dict
    round_trips: dict
    baton_version: str | None
    load_before: float
    deploys: deploys.Results

    def verdicts(self):
        crowd, startup, trips = (
            self.crowd.get(tools.BATON),
            self.startup.get("baton version"),
            self.round_trips.get(tools.BATON),
        )
        return [
            Verdict("wall time, of the floor's", MAX_WALL_RATIO, " x", _median(self.fleet.wall_ratio)),
            Verdict("controller CPU per host, of the floor's", MAX_CPU_RATIO, " x", _median(self.fleet.cpu_ratio)),
            Verdict("1,000 hosts at once, resident", MAX_CROWD_MB, " MB", crowd and crowd.peak_rss_mb, strict=True),
            Verdict("start-up of `baton version`", MAX_STARTUP_MS, " ms", _median(startup), strict=True),
            # A count: the remainder is the proxy's and the scheduler's lateness.
            Verdict("round trips to the first result", MAX_ROUND_TRIPS, "", trips and round(trips.median)),
            *deploys_report.verdicts(self.deploys),
        ]


def _median(spread):
    return None if spread is None else spread.median


def page(results):
    sections = [
        "# Results",
        "What is measured and how: [README.md](README.md). Absolute times belong to this machine; the ratios are the "
        "result.",
        section(
            "Targets",
            table(["target", "bound", "measured", "verdict", "distance"], [v.row() for v in results.verdicts()]),
        ),
        _fleet_section(results.fleet),
        _crowd_section(results.crowd),
        _startup_section(results.startup),
        _round_trip_section(results.round_trips),
        *deploys_report.sections(results.deploys),
        _machine_section(results),
        section(
            "Again",
            "```\nmake bench\n```",
            "or, for a binary of your choice:",
            "```\nBATON=.build/release/baton Benchmarks/run\n```",
        ),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _fleet_section(figures):
    if not figures.tools:
        return ""
    floor = figures.tools.get(tools.FLOOR)
    rows = []
    for tool, own in figures.tools.items():
        rows.append(
            [
                _label(tool),
                str(own.wall_s.count),
                spread(own.wall_s, 2),
                f"{own.wall_s.median / floor.wall_s.median:.2f}" if floor else "",
                spread(own.cpu_ms_per_host, 2),
                f"{own.cpu_ms_per_host.median / floor.cpu_ms_per_host.median:.1f}" if floor else "",
                f"{own.peak_rss_mb:.0f}",
            ]
        )
    header = [
        "tool",
        "runs",
        "wall s",
        "x floor",
        "controller CPU ms per host",
        "x floor",
        "peak RSS MB of one process",
    ]
    title = f"`true` on {measurements.FLEET_HOSTS} hosts, {measurements.FLEET_CONCURRENCY} at a time"
    paragraphs = [table(header, rows), "Median (lowest to highest). These ratios are of the medians."]
    if figures.wall_ratio:
        paragraphs.append(
            f"Baton against the floor, {figures.wall_ratio.count} interleaved pairs, the ratio taken within each "
            f"pair: wall {spread(figures.wall_ratio, 2)}, CPU {spread(figures.cpu_ratio, 2)}."
        )
    return section(title, *paragraphs)


def _crowd_section(figures):
    if not figures:
        return ""
    rows = [
        [
            _label(tool),
            f"{own.peak_rss_mb:.1f}",
            f"{own.cpu_ms_per_host:.2f}",
            f"{own.all_there_s:.1f}",
            f"{own.wall_s:.1f}",
            f"{own.connections:,}",
        ]
        for tool, own in figures.items()
    ]
    header = ["tool", "peak RSS MB", "CPU ms per host", "all there after s", "wall s", "connections at that moment"]
    note = (
        "The command on each host signs in and waits until all have; then the server's established connections are "
        "counted, and only then is everybody let go. A run that ends well therefore had every session alive at once."
    )
    return section(f"{measurements.CROWD_HOSTS:,} hosts at once", table(header, rows), note)


def _startup_section(figures):
    if not figures:
        return ""
    rows = [[f"`{name}`", str(own.count), spread(own, 2)] for name, own in figures.items()]
    return section("Start-up", table(["command", "runs", "wall ms"], rows))


def _round_trip_section(figures):
    if not figures:
        return ""
    rows = [[_label(tool), str(own.count), spread(own, 2)] for tool, own in figures.items()]
    rows_table = table(["tool", "runs", "round trips to the first result"], rows)
    notes = (
        f"One host, {2 * measurements.ONE_WAY_MS} ms away and back, TCP's own handshake included. "
        "The target is held against the nearest whole number: the remainder is the lateness of proxy and scheduler. "
        "What each later command on the same connection costs is not measured here: that figure comes from the test "
        "of the framed shell."
    )
    return section("Round trips", rows_table, notes)


def _machine_section(results):
    versions = workspace.pinned_versions()
    rows = [
        ["processor", f"{_processor()}, {os.cpu_count()} cores"],
        ["memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"],
        ["system", f"{_distribution()}, {platform.system()} {platform.release()}, {platform.machine()}"],
        ["load before", f"{results.load_before:.2f}"],
        ["server", _first_line(["ssh", "-V"])],
        ["C library of the floor", _first_line(["pkg-config", "--modversion", "libssh2"], "libssh2 ")],
        ["C compiler", _first_line(["cc", "--version"])],
        ["Python", platform.python_version()],
        *([name, version] for name, version in sorted(versions.items())),
        ["baton", results.baton_version or "not measured"],
    ]
    return section("Machine", table(["", ""], rows))


def _label(tool):
    return tools.LABELS[tool]


def _first_line(command, prefix=""):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return prefix + lines[0] if lines and done.returncode == 0 else "unknown"


def _processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _distribution():
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return "Linux"
