"""A quiet day wakes nobody; every fault is shown with the right why and remedy; no claim is wrong."""

import functools
import random
from pathlib import Path

import pytest

from benchmarks.truth.__main__ import PER_HOUR, main, quiet_world, rhythm
from benchmarks.truth.episodes import episode
from benchmarks.truth.faults import DAY, FAULTS, HARMLESS, Fault, Kind
from benchmarks.truth.must import MUST, RESTART, RETRY
from benchmarks.truth.records import What
from benchmarks.truth.starts import open_customers
from benchmarks.truth.watch import Alarm, Look, Watch
from benchmarks.truth.week import Seen, Week, found, unexplained, watched
from qualtui.model import Severity
from qualtui.series.seasonality import Seasonality
from tests.tracking.test_counters import Bot, polls

SEED = 5
FEW_PER_HOUR = 2.0  # so few that the bot is idle between them
LOOK = Watch.look


@pytest.mark.parametrize("seed", [4])
async def test_a_quiet_day_has_no_false_alarm_and_nobody_waits_long(seed: int, tmp_path: Path) -> None:
    # A morning and its busiest hours. Whole weeks, and faults one after the other, are in `make truth`.
    day = await watched(quiet_world(seed, 0.5), (), 0.5, tmp_path, begin=0.25 * DAY)
    assert day.customers > PER_HOUR  # the day had customers to lose
    assert day.worst_wait < 180
    assert unexplained(day) == []
    assert day.uncalm == 0.0
    assert day.wrong == ()
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


@functools.cache
def learned() -> Seasonality:
    """What four weeks taught of the customers' habits."""
    return rhythm(SEED)


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.name)
async def test_a_fault_is_shown_with_its_own_why_and_remedy_and_no_claim_is_wrong(
    kind: Kind, tmp_path: Path
) -> None:
    hours = await episode(kind, SEED, PER_HOUR, tmp_path, learned())
    (outcome,) = found(hours)
    assert outcome.after is not None, "its rule never fired as severely as it must"
    assert outcome.right, outcome.first
    assert outcome.seen is not None
    assert outcome.seen <= max(outcome.after, MUST[kind].begins + 60.0)
    assert outcome.remedy, outcome.fixes
    assert unexplained(hours) == []
    assert hours.wrong == ()


async def test_a_bot_that_is_idle_between_two_hanging_sends_stays_stuck_and_is_offered_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Look] = []

    def kept(watch: Watch) -> Look:
        looks.append(LOOK(watch))
        return looks[-1]

    monkeypatch.setattr(Watch, "look", kept)
    hours = await episode(Kind.SENDS_HANG, 1, FEW_PER_HOUR, tmp_path)
    (fault,) = hours.faults
    first = next(place for place, one in enumerate(looks) if "stuck sending" in str(one.now.why))
    later = [one for one in looks[first:] if one.at <= fault.end]
    assert later[-1].at - later[0].at > 600
    assert {("stuck sending" in str(one.now.why), one.now.fix) for one in later} == {(True, RESTART)}


@pytest.mark.parametrize("kind", sorted(HARMLESS), ids=lambda kind: kind.name)
async def test_a_habit_that_harms_nobody_alarms_nobody(kind: Kind, tmp_path: Path) -> None:
    hours = await episode(kind, SEED, PER_HOUR, tmp_path)
    assert unexplained(hours) == []
    assert hours.uncalm == 0.0
    assert hours.wrong == ()


async def test_who_was_open_at_the_first_start_is_shown_at_once_and_pages_nobody(tmp_path: Path) -> None:
    assert await open_customers(SEED, PER_HOUR, tmp_path) == []


def test_a_fault_that_is_not_there_is_an_error_that_lists_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["truth", "--fault", "SENDS_HANG"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert all(kind.value in told for kind in Kind)


def week(*pages: Alarm) -> Week:
    """One fault, half an hour of the bot that sends nothing, and these pages."""
    return Week((Fault(Kind.SILENT, 1000.0, 2800.0),), pages, 1, 1, {}, 0.0)


def alarm(at: float, severity: Severity, why: str = "", wait: float = 0.0) -> Alarm:
    return Alarm(at, "customers-waiting", severity, why, wait)


def test_a_wrong_why_on_the_first_page_is_not_made_good_by_a_later_one() -> None:
    right, wrong = "The bot stored the message and sent no reply", "We cannot poll"
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


def test_a_remedy_is_right_only_where_none_but_right_ones_are_offered() -> None:
    fault = Fault(Kind.SILENT, 1000.0, 2800.0)
    page = alarm(1600.0, Severity.CRITICAL, "sent no reply")

    def told(*fixes: str) -> bool:
        seen = {0: Seen(200.0, fixes)}
        return found(Week((fault,), (page,), 1, 1, {}, 0.0, seen))[0].remedy

    assert told(RETRY, RETRY)
    assert not told(RETRY, "session-cleanup")
    assert not told("")
    assert not told()


def test_a_rule_that_may_not_fire_in_a_fault_is_not_explained_by_it() -> None:
    hangs = (Fault(Kind.SENDS_HANG, 1000.0, 2800.0),)
    down = Alarm(1500.0, "agent-down", Severity.CRITICAL, "", 450.0)
    waits = Alarm(1600.0, "customers-waiting", Severity.CRITICAL, "", 600.0)
    assert unexplained(Week(hangs, (down, waits), 1, 1, {}, 0.0)) == [down]


def test_a_habit_explains_no_incident() -> None:
    habit = (Fault(Kind.LIDS, 1000.0, 9000.0),)
    page = Alarm(1600.0, "customers-waiting", Severity.WARNING, "", 20.0)
    assert unexplained(Week(habit, (page,), 1, 1, {}, 0.0)) == [page]
