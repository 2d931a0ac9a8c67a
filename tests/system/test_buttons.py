"""The whole way: a bot that is down, a page to a phone, a press while the engine is dead, and who has it then."""

import time
from pathlib import Path

import tomli_w
from aiohttp import web

from benchmarks.engine import engine_on, eventually, seen
from tests.notify.channels.vendor import Ntfy
from tests.system.living import told


class Wall(Ntfy):
    """ntfy by this machine's clock."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.now = time.time()
        return await super().handle(request)


def written(config: Path, url: str) -> Path:
    """The configuration of a bot that is down and of a phone."""
    tables = {
        "agents": {"bot": {"health": {"url": "http://127.0.0.1:9/health", "interval": "1s", "timeout": "1s"}}},
        "store": {"path": str(config.with_name("qualtui.db")), "socket": str(config.with_name("qualtui.sock"))},
        "notify": {
            "channels": {"phone": {"url": url, "buttons": True}},
            "routes": [{"channels": ["phone"]}],
        },
    }
    config.write_text(tomli_w.dumps(tables))
    return config


async def test_a_press_takes_the_incident_also_while_the_engine_was_killed(tmp_path: Path) -> None:
    service = Wall(time.time())
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    config = written(tmp_path / "config.toml", f"ntfy://127.0.0.1:{port}/alerts-of-ana")
    try:
        async with engine_on(config) as engine:
            await eventually(lambda: bool(service.published), 40, "the page")
            await engine.kill()
        service.now = time.time()
        service.press()
        async with engine_on(config) as engine, engine.client() as client:
            shot = await seen(client, lambda now: any(one.owner for one in now.incidents), 40, "an owner")
            assert [one.owner for one in shot.incidents] == ["link sent to phone"], told(shot)
    finally:
        await runner.cleanup()
