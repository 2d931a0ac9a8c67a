"""Hundreds of gateways that fail at one tick: what deciding it costs, and how long nothing else has its turn."""

import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    AgentSettings,
    ChannelSettings,
    Config,
    DatabaseSettings,
    GatewaySettings,
    HealthSettings,
    NotifySettings,
    Route,
    Secret,
)
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.journal import Journal
from qualtui.engine.projector import Projector
from qualtui.engine.publisher import PACE
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Sample, Severity, State
from qualtui.series.catalogue import DECLARED
from qualtui.store.sqlite import SqliteStore

MANY, FEW = 500, 50
BEGAN = 1_000_000.0
FIRES = 125.0  # s after which the rule about the gateway fires
UP = frozenset({"db.up", "gateway.up", "health.up", "gateway.working"})


async def storm() -> tuple[Figure, ...]:
    """The figures of many agents that break at once."""
    few, _longest = await _broken(FEW)
    many, longest = await _broken(MANY)
    what = f"{MANY} gateways fail at one tick: their incidents and notices decided"
    ratio = f"{many / few:.1f} times {FEW} agents"
    return (
        Figure(what, "s", many, note=f"CPU of the loop; {ratio}"),
        Figure("the longest that nothing else has its turn meanwhile", "s", longest, budget=0.5),
    )


async def _broken(count: int) -> tuple[float, float]:
    """Seconds of CPU to decide that all of them fail, and of the longest batch."""
    now = [BEGAN]
    agent = AgentSettings(
        health=HealthSettings(url="https://bot.example.com/health"),
        database=DatabaseSettings(dsn=Secret("postgresql://u@db.example.com/x")),
        gateway=GatewaySettings(url="https://waha.example.com"),
    )
    channels = {name: ChannelSettings(url=Secret("json://127.0.0.1")) for name in ("pager", "mail")}
    routes = (Route(channels=("pager", "mail"), severities=(Severity.WARNING, Severity.CRITICAL)),)
    config = Config(
        agents={f"bot-{n:03}": agent for n in range(count)},
        rules=BUILT_IN,
        notify=NotifySettings(channels=channels, routes=routes),
    )
    recent, names = SampleCache(3600.0, 60.0, 60), list(config.agents)
    series = [one.name for one in DECLARED if not one.name.startswith(("goal.", "sight.", "engine."))]
    view = Projector(recent, config)
    view.use(config, {f"{name}/{one}": (600.0, 5.0) for name in names for one in series})
    with tempfile.TemporaryDirectory() as folder, SqliteStore.open(Path(folder) / "store.db") as store:
        journal = Journal(store, State(), store.epoch, lambda: now[0])
        evaluator = Evaluator(
            journal,
            recent,
            lambda name: view.reason(name, now[0]),
            lambda: now[0],
            seen=lambda name: view.faults(name, now[0]),
            waiting=lambda name: view.waiting(name, now[0]),
            oldest=lambda name: view.oldest_wait(name, now[0]),
        )
        evaluator.use(config, {f"{name}/{one}": 1205.0 for name in names for one in series})
        for name in names:
            recent.add(Sample(f"{name}/{one}", BEGAN, float(one in UP)) for one in series)
        await evaluator.look(names)
        took, longest = 0.0, 0.0
        for after in (1.0, FIRES):
            now[0] = BEGAN + after
            recent.add(Sample(f"{name}/gateway.working", now[0], 0.0, "FAILED") for name in names)
            took, longest = 0.0, 0.0
            for first in range(0, count, PACE):  # as the engine does
                began = time.thread_time()
                await evaluator.look(names[first : first + PACE])
                batch = time.thread_time() - began
                took, longest = took + batch, max(longest, batch)
        fired = sum(one.severity is Severity.CRITICAL for one in journal.state.incidents.values())
        if fired < count:
            raise RuntimeError(f"only {fired} of {count} incidents")
    return took, longest
