"""Lines: exact widths whatever the text, and the cells that changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from qualtui.widgets.line import (
    Span,
    changed,
    column,
    cut_line,
    faded,
    fit,
    padded,
    safe,
    shares,
    side_by_side,
    spread,
    width,
)
from tests.snapshots import HOSTILE

TEXTS = st.text(max_size=40) | st.sampled_from(HOSTILE)
LINES = st.lists(st.tuples(TEXTS, st.sampled_from(["text", "crit", "good"])), max_size=6).map(
    lambda parts: tuple(Span(safe(text), token) for text, token in parts)
)


@given(LINES, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_fitted_line_takes_exactly_its_cells(line: tuple[Span, ...], cells: int) -> None:
    assert width(fit(line, cells)) == cells
    assert width(spread(line, line[:1], cells)) == cells


@given(TEXTS, st.integers(0, 30), st.booleans())
@settings(max_examples=200, deadline=None)
def test_padded_text_takes_exactly_its_cells(text: str, cells: int, right: bool) -> None:
    assert cell_len(padded(safe(text), cells, right)) == cells
    assert cell_len(cut_line(safe(text), cells)) <= cells


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_safe_text_has_no_control_characters_and_each_character_a_width(text: str) -> None:
    shown = safe(text)
    assert "\x1b" not in shown
    assert all(ord(char) >= 32 and not 127 <= ord(char) < 160 for char in shown)
    assert all(cell_len(char) > 0 for char in shown)


@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        ("ab 1 cd", "ab 1 cd", None),
        ("ab 1 cd", "ab 2 cd", (3, 4)),
        ("全角 1 cd", "全角 2 cd", (5, 6)),
        ("xb 1 cd", "yb 1 cd", (0, 1)),
        ("ab 1 cd", "ab 1 ce", (6, 7)),
    ],
)
def test_only_the_spans_that_differ_count_as_changed(old: str, new: str, cells: tuple[int, int] | None) -> None:
    def line(text: str) -> tuple[Span, ...]:
        return tuple(Span(char, str(n)) for n, char in enumerate(text))

    assert changed(line(old), line(new)) == cells


@given(LINES, LINES)
@settings(max_examples=200, deadline=None)
def test_what_lies_outside_the_changed_cells_is_equal(one: tuple[Span, ...], two: tuple[Span, ...]) -> None:
    old, new = fit(one, 30), fit(two, 30)
    found = changed(old, new)

    def cellwise(line: tuple[Span, ...]) -> list[tuple[str, str]]:
        cells: list[tuple[str, str]] = []
        for span in line:
            for char in span.text:
                cells += [(char, span.token)] * cell_len(char)
        return cells

    before, after = cellwise(old), cellwise(new)
    start, end = found or (0, 0)
    assert before[:start] == after[:start]
    assert before[end:] == after[end:]
    assert found is not None or before == after


def test_a_faded_line_has_no_sign_of_wellness() -> None:
    assert faded([(Span("● ok", "good"),)]) == [(Span("? ok", "faint"),)]


@given(st.lists(st.lists(LINES, max_size=4), min_size=1, max_size=4), st.integers(20, 80), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_blocks_side_by_side_fill_their_cells_in_every_row(
    blocks: list[list[tuple[Span, ...]]], cells: int, gap: int
) -> None:
    rows = side_by_side(blocks, cells, gap)
    assert len(rows) == max(len(block) for block in blocks)
    assert all(width(row) == cells for row in rows)
    widths = shares(cells, len(blocks), gap)
    assert sum(widths) + gap * (len(blocks) - 1) == cells
    assert max(widths) - min(widths) <= 1


@given(TEXTS, st.integers(1, 30))
@settings(max_examples=100, deadline=None)
def test_a_column_never_runs_into_what_stands_beside_it(text: str, cells: int) -> None:
    told = column(safe(text), cells)
    assert cell_len(told) == cells
    assert told.endswith(" ")
