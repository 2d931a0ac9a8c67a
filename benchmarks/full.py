"""A store whose disk is full, write-protected or torn: the engine watches and notifies, and stores it later."""

import asyncio
import resource
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.disk import disk
from benchmarks.engine import START, Engine, Log, engine_on, eventually, seen, started
from benchmarks.hangs import punctual, sees_it_up, up
from benchmarks.small import Small, small
from benchmarks.trial import Trial
from qualtui.eventlog.incident_changes import IncidentOpened, IncidentReopened, IncidentResolved
from qualtui.eventlog.notices import NoticeDelivered, NoticeQueued
from qualtui.model import Phase
from qualtui.wire import Snapshot

TOO_MANY = 0.5  # s in which a notice too many would come

_KEPT = "a banner says so; notices go on; afterwards nothing is lost and nothing came twice"
LIMITED = ("no room for the store (RLIMIT_FSIZE) while a fault begins and ends, then room again", _KEPT)
FULL = ("the store's disk is full (ENOSPC) while a fault begins and ends, then room again", _KEPT)

_BEGUN = "it watches and notifies, says so, refuses a second engine; {}; nothing came twice"
_KNOWN = _BEGUN.format("numbers go on; all is in the log when there is room")
ON_FULL = ("engine started on a full disk (ENOSPC) with an incident open, then room again", _KNOWN)
ON_PROTECTED = ("engine started on a read-only disk with an incident open, writable again later", _KNOWN)
ON_TORN = (
    "engine started on a store whose end is torn off, moved aside later",
    _BEGUN.format("the torn file stays as it is; a new store has all that was watched"),
)


async def limited() -> Trial:
    """The store's file may not grow for a while."""

    def room(engine: Engine, there_is: bool) -> None:
        size = resource.RLIM_INFINITY if there_is else 0
        resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async with small() as world:
        config = world.write()
        return await _goes_full(LIMITED, world, Log(config), room)


async def disk_full() -> Trial:
    """The store's disk has no room for a while."""
    with disk() as place:

        def room(_engine: Engine, there_is: bool) -> None:
            return place.clear() if there_is else place.fill()

        async with small(place.folder) as world:
            return await _goes_full(FULL, world, Log(world.write()), room)


async def _goes_full(
    words: tuple[str, str], world: Small, log: Log, room: Callable[[Engine, bool], None]
) -> Trial:
    async with engine_on(world.config) as engine, engine.client() as client:
        await seen(client, up, 10, "the health server answers")
        began = time.time()
        room(engine, False)
        killed = await world.health.kill()
        took = (await world.catcher.arrival("CRITICAL", 10)).at - killed
        banner = _banner(await seen(client, _troubled, 5, "a banner"), log.path)
        await world.health.start()
        await world.catcher.arrival("RESOLVED", 10)
        room(engine, True)
        await seen(client, lambda shot: not _troubled(shot), 15, "the banner goes")
        _, problems = await punctual(log, began, time.time())
    problems += _kept(world, log, [(Phase.FIRING, 1), (Phase.RESOLVED, 1)])
    return Trial(*words, f"notified after {took:.2f} s; banner: {banner}", tuple(problems))


async def started_on_full() -> Trial:
    """As after a night in which the disk filled up: store, socket and the engine's own log lie on it."""
    with disk() as place:
        async with small(place.folder) as world:
            log = Log(world.write())
            return await _begun(ON_FULL, world, log, signal.SIGTERM, place.fill, place.clear)


async def started_on_protected() -> Trial:
    """As after an error of the disk, which the kernel answers with read-only."""
    with disk() as place:
        async with small() as world:
            path = place.folder / "state" / "qualtui.db"
            log = Log(world.write(store={"path": str(path)}), path)
            again = partial(place.protect, False)
            return await _begun(ON_PROTECTED, world, log, signal.SIGKILL, place.protect, again)


async def _begun(
    words: tuple[str, str],
    world: Small,
    log: Log,
    ended: signal.Signals,
    spoil: Callable[[], None],
    repair: Callable[[], None],
) -> Trial:
    await _opens_an_incident(world, log, ended)
    spoil()
    began = time.perf_counter()
    async with engine_on(world.config) as engine, engine.client() as client:
        took = time.perf_counter() - began
        banner = _banner(await seen(client, _troubled, 5, "a banner"), log.path)
        problems = await _refuses_another(world.config)
        await world.health.start()
        await world.catcher.arrival("RESOLVED #1", 10)
        await world.health.kill()
        await world.catcher.arrival("AGAIN: CRITICAL #1", 10)
        repair()
        await seen(client, lambda shot: not _troubled(shot), 15, "the banner goes")
        await asyncio.sleep(TOO_MANY)
    problems += _kept(world, log, [(Phase.FIRING, 1), (Phase.RESOLVED, 1), (Phase.FIRING, 1)])
    return Trial(*words, f"answers after {took:.1f} s; banner: {banner}", tuple(problems))


async def started_on_torn() -> Trial:
    """As after a power cut on a disk that lies."""
    async with small() as world:
        config = world.write()
        log = Log(config)
        await _opens_an_incident(world, log, signal.SIGTERM)
        torn = log.path.read_bytes()[: log.path.stat().st_size // 2]
        log.path.write_bytes(torn)
        world.catcher.caught.clear()
        async with engine_on(config) as engine, engine.client() as client:
            number = (await seen(client, lambda shot: bool(shot.incidents), 10, "an incident")).incidents[0].number
            banner = _banner(await seen(client, _troubled, 5, "a banner"), log.path)
            problems = await _refuses_another(config)
            await world.catcher.arrival(f"CRITICAL #{number}", 10)
            await world.health.start()
            await world.catcher.arrival(f"RESOLVED #{number}", 10)
            if log.path.read_bytes() != torn:
                problems.append("the torn file was written")
            log.path.rename(log.path.with_suffix(".torn"))
            await seen(client, lambda shot: not _troubled(shot), 15, "the banner goes")
            await asyncio.sleep(TOO_MANY)
        problems += _kept(world, log, [(Phase.FIRING, number), (Phase.RESOLVED, number)])
    return Trial(*ON_TORN, f"notified as #{number}; banner: {banner}", tuple(problems))


async def _opens_an_incident(world: Small, log: Log, ended: signal.Signals) -> None:
    """A first engine: it fires, notifies, and ends."""

    def delivered() -> bool:
        return any(isinstance(event.body, NoticeDelivered) for event in log.events())

    async with engine_on(world.config) as engine:
        await sees_it_up(engine)
        await world.health.kill()
        await eventually(delivered, 10, "the notice is delivered", 0.05)
        engine.signal(ended)
        await engine.ended()


async def _refuses_another(config: Path) -> list[str]:
    """A second engine on the same store ends at once."""
    other = await started(config)
    try:
        code = await other.ended(START)
    except TimeoutError:
        code = 0
    finally:
        await other.kill()
    return [] if code else ["a second engine was not refused"]


def _troubled(shot: Snapshot) -> bool:
    return bool(shot.engine.troubles)


def _banner(shot: Snapshot, path: Path) -> str:
    return str(shot.engine.troubles[0]).replace(str(path.parent), "...")[:110]


_MOVED = IncidentOpened | IncidentReopened | IncidentResolved
_PHASES = {IncidentOpened: Phase.FIRING, IncidentReopened: Phase.FIRING, IncidentResolved: Phase.RESOLVED}


def _kept(world: Small, log: Log, wanted: list[tuple[Phase, int]]) -> list[str]:
    """Everything that happened is in the log and with the target, once."""
    bodies = [event.body for event in log.events()]
    changes = [(_PHASES[type(body)], body.number) for body in bodies if isinstance(body, _MOVED)]
    queued = [body.key for body in bodies if isinstance(body, NoticeQueued)]
    delivered = [body.key for body in bodies if isinstance(body, NoticeDelivered)]
    arrived = len(world.catcher.caught)
    problems = [] if log.whole() else ["the log's chain is broken"]
    if changes != wanted:
        problems.append(f"the log has {changes}")
    if len(queued) != len(wanted) or sorted(queued) != sorted(delivered) or arrived != len(wanted):
        problems.append(f"{len(queued)} queued, {len(delivered)} delivered, {arrived} arrived")
    return problems
