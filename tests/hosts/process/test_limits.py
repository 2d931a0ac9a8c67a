"""Shares of what a process may use: the tightest of its control groups, else the machine's."""

import os
from pathlib import Path

import pytest

from qualtui.hosts.process.tree import GroupLimits, Measured, limits_of
from qualtui.hosts.process.use import usage_of

MB = 1024.0**2
MAIN, WORKER = (1, 10.0), (2, 11.0)


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)


@pytest.fixture
def cgroups(tmp_path: Path) -> Path:
    root = tmp_path / "cgroup"
    write(tmp_path / "proc" / str(os.getpid()), cgroup="0::/system.slice/bot.service\n")
    write(root / "system.slice", memory_max=f"{900 * MB:.0f}\n", memory_current="0\n", cpu_max="max 100000\n")
    write(
        root / "system.slice" / "bot.service",
        memory_max=f"{512 * MB:.0f}\n",
        memory_current=f"{300 * MB:.0f}\n",
        memory_stat=f"anon 1\ninactive_file {44 * MB:.0f}\n",
        memory_events="low 0\noom 2\noom_kill 3\n",
        cpu_max="50000 100000\n",
    )
    return root


def test_the_tightest_group_on_the_way_up_is_the_limit(cgroups: Path) -> None:
    found = limits_of(os.getpid(), cgroups, cgroups.parent / "proc")
    assert found == GroupLimits(0.5, 512 * MB, 256 * MB, 3)


def test_a_group_without_limits_or_outside_the_tree_says_nothing(cgroups: Path) -> None:
    proc = cgroups.parent / "proc"
    write(proc / "7", cgroup="0::/../../../etc\n")
    write(proc / "8", cgroup="4:memory:/old\n")
    assert (
        limits_of(7, cgroups, proc) == limits_of(8, cgroups, proc) == limits_of(9, cgroups, proc) == GroupLimits()
    )


def measured(main: float, worker: float, limits: GroupLimits, cores: float = 8) -> Measured:
    return Measured({MAIN: main, WORKER: worker}, 800 * MB, cores, 8000 * MB, limits)


def test_memory_is_of_the_groups_limit_else_of_the_machine_and_says_so() -> None:
    limited = usage_of({}, measured(0, 0, GroupLimits(None, 512 * MB, 256 * MB)), 60, 1.0).memory
    assert (limited.percent, limited.note) == (50, "")
    free = usage_of({}, measured(0, 0, GroupLimits()), 60, 1.0).memory
    assert free.percent == 10
    assert "this machine" in str(free.note)


@pytest.mark.parametrize(
    ("main", "worker", "limits", "percent"),
    [
        (0.0, 60.0, GroupLimits(), 100),  # a thread of Python that spins, on a machine of eight cores
        (30.0, 30.0, GroupLimits(cores=1), 100),
        (6.0, 6.0, GroupLimits(cores=0.5), 40),
        (480.0, 0.0, GroupLimits(), 100),
        (0.6, 0.0, GroupLimits(), 1),
    ],
)
def test_cpu_is_of_the_limit_or_of_one_core_whichever_is_nearer(
    main: float, worker: float, limits: GroupLimits, percent: float
) -> None:
    before = {MAIN: 0.0, WORKER: 0.0}
    assert usage_of(before, measured(main, worker, limits), 60, 1.0).cpu.percent == pytest.approx(percent)


def test_a_process_that_was_started_anew_has_no_cpu_yet() -> None:
    assert usage_of({(1, 9.0): 5.0}, measured(1, 1, GroupLimits()), 60, 1.0).cpu.percent is None
