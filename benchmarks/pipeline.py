"""What one evaluation of a rule for a series costs, through the whole pipeline: `python -m benchmarks.pipeline`.

Judge, transition, correlation and the decision on notices, for 200 agents with 30 rules each, a third of them over
a window of 5 min. One agent in ten has an open incident. Nothing is polled; what is written once is not measured.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure, show
from qualtui.config.values import AgentSettings, Aggregate, Config, HealthSettings, Level, Operator, Rule, Seconds
from qualtui.diagnosis.faults import Fault, FaultsSeen
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Link, Sample
from qualtui.store.sqlite import SqliteStore

AGENTS, RULES, ROUNDS = 200, 30, 7
EVERY, WINDOW = 5.0, 300.0  # s between samples, and of a windowed rule
BUDGET = 20.0  # us: 50,000 evaluations a second


def _rules() -> dict[str, Rule]:
    """Every third one over a window; link by link, so that correlation has something to do."""
    links = [Link.CUSTOMER, Link.GATEWAY, Link.DATABASE, Link.BOT]
    return {
        f"rule-{n}": Rule(
            series=f"user.s{n}",
            op=Operator.ABOVE,
            warning=Level(100),
            critical=Level(1000),
            for_=Seconds(10),
            keep_firing_for=Seconds(60),
            link=links[n % len(links)],
            aggregate=Aggregate.AVG if n % 3 == 0 else Aggregate.LAST,
            window=Seconds(WINDOW if n % 3 == 0 else 0),
        )
        for n in range(RULES)
    }


async def pipeline() -> tuple[Figure, ...]:
    """The CPU time of one evaluation."""
    with tempfile.TemporaryDirectory() as folder:
        return (await asyncio.wait_for(_measured(Path(folder)), 120),)


async def _measured(folder: Path) -> Figure:
    now = 10_000.0
    agents = [f"bot-{n}" for n in range(AGENTS)]
    recent = SampleCache(keep=600.0, step=60.0, steps=1, total=2_000_000)
    broken = set(agents[::10])
    for at in range(int(WINDOW / EVERY) + 1):
        when = now - WINDOW + at * EVERY
        for agent in agents:
            value = 500.0 if agent in broken else 1.0
            recent.add([Sample(f"{agent}/user.s{n}", when, value) for n in range(RULES)])
    settings = AgentSettings(health=HealthSettings(url="http://127.0.0.1/health"))
    config = Config(agents=dict.fromkeys(agents, settings), rules=_rules())
    stale = {f"{agent}/user.s{n}": 60.0 for agent in agents for n in range(RULES)}
    faults = FaultsSeen((Fault(Link.GATEWAY, now - 60.0, "gateway broken", "broken"),))
    clock = [now]
    with SqliteStore.open(folder / "store.db") as store:
        journal = Journal(store, store.load(), store.epoch, lambda: clock[0])
        evaluator = Evaluator(
            journal,
            recent,
            lambda _agent: RootCause(),
            lambda: clock[0],
            seen=lambda agent: faults if agent in broken else FaultsSeen(),
        )
        evaluator.use(config, stale)
        for step in (0.0, 11.0, 31.0):  # pending, firing, notified: what happens once is written here
            clock[0] = now + step
            await evaluator.look(agents)
        taken = []
        for _round in range(ROUNDS):
            clock[0] += 0.1
            began = time.process_time()
            events = await evaluator.look(agents)
            taken.append((time.process_time() - began) / (AGENTS * RULES) * 1e6)
            if events:
                raise RuntimeError(f"{len(events)} events in a round in which nothing changed")
    each = statistics.median(taken)
    note = f"{1e6 / each:,.0f} a second; {len(journal.state.incidents)} open incidents"
    return Figure("rule x series, whole pipeline", "us", each, budget=BUDGET, note=note)


if __name__ == "__main__":
    show(asyncio.run(pipeline()))
