"""A quiet day wakes nobody; every fault of a bad day is told, with the right why."""

import random
from pathlib import Path

import pytest

from benchmarks.truth.__main__ import PER_HOUR, bad_world, quiet_world, rhythm
from benchmarks.truth.faults import DAY, Kind, bad_week
from benchmarks.truth.watch import false_pages, found, watched
from qualtui.signals.book import What
from tests.signals.test_counters import Bot, polls


@pytest.mark.parametrize("seed", [3])
async def test_a_quiet_day_has_no_false_page_and_nobody_waits_long(seed: int, tmp_path: Path) -> None:
    day = await watched(quiet_world(seed, 1.0), (), 1.0, tmp_path)
    assert day.customers > PER_HOUR  # the day had customers to lose
    assert day.worst_wait < 180
    assert false_pages(day) == []
    assert day.uncalm == 0.0


@pytest.mark.parametrize("seed", [1, 2, 21])
def test_a_quiet_week_of_counters_never_contradicts_its_rows(seed: int) -> None:
    rng = random.Random(seed)
    world = quiet_world(seed, 7.0)
    world.run(7 * DAY)
    sends = [row.at for row in world.rows if row.what is What.SENT]
    boots = [rng.uniform(0, 7 * DAY) for _ in range(20)]
    assert len(sends) > 24 * 7
    assert Bot(sends, sends, boots).disagree(polls(rng, 7 * DAY), 7 * DAY) == []


async def test_every_fault_of_two_bad_days_is_told_with_its_own_why(tmp_path: Path) -> None:
    faults = bad_week(5, 1, 2.0)
    day = await watched(bad_world(5, 2.0, faults), faults, 2.0, tmp_path, rhythm(5))
    outcome = found(day)
    assert {one.fault.kind for one in outcome} == set(Kind)
    assert [one.fault.kind for one in outcome if one.after is None or not one.right] == []
    assert [one.fault.kind for one in outcome if one.seen is None or one.seen > (one.after or 0.0)] == []
    assert false_pages(day) == []
