"""A backtest of 30 days and 20 rules, all of them changed, on a generated store."""

import asyncio
import random
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

from benchmarks.figure import Figure
from qualtui.alerts.backtest import compare_rules
from qualtui.config.values import Level, Rule, Seconds, StoreSettings
from qualtui.model import Sample
from qualtui.store.past import stored_past
from qualtui.store.sqlite import SqliteReader, SqliteStore

DAYS, RULES = 30, 20
DAY = 86_400
BUDGET = 5.0  # s


def _filled(path: Path) -> float:
    """A store of DAYS days, an hour of trouble a day in each series; returns when it ends."""
    chance = random.Random(1)
    end = DAYS * DAY
    bad = {(series, day): chance.uniform(0, 82_800) for series in range(RULES) for day in range(DAYS)}
    with SqliteStore.open(path) as store:
        for day in range(DAYS):
            step = 30 if day >= DAYS - 2 else 60
            store.add_samples(
                Sample(f"bot/user.x{series}", day * DAY + second, _value(second, bad[series, day], chance))
                for second in range(0, DAY, step)
                for series in range(RULES)
            )
        store.roll_up(float(end))
        while store.prune(float(end), StoreSettings()).more:
            pass
    return float(end)


def _value(second: int, bad: float, chance: random.Random) -> float:
    return 60 + 10 * chance.random() if bad <= second < bad + 3600 else 40 * chance.random()


def _measured(folder: Path) -> tuple[float, int]:
    path = folder / "store.db"
    end = _filled(path)
    before = {
        f"rule-{n}": Rule(series=f"user.x{n}", warning=Level(50), critical=Level(60), for_=Seconds(60))
        for n in range(RULES)
    }
    after = {name: replace(rule, for_=Seconds(300)) for name, rule in before.items()}
    begun = time.perf_counter()
    with SqliteReader.look(path) as store:
        past = stored_past(store, 0.0, end)
        found = compare_rules(("bot",), before, after, past, 0.0, end)
    return time.perf_counter() - begun, len(found.changes)


async def backtest() -> tuple[Figure, ...]:
    """The one figure."""
    with tempfile.TemporaryDirectory() as folder:
        took, moved = await asyncio.to_thread(_measured, Path(folder))
    note = f"two days of them raw, at 30 s; {moved} pages differ"
    return (
        Figure(f"rules: backtest of {DAYS} days and {RULES} changed rules", "s", took, budget=BUDGET, note=note),
    )
