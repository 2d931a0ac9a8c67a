"""Windows in distress, and a silent engine: real processes in real pseudo-terminals."""

import asyncio
import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Sequence

from benchmarks.engine import Log, NotSeenError, engine_on, seen
from benchmarks.hangs import punctual, sees_it_up, up
from benchmarks.small import Small, small
from benchmarks.terminal import Terminal
from benchmarks.trial import Trial
from qualtui.wire import Snapshot

TWO = ("two windows on one engine while an incident fires", "both get the same snapshots, event for event")


async def two_windows() -> Trial:
    """Two windows see one truth."""
    async with (
        small() as world,
        engine_on(world.write()) as engine,
        engine.client("ana") as one,
        engine.client("rui") as two,
    ):
        heard: list[dict[float, Snapshot]] = [{}, {}]

        async def listen(place: int) -> None:
            async for shot in (one, two)[place].snapshots():
                heard[place][shot.at] = shot
                if shot.incidents and len(heard[place]) > 4:
                    return

        await seen(one, up, 10, "the health server answers")
        await world.health.kill()
        async with asyncio.timeout(10):
            await asyncio.gather(listen(0), listen(1))
    both = heard[0].keys() & heard[1].keys()
    problems = [f"snapshot {at} differs" for at in both if heard[0][at] != heard[1][at]]
    if len(both) < 3:
        problems.append(f"they share {len(both)} snapshots only")
    seqs = [max(shot.seq for shot in each.values()) for each in heard]
    return Trial(
        *TWO, f"{len(both)} snapshots in both, all equal; newest event {seqs[0]} and {seqs[1]}", tuple(problems)
    )


STOPPED = ("engine stopped (SIGSTOP), then continued", "the window says so within 8 s, and takes it back")
WINDOWS = (
    "a window stopped, one stalled (its terminal is not read), one killed, one resized to 1x1 and back",
    "no probe is late; the other window goes on; 1x1 comes back; a stalled terminal is given back on SIGTERM",
)
SIZE = (120, 36)


def window(world: Small) -> Terminal:
    """The real window on the world's engine, with its first picture."""
    command = (sys.executable, "-m", "qualtui", "--config", str(world.config))
    terminal = Terminal(command, *SIZE, {"QUALTUI_USER": "ana"})
    if not terminal.pump(15, lambda: alive(terminal)):
        raise NotSeenError(f"no picture of the window: {terminal.text().strip()[:200]}")
    return terminal


def alive(terminal: Terminal) -> bool:
    """It shows a living engine."""
    return "engine ♥" in terminal.text() and "Incidents" in terminal.text()


async def engine_stopped() -> Trial:
    """A silent engine is seen as such."""
    async with small() as world, engine_on(world.write()) as engine:
        await sees_it_up(engine)
        with window(world) as terminal:
            engine.signal(signal.SIGSTOP)
            began = time.perf_counter()
            said = await _pumped(terminal, 12, lambda: "ENGINE SILENT" in terminal.text())
            took = time.perf_counter() - began
            engine.signal(signal.SIGCONT)
            back = await _pumped(terminal, 8, lambda: alive(terminal) and "SILENT" not in terminal.text())
    problems = [] if said and took <= 8 else ["the window did not say ENGINE SILENT in time"]
    problems += [] if back else ["it did not take it back"]
    return Trial(*STOPPED, f"ENGINE SILENT after {took:.1f} s", tuple(problems))


async def _pumped(terminal: Terminal, seconds: float, until: Callable[[], bool] | None = None) -> bool:
    return await asyncio.to_thread(terminal.pump, seconds, until)


async def windows_hang(patience: float = 3.0) -> Trial:
    """Four windows in distress beside a healthy one."""
    problems: list[str] = []
    async with small() as world:
        log = Log(world.write())
        async with engine_on(world.config) as engine:
            await sees_it_up(engine)
            with window(world) as healthy, window(world) as tiny, window(world) as stalled:
                since, painted = time.time(), healthy.total
                os.kill(tiny.pid, signal.SIGSTOP)
                _wink(stalled)  # much is painted that nobody reads
                await _pumped(healthy, patience)
                os.kill(tiny.pid, signal.SIGCONT)
                tiny.resize(1, 1)
                await _pumped(tiny, 0.5)
                tiny.resize(*SIZE)
                if not await _pumped(tiny, 5, lambda: alive(tiny)):
                    problems.append("the window of 1x1 did not come back")
                os.kill(tiny.pid, signal.SIGKILL)
                problems += _given_back(stalled)
                await _pumped(healthy, patience)
                if healthy.total == painted or not alive(healthy):
                    problems.append("the other window did not go on")
                longest, late = await punctual(log, since, time.time())
                problems += late
    return Trial(*WINDOWS, f"the longest time between two answers of a probe was {longest:.2f} s", tuple(problems))


def _wink(terminal: Terminal) -> None:
    for _ in range(12):
        for size in ((500, 200), SIZE):
            terminal.resize(*size)
            os.kill(terminal.pid, signal.SIGWINCH)
            time.sleep(0.02)


def _given_back(terminal: Terminal) -> Sequence[str]:
    """SIGTERM to a window whose terminal nobody reads: it ends, and the terminal is as before."""
    os.kill(terminal.pid, signal.SIGTERM)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if os.waitpid(terminal.pid, os.WNOHANG)[0]:
            terminal.ended = True
            flags = termios.tcgetattr(terminal.fd)[3]
            if flags & termios.ECHO and flags & termios.ICANON:
                return ()
            return ("a stalled terminal was not given back",)
        time.sleep(0.02)
    return ("a stalled window did not end within 5 s",)
