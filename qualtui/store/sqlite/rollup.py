"""Samples grow coarse with age: raw to minutes, minutes to hours, and away. The caller holds the transaction."""

import sqlite3
from math import floor

import msgspec
from msgspec.structs import replace

from qualtui.config import values
from qualtui.store.sqlite.samples import HOUR, MINUTE, Marks
from qualtui.store.sqlite.statements import statement

DAY = 86400

Rows = list[dict[str, float | None]]

_COLUMNS = ("grain", "series", "at", "count", "gaps", "sum", "min", "max", "last")


class Over(msgspec.Struct, frozen=True):
    """Up to which time minutes and hours are over."""

    minutes: float
    hours: float

    def limit(self, kept: Marks) -> Marks:
        """The marks, none of them in the future: a clock that once ran ahead must not hide what comes now."""
        return Marks(
            minutes_until=min(kept.minutes_until, self.minutes),
            hours_until=min(kept.hours_until, self.hours),
            raw_from=min(kept.raw_from, self.minutes),
            minutes_from=min(kept.minutes_from, self.hours),
        )


def newest_series(connection: sqlite3.Connection) -> int:
    """The highest id of a series; 0: there is none."""
    found: int = connection.execute(statement("newest_series")).fetchone()[0]
    return found


def first_sample(connection: sqlite3.Connection, since: float, until: float) -> float | None:
    """The time of the earliest sample with since <= at < until."""
    return _first(connection, "first_sample", since, until)


def first_minute(connection: sqlite3.Connection, since: float, until: float) -> float | None:
    """The earliest rolled-up minute with since <= at < until."""
    return _first(connection, "first_minute", since, until)


def minute_rows(connection: sqlite3.Connection, series: range, since: float, until: float) -> Rows:
    """These series' minutes from since to before until, made of their samples."""
    return _rows(connection, "roll_minutes", series, since, until)


def hour_rows(connection: sqlite3.Connection, series: range, since: float, until: float) -> Rows:
    """These series' hours from since to before until, made of their minutes."""
    return _rows(connection, "roll_hours", series, since, until)


def minutes_done(kept: Marks, until: float) -> Marks:
    """The marks once the minutes before `until` are rolled up; what is pruned is not rolled up again."""
    return replace(kept, minutes_until=max(floor_to(until, MINUTE), min(kept.raw_from, kept.minutes_until)))


def hours_done(kept: Marks, until: float) -> Marks:
    """The marks once the hours before `until` are rolled up."""
    return replace(kept, hours_until=until)


def pruned_from(kept: Marks, now: float, keep: values.StoreSettings) -> Marks:
    """The marks once all that is rolled up and older than it is kept is gone."""
    return replace(
        kept,
        raw_from=max(kept.raw_from, floor_to(min(now - keep.keep_raw, kept.minutes_until), MINUTE)),
        minutes_from=max(kept.minutes_from, floor_to(min(now - keep.keep_minutes, kept.hours_until), HOUR)),
    )


def floor_to(at: float, grain: int) -> float:
    """The last multiple of `grain` seconds at or before `at`."""
    return float(floor(at / grain) * grain)


def ceil_to(at: float, grain: int) -> float:
    """The first multiple of `grain` seconds at or after `at`."""
    return -floor_to(-at, grain)


def _first(connection: sqlite3.Connection, name: str, since: float, until: float) -> float | None:
    found: float | None = connection.execute(statement(name), {"since": since, "until": until}).fetchone()[0]
    return found


def _rows(connection: sqlite3.Connection, name: str, series: range, since: float, until: float) -> Rows:
    which = {"first": series[0], "last": series[-1], "since": since, "until": until}
    return [dict(zip(_COLUMNS, row, strict=True)) for row in connection.execute(statement(name), which)]
