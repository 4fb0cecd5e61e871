"""What a playbook costs: on a fleet, on one host far away, and with one large file."""

from dataclasses import dataclass, field

from . import playbook, tools
from .bench import say
from .failure import BenchError
from .measurements import Spread

HOSTS = 50
PAIRS = 7
# In which rounds each rival runs, between Baton's own: the slow ones less often.
RIVAL_ROUNDS = {"pyinfra": (0, 3, 6), "mitogen": (2, 5), "ansible": (4,)}
SECONDS = {"baton": 120, "pyinfra": 240, "mitogen": 900, "ansible": 1500}

MANY, MANY_ANSIBLE, ONE_WAY_MS, MANY_PORT, MANY_RUNS = 1000, 100, 13, 2303, 3
MANY_SECONDS = 900

LARGE_MB, LARGE_RUNS, LARGE_SECONDS = 200, 5, 120

CROWD_HOSTS, CROWD_SECONDS = 1000, 900


@dataclass(frozen=True)
class RunFigures:
    wall_s: Spread
    cpu_ms_per_host: Spread
    peak_rss_mb: float


@dataclass
class PlaybookFigures:
    first: dict = field(default_factory=dict)  # tool -> RunFigures
    again: dict = field(default_factory=dict)
    exec_true: RunFigures | None = None
    exec_ratio: Spread | None = None  # no change, of `baton exec true` in the same round


@dataclass
class FarFigures:
    """Many small files: seconds for MANY of Baton, and for `ansible_count` of Ansible."""

    baton: Spread | None = None
    baton_few: Spread | None = None
    ansible_s: float | None = None
    ansible_count: int = MANY_ANSIBLE


@dataclass
class LargeFigures:
    baton: Spread
    scp: Spread
    ratio: Spread


@dataclass
class CrowdFigures:
    first: object
    again: object


@dataclass
class Results:
    playbook: PlaybookFigures = field(default_factory=PlaybookFigures)
    far: FarFigures = field(default_factory=FarFigures)
    large: LargeFigures | None = None
    crowd: CrowdFigures | None = None


# --- Ten tasks on a fleet ---


def measure_playbook(bench, selected):
    chosen = [tool for tool in playbook.TOOLS if tool in selected]
    site = bench.loopback_site("tens", HOSTS)
    places = playbook.Places(bench.folder / "hosts-tens")
    tasks = playbook.TenTasks(bench.folder / "ten-tasks", places)
    say(f"ten tasks on {HOSTS} hosts at once, first run and no change; one run of Baton first that does not count")
    first, again, plain = {tool: [] for tool in chosen}, {tool: [] for tool in chosen}, []
    if tools.BATON in chosen:
        _pair(bench, tools.BATON, site, places, tasks)
    for index in range(PAIRS):
        say(f"round {index + 1} of {PAIRS}")
        for tool in chosen:
            if tool != tools.BATON and index not in RIVAL_ROUNDS[tool]:
                continue
            if tool == tools.BATON and index % 2 == 1:
                plain.append(bench.run(tool, site, HOSTS, "true", 60))
            costs = _pair(bench, tool, site, places, tasks)
            first[tool].append(costs[0])
            again[tool].append(costs[1])
            if tool == tools.BATON and index % 2 == 0:
                plain.append(bench.run(tool, site, HOSTS, "true", 60))
    return _playbook_figures(first, again, plain)


def _pair(bench, tool, site, places, tasks):
    """A first run and one that finds all in order, each checked by what is on the hosts."""
    places.prepare(site.hosts)
    first = _run(bench, tool, site, tasks, HOSTS, SECONDS[tool])
    tasks.verify(site.hosts)
    before = places.state()
    again = _run(bench, tool, site, tasks, HOSTS, SECONDS[tool])
    if places.state() != before:
        raise BenchError(f"{tool} changed something though nothing was to be changed")
    say(
        f"{tool}: first {first.wall_s:.2f} s, no change {again.wall_s:.2f} s, "
        f"{again.cpu_s * 1e3 / len(site.hosts):.2f} ms CPU per host"
    )
    return first, again


def _run(bench, tool, site, tasks, concurrency, timeout_s):
    command, variables = tasks.command(tool, site, concurrency)
    return bench.run_on_fleet(command, variables, timeout_s)


def _playbook_figures(first, again, plain):
    figures = PlaybookFigures()
    for into, costs in ((figures.first, first), (figures.again, again)):
        for tool, runs in costs.items():
            if runs:
                into[tool] = _figures(runs, HOSTS)
    if plain:
        figures.exec_true = _figures(plain, HOSTS)
        pairs = zip(again[tools.BATON], plain, strict=True)
        figures.exec_ratio = Spread.of([run.wall_s / alone.wall_s for run, alone in pairs])
    return figures


def _figures(runs, hosts):
    return RunFigures(
        Spread.of([run.wall_s for run in runs]),
        Spread.of([run.cpu_s * 1e3 / hosts for run in runs]),
        max(run.peak_rss_mb for run in runs),
    )


# --- Many small files, far away ---


def measure_far(bench, selected):
    site = bench.distant_site("far-files", MANY_PORT, ONE_WAY_MS)
    places = playbook.Places(bench.folder / "hosts-far")
    figures = FarFigures()
    say(f"{MANY:,} small files to one host {2 * ONE_WAY_MS} ms away")
    if tools.BATON in selected:
        for count in (MANY, MANY_ANSIBLE):
            tasks = playbook.ManyFiles(bench.folder / f"many-{count}", places, count)
            walls = [_far_run(bench, tools.BATON, site, places, tasks) for _ in range(MANY_RUNS)]
            if count == MANY:
                figures.baton = Spread.of(walls)
            else:
                figures.baton_few = Spread.of(walls)
    if "ansible" in selected:
        tasks = playbook.ManyFiles(bench.folder / "many-ansible", places, MANY_ANSIBLE)
        figures.ansible_s = _far_run(bench, "ansible", site, places, tasks)
    return figures


def _far_run(bench, tool, site, places, tasks):
    places.prepare(site.hosts)
    cost = _run(bench, tool, site, tasks, 1, MANY_SECONDS)
    tasks.verify(site.hosts)
    say(f"{tool}: {tasks.count:,} files in {cost.wall_s:.2f} s")
    return cost.wall_s


# --- One large file ---


def measure_large(bench):
    site = bench.loopback_site("large", 1)
    places = playbook.Places(bench.folder / "hosts-large")
    tasks = playbook.LargeFile(bench.folder / "large-file", places, LARGE_MB)
    walls = {tools.BATON: [], "scp": []}
    say(f"one file of {LARGE_MB} MB, {LARGE_RUNS} runs; one of each first that does not count")
    for index in range(LARGE_RUNS + 1):
        for tool in list(walls) if index % 2 == 0 else list(walls)[::-1]:
            places.prepare(site.hosts)
            cost = _run(bench, tool, site, tasks, 1, LARGE_SECONDS)
            tasks.verify(site.hosts)
            say(f"{tool}: {cost.wall_s:.2f} s, {cost.cpu_s:.2f} s CPU, {cost.peak_rss_mb:.0f} MB")
            if index > 0:
                walls[tool].append(cost.wall_s)
    ratios = [baton / scp for baton, scp in zip(walls[tools.BATON], walls["scp"], strict=True)]
    return LargeFigures(Spread.of(walls[tools.BATON]), Spread.of(walls["scp"]), Spread.of(ratios))


# --- 1,000 hosts ---


def measure_crowd(bench):
    site = bench.loopback_site("thousand", CROWD_HOSTS)
    places = playbook.Places(bench.folder / "hosts-thousand")
    tasks = playbook.TenTasks(bench.folder / "thousand-tasks", places)
    places.prepare(site.hosts)
    costs = []
    for what in ("first run", "no change"):
        costs.append(_run(bench, tools.BATON, site, tasks, CROWD_HOSTS, CROWD_SECONDS))
        tasks.verify(site.hosts)
        say(f"ten tasks on {CROWD_HOSTS:,} hosts at once, {what}: {costs[-1].wall_s:.1f} s, {costs[-1].peak_rss_mb:.0f} MB")
    return CrowdFigures(*(_figures([cost], CROWD_HOSTS) for cost in costs))
