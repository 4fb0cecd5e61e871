"""Turns figures into the page `results.md` and into verdicts."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import measurements, tools, workspace

MAX_WALL_RATIO = 1.10
MAX_CPU_RATIO = 1.5
MAX_CROWD_MB = 120
MAX_STARTUP_MS = 10
MAX_ROUND_TRIPS = 9


@dataclass(frozen=True)
class Verdict:
    what: str
    bound: float
    unit: str
    measured: float | None
    strict: bool = False  # below the bound, not merely at most

    @property
    def met(self):
        return self.measured is not None and (
            self.measured < self.bound if self.strict else self.measured <= self.bound
        )

    @property
    def missed(self):
        return self.measured is not None and not self.met

    def row(self):
        bound = f"{'under' if self.strict else 'at most'} {self.bound:g}{self.unit}"
        if self.measured is None:
            return [self.what, bound, "not measured", "", ""]
        margin = (self.measured / self.bound - 1) * 100
        direction = "exactly" if margin == 0 else f"{abs(margin):.0f} % {'above' if margin > 0 else 'below'}"
        return [self.what, bound, f"{self.measured:.3g}{self.unit}", "met" if self.met else "**not met**", direction]


@dataclass
class Results:
    """What was measured; a part that was not selected stays empty."""

    fleet: measurements.FleetFigures
    crowd: dict
    startup: dict
    round_trips: dict
    baton_version: str | None
    load_before: float

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
        ]


def _median(spread):
    return None if spread is None else spread.median


def page(results):
    sections = [
        "# Results",
        "What is measured and how: [README.md](README.md). Absolute times belong to this machine; the ratios are the "
        "result.",
        _section(
            "Targets",
            _table(["target", "bound", "measured", "verdict", "distance"], [v.row() for v in results.verdicts()]),
        ),
        _fleet_section(results.fleet),
        _crowd_section(results.crowd),
        _startup_section(results.startup),
        _round_trip_section(results.round_trips),
        _machine_section(results),
        _section(
            "Again",
            "```\nmake bench\n```",
            "or, for a binary of your choice:",
            "```\nBATON=.build/release/baton Benchmarks/run\n```",
        ),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _section(title, *paragraphs):
    return "\n\n".join([f"## {title}", *paragraphs])


def _table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _spread(spread, digits):
    return f"{spread.median:.{digits}f} ({spread.low:.{digits}f} to {spread.high:.{digits}f})"


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
                _spread(own.wall_s, 2),
                f"{own.wall_s.median / floor.wall_s.median:.2f}" if floor else "",
                _spread(own.cpu_ms_per_host, 2),
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
    paragraphs = [_table(header, rows), "Median (lowest to highest). These ratios are of the medians."]
    if figures.wall_ratio:
        paragraphs.append(
            f"Baton against the floor, {figures.wall_ratio.count} interleaved pairs, the ratio taken within each "
            f"pair: wall {_spread(figures.wall_ratio, 2)}, CPU {_spread(figures.cpu_ratio, 2)}."
        )
    return _section(title, *paragraphs)


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
    return _section(f"{measurements.CROWD_HOSTS:,} hosts at once", _table(header, rows), note)


def _startup_section(figures):
    if not figures:
        return ""
    rows = [[f"`{name}`", str(spread.count), _spread(spread, 2)] for name, spread in figures.items()]
    return _section("Start-up", _table(["command", "runs", "wall ms"], rows))


def _round_trip_section(figures):
    if not figures:
        return ""
    rows = [[_label(tool), str(spread.count), _spread(spread, 2)] for tool, spread in figures.items()]
    table = _table(["tool", "runs", "round trips to the first result"], rows)
    notes = (
        f"One host, {2 * measurements.ONE_WAY_MS} ms away and back, TCP's own handshake included. "
        "The target is held against the nearest whole number: the remainder is the lateness of proxy and scheduler. "
        "What each later command on the same connection costs is not measured here: that figure comes from the test "
        "of the framed shell."
    )
    return _section("Round trips", table, notes)


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
    return _section("Machine", _table(["", ""], rows))


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
