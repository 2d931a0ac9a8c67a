"""`make promise` measures what it says: by the customers, with the product's own fixes, and it can fail."""

import asyncio
import itertools
import json
from pathlib import Path

import pytest

from benchmarks.promise.__main__ import as_json, code, main, rows
from benchmarks.promise.duty import AutomaticRun
from benchmarks.promise.month import MONTH, faults_of, owner_looks
from benchmarks.promise.outcome import Outcome, outcome, right
from benchmarks.promise.people import Wait
from benchmarks.promise.play import Month, Part, Played, play
from benchmarks.promise.rates import RATES, table
from benchmarks.promise.virtual_loop import VirtualLoop
from benchmarks.promise.world import MonthWorld
from benchmarks.truth.faults import DAY, FAULTS, Fault, Kind
from qualtui.series.seasonality import Seasonality

SEED = 3
BUSY = 16.0  # first contacts an hour
BEGIN = 7.1 * 3600  # s: the bot's day begins at seven


def morning(kind: Kind, *without: str) -> Month:
    """A morning on which one fault begins, that only help would end."""
    return Month(SEED, 8.4 / 24, (Fault(kind, BEGIN, BEGIN + 12 * 3600),), frozenset(without), BUSY)


def test_a_month_without_retry_loses_more() -> None:
    helped = play(Part.ENGINEER, morning(Kind.SILENT), Seasonality())
    without = play(Part.ENGINEER, morning(Kind.SILENT, "retry"), Seasonality())
    alone = play(Part.ALONE, morning(Kind.SILENT))
    assert helped.outcome.lost < without.outcome.lost < alone.outcome.lost
    assert helped.presses
    assert helped.outcome.sent_twice == 0


def test_an_automatic_restart_ends_a_failed_session_before_anybody_is_woken() -> None:
    auto = play(Part.AUTO, morning(Kind.WAHA_FAILED), Seasonality())
    assert "gateway-restart" in auto.policies
    assert [(run.fix, run.right) for run in auto.runs] == [("gateway-restart", True)]
    assert (auto.outcome.pages, auto.presses, auto.outcome.lost) == (0, 0, 0)
    assert play(Part.ALONE, morning(Kind.WAHA_FAILED)).outcome.lost > 0


def test_the_table_has_every_fault_and_a_month_has_them_as_often() -> None:
    assert {rate.kind for rate in RATES} == set(FAULTS)
    month = faults_of(1, MONTH)
    assert month == faults_of(1, MONTH)
    assert month != faults_of(2, MONTH)
    for rate in RATES:
        assert sum(fault.kind is rate.kind for fault in month) == rate.month
        assert rate.why
    assert all(later.begin - one.begin > 3600 for one, later in itertools.pairwise(month))


def test_the_documentation_has_the_table_that_is_played() -> None:
    assert table() in (Path(__file__).parent.parent / "docs" / "promise.md").read_text(encoding="utf-8")


def test_a_month_that_has_no_place_for_its_faults_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.promise.month.APART", DAY)
    with pytest.raises(ValueError, match="no place"):
        faults_of(1, MONTH)


@pytest.mark.parametrize(
    ("at", "looks"),
    [
        (0.0, 9 * 3600.0),
        (9 * 3600.0, 13 * 3600.0),
        (19 * 3600.0, DAY + 9 * 3600.0),
        (4 * DAY + 20 * 3600.0, 5 * DAY + 10 * 3600.0),  # a Friday evening
        (6 * DAY + 11 * 3600.0, 7 * DAY + 9 * 3600.0),
    ],
)
def test_alone_the_owner_finds_out_at_his_next_look(at: float, looks: float) -> None:
    assert owner_looks(at) == looks


def test_the_same_customers_come_whatever_is_done_about_a_fault() -> None:
    fault = Fault(Kind.AGENT_HANGS, BEGIN, BEGIN + 3 * 3600)
    left, repaired = (MonthWorld(SEED, 0.6, BUSY, (fault,)) for _ in range(2))
    left.run(0.6 * DAY)
    repaired.run(BEGIN + 600)
    repaired.repair(fault)
    repaired.run(0.6 * DAY)
    assert list(left.people.all) == list(repaired.people.all)
    late = [outcome(world.people.all_waits()).waited_over_10m for world in (left, repaired)]
    assert late[1] < late[0]


def test_a_message_to_who_was_answered_already_counts_as_sent_twice() -> None:
    world = MonthWorld(SEED, 0.6, BUSY, (Fault(Kind.SILENT, 0.0, DAY),))
    world.run(9 * 3600)
    customer = next(iter(world.people.open))
    world.people.answered_by_us(customer.chat, "hello", arrives=True)
    assert world.people.twice == 0
    world.people.answered_by_us(customer.chat, "hello", arrives=True)
    assert world.people.twice == 1


def test_two_messages_for_one_wait_count_as_sent_twice_though_neither_arrived() -> None:
    world = MonthWorld(SEED, 0.6, BUSY, (Fault(Kind.SILENT, 0.0, DAY),))
    world.run(9 * 3600)
    customer = next(iter(world.people.open))
    for _ in range(2):
        world.people.answered_by_us(customer.lid, "hello", arrives=False)
    assert world.people.twice == 1


@pytest.mark.parametrize(
    ("fix", "going", "waiting", "expected"),
    [
        ("gateway-restart", (Kind.WAHA_FAILED,), 0, True),
        ("gateway-restart", (), 3, False),
        ("gateway-restart", (Kind.AGENT_DOWN,), 3, False),
        ("retry", (), 1, True),
        ("retry", (Kind.SILENT,), 0, False),
        ("service-restart", (Kind.WAHA_FAILED,), 3, False),
    ],
)
def test_an_automatic_run_without_a_reason_in_truth_is_wrong(
    fix: str, going: tuple[Kind, ...], waiting: int, expected: bool
) -> None:
    assert right(fix, going, waiting) is expected


def test_the_figures_count_customers_and_their_waits() -> None:
    waits = [Wait("a", 0, 10.0), Wait("a", 50, 20.0), Wait("b", 0, 700.0), Wait("c", 0, DAY, open=True)]
    found = outcome(waits, 2, [True, False], 1)
    assert found == Outcome(1, 2, 20.0, DAY, 2, 2, 1, 1)
    assert outcome([]) == Outcome()


@pytest.mark.parametrize(("wrong", "twice", "expected"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_harm_by_automatic_fixes_is_the_exit_code(wrong: int, twice: int, expected: int) -> None:
    played = {part: Played(Outcome(), 1) for part in Part}
    played[Part.AUTO] = Played(Outcome(wrong_runs=wrong, sent_twice=twice), 1)
    assert code(played) == expected


def test_the_object_and_the_table_have_every_figure() -> None:
    played = {part: Played(Outcome(lost=7), 1, runs=(AutomaticRun(0, "retry", (), 1, True),)) for part in Part}
    told = json.loads(as_json(played))
    assert list(told) == ["alone", "engineer", "auto"]
    for one in told.values():
        assert list(one) == [
            "lost",
            "waited_over_10m",
            "median_wait_s",
            "p95_wait_s",
            "pages",
            "automatic_runs",
            "wrong_runs",
            "sent_twice",
        ]
    lines = rows(played).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert len(lines) == 2 + len(Part)


def test_virtual_time_jumps_to_the_next_timer_and_waits_for_threads() -> None:
    async def day() -> tuple[float, float, int]:
        clock = asyncio.get_running_loop().time
        begun = clock()
        found = await asyncio.to_thread(sum, range(1000))
        worked = clock()
        async with asyncio.timeout(2 * DAY):
            await asyncio.sleep(DAY)
        return worked - begun, clock() - worked, found

    loop = VirtualLoop(1_790_000_000.0)
    try:
        in_thread, asleep, found = loop.run_until_complete(day())
    finally:
        loop.close()
    assert (in_thread, found) == (0.0, 499500)
    assert asleep == pytest.approx(DAY)


def test_a_play_in_which_nothing_can_happen_any_more_is_an_error() -> None:
    loop = VirtualLoop(0.0)
    try:
        with pytest.raises(RuntimeError, match="no timer"):
            loop.run_until_complete(asyncio.Event().wait())
    finally:
        loop.close()


def test_too_few_days_are_one_line_that_names_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["promise", "--days", "0.8"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "faults have no place in 0.8 days; name more days" in capsys.readouterr().err
