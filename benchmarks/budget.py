"""Error budgets: what one look of the probe costs, on a store of 30 days, for one agent and for many."""

import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure
from qualtui.config.values import Aggregate, Goals
from qualtui.model import Sample
from qualtui.probes.budget import BudgetProbe
from qualtui.store.ports import Points
from qualtui.store.sqlite import SqliteStore
from qualtui.tracking.minute_counts import Counts

AGENTS, LOOKS = 500, 5
MINUTE, DAY = 60.0, 86_400.0
BEGAN = 1_800_000_000.0
BUDGET = 2.0  # ms: 500 agents, each once a minute, then take less than 2 % of a core


async def _measured(agents: int, days: float, folder: Path) -> tuple[float, float]:
    """The milliseconds of CPU of the first look, which reads the past, and of each later one; both an agent."""
    end = BEGAN + days * DAY
    with SqliteStore.open(folder / f"{agents}.db") as store:
        for agent in range(agents):
            names = ("goal.minute", "goal.minute_answered", "goal.minute_failed")
            store.add_samples(
                Sample(f"bot{agent}/{name}", BEGAN + MINUTE * minute, float(name != names[2]))
                for name in names
                for minute in range(int(days * 1440) + LOOKS)
            )
        store.roll_up(end)

        async def history(series: str, since: float, until: float, step: float, how: Aggregate) -> Points:
            return store.window(series, since, until, step, how)

        probes = [
            BudgetProbe(f"bot{agent}", history, MINUTE, Goals(), lambda: Counts(1, 1)) for agent in range(agents)
        ]
        took = []
        for look in range(LOOKS):
            begun = time.process_time()
            for probe in probes:
                await probe.ask(end + 20 + MINUTE * look)
            took.append(1000 * (time.process_time() - begun) / agents)
    return took[0], sorted(took[1:])[len(took[1:]) // 2]


async def budgets() -> tuple[Figure, ...]:
    """One agent with 30 days, and many with a few hours."""
    figures = []
    for agents, days in ((1, 30.0), (AGENTS, 0.1)):
        with tempfile.TemporaryDirectory() as folder:
            first, each = await asyncio.to_thread(asyncio.run, _measured(agents, days, Path(folder)))
        note = f"CPU, median; once a minute; the first look after a start {first:.1f} ms; {days:g} days stored"
        what = f"error budgets, both goals, {agents} agent{'s' if agents > 1 else ''}, each"
        figures.append(Figure(what, "ms", each, budget=BUDGET, note=note))
    return tuple(figures)
