"""Samples: added in batches, read by window. The caller holds the transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from math import floor, inf

import msgspec

from qualtui.config.values import Aggregate
from qualtui.model import Sample
from qualtui.model.cells import Cell
from qualtui.store.ports import Points
from qualtui.store.sqlite.statements import statement

MINUTE = 60
HOUR = 3600


class Marks(msgspec.Struct, frozen=True):
    """How far samples are rolled up, and before which time a grain is pruned."""

    minutes_until: float = 0.0
    hours_until: float = 0.0
    raw_from: float = 0.0
    minutes_from: float = 0.0


def marks(connection: sqlite3.Connection) -> Marks:
    """The marks as they are kept."""
    row = connection.execute(statement("read_marks")).fetchone()
    return Marks() if row is None else Marks(*row)


def keep_marks(connection: sqlite3.Connection, new: Marks) -> None:
    """Writes the marks."""
    connection.execute(statement("write_marks"), msgspec.structs.asdict(new))


def add(
    connection: sqlite3.Connection, samples: Iterable[Sample], known: Mapping[str, int]
) -> tuple[dict[str, int], float]:
    """Writes the samples; returns the ids of the series that `known` lacks, and the earliest sample's time.

    A second answer of one time replaces the first. One that comes late has its minute and hour rolled up again.
    """
    new: dict[str, int] = {}
    rows: list[dict[str, float | None]] = []
    first = inf
    for sample in samples:
        number = known.get(sample.series) or new.get(sample.series)
        if number is None:
            number = new[sample.series] = _intern(connection, sample.series)
        rows.append({"series": number, "at": sample.at, "value": sample.value})
        first = min(first, sample.at)
    if not rows:
        return new, first
    connection.executemany(statement("add_sample"), rows)
    kept = marks(connection)
    if first < kept.minutes_until:
        again = max(floor(first / MINUTE) * MINUTE, min(kept.raw_from, kept.minutes_until))
        keep_marks(connection, msgspec.structs.replace(kept, minutes_until=again))
    return new, first


def window(
    connection: sqlite3.Connection,
    series: str,
    since: float,
    until: float,
    step: float | None = None,
    how: Aggregate = Aggregate.AVG,
) -> Points:
    """The series from since to until, both included. Without `step`: all that is kept, each time at its finest.

    With `step`: one point for each bin of that many seconds, bins beginning at multiples of it (they stand still
    while time goes on), the first being the one that `since` falls into; None: nothing was answered there.
    Raises ValueError for a step that is not above 0.
    """
    if step is not None and step <= 0:
        raise ValueError("a window's step is above 0")
    place, kept = _place(connection, series, since, until)
    if step is None:
        return tuple(connection.execute(statement("points"), {**place, **_parts(kept, 0)}))
    first, last = floor(since / step), floor(until / step)
    place |= {"since": first * step, "step": float(step), **_parts(kept, step)}
    if how is Aggregate.LAST:
        found = {bin_: value for bin_, value, _at in connection.execute(statement("bins_last"), place)}
    else:
        found = {bin_: _pick(how, *rest) for bin_, *rest in connection.execute(statement("bins"), place)}
    return tuple((float(n * step), found.get(n)) for n in range(first, last + 1))


def known(
    connection: sqlite3.Connection, series: str, since: float, until: float, how: Aggregate
) -> Iterator[tuple[float, float | None]]:
    """The series from since to until as it became known, oldest first, each time at the finest grain that is kept.

    A minute or hour is known at its end, as `how` makes it of its samples; one without a value is left out,
    because it may lie between two samples of a slow series.
    """
    place, kept = _place(connection, series, since, until)
    parts = ((HOUR, since, kept.minutes_from), (MINUTE, max(since, kept.minutes_from), kept.raw_from))
    for grain, begin, before in parts:
        part = {"grain": grain, "since": begin, "before": before, "how": how.value}
        yield from connection.execute(statement("known"), {**place, **part})
    yield from connection.execute(statement("singles"), {**place, "since": max(since, kept.raw_from)})


def cells(
    connection: sqlite3.Connection, series: str, since: float, until: float, step: float
) -> tuple[Cell, ...]:
    """The series in bins as `window` has them: lowest, highest and last value of each that was polled.

    Raises ValueError for a step that is not above 0.
    """
    if step <= 0:
        raise ValueError("a cell's step is above 0")
    place, kept = _place(connection, series, since, until)
    place |= {"since": floor(since / step) * step, "step": float(step), **_parts(kept, step)}
    newest = {n: (value, at) for n, value, at in connection.execute(statement("bins_last"), place)}
    return tuple(
        Cell(n * float(step), count, total or 0.0, low, high, *newest.get(n, (None, 0.0)))
        for n, count, total, low, high in connection.execute(statement("cells"), place)
    )


def _place(
    connection: sqlite3.Connection, series: str, since: float, until: float
) -> tuple[dict[str, float], Marks]:
    row = connection.execute(statement("find_series"), {"name": series}).fetchone()
    return {"series": row[0] if row else 0, "since": since, "until": until}, marks(connection)


def _parts(kept: Marks, step: float) -> dict[str, float]:
    """Where to pass from hours to minutes, and from minutes to raw: the coarsest grain exact for the step."""
    by_hours = step >= HOUR and step % HOUR == 0
    by_minutes = step >= MINUTE and step % MINUTE == 0
    return {
        "minutes_start": max(kept.minutes_from, kept.hours_until if by_hours else 0.0),
        "raw_start": max(kept.raw_from, kept.minutes_until if by_minutes else 0.0),
    }


def _pick(how: Aggregate, count: int, total: float | None, low: float | None, high: float | None) -> float | None:
    if how is Aggregate.COUNT:
        return float(count)
    if not count or total is None:
        return None
    return {Aggregate.SUM: total, Aggregate.MIN: low, Aggregate.MAX: high}.get(how, total / count)


def _intern(connection: sqlite3.Connection, name: str) -> int:
    connection.execute(statement("intern_series"), {"name": name})
    number: int = connection.execute(statement("find_series"), {"name": name}).fetchone()[0]
    return number
