"""Samples grow coarse with age: raw to minutes, minutes to hours, and away. The caller holds the transaction."""

import sqlite3
from math import floor

import msgspec

from qualtui.config import values
from qualtui.store.ports import Pruned
from qualtui.store.sqlite.samples import HOUR, MINUTE, Marks, keep_marks, marks
from qualtui.store.sqlite.statements import statement


def roll_up(connection: sqlite3.Connection, now: float) -> None:
    """Rolls up every minute and hour that is over, from where the last time ended; twice is as good as once."""
    minutes_until, hours_until = _floor(now, MINUTE), _floor(now, HOUR)
    kept = _within(marks(connection), minutes_until, hours_until)
    since = kept.minutes_until
    connection.execute(statement("roll_minutes"), {"since": since, "until": minutes_until})
    # What is pruned can't be counted again: an hour whose minutes are gone stays as it is.
    hours_since = max(_floor(min(kept.hours_until, since), HOUR), _ceil(kept.minutes_from, HOUR))
    connection.execute(statement("roll_hours"), {"since": hours_since, "until": hours_until})
    keep_marks(connection, msgspec.structs.replace(kept, minutes_until=minutes_until, hours_until=hours_until))


def prune(connection: sqlite3.Connection, now: float, keep: values.StoreSettings, limit: int) -> Pruned:
    """Takes away samples older than their grain is kept, if they are rolled up; at most `limit` rows of each."""
    kept = marks(connection)
    raw_from = max(kept.raw_from, _floor(min(now - keep.keep_raw, kept.minutes_until), MINUTE))
    minutes_from = max(kept.minutes_from, _floor(min(now - keep.keep_minutes, kept.hours_until), HOUR))
    keep_marks(connection, msgspec.structs.replace(kept, raw_from=raw_from, minutes_from=minutes_from))
    raw = connection.execute(statement("prune_samples"), {"before": raw_from, "limit": limit}).rowcount
    gone = [
        connection.execute(statement("prune_buckets"), {"grain": grain, "before": before, "limit": limit}).rowcount
        for grain, before in ((MINUTE, minutes_from), (HOUR, now - keep.keep_hours))
    ]
    return Pruned(raw, gone[0], gone[1], more=max(raw, *gone) >= limit)


def _within(kept: Marks, minute: float, hour: float) -> Marks:
    """The marks, none of them in the future: a clock that once ran ahead must not hide what comes now."""
    return Marks(
        minutes_until=min(kept.minutes_until, minute),
        hours_until=min(kept.hours_until, hour),
        raw_from=min(kept.raw_from, minute),
        minutes_from=min(kept.minutes_from, hour),
    )


def _floor(at: float, grain: int) -> float:
    return float(floor(at / grain) * grain)


def _ceil(at: float, grain: int) -> float:
    return -_floor(-at, grain)
