"""A store, lock or socket taken away, replaced or spoiled under a healthy engine."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

from benchmarks.disk import disk
from benchmarks.engine import START, Log, answers, engine_on, eventually, seen, started
from benchmarks.hangs import sees_it_up, up
from benchmarks.small import Health, Small, small
from benchmarks.trial import Trial
from qualtui.eventlog.engine import StoreRenewed
from qualtui.store.sqlite.lease import lock_path
from qualtui.wire import IncidentDetail, ShowIncident, Snapshot

NOTICED = 10.0  # s until a banner says so, without any event
LATE = 2.0  # s within which a notice leaves, whatever holds the store

Spoil = Callable[[Path, Path], None]


def _delete(path: Path, _older: Path) -> None:
    path.unlink()


def _delete_all(path: Path, _older: Path) -> None:
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", ".lock"))):
        file.unlink()


def _replace(path: Path, older: Path) -> None:
    os.replace(older, path)


def _overwrite(path: Path, older: Path) -> None:
    """As after some minutes: while all stands in the write-ahead log, overwriting the file changes nothing."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(older.read_bytes())


def _truncate(path: Path, _older: Path) -> None:
    os.truncate(path, 0)


def _drop(path: Path, _older: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name in ("events", "lease", "checkpoints", "samples"):
            connection.execute(f"DROP TABLE {name}")


SPOILS: dict[str, Spoil] = {
    "deleted": _delete,
    "deleted with its log and its lock": _delete_all,
    "replaced by an older copy (mv)": _replace,
    "overwritten by an older copy (cp)": _overwrite,
    "truncated": _truncate,
    "emptied of its tables": _drop,
}
PROMISED = (
    "a banner and `status` say so within 10 s, also without events; numbers go on, also after a kill; "
    "the new file verifies; nobody else got in"
)


async def lost(how: str) -> Trial:
    """The store is spoiled between two incidents, and the engine killed after the second one.

    Each incident is of another agent: what fires again within minutes has its old number.
    """
    problems: list[str] = []
    async with small() as world, _healthy(2) as others:
        log = Log(world.write(agents={f"bot{at}": {"health": one.probe()} for at, one in enumerate(others, 2)}))
        older = world.folder / "older.db"
        async with engine_on(world.config) as engine, engine.client() as client:
            await seen(client, up, 10, "the health server answers")
            with closing(sqlite3.connect(log.path)) as source, closing(sqlite3.connect(older)) as copy:
                source.backup(copy)
            await _incident(world, world.health, 1)
            SPOILS[how](log.path, older)
            began = time.perf_counter()
            shot = await seen(client, lambda shot: bool(shot.engine.troubles), NOTICED + 5, "a banner")
            noticed = time.perf_counter() - began
            if noticed > NOTICED:
                problems.append(f"a banner came after {noticed:.1f} s")
            if str(shot.engine.troubles[0]) not in (said := await _status(world.config)):
                problems.append(f"`status` says {said[:120]!r}")
            await eventually(lambda: _renewed(log) == 1, 10, "a new store")
            problems += await _refused(world.config)
            await _incident(world, others[0], 2)
            await eventually(lambda: _numbers(log)[-1:] == [2], 5, "the second incident is written")
            await engine.kill()
        problems += [] if log.whole() else ["the log's chain is broken"]
        async with engine_on(world.config) as engine, engine.client() as client:
            await sees_it_up(engine)
            await _incident(world, others[1], 3)
            shown = await client.ask(ShowIncident(2))
            if not isinstance(shown, IncidentDetail):
                problems.append(f"incident 2 is not known: {shown}")
        world.health.freeze()
    banner = str(shot.engine.troubles[0]).replace(str(world.folder), "...")
    done = f"the store {how} under a healthy engine"
    return Trial(done, PROMISED, f"after {noticed:.1f} s: {banner}", tuple(problems))


@asynccontextmanager
async def _healthy(count: int) -> AsyncIterator[list[Health]]:
    """So many more health servers, ended with the block."""
    async with AsyncExitStack() as stack:
        servers = [Health() for _ in range(count)]
        for one in servers:
            stack.push_async_callback(one.kill)
            await one.start()
        yield servers


async def _incident(world: Small, server: Health, number: int) -> None:
    """One begins and ends, and its notices arrive."""
    await server.kill()
    await world.catcher.arrival(f"CRITICAL #{number} ", 10)
    await server.start()
    await world.catcher.arrival(f"RESOLVED #{number} ", 10)


def _renewed(log: Log) -> int:
    return sum(isinstance(event.body, StoreRenewed) for event in log.events())


def _numbers(log: Log) -> list[int]:
    return [number for event in log.events() if (number := getattr(event.body, "number", 0))]


async def _status(config: Path) -> str:
    ran = await asyncio.to_thread(
        subprocess.run,
        (sys.executable, "-m", "qualtui", "--config", str(config), "status"),
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout


async def _refused(config: Path) -> list[str]:
    other = await started(config)
    try:
        code = await other.ended(START)
    except TimeoutError:
        code = 0
    finally:
        await other.kill()
    return [] if code else ["a second engine was not refused"]


SOCKET = (
    "socket and lock removed under a healthy engine, and a second engine started",
    "both are made again within 10 s; windows that are open stay; the second one is refused and removes nothing",
)


async def socket_and_lock() -> Trial:
    """What lies beside the store."""
    problems: list[str] = []
    async with small() as world:
        log = Log(world.write())
        async with engine_on(world.config) as engine, engine.client() as client:
            await seen(client, up, 10, "the health server answers")
            began = time.perf_counter()
            engine.socket.unlink()
            lock_path(log.path).unlink()
            problems += await _refused(world.config)
            await eventually(
                lambda: engine.socket.exists() and lock_path(log.path).exists(), NOTICED, "both are back"
            )
            await answers(engine)
            took = time.perf_counter() - began
            problems += await _refused(world.config)
            since = time.time()
            await seen(client, lambda shot: shot.at > since, 5, "an open window goes on")
            await answers(engine)
            engine.signal(signal.SIGTERM)
            await engine.ended()
            if engine.socket.exists():
                problems.append("its socket is left behind")
    return Trial(*SOCKET, f"both back after {took:.1f} s", tuple(problems))


NAMES = (
    "a second engine on the same store by a symbolic and by a hard link",
    "it is refused: the lease belongs to the file, not to its name",
)


async def other_names() -> Trial:
    """Two names, one file."""
    problems: list[str] = []
    async with small() as world:
        path = Log(world.write()).path
        async with engine_on(world.config) as engine:
            await sees_it_up(engine)
            for link in (os.symlink, os.link):
                name = world.folder / f"{link.__name__}.db"
                link(path, name)
                config = world.folder / link.__name__ / "config.toml"
                config.parent.mkdir()
                text = world.config.read_text().replace(str(path), str(name))
                config.write_text(text.replace("qualtui.sock", f"{link.__name__}.sock"))
                config.chmod(0o600)
                problems += [f"{link.__name__}: {problem}" for problem in await _refused(config)]
            await sees_it_up(engine)
    return Trial(*NAMES, "both are refused" if not problems else "", tuple(problems))


HELD = (
    "another program holds the store's lock while a fault begins and ends",
    "each notice arrives within 2 s; a banner says so; afterwards all is in the log",
)


async def held_by_another() -> Trial:
    """A lock as a forgotten `sqlite3` session has it."""
    problems: list[str] = []
    async with small() as world:
        log = Log(world.write())
        async with engine_on(world.config) as engine, engine.client() as client:
            await seen(client, up, 10, "the health server answers")
            with log.locked():
                killed = await world.health.kill()
                took = (await world.catcher.arrival("CRITICAL", 20)).at - killed
                shot = await seen(client, _troubled, 10, "a banner")
                await world.health.start()
                since = time.time()
                over = (await world.catcher.arrival("RESOLVED", 20)).at - since
            await seen(client, lambda shot: not _troubled(shot), 15, "the banner goes")
        if _numbers(log).count(1) < 4 or not log.whole():
            problems.append(f"the log has {_numbers(log)}")
    # The probe asks each second.
    problems += [
        f"{word} came after {late:.1f} s" for word, late in (("CRITICAL", took), ("RESOLVED", over)) if late > LATE
    ]
    banner = str(shot.engine.troubles[0]).replace(str(world.folder), "...")
    return Trial(
        *HELD, f"notified after {took:.2f} s, and of the end after {over:.2f} s; {banner}", tuple(problems)
    )


QUIET = (
    "the store's disk fills up while nothing happens, then has room again",
    "a banner within 10 s, and it goes",
)


async def full_without_events() -> Trial:
    """No incident, no notice: only figures."""
    with disk() as place:
        async with small(place.folder) as world:
            log = Log(world.write())
            async with engine_on(world.config) as engine, engine.client() as client:
                await seen(client, up, 10, "the health server answers")
                place.fill()
                began = time.perf_counter()
                shot = await seen(client, _troubled, NOTICED, "a banner")
                took = time.perf_counter() - began
                place.clear()
                await seen(client, lambda shot: not _troubled(shot), 15, "the banner goes")
            problems = [] if log.whole() else ["the log's chain is broken"]
    banner = str(shot.engine.troubles[0]).replace(str(log.path.parent), "...")
    return Trial(*QUIET, f"after {took:.1f} s: {banner}", tuple(problems))


def _troubled(shot: Snapshot) -> bool:
    return bool(shot.engine.troubles)
