"""Sparklines: gaps stay gaps, the threshold is told by the style, nothing breaks them."""

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.widgets.line import Line, width
from qualtui.widgets.look import Glyphs
from qualtui.widgets.spark import resample, spark

GLYPHS = Glyphs()


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def test_a_gap_is_shown_and_is_not_zero() -> None:
    assert text(spark([0, 4, None, 8], 4, GLYPHS)[0]) == "▁▄·█"


def test_what_was_before_the_first_value_is_empty_and_no_gap() -> None:
    assert text(spark([None, 8, 2, 8], 5, GLYPHS)[0]) == "  █▂█"


def test_a_few_values_are_no_bare_pillar() -> None:
    assert text(spark([None, None, 8], 4, GLYPHS)[0]) == "    "
    assert [text(row) for row in spark([8, 8], 4, GLYPHS, rows=3)] == ["    "] * 3


@pytest.mark.parametrize("past", [[8, 8, 8], [98, 99, 100], [0.0041, 0.004, 0.0042]])
def test_values_near_each_other_are_no_block_up_to_the_top(past: list[float]) -> None:
    assert "█" not in text(spark(past, 3, GLYPHS)[0])
    assert text(spark(past, 3, GLYPHS, rows=4)[0]).strip() == ""


def test_of_a_tall_bar_the_top_is_bright_and_the_body_dark() -> None:
    foot = spark([1, 4, 4], 3, GLYPHS, rows=4)[-1]
    assert [span.token for span in foot] == ["sparktop", "sparkbody"]


def test_values_over_the_threshold_have_their_own_style() -> None:
    line = spark([10, 10, 40], 3, GLYPHS, limit=30)[0]
    assert [span.token for span in line] == ["spark", "warnspark"]


def test_a_tall_chart_grows_from_its_foot() -> None:
    rows = [text(row) for row in spark([1, 2, 4], 3, GLYPHS, rows=2)]
    assert rows == ["  █", "▄██"]


def test_the_worst_of_a_bin_is_kept() -> None:
    assert resample([1, 9, 2, 3], 2) == [9, 3]


@given(
    st.lists(
        st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([inf, -inf, nan]), max_size=90
    ),
    st.integers(0, 60),
    st.integers(0, 4),
    st.none() | st.floats(-1e9, 1e9),
)
@settings(max_examples=200, deadline=None)
def test_any_past_gives_rows_of_the_asked_size(
    past: list[float | None], cells: int, rows: int, limit: float | None
) -> None:
    drawn = spark(past, cells, GLYPHS, rows=rows, limit=limit)
    assert len(drawn) == (rows if cells else 0)
    assert all(width(line) == cells for line in drawn)
