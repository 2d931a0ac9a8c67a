"""Cells of a time axis: round lengths that stand still, values that speak until the next one, gaps that stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.model.cells import Cell
from qualtui.series.timeline import NOTHING, Extent, extents, grid, step_for

HOUR, DAY = 3600.0, 86400.0


def value(at: float, low: float, high: float, last: float) -> Cell:
    return Cell(at, 2, low + high, low, high, last, at + 1)


@pytest.mark.parametrize(
    ("seconds", "cells", "step"),
    [
        (900, 60, 15),
        (HOUR, 60, 60),
        (HOUR, 119, 60),
        (HOUR, 120, 30),
        (6 * HOUR, 60, 360),
        (DAY, 60, 1800),
        (7 * DAY, 60, 3 * HOUR),
        (30 * DAY, 60, 12 * HOUR),
        (30 * DAY, 90, 8 * HOUR),
        (400 * DAY, 50, 8 * DAY),
        (60, 400, 1),
    ],
)
def test_a_cell_is_as_short_as_its_number_allows_and_round(seconds: float, cells: int, step: float) -> None:
    assert step_for(seconds, cells) == step


@given(st.floats(60, 400 * DAY), st.integers(1, 400), st.floats(0, 2e9))
def test_a_grid_covers_what_was_asked_with_no_more_cells_than_allowed(
    seconds: float, cells: int, until: float
) -> None:
    since, step, count = grid(seconds, cells, until)
    assert 0 < count <= cells
    assert since + (count - 1) * step <= until < since + count * step
    assert count * step >= seconds
    assert since % step == 0


def test_a_value_speaks_until_the_next_one_but_not_longer_than_it_may() -> None:
    cells = extents([value(0, 1, 5, 2)], 0, 10, 4, holds=15)
    assert cells == (Extent(1, 5, 2), Extent(2, 2, 2), NOTHING, NOTHING)


def test_a_value_from_before_the_axis_speaks_too() -> None:
    assert extents([value(-10, 1, 5, 2)], 0, 10, 2, holds=15) == (Extent(2, 2, 2), NOTHING)


def test_a_poll_without_an_answer_is_a_gap_and_ends_what_was_said_before() -> None:
    cells = extents([value(0, 1, 1, 1), Cell(10)], 0, 10, 3, holds=60)
    assert cells == (Extent(1, 1, 1), NOTHING, NOTHING)


def test_nothing_is_known_before_the_first_poll() -> None:
    assert extents([value(20, 3, 3, 3)], 0, 10, 3, holds=60) == (NOTHING, NOTHING, Extent(3, 3, 3))
    assert extents([], 0, 10, 2, holds=60) == (NOTHING, NOTHING)
