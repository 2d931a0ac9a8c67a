"""A process and all that it started: whether it runs, what it uses, and the limits of its control group."""

import os
from pathlib import Path

import msgspec
import psutil

from qualtui.hosts.host import Instance

CGROUPS = Path("/sys/fs/cgroup")
SLACK = 5.0  # s: a process that is younger than the file which names it by more than this is another one

Spent = dict[tuple[int, float], float]  # CPU seconds by process (number, start)


class GroupLimits(msgspec.Struct, frozen=True):
    """What the control groups of a process allow, and use. None: no group says."""

    cores: float | None = None
    memory: float | None = None  # bytes
    used: float | None = None  # bytes that count against `memory`: file pages that can be dropped do not
    kills: int = 0  # processes killed for want of memory since the group exists


class Measured(msgspec.Struct, frozen=True):
    """One look at a running process."""

    spent: Spent
    memory: float  # bytes of it and its children, shared pages counted for each
    machine_cores: float
    machine_memory: float
    limits: GroupLimits


def instance_of(pid: int) -> Instance | None:
    """The process with a number; None where none runs."""
    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return None
        return Instance(str(pid), process.create_time())
    except (psutil.Error, ValueError, OverflowError):
        return None


def named_by(file: Path) -> Instance | None:
    """The process whose number a file has; None where there is none, or the number is another's by now."""
    try:
        text, changed = file.read_text(errors="replace")[:40].strip(), file.stat().st_mtime
    except OSError:
        return None
    if not text.isdecimal():
        return None
    found = instance_of(int(text))
    return found if found is not None and found.since <= changed + SLACK else None


def measure(pid: int, cgroups: Path = CGROUPS, proc: Path = Path("/proc")) -> Measured | None:
    """What a process and its children use; None where it ended meanwhile."""
    spent: Spent = {}
    memory = 0.0
    try:
        main = psutil.Process(pid)
        everyone = [main, *main.children(recursive=True)]
    except psutil.Error:
        return None
    for one in everyone:
        try:
            times = one.cpu_times()
            spent[one.pid, one.create_time()] = sum(times[:4])  # its own, and of children that ended
            memory += one.memory_info().rss
        except psutil.Error:  # ended meanwhile
            continue
    if not spent:
        return None
    cores = float(len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else float(os.cpu_count() or 1)
    return Measured(spent, memory, cores, float(psutil.virtual_memory().total), limits_of(pid, cgroups, proc))


def limits_of(pid: int, cgroups: Path = CGROUPS, proc: Path = Path("/proc")) -> GroupLimits:
    """The tightest limits on the way up from a process's group (cgroup v2; an older one says nothing)."""
    group = next(
        (line[3:] for line in _text(proc / str(pid) / "cgroup").splitlines() if line.startswith("0::")), ""
    )
    folder = cgroups / group.strip("/")
    if not group or ".." in folder.parts:
        return GroupLimits()
    cores: float | None = None
    memory: float | None = None
    used: float | None = None
    kills = _value(_text(folder / "memory.events"), "oom_kill")
    while folder != cgroups and folder.is_relative_to(cgroups):
        quota, _space, period = _text(folder / "cpu.max").strip().partition(" ")
        if quota.isdecimal() and period.isdecimal() and int(period):
            cores = min(cores or float("inf"), int(quota) / int(period))
        most = _text(folder / "memory.max").strip()
        now = _text(folder / "memory.current").strip()
        if most.isdecimal() and now.isdecimal() and int(most) < (memory or float("inf")):
            memory = float(most)
            used = float(max(0, int(now) - _value(_text(folder / "memory.stat"), "inactive_file")))
        folder = folder.parent
    return GroupLimits(cores, memory, used, kills)


def _value(text: str, name: str) -> int:
    """The number behind a name in lines of `name number`."""
    for line in text.splitlines():
        key, _space, value = line.partition(" ")
        if key == name and value.strip().isdecimal():
            return int(value)
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
