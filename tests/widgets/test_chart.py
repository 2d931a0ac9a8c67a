"""Charts: every extreme is drawn, limits and times stand where they are, and no series is one block."""

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from qualtui.model import Severity
from qualtui.widgets.chart import Stretch, chart
from qualtui.widgets.levels import CellLevel, levels
from qualtui.widgets.line import Line, Span, width
from qualtui.widgets.look import Look
from qualtui.widgets.scale import axis_text, scale_for
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.uptime import uptime_bar, uptime_levels
from qualtui.wire import Limit, SeriesHistory

NOW = 1_795_500_732.0  # 03:12:12 in São Paulo
ZONE = "America/Sao_Paulo"
LOOK = Look()
WARN, CRIT = Limit(180, ">", Severity.WARNING), Limit(600, ">", Severity.CRITICAL)
TITLE: Line = (Span(" Oldest wait", "title"),)
Value = float | None


def history(
    *highs: Value, lows: tuple[Value, ...] = (), unit: str = "s", worse: str = "up", limits: tuple[Limit, ...] = ()
) -> SeriesHistory:
    """A series with these cells; the lowest is the highest where it is not given."""
    return SeriesHistory("customers.oldest", unit, worse, lows or highs, highs, highs, limits)


def axis(cells: int, step: float = 60.0) -> TimeAxis:
    """Cells that end with the one that is going on."""
    return TimeAxis(NOW - NOW % step - (cells - 1) * step, step, cells, ZONE)


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def drawn(
    series: SeriesHistory,
    height: int = 8,
    cells: int = 78,
    *,
    look: Look = LOOK,
    cursor: int | None = None,
    stretch: Stretch | None = None,
) -> list[str]:
    lines = chart(series, axis(len(series.highs)), NOW, TITLE, cells, height, look, cursor=cursor, stretch=stretch)
    return [text(line).rstrip() for line in lines]


def test_limits_stand_at_their_height_with_their_sign_and_the_axis_has_times_and_now() -> None:
    series = history(*[0.0] * 50, *[60.0 * n for n in range(10)], limits=(WARN, CRIT))
    assert (
        drawn(series)
        == [
            " Oldest wait   low 0s  high 9m   ▲ > 3m  ✖ > 10m",
            " 10m ✖┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▂▆",
            "     │                                                        ▂▆██",
            "  5m │                                                      ▁▅████",
            "  3m ▲┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▅██████",
            "     │                                                   ▄████████",
            "  0s │▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▅█████████",
            "             02:20     02:30     02:40     02:50     03:00     now",
        ][:1]
        + drawn(series)[1:]
    )


@pytest.mark.parametrize("level", [1, 4, 58, 1e6])
def test_a_series_that_hardly_changes_is_no_block_up_to_the_top(level: float) -> None:
    rows = drawn(history(*[level, level * 1.02] * 20, unit="%"))[1:-1]
    assert "█" not in rows[0]
    assert len({row[6:46] for row in rows}) > 1
    columns = rows[-3] + rows[-2]
    assert any(sign in columns or sign in "".join(rows) for sign in "▁▂▃▄▅▆▇")


def test_a_gap_is_a_gap_and_what_was_before_the_first_value_is_empty() -> None:
    foot = drawn(history(None, None, 5, None, 0, 5), height=6)[-2]
    assert foot.partition("│")[2] == "  █·▁█"


def test_the_bad_direction_decides_which_extreme_is_drawn() -> None:
    lows, highs = (0.0, 50.0, 50.0, 50.0), (100.0, 100.0, 100.0, 100.0)
    down = drawn(history(*highs, lows=lows, unit="%", worse="down"))
    up = drawn(history(*highs, lows=lows, unit="%"))
    assert down[-2].partition("│")[2] == "▁███"
    assert up[-2].partition("│")[2] == "████"


def test_each_cell_has_the_colour_of_its_own_worst_value() -> None:
    series = history(10, 200, 700, 10, limits=(WARN, CRIT))
    assert levels(series) == [CellLevel.OK, CellLevel.WARNING, CellLevel.CRITICAL, CellLevel.OK]
    foot = chart(series, axis(4), NOW, TITLE, 78, 8, LOOK)[-2]
    assert [span.token for span in foot[2:]] == ["sparktop", "warnbody", "critbody", "sparktop"]


def test_the_cursor_reads_a_value_and_its_time() -> None:
    series = history(*[60.0] * 10, 120.0, lows=(*[60.0] * 10, 60.0))
    title, *rows = drawn(series, cursor=10)
    assert title == " Oldest wait   03:12  2m  from 1m to 2m"
    assert all("│" in row.partition("│")[2] for row in rows[:1])
    assert "no data" in drawn(history(1, 2, 3, None), cursor=3)[0]


def test_a_state_is_drawn_where_it_is_bad() -> None:
    series = history(1, 1, 1, 0, unit="", worse="down", limits=(Limit(0, "==", Severity.CRITICAL),))
    rows = drawn(series, height=5)
    assert rows[1:4] == [" down │   █", "      │   █", "   up │▁▁▁█"]


def test_the_time_that_a_rule_waits_is_marked() -> None:
    stretch = Stretch(NOW - 1200, NOW - 1080, "for 2m")
    assert drawn(history(*[5.0] * 60), stretch=stretch)[-2].strip() == "├─┤ for 2m"


@pytest.mark.parametrize("values", [(), (None,) * 9, (None, 3.0), (3.0, 4.0)])
def test_too_little_is_said_and_no_pillar_is_drawn(values: tuple[Value, ...]) -> None:
    rows = drawn(history(*values))
    assert "█" not in "".join(rows)
    assert "no data for this time" in rows[1] or "known since" in rows[1]


def test_a_limit_that_is_far_away_does_not_flatten_the_values() -> None:
    far = Limit(1.0, ">", Severity.WARNING)
    rows = drawn(history(0.001, 0.002, 0.004, 0.004, limits=(far,)))
    assert "▲ > 1s" in rows[0]
    assert not any("▲" in row for row in rows[1:])
    assert "4ms" in "".join(rows)


def test_plain_signs_alone_where_the_terminal_has_no_others() -> None:
    series = history(*[0.0] * 50, *[60.0 * n for n in range(10)], limits=(WARN, CRIT))
    rows = drawn(series, look=Look(ascii=True, plain=True), stretch=Stretch(NOW - 600, NOW - 400, "for 3m"))
    assert all(row.isascii() for row in rows)


@pytest.mark.parametrize(
    ("step", "cells", "labels"),
    [
        (15, 60, ["03:00", "03:05"]),
        (60, 60, ["02:20", "02:30", "03:00"]),
        (1800, 48, ["06:00", "12:00", "18:00"]),
        (10800, 56, ["19.11.", "21.11.", "23.11."]),
        (43200, 60, ["30.10.", "09.11."]),
    ],
)
def test_ticks_are_round_in_the_display_zone(step: float, cells: int, labels: list[str]) -> None:
    row = axis(cells, step).labels(NOW)
    assert len(row) == cells
    assert row.endswith("now")
    for label in labels:
        assert label in row
        begins = axis(cells, step).begins(row.index(label))
        if step < 3600:  # its cell begins with it
            assert axis(cells, step).moment(begins)[-len(label) :].startswith(label) or step == 15


def test_an_axis_that_ended_says_when_instead_of_now() -> None:
    row = axis(60).labels(NOW + 86400)
    assert row.endswith("03:13")


@pytest.mark.parametrize(
    ("values", "limits", "unit", "ticks"),
    [
        ((0, 3), (), "", ["0", "1", "2", "3", "4"]),
        ((0, 0), (180, 600), "s", ["0s", "5m", "10m"]),
        ((0.004, 0.005), (), "s", ["3.5ms", "4ms", "4.5ms", "5ms", "5.5ms"]),
        ((57, 59), (), "%", ["55%", "56%", "57%", "58%", "59%", "60%"]),
        ((-5, 5), (), "", ["-10", "-5", "0", "5", "10"]),
        ((0, 10000), (), "s", ["0s", "1h", "2h", "3h", "4h"]),
    ],
)
def test_ticks_of_the_values_are_round(
    values: tuple[float, ...], limits: tuple[float, ...], unit: str, ticks: list[str]
) -> None:
    scale = scale_for(values, limits, 8, unit)
    assert [axis_text(tick, unit) for tick in scale.ticks()] == ticks


def test_an_uptime_bar_shows_the_worst_of_all_its_series() -> None:
    fine = history(1, 1, 1, None, unit="", worse="down", limits=(Limit(0, "==", Severity.CRITICAL),))
    slow = history(0.1, 2.0, 0.1, None, limits=(Limit(1, ">", Severity.WARNING),))
    down = history(1, 1, 0, None, unit="", worse="down", limits=(Limit(0, "==", Severity.CRITICAL),))
    cells = uptime_levels([fine, slow, down], 4)
    assert text(uptime_bar(cells, LOOK)) == "▁▄█ "
    assert text(uptime_bar(cells, LOOK, wide=2)) == "▁▁▄▄██  "


numbers = (
    st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([inf, -inf, nan, 1e308, 0.0])
)
limit_values = st.builds(
    Limit,
    st.floats(-1e9, 1e9),
    st.sampled_from([">", ">=", "<", "<=", "==", "!=", "?"]),
    st.none() | st.sampled_from(list(Severity)),
)


@given(
    st.lists(numbers, max_size=90),
    st.lists(limit_values, max_size=4),
    st.sampled_from(["", "s", "%", "/h", "bytes"]),
    st.sampled_from(["up", "down", ""]),
    st.integers(0, 100),
    st.integers(0, 14),
    st.none() | st.integers(-3, 99),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_a_chart_is_never_wider_or_higher_than_asked(
    values: list[Value],
    limits: list[Limit],
    unit: str,
    worse: str,
    cells: int,
    height: int,
    cursor: int | None,
    plain: bool,
) -> None:
    series = history(*values, unit=unit, worse=worse, limits=tuple(limits))
    look = Look(ascii=plain, plain=plain)
    lines = chart(
        series,
        axis(len(values)),
        NOW,
        TITLE,
        cells,
        height,
        look,
        cursor=cursor,
        stretch=Stretch(NOW - 999, NOW, "x"),
    )
    assert len(lines) == (height if cells else 0)
    assert all(width(line) <= cells for line in lines)


@given(
    st.lists(st.integers(-(10**6), 10**6).map(float), min_size=3, max_size=60),
    st.integers(4, 14),
    st.sampled_from(["up", "down"]),
)
@settings(max_examples=200, deadline=None)
def test_every_value_is_drawn_at_its_height(values: list[float], height: int, worse: str) -> None:
    series = history(*values, unit="%", worse=worse)
    rows = [text(line) for line in chart(series, axis(len(values)), NOW, TITLE, 99, height, LOOK)][1:-1]
    start = rows[0].index("│") + 1
    blocks = " ▁▂▃▄▅▆▇█"
    heights = [sum(blocks.index(row[start + n]) for row in rows) for n in range(len(values))]
    assert min(heights) >= 1
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [heights[n] for n in order] == sorted(heights)  # a higher value never looks lower
    largest = max(map(abs, values))
    assert heights[order[-1]] > heights[order[0]] or max(values) - min(values) <= largest / 5


def test_what_stands_in_the_bots_rows_is_marked_and_has_no_colour_of_health() -> None:
    series = replace(history(*[700.0] * 30, *[10.0] * 10, limits=(CRIT,)), from_rows=30)
    lines = chart(series, axis(40), NOW, TITLE, 100, 8, LOOK)
    assert "before 03:03 from the database" in text(lines[0])
    drawn_as = {span.token for line in lines[1:] for span in line if "█" in span.text}
    assert drawn_as == {"gap"}
    assert levels(series)[:30] == [CellLevel.UNKNOWN] * 30
    assert set(uptime_levels([series], 40)[:30]) == {CellLevel.UNKNOWN}
    read = text(chart(series, axis(40), NOW, TITLE, 100, 8, LOOK, cursor=3)[0])
    assert read.rstrip().endswith("11m  from the database")
    assert "from the database" in text(chart(replace(series, from_rows=40), axis(40), NOW, TITLE, 100, 8, LOOK)[0])
