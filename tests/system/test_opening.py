"""The demo as anybody starts it: nothing fires, not even an INFO, until a fault is switched on."""

from pathlib import Path

from benchmarks.engine import engine_on
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Evidence
from qualtui.wire import Snapshot
from tests.system.living import agent, seen, told

# What a database that refuses the bot's progress shows, and what the slow lane brings last.
SLOW = ("sessions.same_question", "sessions.looping")
WATCHED = 15.0  # s after all is known: each rule was looked at often, and each probe asked again


async def test_the_demo_opens_with_nothing_that_fires() -> None:
    since: list[float] = []

    def watched(shot: Snapshot) -> bool:
        figures = agent(shot).figures
        assert shot.firing == {}, told(shot)
        assert not shot.engine.troubles, told(shot)
        if not since and all(figures[name].evidence is Evidence.FRESH for name in SLOW):
            since.append(shot.at)
        return bool(since) and shot.at - since[0] > WATCHED

    async with (
        spawn_services(service_arguments(yesterday=True)) as services,
        engine_on(Path(services.config)) as engine,
        engine.client() as client,
    ):
        await seen(client, watched, 60, "all that the probes bring, and nothing that fires")
