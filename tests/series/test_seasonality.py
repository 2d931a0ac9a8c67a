"""The rhythm of the customers: a quiet hour explains a silence, a busy one does not."""

import math

import pytest

from qualtui.series.seasonality import ALARM, WEEK, Seasonality, expected, hour_of_week, learned

MONDAY = 1_795_392_000.0  # 2026-11-23 00:00 UTC
HOUR = 3600.0
WEEKS = 4 * 7 * 24 * HOUR


def office() -> Seasonality:
    """Eight customers an hour on Monday from 9 to 17, nobody else."""
    return learned(dict.fromkeys(range(9, 17), 32.0), MONDAY - WEEKS, MONDAY)


def test_the_week_begins_on_monday() -> None:
    assert [hour_of_week(MONDAY + at * HOUR) for at in (-1, 0, 9.5, 168)] == [167, 0, 9, 0]


@pytest.mark.parametrize(
    ("since", "until", "customers"),
    [(0, 8, 0), (9, 10, 8), (9.25, 9.75, 4), (8, 11, 16), (16, 30, 8), (20, 20, 0), (0, 10_000, 64)],
)
def test_how_many_a_silence_should_have_brought(since: float, until: float, customers: float) -> None:
    now = MONDAY + until * HOUR
    assert expected(office(), MONDAY + since * HOUR, now) == pytest.approx(customers)


def test_the_alarm_is_one_chance_in_a_hundred_thousand() -> None:
    assert math.exp(-ALARM) == pytest.approx(1e-5, rel=0.02)
    night = expected(office(), MONDAY - 5 * HOUR, MONDAY + 8 * HOUR)
    assert night < ALARM
    assert expected(office(), MONDAY + 9 * HOUR, MONDAY + 10.5 * HOUR) > ALARM


def test_less_than_a_week_is_not_enough() -> None:
    assert not Seasonality().enough
    assert not learned({1: 500.0}, MONDAY - 6 * 24 * HOUR, MONDAY).enough
    assert learned({}, MONDAY - WEEK * HOUR, MONDAY).enough
