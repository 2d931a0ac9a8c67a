"""Deploys and restarts as marks on a chart, read from the ages that the host gives. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from qualtui.text import _
from qualtui.widgets.time_axis import TimeAxis
from qualtui.wire import SeriesHistory

MARKED = ("host.deploy_age", "host.age")  # the series that the marks are read from
DEPLOY, RESTART = "D", "R"
NEAR = 2  # cells: a deploy starts an instance, too


class ChartMarks(NamedTuple):
    """By cell the sign of what happened in it."""

    signs: Mapping[int, str] = {}

    @property
    def legend(self) -> str:
        """What the signs mean, of those that there are."""
        words = {DEPLOY: _("D deploy"), RESTART: _("R restart")}
        return "  ".join(word for sign, word in words.items() if sign in self.signs.values())


NONE = ChartMarks()


def marks_of(deploy_age: SeriesHistory | None, age: SeriesHistory | None, axis: TimeAxis) -> ChartMarks:
    """A deploy went live, or an instance started, where the age is younger than the range, or falls."""
    deploys = _begun(deploy_age, axis)
    restarts = {cell for cell in _begun(age, axis) if not any(abs(cell - one) <= NEAR for one in deploys)}
    return ChartMarks(dict.fromkeys(restarts, RESTART) | dict.fromkeys(deploys, DEPLOY))


def _begun(series: SeriesHistory | None, axis: TimeAxis) -> set[int]:
    """The cells in which an age began at 0, and that are on the axis."""
    found: set[int] = set()
    before: float | None = None
    for n, low in enumerate(series.lows if series is not None else ()):
        if low is None:
            continue
        if before is None or low < before:
            cell = axis.cell(axis.begins(n) + axis.step / 2 - low)
            if 0 <= cell < axis.cells:
                found.add(min(cell, n))
        before = low
    return found
