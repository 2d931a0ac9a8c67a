"""The time axis of a chart: ticks at round times of the display zone, and *now*."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from qualtui.text import _
from qualtui.widgets.words import zone_of

_HOUR, _DAY = 3600, 86400
_SPACINGS = (60, 120, 300, 600, 900, 1800, *(n * _HOUR for n in (1, 2, 3, 6, 12)))
_DAYS = (1, 2, 5, 10, 20, 50, 100)
_APART = 9  # cells between two labels at least


class TimeAxis(NamedTuple):
    """`cells` cells of `step` seconds from `since` on, each `wide` columns."""

    since: float
    step: float
    cells: int
    zone: str = "UTC"
    wide: int = 1

    @property
    def until(self) -> float:
        """The end of the last cell."""
        return self.since + self.step * self.cells

    @property
    def columns(self) -> int:
        """Columns of all cells."""
        return self.cells * self.wide

    def cell(self, at: float) -> int:
        """The cell that a time falls into; it may lie beyond either end."""
        return int((at - self.since) // self.step)

    def column(self, at: float) -> int:
        """The column of a time."""
        return self.cell(at) * self.wide

    def begins(self, cell: int) -> float:
        """When a cell begins."""
        return self.since + cell * self.step

    def moment(self, at: float) -> str:
        """A time as precise as the cells are."""
        form = "%d.%m. %H:%M" if self.step * self.cells > _DAY else "%H:%M" if self.step % 60 == 0 else "%H:%M:%S"
        return _local(at, self.zone).strftime(form)

    def labels(self, now: float) -> str:
        """The row below the chart: round times where they are, and *now* or the end of the axis at its end."""
        live = self.begins(self.cells - 1) <= now <= self.until + self.step
        end = _("now") if live else self.moment(self.until)
        row = [" "] * self.columns
        _write(row, self.columns - len(end), end)
        for at, text in _ticks(self.since, self.until, _APART * self.step / self.wide, self.zone):
            place = self.column(at)
            if place + len(text) < self.columns - len(end):
                _write(row, place, text)
        return "".join(row)


def _write(row: list[str], place: int, text: str) -> None:
    if place >= 0 and place + len(text) <= len(row):
        row[place : place + len(text)] = text


def _ticks(since: float, until: float, least: float, zone: str) -> list[tuple[float, str]]:
    """The round times from since to before until, at least `least` seconds apart, each with its label."""
    spacing = next((one for one in _SPACINGS if one >= least), 0)
    start = _local(since, zone)
    at = start.replace(hour=0, minute=0, second=0, microsecond=0)
    days = 0 if spacing else next((n for n in _DAYS if n * _DAY >= least), 365)
    found: list[tuple[float, str]] = []
    if spacing:
        second = int((start - at).total_seconds())
        at += timedelta(seconds=second - second % spacing)
    while (when := at.timestamp()) < until:
        if when >= since:
            found.append((when, at.strftime("%H:%M" if spacing else "%d.%m.")))
        # Wall-clock arithmetic: a tick stays at a round hour where the clocks change.
        at += timedelta(days=days) if days else timedelta(seconds=spacing)
    return found


def _local(at: float, zone: str) -> datetime:
    where = zone_of(zone)
    try:
        return datetime.fromtimestamp(at, where)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
