"""The window's figures: start, CPU, bytes, keys, memory, each beside a bare Textual program's."""

import asyncio
import compileall
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.engine import Engine, engine_on
from benchmarks.figure import Beside, Figure
from benchmarks.living import living
from benchmarks.terminal import Terminal

SIZE = (160, 48)
SETTLE = 4.0  # s after the first picture
REST = 15.0  # s over which CPU and bytes are counted
STARTS = 21
PEER_STARTS, PEER_KEYS = 7, 12  # its keys are slow
KEYS = 30
LIMIT = 20.0  # s for a picture
PLAIN = {"TEXTUAL_ANIMATIONS": "none", "QUALTUI_USER": "ana"}

BARE = (sys.executable, "-m", "benchmarks.bare")
PEER = "pg_activity"
RECORDED = {"start": 0.64, "cpu": 0.75, "bytes": 2.5, "keys": 42.0, "memory": 47.0}  # where it is not installed


class Rest(msgspec.Struct, frozen=True):
    """A program at rest: % of a core, kB/s to the terminal, MB resident; the engine's beside it."""

    cpu: float
    kbytes: float
    memory: float
    engine_cpu: float = 0.0
    engine_memory: float = 0.0


def bare_ready(text: str) -> bool:
    """The bare program's first full screen."""
    return "READY" in text


def ours_ready(text: str) -> bool:
    """Our first full screen: an engine's snapshot in every part of it."""
    return all(word in text for word in ("ldc-bot", "engine", "Customers", "Incidents", "Activity", "WhatsApp"))


@contextmanager
def opened(command: Sequence[str], ready: Callable[[str], bool]) -> Iterator[tuple[Terminal, float]]:
    """The program with its first full screen, and the seconds until then."""
    with Terminal(command, *SIZE, PLAIN) as terminal:
        seconds = terminal.first(LIMIT, ready)
        if seconds is None:
            raise TimeoutError(f"no full screen within {LIMIT:g}s: {terminal.text().strip()[:200]}")
        yield terminal, seconds


def starts(ours: Sequence[str], peer: Mapping[str, float]) -> Figure:
    """Start to first full screen, ours and the bare one's in turn, both from bytecode as if installed."""
    for package in ("qualtui", "benchmarks"):  # the environment may forbid Python to keep what it compiled
        compileall.compile_dir(Path(__file__).parent.parent / package, quiet=2)
    taken: list[tuple[float, float]] = []
    for _ in range(STARTS):
        pair = []
        for command, ready in ((ours, ours_ready), (BARE, bare_ready)):
            with opened(command, ready) as (terminal, seconds):
                pair.append(seconds)
                terminal.send(b"q")
                terminal.pump(5, partial(getattr, terminal, "ended"))
        taken.append((pair[0], pair[1]))
    ratio = statistics.median(one / bare for one, bare in taken)
    floor = Beside("bare Textual", statistics.median(bare for _, bare in taken))
    return Figure(
        "start to first full screen",
        "s",
        statistics.median(one for one, _ in taken),
        (floor, _peer("start", peer)),
        1.3,
        times=True,
        ratio=ratio,
        note=f"{STARTS} pairs in turn; ratio: median of the pairs'",
    )


def rest(command: Sequence[str], ready: Callable[[str], bool], engine: Engine | None = None) -> Rest:
    """What it costs to look at it."""
    with opened(command, ready) as (terminal, _):
        terminal.pump(SETTLE)
        began, cpu, total = time.perf_counter(), terminal.cpu_seconds(), terminal.total
        engine_cpu = engine.cpu_seconds() if engine else 0.0
        terminal.pump(REST)
        lasted = time.perf_counter() - began
        return Rest(
            100 * (terminal.cpu_seconds() - cpu) / lasted,
            (terminal.total - total) / lasted / 1000,
            terminal.resident() / 1e6,
            100 * (engine.cpu_seconds() - engine_cpu) / lasted if engine else 0.0,
            engine.resident() / 1e6 if engine else 0.0,
        )


def keys(
    command: Sequence[str], ready: Callable[[str], bool], pair: tuple[bytes, bytes], count: int = KEYS
) -> float:
    """Milliseconds from a key to the changed picture, median; the two keys are typed in turn."""
    taken = []
    with opened(command, ready) as (terminal, _):
        terminal.pump(1.5)
        for number in range(count):
            terminal.pump(0.07 + 0.011 * (number % 7))  # not in step with anything that ticks
            before = _marked(terminal)
            began = time.perf_counter()
            terminal.send(pair[number % 2])
            if not terminal.pump(2, partial(_changed, terminal, before)):
                raise TimeoutError("a key changed nothing")
            taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def _changed(terminal: Terminal, before: tuple[str, ...]) -> bool:
    return _marked(terminal) != before


def _marked(terminal: Terminal) -> tuple[str, ...]:
    """What the key changes: the row with the cursor, the count of keys, or the title of the list."""
    rows = terminal.screen.display
    titles = tuple(row.strip() for row in rows if row.rstrip().endswith("QUERIES"))
    return titles or tuple(
        row.rpartition("keys")[2] if "keys" in row else row[:12] for row in rows if "›" in row or "keys" in row
    )


def peer_ready(text: str) -> bool:
    """pg_activity's first full screen."""
    return "RUNNING QUERIES" in text and "tps" in text


def peer_command(dsn: str) -> tuple[str, ...]:
    """How pg_activity is started, on the same database at the same pace; empty where it is not installed."""
    found = shutil.which(PEER)
    return (found, dsn, "--refresh", "1") if found else ()


def measured(command: Sequence[str]) -> dict[str, float]:
    """The peer's figures in this run; none where there is no peer."""
    if not command:
        return {}
    starts = []
    for _ in range(PEER_STARTS):
        with opened(command, peer_ready) as (terminal, seconds):
            starts.append(seconds)
            terminal.send(b"q")
            terminal.pump(5, partial(getattr, terminal, "ended"))
    at_ease = rest(command, peer_ready)
    figures = {"start": statistics.median(starts), "cpu": at_ease.cpu, "bytes": at_ease.kbytes}
    return {**figures, "memory": at_ease.memory}


def _peer(what: str, taken: Mapping[str, float]) -> Beside:
    return Beside(PEER, taken.get(what, RECORDED[what]), recorded=what not in taken)


async def at_rest() -> tuple[Figure, ...]:
    """CPU, bytes and memory of the window on a real engine that asks a living system each second."""
    async with living() as services, engine_on(Path(services.config)) as engine:
        command = (sys.executable, "-m", "qualtui", "--config", services.config)
        await asyncio.sleep(5)  # the engine's own start, and the first backfill
        peer = await asyncio.to_thread(measured, peer_command(services.dsn))
        first = await asyncio.to_thread(starts, command, peer)
        ours = await asyncio.to_thread(rest, command, ours_ready, engine)
        low = await asyncio.to_thread(rest, (*command, "--low-bandwidth"), ours_ready)
        bare = await asyncio.to_thread(rest, BARE, bare_ready)
    both = ours.cpu + ours.engine_cpu
    floor = Beside("bare Textual", bare.memory)
    return (
        first,
        Figure("CPU at rest, window", "%", ours.cpu, (Beside("bare Textual", bare.cpu), _peer("cpu", peer)), 3.0,
               note=f"of a core, over {REST:g} s, snapshots each second"),
        Figure("CPU at rest, window and engine", "%", both, (_peer("cpu", peer),), 6.0,
               note=f"engine alone {ours.engine_cpu:.1f} %, all intervals 1 s"),
        Figure("bytes to the terminal at rest", "kB/s", ours.kbytes,
               (Beside("bare Textual", bare.kbytes), _peer("bytes", peer)), 0.8),
        Figure("the same with --low-bandwidth", "kB/s", low.kbytes, (Beside("bare Textual", bare.kbytes),), 0.3),
        Figure("resident memory, window", "MB", ours.memory, (floor, _peer("memory", peer)), 60.0),
        Figure("resident memory, engine", "MB", ours.engine_memory, (floor,), 110.0),
    )  # fmt: skip


async def key_to_cell() -> tuple[Figure, ...]:
    """A key to the changed row, on invented incidents; the peer's on a database of its kind."""
    stage = (sys.executable, "-m", "benchmarks.stage", "trouble")
    ours = await asyncio.to_thread(keys, stage, lambda text: "›" in text and "Incidents" in text, (b"j", b"k"))
    bare = await asyncio.to_thread(keys, BARE, bare_ready, (b"j", b"j"))
    peer: dict[str, float] = {}
    if shutil.which(PEER):
        async with living() as services:
            command = peer_command(services.dsn)
            peer["keys"] = await asyncio.to_thread(keys, command, peer_ready, (b"2", b"1"), PEER_KEYS)
    beside = (Beside("bare Textual", bare), _peer("keys", peer))
    return (Figure("key to changed cell, median", "ms", ours, beside, 30.0, note=f"{KEYS} keys"),)
