"""Hundreds of agents: the overview's frame, how long it takes to build, `qualtui status`, memory."""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import tomli_w

from benchmarks.engine import Engine, NotSeenError, engine_on, seen
from benchmarks.figure import Figure
from benchmarks.storm import storm
from qualtui.client import ClientError
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import AgentSettings, Config, DatabaseSettings, GatewaySettings, HealthSettings, Secret
from qualtui.engine.projector import Projector
from qualtui.engine.publisher import PACE, ROUND
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Incident, Phase, Sample, Severity, State
from qualtui.series.catalogue import DECLARED
from qualtui.wire import DETAILS, FEW, AgentDetail, Agents, EngineView, Publication, ShowAgents

COUNT = 500
POLLS, WITHIN = 3, 60.0  # answers of each target before anything is measured; s that these may take
ANSWERED = "health.seconds"  # the figure that a poll of a target brings
NOW = 1_000_000.0
MEGABYTE = 1e6


async def fleet() -> tuple[Figure, ...]:
    """The figures of many agents."""
    return (*overview(), _samples(), *await storm(), *await _engine())


def overview() -> tuple[Figure, Figure]:
    """Every second agent in trouble, all series answered, a new sample an agent at each beat, that is built."""
    view, recent, state = _many()
    engine = EngineView(1, "watch-1", "0", 1, NOW, 1)

    def publication(now: float) -> Publication:
        most = max(PACE, COUNT // ROUND)
        return Publication(view.overview(state, engine, lambda _agent, fix: fix, now, (), most), view.detail)

    publication(NOW)
    took, size = [], 0
    for beat in range(1, 6):
        recent.add(Sample(f"bot-{n:03}/health.seconds", NOW + beat, 0.1) for n in range(COUNT))
        began = time.process_time()
        size = len(publication(NOW + beat).frame(("bot-001",)))
        took.append(time.process_time() - began)
    note = "half of them in trouble; with the details of one"
    return (
        Figure(f"overview of {COUNT} agents, frame", "MB", size / MEGABYTE, budget=1.0, note=note),
        Figure(
            "the same, built and encoded at a beat", "ms", 1000 * sorted(took)[2], budget=50.0, note="CPU, median"
        ),
    )


def _many() -> tuple[Projector, SampleCache, State]:
    agent = AgentSettings(
        health=HealthSettings(url="https://bot.example.com/health"),
        database=DatabaseSettings(dsn=Secret("postgresql://u@db.example.com/x")),
        gateway=GatewaySettings(url="https://waha.example.com"),
    )
    config = Config(agents={f"bot-{n:03}": agent for n in range(COUNT)}, rules=BUILT_IN)
    recent = SampleCache(3600.0, 60.0, 60)
    view = Projector(recent, config)
    names = [series.name for series in DECLARED if not series.name.startswith(("goal.", "sight.", "engine."))]
    view.use(config, {f"{agent}/{name}": (60.0, 5.0) for agent in config.agents for name in names})
    up = {"db.up", "gateway.up", "health.up", "gateway.working"}
    incidents = {}
    for n, name in enumerate(config.agents):
        bad = {"gateway.working": 0.0, "customers.waiting": 3.0, "customers.oldest": 300.0} if n % 2 else {}
        recent.add(Sample(f"{name}/{one}", NOW, bad.get(one, float(one in up)), "FAILED") for one in names)
        if bad:
            incidents[n] = Incident(
                n, "customers-waiting", name, Severity.CRITICAL, Phase.FIRING, NOW - 300, NOW - 290,
                "3 customers wait for the bot's reply", cause="WhatsApp session FAILED",
            )  # fmt: skip
    return view, recent, State(incidents=incidents)


def _samples() -> Figure:
    """One series that is polled every 100 ms, after three hours beside after one."""
    recent, held = SampleCache(3600.0, 60.0, 60), []
    for hour in range(3):
        recent.add(Sample("bot/x", 3600.0 * hour + n / 10, float(n % 7)) for n in range(36_000))
        held.append(recent.held())
    what = "samples in memory of a series polled every 100 ms, after 3 h"
    return Figure(what, "", held[-1], budget=3600, note=f"after 1 h: {held[0]}")


async def _engine() -> tuple[Figure, ...]:
    """A real engine of many agents, polled every second, with a window open."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.targets", "--serve"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        port = int(await server.stdout.readline())
        with tempfile.TemporaryDirectory(prefix="qualtui-") as name:
            config = Path(name) / "config.toml"
            health = {"interval": 1, "timeout": 1}
            agents = {
                f"a{n}": {"health": {"url": f"http://127.0.0.1:{port}/health/{n}", **health}} for n in range(COUNT)
            }
            store = {"path": f"{name}/qualtui.db", "socket": f"{name}/qualtui.sock"}
            config.write_text(tomli_w.dumps({"agents": agents, "store": store}))
            async with engine_on(config) as engine:
                await _polled(engine)
                alone = await _status(config)
                async with engine.client() as client:
                    await seen(client, lambda shot: len(shot.agents) == COUNT, 10, "all agents")
                    watched = await _status(config)
                    rows = _figures(engine, alone, watched)
    finally:
        server.kill()
        await server.wait()
    return rows


def _figures(engine: Engine, alone: float, watched: float) -> tuple[Figure, ...]:
    return (
        Figure(
            f"`qualtui status` of {COUNT} agents",
            "s",
            alone,
            budget=1.0,
            note=f"with a window open: {watched:.2f} s",
        ),
        Figure(
            f"resident memory of an engine of {COUNT} agents", "MB", engine.resident() / MEGABYTE, budget=300.0
        ),
    )


async def _polled(engine: Engine) -> None:
    """Returns once each target has answered POLLS times. Raises NotSeenError."""
    polls: Counter[str] = Counter()
    newest: dict[str, float] = {}
    deadline = time.monotonic() + WITHIN
    while len(polls) < COUNT or min(polls.values()) < POLLS:
        if time.monotonic() > deadline:
            raise NotSeenError(f"not seen within {WITHIN:g}s: {POLLS} answers of each target")
        with suppress(ClientError):  # a busy machine: the engine does not answer in time yet
            for agent, at in (await _answered(engine)).items():
                polls[agent] += at > newest.get(agent, 0.0)
                newest[agent] = at
        await asyncio.sleep(0.2)


async def _answered(engine: Engine) -> dict[str, float]:
    """When each target answered last; raises ClientError."""
    names, page = tuple(f"a{n}" for n in range(COUNT)), DETAILS * FEW
    found: list[AgentDetail] = []
    async with engine.client(watch=False) as client:
        for first in range(0, COUNT, page):
            answer = await client.ask(ShowAgents(names[first : first + page], (ANSWERED,)))
            found += answer.agents if isinstance(answer, Agents) else ()
    figures = {one.name: one.figures.get(ANSWERED) for one in found}
    return {name: figure.at for name, figure in figures.items() if figure is not None and figure.at is not None}


async def _status(config: Path) -> float:
    """Seconds of a `qualtui status`."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "qualtui", "--config", str(config), "status"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _err = await process.communicate()
    if len(out.splitlines()) < COUNT:
        raise RuntimeError(f"status printed {len(out.splitlines())} lines: {out[:200]!r}")
    return time.perf_counter() - began
