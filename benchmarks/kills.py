"""The engine killed at every step between a verdict and the delivered notice, and started again."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import msgspec

from benchmarks.engine import Engine, Log, answers, engine_on, eventually, seen, started
from benchmarks.small import Small, small
from benchmarks.trial import Trial
from benchmarks.verdicts import Scene, all_delivered, judged, reached
from qualtui.client import Client
from qualtui.wire import Acknowledge, Snapshot, TestNotice

PATIENCE = 0.5  # s of the rules' `for`: the time in which they are pending
LATEST = PATIENCE + 2.0  # s after a fault at which all is delivered, the probe's interval being 1 s
WRITES = 0.3  # s in which the engine knows of an answer and begins to write it down
TOO_MANY = 0.5  # s in which a notice too many would come
WHO = "ana"


class Round(msgspec.Struct, frozen=True):
    """One kill: the state that it hit, and what was promised and broken."""

    hit: str
    again: int = 0  # notices that came twice, marked as in doubt
    problems: tuple[str, ...] = ()


class Aim:
    """What brings an engine to a state and holds it there. Nothing in the engine helps."""

    def __init__(self, world: Small, engine: Engine, client: Client, log: Log) -> None:
        self.world = world
        self.engine = engine
        self.log = log
        self.owner = ""
        self._client = client

    async def pending(self) -> None:
        """The rules' `for` has not passed."""
        await self.world.health.kill()
        await self._until("pending")

    async def queued(self) -> None:
        """The incidents and their notices are written, in one transaction; the target still has another notice."""
        await self.world.catcher.answer(0)
        await self._client.ask(TestNotice())
        await self.world.catcher.arrivals(1, 5)
        await self.world.health.kill()
        await self._until("queued")
        await self._own()

    async def sending(self) -> None:
        """The first one is being sent, and never arrives."""
        self.world.catcher.losing = True
        await self.world.health.kill()
        await self._until("sending")
        await self._own()

    async def arrived(self, which: int = 1) -> None:
        """The first one has arrived, and that was not confirmed to its sender."""
        await self.world.catcher.answer(which - 1)
        await self.world.health.kill()
        await self.world.catcher.arrivals(which, 10)
        await self._own()

    async def answered(self) -> None:
        """The first one's arrival was confirmed, and its sender could not store that."""
        await self.arrived()
        with self.log.locked():
            await self.world.catcher.answer(1)
            await eventually(lambda: bool(self.world.catcher.answered), 5, "the answer")
            await asyncio.sleep(WRITES)
            await self.engine.kill()

    async def half_delivered(self) -> None:
        """The first one is delivered, the second one has arrived and that was not confirmed to its sender."""
        await self.arrived(2)

    async def delivered(self) -> None:
        """All are, and that is written."""
        await self.world.health.kill()
        await self._until("delivered")
        await self._own()

    async def any_time(self, after: float) -> None:
        """So many seconds after a fault."""
        await self.world.health.kill()
        await asyncio.sleep(after)

    async def _until(self, state: str) -> None:
        await eventually(lambda: reached(self.log.events()) == state, 10, f"the state {state}", 0.002)

    async def _own(self) -> None:
        await self._client.ask(Acknowledge(1))
        self.owner = WHO


Taken = Callable[[Aim], Awaitable[None]]
AIMS: dict[str, Taken] = {
    "pending": Aim.pending,
    "queued": Aim.queued,
    "sending": Aim.sending,
    "arrived": Aim.arrived,
    "answered": Aim.answered,
    "half delivered": Aim.half_delivered,
    "delivered": Aim.delivered,
}


async def kill_at(aim: Taken) -> Round:
    """One fault, one kill where the aim has brought the engine, one new engine."""
    async with small() as world:
        twice = {"series": "health.up", "op": "==", "critical": 0, "for": PATIENCE, "keep_firing_for": 0}
        config = world.write(for_=PATIENCE, rules={"agent-not-up": twice})
        log = Log(config)
        async with engine_on(config) as engine, engine.client(WHO) as client:
            await seen(client, _up, 10, "the health server answers")
            aimed = Aim(world, engine, client, log)
            await aim(aimed)
            await engine.kill()
        scene = Scene.taken(log.events(), world.catcher, aimed.owner)
        await world.catcher.answer()
        second = await started(config)
        try:
            await answers(second)
            await eventually(lambda: all_delivered(log.events()), 15, "every notice is delivered", 0.05)
            await asyncio.sleep(TOO_MANY)
        finally:
            await second.kill()
        again, problems = judged(scene, world.catcher.caught, log)
        return Round(scene.hit, again, problems)


def _up(snapshot: Snapshot) -> bool:
    return snapshot.details[0].figures["health.up"].value == 1.0


async def notices(each: int, anywhere: int, told: Callable[[str], None]) -> Trial:
    """So many kills in each state, and so many more at any time."""
    rounds: list[Round] = []
    problems: list[str] = []
    for name, aim in AIMS.items():
        for _ in range(each):
            rounds.append(await kill_at(aim))
            told(f"killed at: {rounds[-1].hit}")
            if rounds[-1].hit != name:
                problems.append(f"aimed at {name!r}, hit {rounds[-1].hit!r}")
    sweep = random.Random(1)
    for _ in range(anywhere):
        after = sweep.uniform(PATIENCE, LATEST)
        rounds.append(await kill_at(lambda aim, after=after: aim.any_time(after)))  # type: ignore[misc]
        told(f"killed after {after:.2f} s at: {rounds[-1].hit}")
    problems += [f"killed at {one.hit}: {text}" for one in rounds for text in one.problems]
    hits = Counter(one.hit for one in rounds)
    happened = f"{len(rounds)} kills: " + ", ".join(f"{count} {name}" for name, count in hits.items())
    twice = sum(one.again for one in rounds)
    return Trial(*NOTICES, f"{happened}; {twice} notices came twice and said so", tuple(problems))


NOTICES = (
    "engine killed (SIGKILL) at each step between verdict and delivered notice, and started again",
    "every notice arrives; one that may come twice says so; the incident keeps number, begin, owner",
)
