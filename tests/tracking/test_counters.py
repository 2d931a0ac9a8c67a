"""The agent's counters: absent keys, recycled workers, and no rate where there is nothing to rate."""

import json
import random
from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.series.evidence import stale_after
from qualtui.tracking.counters import (
    HOUR,
    LATE,
    Counters,
    CountersError,
    CounterStep,
    Looks,
    contradicted,
    counter_step,
    counters,
    with_look,
)
from qualtui.tracking.counters import sends_claimed as counted
from qualtui.tracking.replies import REPLIES
from tests.english import english

EVERY = 300  # s between two looks, and how long an answer is believed: the defaults
REACH = stale_after(EVERY, 30.0)


def body(**messages: object) -> bytes:
    return json.dumps({"totals": {"messages": messages}, "rates": {"message_success_rate": 0.0}}).encode()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'{"totals": {}}', Counters()),
        (body(), Counters()),  # right after the boot
        (body(total_sent=9, successful_sent=7, failed_sent=2, deduped=2), Counters(7, 0, 2)),
        (body(successful_sent=7, failed_sent=5, deduped=2), Counters(7, 3, 2)),
        (body(deduped=2), Counters(0, 0, 2)),
    ],
)
def test_what_the_answer_counts(answer: bytes, expected: Counters) -> None:
    assert counters(answer) == expected


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b"{}", b'{"totals": 3}', body(successful_sent="7"), body(failed_sent=-1), b"[" * 9000],
)
def test_an_answer_that_is_no_counters_is_none(answer: bytes) -> None:
    with pytest.raises(CountersError):
        counters(answer)


def test_a_recycled_worker_adds_what_it_did_since() -> None:
    assert counter_step(Counters(10, 1, 2), Counters(14, 1, 3), 1.0, 5.0) == CounterStep(
        1.0, 5.0, 4, 0, 1, booted=False
    )
    assert counter_step(Counters(10, 1, 2), Counters(3, 0, 0), 1.0, 5.0) == CounterStep(
        1.0, 5.0, 3, 0, 0, booted=True
    )
    assert counter_step(Counters(10, 0, 2), Counters(12, 0, 0), 1.0, 5.0) == CounterStep(
        1.0, 5.0, 12, 0, 0, booted=True
    )


def test_no_sends_are_no_success_rate_and_not_zero() -> None:
    def success(*steps: CounterStep) -> tuple[float | None, str]:
        value, note = counted(Looks(steps=steps), 900.0, REACH)["agent.success"]
        return value, str(note)

    assert success(CounterStep(0.0, 1.0, 0, 0, 0, booted=True)) == (None, "0 of 0")
    assert success(CounterStep(0.0, 1.0, 1, 2, 0, booted=False)) == (None, "1 of 3")
    two = (CounterStep(0.0, 1.0, 30, 0, 1, booted=False), CounterStep(1.0, 2.0, 8, 2, 0, booted=True))
    said = english(counted(Looks(steps=two), 900.0, REACH))
    assert said["agent.success"] == (95.0, "38 of 40")
    assert (said["agent.sent_1h"][0], said["agent.deduped_1h"][0], said["agent.boots_1h"][0]) == (38, 1, 1)


def test_of_an_hour_without_a_known_step_nothing_is_told() -> None:
    looks = with_look(Looks(), Counters(500), 0.0, 1.0)
    assert {value for value, _note in counted(looks, 1.0, REACH).values()} == {None}
    looks = with_look(looks, Counters(900), 3 * HOUR, 3 * HOUR + 1)  # 400 came at some time in three hours
    assert {value for value, _note in counted(looks, 3 * HOUR + 1, REACH).values()} == {None}
    looks = with_look(looks, Counters(903), 3 * HOUR + 300, 3 * HOUR + 301)
    assert counted(looks, 3 * HOUR + 301, REACH)["agent.sent_1h"][0] == 3


@pytest.mark.parametrize(
    ("claimed", "rows", "expected"),
    [
        (0, 0, False),
        (3, 0, False),  # SLACK
        (4, 0, True),
        (100, 97, False),
        (100, 96, True),
        (10, 90, False),
        (9000, REPLIES, False),  # more are not kept
    ],
)
def test_sends_without_rows_contradict_and_rows_without_claims_do_not(
    claimed: float, rows: float, expected: bool
) -> None:
    assert contradicted(claimed, rows) is expected


class Bot:
    """A worker whose sends, and the rows that it stored of them, are known in truth; it is recycled at `boots`."""

    def __init__(self, sends: list[float], rows: list[float], boots: list[float]) -> None:
        self._sends, self._rows, self._boots = sorted(sends), sorted(rows), sorted(boots)

    def counters(self, at: float) -> Counters:
        place = bisect_right(self._boots, at)
        boot = self._boots[place - 1] if place else -1.0
        return Counters(bisect_right(self._sends, at) - bisect_right(self._sends, boot))

    def disagree(self, polls: list[tuple[float, float]], until: float) -> list[float]:
        """The instants at which rows and claims contradict each other, /metrics being asked and answered so."""
        looks, found = Looks(), []
        for number, (asked, answered) in enumerate(polls):
            looks = with_look(looks, self.counters((asked + answered) / 2), asked, answered)
            claimed = counted(looks, answered, REACH)["agent.claimed"][0]
            following = polls[number + 1][1] if number + 1 < len(polls) else until
            last = min(following, answered + REACH)
            for now in (*range(int(answered), int(last), 30), last):
                rows = bisect_right(self._rows, now) - bisect_right(self._rows, now - HOUR)
                if claimed is not None and contradicted(claimed, rows):
                    found.append(float(now))
        return found


def polls(rng: random.Random, until: float) -> list[tuple[float, float]]:
    """Every 5 min, some late, some that take as long as a busy worker lets them, some lost, and a long gap."""
    gap = rng.uniform(0, until)
    times = [at + rng.uniform(0, 20) for at in range(0, int(until), EVERY)]
    asked = [
        at for at in times if rng.random() > 0.1 and not gap <= at < gap + rng.choice((0, HOUR / 2, 3 * HOUR))
    ]
    return [(at, at + rng.choice((0.1, rng.uniform(0, 30)))) for at in asked]


@given(
    seed=st.integers(0, 2**32),
    hour=st.lists(st.sampled_from((0, 0, 3, 12, 60, 300)), min_size=8, max_size=8),  # sends of each hour
    boots=st.lists(st.floats(0, 8 * HOUR), max_size=4),
    sheet=st.integers(0, 50),
)
def test_a_bot_that_stores_what_it_sends_is_never_contradicted(
    seed: int, hour: list[int], boots: list[float], sheet: int
) -> None:
    rng = random.Random(seed)
    sends = [number * HOUR + rng.uniform(0, HOUR) for number, count in enumerate(hour) for _ in range(count)]
    others = [rng.uniform(0, 8 * HOUR) for _ in range(sheet)]  # the sheet's watcher: rows that no counter has
    rows = [at + rng.uniform(0, LATE - 30) for at in sends]
    assert Bot(sends, [*rows, *others], boots).disagree(polls(rng, 8 * HOUR), 8 * HOUR) == []


@pytest.mark.parametrize(("per_hour", "minutes"), [(6, 65), (12, 36), (60, 24), (300, 21)])
def test_sends_that_are_not_stored_are_told_within_the_hour(per_hour: int, minutes: float) -> None:
    breaks = 4 * HOUR
    sends = [number * HOUR / per_hour + 1 for number in range(8 * per_hour)]
    bot = Bot(sends, [at for at in sends if at < breaks], [2.5 * HOUR])
    told = bot.disagree([(float(at), at + 0.1) for at in range(0, int(8 * HOUR), EVERY)], 8 * HOUR)
    assert breaks < told[0] <= breaks + 60 * minutes
    assert told[-1] > 7.9 * HOUR
    assert {round((after - before) / 40) for before, after in pairwise(told)} <= {0, 1}  # without a break
