"""Deploys and restarts on a chart: where an age began, and a deploy's own start is no restart."""

import pytest

from qualtui.widgets.chart import chart
from qualtui.widgets.look import Look
from qualtui.widgets.marks import DEPLOY, RESTART, marks_of
from qualtui.widgets.time_axis import TimeAxis
from qualtui.wire import SeriesHistory

AXIS = TimeAxis(0.0, 60.0, 20)


def ages(*begun: int, name: str = "host.age", unknown: tuple[int, ...] = ()) -> SeriesHistory:
    """An age that began in the middle of these minutes; before the first it is a day old."""
    found: list[float | None] = []
    for n in range(AXIS.cells):
        last = max((one for one in begun if one <= n), default=None)
        value = 86_400.0 + 60 * n if last is None else 60.0 * (n - last)
        found.append(None if n in unknown else value)
    values = tuple(found)
    return SeriesHistory(name, "s", "", values, values, values)


@pytest.mark.parametrize(
    ("deploys", "restarts", "signs"),
    [
        (ages(), ages(), {}),
        (ages(), ages(7), {7: RESTART}),
        (ages(), ages(3, 9), {3: RESTART, 9: RESTART}),
        (ages(5), ages(6), {5: DEPLOY}),
        (ages(5), ages(5, 12), {5: DEPLOY, 12: RESTART}),
        (ages(), ages(7, unknown=(6, 7, 8)), {7: RESTART}),  # seen only later
        (ages(0), ages(0), {0: DEPLOY}),
        (None, None, {}),
    ],
)
def test_each_beginning_of_an_age_is_a_mark(
    deploys: SeriesHistory | None, restarts: SeriesHistory | None, signs: dict[int, str]
) -> None:
    assert marks_of(deploys, restarts, AXIS).signs == signs


def test_a_chart_shows_its_marks_above_their_minutes_and_says_what_they_mean() -> None:
    values = tuple(float(n) for n in range(AXIS.cells))
    series = SeriesHistory("host.cpu", "%", "up", values, values, values)
    rows = chart(series, AXIS, 1200.0, (), 120, 8, Look(), marks=marks_of(ages(5), ages(12), AXIS))
    plain = ["".join(span.text for span in row) for row in rows]
    assert "D deploy  R restart" in plain[0]
    start = len(plain[1]) - AXIS.cells
    assert (plain[1][start + 5], plain[1][start + 12]) == ("D", "R")
    assert "D" not in plain[2]
