"""What hangs, drips or stalls: the engine goes on, ends in time, and says what is."""

import asyncio
import itertools
import signal
import time

from benchmarks.engine import START, Engine, Log, engine_on, eventually, seen, started
from benchmarks.small import AGENT, small
from benchmarks.trial import Trial
from qualtui.wire import Snapshot

LATE = 1.6  # s between two answers of a probe with an interval of 1 s: beyond it one was late
ENDS = 3.0  # s from SIGTERM to the end


def up(snapshot: Snapshot) -> bool:
    """The health server answers."""
    figure = snapshot.details[0].figures.get("health.up")
    return figure is not None and figure.value == 1.0


async def sees_it_up(engine: Engine) -> None:
    """The first answer came."""
    async with engine.client() as client:
        await seen(client, up, 10, "the health server answers")


async def punctual(log: Log, since: float, until: float) -> tuple[float, list[str]]:
    """The longest time between two answers of the health probe, and what is wrong with it."""
    name = f"{AGENT}/health.up"
    # Samples are written in batches: wait for the one that reaches so far.
    await eventually(lambda: bool(log.times(name, until, until + 60)), 15, "the samples are written", 0.2)
    times = log.times(name, since, until)
    longest = max((after - before for before, after in itertools.pairwise(times)), default=until - since)
    return longest, [f"a probe was late: {longest:.2f} s between two answers"] if longest > LATE else []


SIGTERM = (
    "engine asked to end (SIGTERM) while a probe hangs, a notice hangs and a catcher drips",
    "it ends within 3 s",
)


async def ends_in_time() -> Trial:
    """SIGTERM while everything outside hangs."""
    async with small() as world:
        world.catcher.dripping = {"drip"}
        world.catcher.slow = 60.0
        config = world.write(timeout=30, targets=("pager", "drip"))
        async with engine_on(config) as engine:
            await sees_it_up(engine)
            await world.health.kill()
            await world.catcher.arrival("CRITICAL", 10, "pager")  # and hangs from now on
            await world.health.start()
            world.health.freeze()
            await asyncio.sleep(1.2)  # the next question hangs
            began = time.perf_counter()
            engine.signal(signal.SIGTERM)
            try:
                code = await engine.ended(10)
            except TimeoutError:
                code = -1
            took = time.perf_counter() - began
    problems = [f"it took {took:.1f} s"] if took > ENDS else []
    problems += [f"the exit code is {code}"] if code else []
    return Trial(*SIGTERM, f"ended after {took:.2f} s with code {code}", tuple(problems))


SIGHUP = (
    "configuration read again (SIGHUP): a bad one, then a good one",
    "the bad one is refused whole and said so, the old one goes on; the good one is taken",
)


async def reads_again() -> Trial:
    """SIGHUP with a bad and with a good configuration."""
    problems = []
    async with small() as world:
        config = world.write()
        async with engine_on(config) as engine, engine.client() as client:
            await seen(client, up, 10, "the health server answers")
            config.write_text("[agents.bot.health]\nurl = 3\ninterval = 'soon'\n")
            engine.signal(signal.SIGHUP)
            told = await seen(client, lambda shot: bool(shot.engine.troubles), 5, "the bad one is reported")
            if [view.name for view in told.agents] != [AGENT]:
                problems.append("the old configuration did not stay")
            since = time.time()
            await seen(
                client, lambda shot: (shot.details[0].figures["health.up"].at or 0) > since, 4, "probes go on"
            )
            world.write(agents={"other": {"health": {"url": f"http://127.0.0.1:{world.health.port}/health"}}})
            engine.signal(signal.SIGHUP)
            taken = await seen(client, lambda shot: len(shot.agents) == 2, 5, "the good one is taken")
            if taken.engine.troubles:
                problems.append(f"it still says {taken.engine.troubles}")
    return Trial(
        *SIGHUP, f"reported: {str(told.engine.troubles[0])[:90]}; then {len(taken.agents)} agents", tuple(problems)
    )


SECOND = ("a second engine started on the same store", "it refuses with a clear line; the first one goes on")


async def refuses_a_second() -> Trial:
    """Two engines, one store."""
    problems = []
    async with small() as world:
        config = world.write()
        async with engine_on(config) as engine:
            other = await started(config)
            try:
                code = await other.ended(START)
            finally:
                await other.kill()
            last = engine.log.read_text(errors="replace").strip().rpartition("\n")[2]
            if code == 0 or f"pid {engine.pid}" not in last:
                problems.append("it is not said who has the store")
            await sees_it_up(engine)
    line = last.replace(str(world.folder), "...")
    return Trial(*SECOND, f"exit code {code}: {line}", tuple(problems))


DRIPS = ("a fault while six targets drip their answers without end", "the seventh is notified at once: within 2 s")


async def healthy_beside_dripping() -> Trial:
    """Six dripping targets and a healthy one."""
    names = tuple(f"drip{number}" for number in range(6))
    async with small() as world:
        world.catcher.dripping = set(names)
        async with engine_on(world.write(targets=(*names, "pager"))) as engine:
            await sees_it_up(engine)
            killed = await world.health.kill()
            took = (await world.catcher.arrival("CRITICAL", 20, "pager")).at - killed
            await world.health.start()
            since = time.time()
            over = (await world.catcher.arrival("RESOLVED", 20, "pager")).at - since
    problems = [
        f"{word} came after {late:.1f} s" for word, late in (("CRITICAL", took), ("RESOLVED", over)) if late > 2
    ]
    return Trial(*DRIPS, f"notified after {took:.2f} s, and of the end after {over:.2f} s", tuple(problems))
