"""A backtest of 30 days and 20 rules, all of them changed, on a generated store."""

import asyncio
import contextlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks.figure import Figure
from qualtui.alerts.backtest import GRAIN, compare_rules
from qualtui.config.values import Aggregate, Level, Rule, Seconds, StoreSettings
from qualtui.model import Sample
from qualtui.store.past import stored_past
from qualtui.store.sqlite import SqliteReader, SqliteStore

DAYS, RULES, RAW = 30, 20, 2
DAY = 86_400
BUDGET = 5.0  # s


def _filled(path: Path) -> float:
    """A store of DAYS days, an hour of trouble a day in each series; returns when it ends.

    The newest RAW days are sampled and rolled up; the minutes before them are written as a roll-up leaves them,
    because it would take minutes to sample a month.
    """
    chance = random.Random(1)
    end, raw = DAYS * DAY, (DAYS - RAW) * DAY
    bad = {(series, day): chance.uniform(0, 82_800) for series in range(RULES) for day in range(DAYS)}
    with SqliteStore.open(path) as store:
        store.add_samples(
            Sample(f"bot/user.x{series}", day * DAY + second, _value(second, bad[series, day], chance))
            for day in range(DAYS - RAW, DAYS)
            for second in range(0, DAY, 30)
            for series in range(RULES)
        )
        store.roll_up(float(end))
        while store.prune(float(end), StoreSettings()).more:
            pass
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for number, name in connection.execute("SELECT id, name FROM series").fetchall():
            series = int(name.removeprefix("bot/user.x"))
            rows = (
                (number, at, _value(at % DAY, bad[series, at // DAY], chance)) for at in range(0, raw, int(GRAIN))
            )
            connection.executemany("INSERT INTO buckets VALUES (60, ?1, ?2, 1, 0, ?3, ?3, ?3, ?3)", rows)
    return float(end)


def _value(second: int, bad: float, chance: random.Random) -> float:
    return 60 + 10 * chance.random() if bad <= second < bad + 3600 else 40 * chance.random()


def _measured(folder: Path) -> tuple[float, float, int, float]:
    """The seconds, those of CPU, the pages that differ, and the fewest days that a series had."""
    path = folder / "store.db"
    end = _filled(path)
    before = {
        f"rule-{n}": Rule(series=f"user.x{n}", warning=Level(50), critical=Level(60), for_=Seconds(60))
        for n in range(RULES)
    }
    after = {name: replace(rule, for_=Seconds(300)) for name, rule in before.items()}
    begun, cpu = time.perf_counter(), time.thread_time()
    with SqliteReader.look(path) as store:
        past = stored_past(store, 0.0, end)
        found = compare_rules(("bot",), before, after, past, 0.0, end)
        took, cpu = time.perf_counter() - begun, time.thread_time() - cpu
        days = min(_days(past(f"bot/user.x{n}", Aggregate.LAST)) for n in range(RULES))
    return took, cpu, len(found.changes), days


def _days(samples: Sequence[Sample]) -> float:
    """How many days of minutes a series has: each minute once."""
    return len({sample.at // GRAIN for sample in samples}) * GRAIN / DAY


async def backtest() -> tuple[Figure, ...]:
    """The one figure; none where the store has less than it speaks of."""
    with tempfile.TemporaryDirectory() as folder:
        took, cpu, moved, days = await asyncio.to_thread(_measured, Path(folder))
    note = f"CPU {cpu:.1f} s; {days:.1f} days of minutes a series, {RAW} raw, at 30 s; {moved} pages differ"
    what = f"rules: backtest of {DAYS} days and {RULES} changed rules"
    whole = days > DAYS - 0.1
    return (Figure(what, "s", took if whole else None, budget=BUDGET, note=note),)
