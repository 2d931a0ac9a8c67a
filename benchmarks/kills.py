"""The engine killed at every step between a verdict and the delivered notice, again and again."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from benchmarks.engine import Engine, Log, NotSeenError, answers, engine_on, eventually, seen, started
from benchmarks.small import AGENT, Small, small
from benchmarks.trial import Trial
from qualtui.model import Event, NoticeDelivered, NoticeQueued, NoticeSending, Phase, RuleChanged
from qualtui.store import Reader
from qualtui.wire import Acknowledge, Snapshot

STATES = ("pending", "queued", "sending", "half delivered", "delivered")
PATIENCE = 0.25  # s of the rule's `for`: the time in which it is pending
SLOW = 0.25  # s that the catcher takes: the time in which a notice is being sent
_KEY = re.compile(r"^key (\S+)$", re.MULTILINE)
_AGAIN = "sent again"


class Round(msgspec.Struct, frozen=True):
    """One kill: the state that it hit, and what was promised and broken."""

    hit: str
    again: int = 0  # notices that came twice, marked as in doubt
    problems: tuple[str, ...] = ()


def state(events: Sequence[Event]) -> str:
    """How far the store was when the engine died."""
    bodies = [event.body for event in events]
    queued = sum(isinstance(body, NoticeQueued) for body in bodies)
    sending = sum(isinstance(body, NoticeSending) for body in bodies)
    delivered = sum(isinstance(body, NoticeDelivered) for body in bodies)
    if queued:
        if delivered == queued:
            return "delivered"
        if sending == delivered:
            return "half delivered" if delivered else "queued"
        return "sending"
    if any(isinstance(body, RuleChanged) and body.new is Phase.PENDING for body in bodies):
        return "pending"
    return "none"


async def kill_at(wanted: str, delay: float = 0.0) -> Round:
    """One fault, one kill as soon as the store is in that state (and `delay` seconds later), one new engine."""
    async with small() as world:
        world.catcher.slow = SLOW
        twice = {"series": "health.up", "op": "==", "critical": 0, "for": PATIENCE, "keep_firing_for": 0}
        config = world.write(for_=PATIENCE, rules={"agent-not-up": twice})
        log = Log(config)
        async with engine_on(config) as engine:
            await _sees_it_up(engine)
            await world.health.kill()
            owner = await _until(log, engine, wanted)
            await asyncio.sleep(delay)
            await engine.kill()
        hit = state(log.events())
        second = await started(config)
        try:
            await answers(second)
            await eventually(lambda: _all_delivered(log.events()), 15, "every notice is delivered", 0.05)
            await asyncio.sleep(2 * SLOW)  # a notice too many would come now
        finally:
            await second.kill()
        again, problems = judged(world, log, owner)
        return Round(hit, again, problems)


async def _sees_it_up(engine: Engine) -> None:
    def up(snapshot: Snapshot) -> bool:
        return snapshot.agents[0].figures["health.up"].value == 1.0

    async with engine.client() as client:
        await seen(client, up, 10, "the health server answers")


async def _until(log: Log, engine: Engine, wanted: str) -> str:
    """Waits for the state in the store; gives who took the first incident, if that was possible before."""
    owner = ""
    with Reader.look(log.path) as reader:
        events: list[Event] = []
        async with asyncio.timeout(10):
            while True:
                events += reader.events(events[-1].seq if events else 0)
                at = state(events)
                if at == wanted:
                    return owner
                late = at in {"sending", "half delivered"} and wanted in {"half delivered", "delivered"}
                if late and not owner:
                    async with engine.client(watch=False) as client:
                        await client.ask(Acknowledge(1))
                    owner = "ana"
                if STATES.index(at) > STATES.index(wanted) if at in STATES else False:
                    return owner  # it went by; the kill hits what it hits
                await asyncio.sleep(0.0003)  # some steps last a few milliseconds only


def _all_delivered(events: Sequence[Event]) -> bool:
    queued = {event.body.key for event in events if isinstance(event.body, NoticeQueued)}
    delivered = {event.body.key for event in events if isinstance(event.body, NoticeDelivered)}
    return len(queued) >= 2 and queued == delivered


def judged(world: Small, log: Log, owner: str) -> tuple[int, tuple[str, ...]]:
    """How many notices came twice with the mark, and every broken promise."""
    problems: list[str] = []
    events = log.events()
    queued = Counter(event.body.key for event in events if isinstance(event.body, NoticeQueued))
    arrived: dict[str, list[bool]] = {}
    for one in world.catcher.caught:
        arrived.setdefault(_KEY.findall(one.text)[0], []).append(_AGAIN in one.text)
    for key, times in queued.items():
        marks = arrived.get(key, [])
        if times > 1:
            problems.append(f"{key} was queued {times} times")
        if not marks:
            problems.append(f"{key} never arrived")
        if marks.count(False) > 1:
            problems.append(f"{key} arrived {marks.count(False)} times without a mark")
    problems += [f"{key} arrived, the log does not know it" for key in arrived.keys() - queued.keys()]
    problems += _incidents(log, events, owner)
    return sum(len(marks) > 1 for marks in arrived.values()), tuple(problems)


def _incidents(log: Log, events: Sequence[Event], owner: str) -> list[str]:
    problems = []
    changes = [event.body for event in events if isinstance(event.body, RuleChanged)]
    fired = Counter(change.rule for change in changes if change.new is Phase.FIRING)
    began = {change.rule: change.since for change in changes if change.new is Phase.PENDING}
    with Reader.look(log.path) as reader:
        incidents = reader.load().incidents
    for incident in incidents.values():
        if fired[incident.rule] != 1 or incident.agent != AGENT:
            problems.append(f"#{incident.number} fired {fired[incident.rule]} times")
        if incident.since != began.get(incident.rule):
            problems.append(f"#{incident.number} lost its beginning")
        if incident.number == 1 and incident.owner != owner:
            problems.append(f"#1 lost its owner {owner!r}: {incident.owner!r}")
    if sorted(incidents) != [1, 2]:
        problems.append(f"the incidents' numbers are {sorted(incidents)}")
    if not log.whole():
        problems.append("the log's chain is broken")
    return problems


async def notices(wanted: int, limit: int, told: Callable[[str], None]) -> Trial:
    """Kills until each state was hit so often, at most `limit` times."""
    rounds: list[Round] = []
    sweep = random.Random(1)
    while len(rounds) < limit:
        hits = Counter(one.hit for one in rounds)
        missing = [name for name in STATES if hits[name] < wanted]
        if not missing:
            break
        # In turn: one that is hard to hit must not use up the kills.
        next_one = missing[len(rounds) % len(missing)]
        # While it is sent there are two cases: before it has arrived, and after, when nobody here knows of it.
        late = next_one == "sending" and hits["sending"] % 2 == 0
        rounds.append(await kill_at(next_one, SLOW / 2 if late else sweep.random() * 0.002))
        told(f"killed at: {rounds[-1].hit}")
    hits = Counter(one.hit for one in rounds)
    problems = [f"killed at {one.hit}: {text}" for one in rounds for text in one.problems]
    problems += [f"the state {name!r} was never hit" for name in STATES if not hits[name]]
    return Trial(
        NOTICES[0],
        NOTICES[1],
        f"{len(rounds)} kills: " + ", ".join(f"{hits[name]} {name}" for name in STATES if hits[name])
        + f"; {sum(one.again for one in rounds)} notices came twice and said so",
        tuple(problems),
    )  # fmt: skip


NOTICES = (
    "engine killed (SIGKILL) at each step between verdict and delivered notice, and started again",
    "every notice arrives; one that may come twice says so; the incident keeps number, begin, owner",
)

__all__ = ["NOTICES", "NotSeenError", "Round", "kill_at", "notices"]
