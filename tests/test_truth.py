"""A quiet day wakes nobody; every fault of a bad day is told, with the right why."""

import random
from pathlib import Path

import pytest

from benchmarks.truth.__main__ import PER_HOUR, bad_world, quiet_world, rhythm
from benchmarks.truth.faults import DAY, Fault, Kind, bad_week
from benchmarks.truth.watch import Alarm, Week, found, unexplained, watched
from qualtui.model import Severity
from qualtui.signals.book import What
from tests.signals.test_counters import Bot, polls


@pytest.mark.parametrize("seed", [3])
async def test_a_quiet_day_has_no_false_alarm_and_nobody_waits_long(seed: int, tmp_path: Path) -> None:
    day = await watched(quiet_world(seed, 1.0), (), 1.0, tmp_path)
    assert day.customers > PER_HOUR  # the day had customers to lose
    assert day.worst_wait < 180
    assert unexplained(day) == []
    assert day.uncalm == 0.0
    happened = {name for name, times in day.harmless.items() if times}
    assert happened == {
        "events answered 500",
        "session restarts",
        "control target down",
        "answers skipped",
        "workers",
    }
    assert day.harmless["workers"] > 2  # counters began anew, by a deploy and by their many requests


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
    assert unexplained(day) == []


def week(*pages: Alarm) -> Week:
    """One fault, half an hour of the bot that sends nothing, and these pages."""
    return Week((Fault(Kind.SILENT, 1000.0, 2800.0),), pages, 1, 1, {}, 0.0)


def alarm(at: float, severity: Severity, why: str = "", wait: float = 0.0) -> Alarm:
    return Alarm(at, "customers-waiting", severity, why, wait)


def test_a_wrong_why_on_the_first_page_is_not_made_good_by_a_later_one() -> None:
    right, wrong = "The bot stored the message and sent no reply", "We cannot ask"
    assert not found(week())[0].right
    assert found(week(alarm(1600.0, Severity.CRITICAL, right)))[0].right
    late = found(week(alarm(1180.0, Severity.WARNING, wrong), alarm(1600.0, Severity.CRITICAL, right)))[0]
    assert (late.after, late.right) == (600.0, False)


def test_an_incident_that_nothing_in_truth_explains_is_false_whatever_its_severity() -> None:
    before, false = alarm(900.0, Severity.WARNING), alarm(9000.0, Severity.CRITICAL, wait=200.0)
    explained = alarm(1100.0, Severity.WARNING), alarm(9000.0, Severity.WARNING, wait=200.0)
    slow = Alarm(9000.0, "reply-slow", Severity.WARNING, "", 0.0, slow=True)
    known = alarm(900.0, Severity.INFO)
    assert unexplained(week(before, *explained, slow, false, known)) == [before, false]
