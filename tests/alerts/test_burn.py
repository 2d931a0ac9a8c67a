"""A budget burns where both windows of a pair do; few events, and events that nobody saw, burn nothing."""

import pytest

from qualtui.alerts.burn import PAIRS, PERIOD, Objective, budget_of, burn_of
from qualtui.tracking.minute_counts import Counts, MinuteCounts

UP = Objective(99.5, steady=True)
ANSWERED = Objective(95.0)


def minutes(*runs: tuple[int, float | None], before: int = PERIOD) -> tuple[MinuteCounts, int]:
    """`before` good minutes, then runs of minutes of a value; None: nobody looked."""
    counts = MinuteCounts(60.0)
    place = 1000
    for many, value in ((before, 1.0), *runs):
        for _minute in range(many):
            place += 1
            if value is not None:
                counts.put(60.0 * place, value, 1.0)
    return counts, place


def times(goal: Objective, counts: MinuteCounts, last: int) -> float | None:
    burn = burn_of(goal, lambda many: counts.of(many, last))
    return None if burn is None else round(burn.times, 2)


BURNS = (
    ("nothing fails", (), False),
    ("4 bad minutes in an hour: 13.3 times the pace, below 14.4", ((4, 0.0),), False),
    ("5 bad minutes in an hour are 2 % of the budget", ((5, 0.0),), True),
    ("it burnt, and has stopped: the short window is clear", ((20, 0.0), (31, 1.0)), False),
    ("it still burns in the half hour", ((11, 0.0), (20, 1.0)), True),
    ("2 bad minutes every 3 h: the slow pair alone", ((2, 0.0), (178, 1.0)) * 24, True),
    ("1 bad minute every 4 h is what the goal allows", ((1, 0.0), (239, 1.0)) * 18, False),
)


@pytest.mark.parametrize(("what", "runs", "burns"), BURNS, ids=[one[0] for one in BURNS])
def test_a_pair_burns_where_both_windows_do(what: str, runs: tuple[tuple[int, float], ...], burns: bool) -> None:
    found = times(UP, *minutes(*runs))
    assert found is not None
    assert (found >= 1) is burns, (what, found)


def test_minutes_in_which_nobody_looked_are_neither_good_nor_bad() -> None:
    blind = minutes((5, 0.0), (10, None))
    assert times(UP, *blind) is None  # it may go on, or be over
    assert times(UP, *minutes((10, None))) is None
    assert times(UP, *minutes((5, 0.0), (60, None), (2, 1.0))) == 0.24  # of 3 days; the last hour says too little
    # One bad minute of the first 20 says nothing of three days.
    assert times(UP, *minutes((19, 1.0), (1, 0.0), before=0)) == 0.0


def test_few_messages_at_night_burn_nothing() -> None:
    def sums(good: int, bad: int) -> MinuteCounts:
        counts = MinuteCounts(60.0)
        counts.put(60.0 * 5000, good, good + bad)
        return counts

    assert times(ANSWERED, sums(1, 1), 5000) == 0.0
    assert times(ANSWERED, sums(17, 2), 5000) == 0.0  # below 20
    assert times(ANSWERED, sums(18, 2), 5000) == 0.0  # two are chance
    assert times(ANSWERED, sums(17, 3), 5000) == 3.0  # 15 % of 20: three times what 3 days allow


@pytest.mark.parametrize(("watched_for", "want"), [(420, 0.56), (2200, 3.33)])
def test_a_busy_minute_on_the_first_day_is_no_burn_of_three_days(watched_for: int, want: float) -> None:
    counts = MinuteCounts(60.0)
    counts.put(60.0 * 5000, 20, 24)
    known, last = minutes(before=watched_for)
    burn = burn_of(ANSWERED, lambda many: counts.of(many, 5000), lambda many: known.of(many, last))
    assert burn is not None
    assert round(burn.times, 2) == want  # 0.56: of the pair of 6 h


def test_messages_that_nobody_writes_say_nothing_of_the_end() -> None:
    counts = MinuteCounts(60.0)
    counts.put(60.0 * 5000, 0, 30)
    assert times(ANSWERED, counts, 5020) == 20.0  # 6 h and 3 d, whatever the last minutes hold
    counts = MinuteCounts(60.0)
    counts.put(60.0 * 5000, 10_000, 10_000)
    counts.put(60.0 * 5100, 20, 100)
    assert times(ANSWERED, counts, 5110) is None


def test_the_budget_is_what_may_still_fail_of_what_is_known() -> None:
    counts, last = minutes((30, 0.0), before=PERIOD - 30)
    found = budget_of(UP, lambda many: counts.of(many, last))
    assert found is not None
    assert (round(found.whole), round(found.left)) == (216, 186)
    assert found.lasts is not None
    assert round(found.lasts) == 372  # half of the last hour failed
    counts, last = minutes((60, 0.0), before=960)
    found = budget_of(UP, lambda many: counts.of(many, last))
    assert found is not None
    assert (round(found.left), found.lasts) == (-55, 0.0)
    counts, last = minutes((10, 1.0), before=0)
    assert budget_of(UP, lambda many: counts.of(many, last)) is None


def test_a_budget_that_nothing_burns_lasts_all_of_the_period() -> None:
    counts, last = minutes()
    found = budget_of(UP, lambda many: counts.of(many, last))
    assert found is not None
    assert found.lasts == PERIOD
    assert budget_of(UP, lambda many: counts.of(many, last + 61)) is not None
    blind = budget_of(UP, lambda many: counts.of(many, last + 61))
    assert blind is not None
    assert blind.lasts is None


def test_a_goal_of_all_has_no_budget() -> None:
    assert Objective(100.0).allowed == 0
    assert Objective(99.5).allowed == pytest.approx(0.005)


def test_the_pairs_are_those_of_the_workbook() -> None:
    assert [(one.long, one.short, one.limit) for one in PAIRS] == [
        (60, 5, 14.4),
        (360, 30, 6.0),
        (4320, 360, 1.0),
    ]
    spent = [one.limit * one.long / PERIOD for one in PAIRS]
    assert spent == pytest.approx([0.02, 0.05, 0.10])


def test_counts_of_a_window_are_those_that_were_put() -> None:
    """Against plain sums, also where a minute is counted again and where time jumps."""
    counts, plain = MinuteCounts(60.0), dict[int, Counts]()
    for place in [*range(100, 900, 3), 899, 898, 2000, 1999]:
        for good, total in ((1.0, 2.0), (0.0, 1.0)):
            counts.put(60.0 * place, good, total)
            if place > max(plain, default=place) - 420:
                plain[place] = Counts(good, total)
        last = max(plain)
        for many in (5, 30, 60, 360):
            want = sum(one.total for at, one in plain.items() if last - many < at <= last)
            assert counts.of(many, last).total == want
        hours = {at for at in plain if last // 60 - 72 < at // 60 <= last // 60}
        assert counts.of(4320, last).total == sum(plain[at].total for at in hours)
