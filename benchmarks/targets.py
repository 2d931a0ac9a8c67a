"""CPU of many HTTP targets a second: the engine's probes alone, and a whole engine that judges and stores as well.

`python -m benchmarks.targets --serve` and `--probe PORT SECONDS` are its other processes.
"""

import asyncio
import itertools
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import tomli_w
from aiohttp import web

from benchmarks.engine import engine_on
from benchmarks.figure import Beside, Figure
from qualtui.config.values import HealthSettings as Settings
from qualtui.config.values import Seconds
from qualtui.engine.supervisor import watch
from qualtui.model import Sample
from qualtui.probes.health import HealthProbe

COUNT = 500
SETTLE = 4.0  # s in which connections, imports and first answers come
LASTS = 12.0  # s that are counted
PEER = Beside("Prometheus + blackbox", 2.2, recorded=True)


async def many_targets() -> tuple[Figure, ...]:
    """CPU ms of one request, judged; the server is another process."""
    server = await _child("--serve")
    try:
        port = int(await _line(server))
        probes = await _probes(port)
        engine = await _whole(port)
    finally:
        server.kill()
        await server.wait()
    return probes, engine


async def _probes(port: int) -> Figure:
    child = await _child("--probe", str(port))
    said = json.loads(await _line(child))
    await child.wait()
    note = f"{said['asked']} requests in {LASTS:g} s, {said['up']} answered; supervised probes"
    floor = Beside("aiohttp alone", said["floor"])
    figure = Figure(f"one of {COUNT} HTTP targets a second, CPU", "ms", said["ms"], (floor, PEER), 1.2, note=note)
    return _unless_short(figure, said["up"])


def _unless_short(figure: Figure, done: float) -> Figure:
    """Not taken where the machine was too busy to ask them all."""
    if done < 0.9 * COUNT * LASTS:
        return Figure(figure.what, figure.unit, None, figure.beside, figure.budget, note=f"too few: {figure.note}")
    return figure


async def _whole(port: int) -> Figure:
    with tempfile.TemporaryDirectory(prefix="qualtui-") as name:
        folder = Path(name)
        config = folder / "config.toml"
        health: dict[str, Any] = {"interval": 1, "timeout": 1}
        agents = {
            f"a{n}": {"health": {"url": f"http://127.0.0.1:{port}/health/{n}", **health}} for n in range(COUNT)
        }
        store = {"path": str(folder / "qualtui.db"), "socket": str(folder / "qualtui.sock")}
        config.write_text(tomli_w.dumps({"agents": agents, "store": store}))
        async with engine_on(config) as engine:
            # The first questions are spread over the interval by the engine itself.
            await asyncio.sleep(SETTLE)
            began, cpu = time.perf_counter(), engine.cpu_seconds()
            await asyncio.sleep(LASTS)
            lasted, used = time.perf_counter() - began, engine.cpu_seconds() - cpu
    note = "probes, rules, store; no window"
    return Figure(
        f"the same in a whole engine of {COUNT} agents, CPU",
        "ms",
        1000 * used / (COUNT * lasted),
        (PEER,),
        note=note,
    )


async def _child(*words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.targets", *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )


async def _line(child: asyncio.subprocess.Process) -> str:
    assert child.stdout is not None
    async with asyncio.timeout(SETTLE + LASTS + 30):
        return (await child.stdout.readline()).decode()


async def _serve() -> None:
    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "healthy"})

    app = web.Application()
    app.router.add_get("/health/{number}", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def _probe(port: int) -> None:
    """The probes in their supervised loops; prints what one answer costs."""
    asked = itertools.count()
    up = 0

    def sink(samples: tuple[Sample, ...]) -> None:
        nonlocal up
        next(asked)
        up += samples[0].value == 1.0

    async with asyncio.TaskGroup() as tasks:
        probes = [
            HealthProbe(
                f"a{n}",
                Settings(url=f"http://127.0.0.1:{port}/health/{n}", interval=Seconds(1), timeout=Seconds(1)),
            )
            for n in range(COUNT)
        ]
        loops = [
            tasks.create_task(watch(probe, sink, time.time, n / COUNT, asyncio.Event()))
            for n, probe in enumerate(probes)
        ]
        await asyncio.sleep(SETTLE)
        before, used, up = next(asked), time.process_time(), 0
        await asyncio.sleep(LASTS)
        used, count = time.process_time() - used, next(asked) - before - 1
        for one in loops:
            one.cancel()
    for probe in probes:
        await probe.close()
    floor = await _floor(port)
    said = {"ms": 1000 * used / max(1, count), "asked": count, "up": up, "floor": floor}
    print(json.dumps(said), flush=True)


async def _floor(port: int) -> float:
    """CPU ms of a request of aiohttp's at the same pace, each on a new connection; nothing is judged."""
    loop = asyncio.get_running_loop()
    asked = itertools.count()
    connector = aiohttp.TCPConnector(force_close=True, limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as tasks:

        async def ask(n: int) -> None:
            due = loop.time() + n / COUNT
            while True:
                await asyncio.sleep(due - loop.time())
                async with session.get(f"http://127.0.0.1:{port}/health/{n}") as answer:
                    await answer.read()
                next(asked)
                due += 1

        loops = [tasks.create_task(ask(n)) for n in range(COUNT)]
        await asyncio.sleep(1)
        before, used = next(asked), time.process_time()
        await asyncio.sleep(LASTS / 2)
        used, count = time.process_time() - used, next(asked) - before - 1
        for one in loops:
            one.cancel()
    return 1000 * used / max(1, count)


if __name__ == "__main__":
    asyncio.run(_serve() if sys.argv[1] == "--serve" else _probe(int(sys.argv[2])))
