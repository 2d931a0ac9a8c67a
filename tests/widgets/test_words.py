"""Figures and times in words."""

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.model import EARLY, UNSAID, Evidence
from qualtui.widgets.words import age, clock, count, day_clock, evidence_text, lasting, quantity, unasked
from qualtui.wire import Figure
from tests.snapshots import AT


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (3, "", "3"),
        (2.5, "", "2.5"),
        (9999, "", "9999"),
        (12_345, "", "12.3k"),
        (999_999, "", "1000k"),
        (4_500_000, "", "4.5M"),
        (1e18, "", ">999T"),
        (0.004, "s", "4ms"),
        (0.0004, "s", "<1ms"),
        (0, "s", "0s"),
        (2.44, "s", "2.4s"),
        (38, "s", "38s"),
        (99.24, "%", "99.2%"),
        (99.97, "%", "99.9%"),  # what is missed is never rounded away
        (100, "%", "100%"),
        (36.96, "%", "37%"),
        (8.696, "%", "8.7%"),
        (0.2512, "", "0.25"),
        (35, "/h", "35/h"),
        (None, "", "?"),
        (nan, "s", "?"),
        (inf, "", "?"),
    ],
)
def test_a_quantity_is_short_and_right(value: float | None, unit: str, told: str) -> None:
    assert quantity(value, unit) == told


@given(
    st.floats(),
    st.floats(),
    st.sampled_from(["UTC", "America/Sao_Paulo", "", "no/such", "../../etc/passwd", "\x00"]),
)
@settings(max_examples=200, deadline=None)
def test_any_number_and_zone_has_words(now: float, at: float, zone: str) -> None:
    for told in (count(now), lasting(now), age(now, at), clock(at, zone, name=True), day_clock(at, zone, now)):
        assert 0 < len(told) < 32


def test_the_time_of_day_is_the_zones() -> None:
    assert clock(AT, "UTC") == "06:12"
    assert clock(AT, "America/Sao_Paulo", name=True) == "03:12 Sao Paulo"
    assert clock(AT, "no/such", name=True) == "06:12 UTC"
    assert day_clock(AT - 86400 * 3, "UTC", AT) == clock_of_day(3)


def clock_of_day(days: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(AT - 86400 * days, UTC).strftime("%d.%m. %H:%M")


@pytest.mark.parametrize(
    ("name", "at", "value", "word"),
    [
        ("goal.up_left", AT, None, "learning"),  # the first 20 minutes are too few for a budget
        ("goal.up_left", None, None, "no data yet"),
        ("health.up", None, None, "no data yet"),
        ("health.up", AT, None, "NO DATA"),
    ],
)
def test_a_new_bot_s_missing_figures_are_no_alarm(
    name: str, at: float | None, value: float | None, word: str
) -> None:
    assert evidence_text(Figure(name, value, "", Evidence.NO_DATA, at), AT) == word


@pytest.mark.parametrize(("gap", "word"), [(EARLY, "too early"), (UNSAID, "not said"), ("", "NO DATA")])
def test_what_could_not_be_measured_yet_is_not_called_missing(gap: str, word: str) -> None:
    figure = Figure("agent.sent_1h", None, "", Evidence.NO_DATA, AT, gap=gap)
    assert evidence_text(figure, AT) == word
    assert unasked(figure) is bool(gap)
