"""Durations."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.config.durations import LONGEST, DurationError, seconds, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("7d", 604800),
        ("2w", 1209600),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("0s", 0),
        ("90", 90),
        (90, 90),
        (0.5, 0.5),
        (0, 0),
    ],
)
def test_a_duration_is_read_as_seconds(text: object, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        *("", " ", "s", "5 parsecs", "5M", "-5s", "1m1m", "5s x", "1e3s", "٣s", "nan", "inf", "NaN", "4000d"),
        *(-1, -0.1, math.nan, math.inf, 10**400, LONGEST + 1, True, None, [5], "9" * 5000 + "s"),
    ],
)
def test_what_is_no_duration_is_refused(wrong: object) -> None:
    with pytest.raises(DurationError):
        seconds(wrong)


@given(st.text())
def test_any_text_is_a_bounded_duration_or_refused(text: str) -> None:
    try:
        read = seconds(text)
    except DurationError:
        return
    assert 0 <= read <= LONGEST


@given(st.integers(min_value=0, max_value=int(LONGEST) * 1000))
def test_a_written_duration_reads_back_to_the_millisecond(milliseconds: int) -> None:
    assert round(seconds(written(milliseconds / 1000)) * 1000) == milliseconds


def test_a_duration_is_written_in_its_shortest_form() -> None:
    assert [written(value) for value in (0, 0.25, 30, 5400, 86400)] == ["0s", "250ms", "30s", "1h30m", "1d"]
