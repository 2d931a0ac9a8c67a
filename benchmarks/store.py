"""The store's figures, each beside SQLite's own floor on the same disk: `python -m benchmarks.store`."""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchmarks.figure import Beside, Figure, show
from qualtui.config import values
from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.fold import fold_events
from qualtui.eventlog.incident_changes import IncidentNotified, IncidentOpened, IncidentResolved
from qualtui.eventlog.incidents import Noted
from qualtui.eventlog.notices import NoticeDelivered, NoticeQueued, NoticeSending
from qualtui.model import EventBody, Origin, Phase, Sample, Severity
from qualtui.store.sqlite import SqliteStore

DAYS = 30
EVENTS = 50_000
SERIES = 30


class Measured(msgspec.Struct, frozen=True):
    """A figure, its floor from the same run (None: there is none), and the budget (None: none is set)."""

    what: str
    unit: str
    ours: float
    floor: float | None = None
    budget: float | None = None


def measure(folder: Path) -> tuple[Measured, ...]:
    """All figures, made in `folder`: its disk is part of what is measured."""
    return (*_appends(folder), *_a_month(folder), *_samples(folder))


def _timed(work: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    taken = []
    for n in range(times):
        start = time.perf_counter()
        work(n)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def _bare(path: Path) -> sqlite3.Connection:
    """SQLite alone, as durable as the store."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _appends(folder: Path) -> tuple[Measured, ...]:
    bare = _bare(folder / "floor.db")
    bare.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, payload BLOB)")
    floor, ours = [], []
    with SqliteStore.open(folder / "append.db") as store:
        for n in range(500):  # in turns: a disk that others keep busy is as slow for both
            floor += _timed(lambda _: bare.execute("INSERT INTO events (payload) VALUES (zeroblob(200))"), 1)
            ours += _timed(lambda _, n=n: store.append(_incident(n)[:1], float(n)), 1)  # type: ignore[misc]
    bare.close()
    return (
        Measured("append, median", "ms", statistics.median(ours), statistics.median(floor)),
        Measured("append, 99 of 100", "ms", _p99(ours), _p99(floor)),
    )


def _p99(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=100)[-1]


def _incident(n: int) -> list[tuple[EventBody, str]]:
    """One incident's life: twelve events."""
    number, key = n + 1, f"{n + 1}/1/firing/0.0/ops"
    rule, alerts = "customers-waiting", ("customers-waiting@bot",)
    pending = AlertChanged(
        rule,
        "bot",
        Phase.INACTIVE,
        Phase.PENDING,
        Severity.WARNING,
        "4 is over 3 for 3m",
        float(n),
        summary="4 customers waiting for the bot",
    )
    firing = msgspec.structs.replace(pending, old=Phase.PENDING, new=Phase.FIRING)
    worse = msgspec.structs.replace(firing, old=Phase.FIRING, severity=Severity.CRITICAL, number=number)
    notice = NoticeQueued(key, number, "ops", "firing", Severity.WARNING, "4 customers waiting", "oldest 5m")
    opened = IncidentOpened(
        number,
        "bot",
        alerts,
        Origin.FAULT,
        rule,
        Severity.WARNING,
        float(n),
        link="gateway",
        cause="session FAILED",
    )
    bodies: tuple[EventBody, ...] = (
        pending,
        firing,
        opened,
        notice,
        IncidentNotified(number, "firing", Severity.WARNING, 4),
        NoticeSending(key, 1),
        NoticeDelivered(key, 1),
        worse,
        Noted(number, "ana", "looking at the gateway"),
        Noted(number, "ana", "restarted it"),
        msgspec.structs.replace(worse, new=Phase.RESOLVED),
        IncidentResolved(number, "none of its alerts fires any more"),
    )
    return [(body, "") for body in bodies]


def _a_month(folder: Path) -> tuple[Measured, ...]:
    """30 days of events and of samples, a checkpoint each hour: how long does the next start take?"""
    path, hours = folder / "month.db", DAYS * 24
    with SqliteStore.open(path) as store:
        state = store.load()
        for hour in range(hours):
            first, last = (EVENTS // 10 * part // hours for part in (hour, hour + 1))
            bodies = [body for n in range(first, last) for body in _incident(n)]
            if hour < hours - 1:
                state = fold_events(state, store.append(bodies, hour * 3600.0))
                store.checkpoint(state)
            else:
                store.append(bodies, hour * 3600.0)  # the tail
            _hour_of_samples(store, hour)
        store.roll_up(hours * 3600.0)
        prunings = []
        more = True
        while more:
            begun = time.perf_counter()
            more = store.prune(hours * 3600.0, values.StoreSettings()).more
            prunings.append((time.perf_counter() - begun) * 1000)
        minutes = _timed(lambda n: store.roll_up(hours * 3600.0 + 60 * n), 10)

    def start(_: int) -> None:
        with SqliteStore.open(path) as store:
            store.load()

    starts = _timed(start, 9)
    with SqliteStore.open(path) as store:
        verified = _timed(lambda _: store.verify(), 1)[0]
        end = hours * 3600.0
        hour_long = _timed(lambda _: store.window("bot/series-1", end - 3600, end, 60), 20)
        month_long = _timed(lambda _: store.window("bot/series-1", 0, end, 3600), 20)
        with sqlite3.connect(path) as other:
            other.execute("DELETE FROM checkpoints")
        other.close()
        anew = _timed(lambda _: store.load(), 1)[0]
    return (
        Measured(f"start after {DAYS} days, {EVENTS} events", "ms", statistics.median(starts), budget=200),
        Measured("fold of all of it, without a checkpoint", "ms", anew),
        Measured("pruning, the longest call", "ms", max(prunings)),
        Measured("roll-up of a minute", "ms", statistics.median(minutes)),
        Measured("verify the whole chain", "ms", verified),
        Measured("window of 1 h in minutes", "ms", statistics.median(hour_long)),
        Measured("window of 30 d in hours", "ms", statistics.median(month_long)),
        Measured("file after 30 days", "MB", path.stat().st_size / 1e6),
    )


def _hour_of_samples(store: SqliteStore, hour: int) -> None:
    """An hour of minutes, and of the last two days an answer each five seconds."""
    step = 5 if hour >= (DAYS - 2) * 24 else 60
    store.add_samples(
        Sample(f"bot/series-{series}", hour * 3600.0 + second, float(second % 60))
        for second in range(0, 3600, step)
        for series in range(SERIES)
    )


def _samples(folder: Path) -> tuple[Measured, ...]:
    rows, batches = 1000, 50
    bare = _bare(folder / "samples-floor.db")
    bare.execute(
        "CREATE TABLE samples (series INTEGER, at REAL, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID"
    )

    def floor(n: int) -> None:
        bare.execute("BEGIN")
        at = range(n * rows, (n + 1) * rows)
        bare.executemany("INSERT INTO samples VALUES (?, ?, ?)", [(i % SERIES, float(i), 1.0) for i in at])
        bare.execute("COMMIT")

    floors = _timed(floor, batches)
    bare.close()
    with SqliteStore.open(folder / "samples.db") as store:
        ours = _timed(
            lambda n: store.add_samples(
                [Sample(f"bot/series-{i % SERIES}", float(i), 1.0) for i in range(n * rows, (n + 1) * rows)]
            ),
            batches,
        )
        one = _timed(lambda n: store.add_samples([Sample("bot/series-1", 1e6 + n, 1.0)]), 200)
    return (
        Measured(
            "samples, a thousand at once", "k/s", rows / statistics.median(ours), rows / statistics.median(floors)
        ),
        Measured("samples, one at once, median", "ms", statistics.median(one)),
    )


async def store() -> tuple[Figure, ...]:
    """The figures for the table."""
    with tempfile.TemporaryDirectory() as folder:
        measured = await asyncio.to_thread(measure, Path(folder))
    return tuple(
        Figure(
            f"store: {one.what}",
            one.unit,
            one.ours,
            () if one.floor is None else (Beside("SQLite alone", one.floor),),
            one.budget,
        )
        for one in measured
    )


if __name__ == "__main__":
    show(asyncio.run(store()))
