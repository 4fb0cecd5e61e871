"""What `deploys` measured, as verdicts and as sections of the page."""

from . import deploys, playbook, tools
from .page import section, spread, table
from .verdict import Verdict

MAX_OF_EXEC = 1.5
MIN_PYINFRA, MIN_ANSIBLE = 6, 80
MAX_CPU_MS = 5
MIN_FAR = 20
MAX_OF_SCP = 1.0
MAX_CROWD_MB = 400


def verdicts(results):
    again, ratio = results.playbook.again, results.playbook.exec_ratio
    baton = again.get(tools.BATON)
    crowd = results.crowd and max(results.crowd.first.peak_rss_mb, results.crowd.again.peak_rss_mb)
    return [
        Verdict("ten tasks, no change: wall, of `baton exec true`", MAX_OF_EXEC, " x", ratio and ratio.median),
        Verdict("the same: times faster than pyinfra", MIN_PYINFRA, " x", _times(again, "pyinfra"), at_least=True),
        Verdict("the same: times faster than Ansible", MIN_ANSIBLE, " x", _times(again, "ansible"), at_least=True),
        Verdict("the same: controller CPU per host", MAX_CPU_MS, " ms", baton and baton.cpu_ms_per_host.median),
        Verdict(
            "small files to a far host: times faster than Ansible", MIN_FAR, " x", _far_times(results.far), at_least=True
        ),
        Verdict(f"one file of {deploys.LARGE_MB} MB: wall, of `scp`", MAX_OF_SCP, " x", _large_ratio(results.large)),
        Verdict("1,000 hosts x 10 tasks, resident", MAX_CROWD_MB, " MB", crowd, strict=True),
    ]


def _times(figures, rival):
    if rival not in figures or tools.BATON not in figures:
        return None
    return figures[rival].wall_s.median / figures[tools.BATON].wall_s.median


def _far_times(far):
    """Per file, so that a number of files that takes Ansible a while and not an hour will do."""
    if far.ansible_s is None or far.baton is None:
        return None
    return (far.ansible_s / far.ansible_count) / (far.baton.median / deploys.MANY)


def _large_ratio(large):
    return large and large.ratio.median


def sections(results):
    return [
        _playbook_section(results.playbook),
        _far_section(results.far),
        _large_section(results.large),
        _crowd_section(results.crowd),
    ]


def _playbook_section(figures):
    if not figures.again:
        return ""
    rows = []
    for tool, again in figures.again.items():
        first = figures.first[tool]
        rows.append(
            [
                playbook.LABELS[tool],
                str(again.wall_s.count),
                spread(first.wall_s, 2),
                spread(again.wall_s, 2),
                spread(first.cpu_ms_per_host, 1),
                spread(again.cpu_ms_per_host, 1),
                f"{max(first.peak_rss_mb, again.peak_rss_mb):.0f}",
            ]
        )
    header = [
        "tool",
        "runs",
        "first run s",
        "no change s",
        "CPU ms per host, first",
        "CPU ms per host, no change",
        "peak RSS MB of one process",
    ]
    paragraphs = [table(header, rows)]
    if figures.exec_true:
        paragraphs.append(
            f"`baton exec true` on the same hosts, in the same rounds: {spread(figures.exec_true.wall_s, 2)} s, "
            f"{spread(figures.exec_true.cpu_ms_per_host, 2)} ms CPU per host. A run without a change takes "
            f"{spread(figures.exec_ratio, 2)} times as long, the ratio taken within each round."
        )
    paragraphs.append(
        "Three directories, three files of 1.1 KB, a template, a link, and two commands with `creates`, all hosts at "
        "once. What is on the hosts is looked at after every run: all is there after the first, and the second has "
        "left every file, time and inode as it was."
    )
    return section(f"Ten tasks on {deploys.HOSTS} hosts", *paragraphs)


def _far_section(far):
    if far.baton is None and far.ansible_s is None:
        return ""
    rows = []
    if far.baton:
        rows.append(["baton", f"{deploys.MANY:,}", str(far.baton.count), spread(far.baton, 2)])
        rows.append(["baton", f"{deploys.MANY_ANSIBLE:,}", str(far.baton_few.count), spread(far.baton_few, 2)])
    if far.ansible_s is not None:
        rows.append(["ansible-core, pipelining", f"{far.ansible_count:,}", "1", f"{far.ansible_s:.1f}"])
    note = (
        f"Ansible copies {far.ansible_count} files, because {deploys.MANY:,} would take it the better part of an hour; "
        "the target compares seconds per file."
    )
    title = f"Small files to one host {2 * deploys.ONE_WAY_MS} ms away and back"
    return section(title, table(["tool", "files", "runs", "wall s"], rows), note)


def _large_section(large):
    if large is None:
        return ""
    rows = [[name, str(own.count), spread(own, 2)] for name, own in (("baton", large.baton), ("scp", large.scp))]
    note = (
        f"Baton, of `scp` in the same round: {spread(large.ratio, 2)}. Baton compares the checksum of what has arrived "
        "before it puts the file in its place; `scp` does not."
    )
    return section(f"One file of {deploys.LARGE_MB} MB", table(["tool", "runs", "wall s"], rows), note)


def _crowd_section(crowd):
    if crowd is None:
        return ""
    rows = [
        [what, f"{own.peak_rss_mb:.0f}", f"{own.cpu_ms_per_host.median:.2f}", f"{own.wall_s.median:.1f}"]
        for what, own in (("first run", crowd.first), ("no change", crowd.again))
    ]
    return section("Ten tasks on 1,000 hosts at once", table(["run", "peak RSS MB", "CPU ms per host", "wall s"], rows))
