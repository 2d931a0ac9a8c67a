"""failover and failback on sockets: only from a broken bot to a standby that is well, once, and one at a time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from qualtui.config.values import GatewaySettings, Seconds, Secret, StandbySettings
from qualtui.fixes.failover import Failover, FailoverTools
from qualtui.fixes.fix import FixError

KEY = "key-1"


class Scene:
    """A gateway whose session has a webhook list, and two bots."""

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.puts = 0
        self.put_status = 200
        self.well = {"bot": True, "standby": True}
        self.down = "no answer for 3 min"
        self.comes = True  # a customer writes after the move
        self.moved_at: float | None = None
        self.url = self.bot = self.standby = ""

    async def session(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Api-Key") != KEY:
            return web.json_response({}, status=401)
        if request.method == "PUT":
            self.puts += 1
            if self.put_status != 200:
                return web.json_response({"message": "no"}, status=self.put_status)
            self.config = (await request.json())["config"]
            self.moved_at = time.time()
        return web.json_response(
            {"name": "default", "status": "WORKING", "me": {"id": "1@c.us"}, "config": self.config}
        )

    def heard(self) -> float | None:
        return self.moved_at + 60 if self.moved_at is not None and self.comes else None

    def posts_to(self) -> str:
        return str(self.config["webhooks"][0]["url"])

    def fix(self, *, back: bool = False, standby: bool = True) -> Failover:
        gateway = GatewaySettings(url=self.url, key=Secret(KEY), timeout=Seconds(20))
        spare = StandbySettings(url=self.standby, timeout=Seconds(0.5)) if standby else None
        tools = FailoverTools(lambda: self.down, self.heard, time.time, asyncio.sleep)
        return Failover("bot", gateway, f"{self.bot}/health", spare, tools, back=back)


@asynccontextmanager
async def running(scene: Scene) -> AsyncIterator[Scene]:
    servers = []
    for name in ("bot", "standby", "gateway"):
        app = web.Application()
        if name == "gateway":
            app.router.add_route("*", "/api/sessions/default", scene.session)
        else:

            async def health(_request: web.Request, name: str = name) -> web.Response:
                return web.Response(status=200 if scene.well[name] else 503)

            app.router.add_get("/health", health)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
    scene.bot, scene.standby, scene.url = (str(one.make_url("")).rstrip("/") for one in servers)
    scene.config = {"webhooks": [{"url": f"{scene.bot}/webhook", "events": ["message"]}], "debug": True}
    try:
        yield scene
    finally:
        for server in servers:
            await server.close()


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with running(Scene()) as found:
        yield found


async def test_messages_move_to_the_standby_and_back_and_a_message_proves_it(scene: Scene) -> None:
    there, back = scene.fix(), scene.fix(back=True)
    plan = await there.preview("")
    assert (str(plan.title), str(plan.refused)) == (f"Moves the webhook from {scene.bot} to {scene.standby}", "")
    outcome = await there.run(plan)
    assert (outcome.outcome, scene.posts_to(), scene.puts) == ("ok", f"{scene.standby}/webhook", 1)
    assert "a message came through it" in str(outcome.summary)
    assert (await there.verify(plan.subjects)).done == plan.subjects
    assert scene.config["debug"] is True
    again = await back.run(await back.preview(""))
    assert (again.outcome, scene.posts_to()) == ("ok", f"{scene.bot}/webhook")
    assert (await there.verify(plan.subjects)).done == ()
    await there.close()
    await back.close()


async def test_without_a_message_nothing_is_claimed_to_be_proven(scene: Scene) -> None:
    scene.comes = False
    fix = scene.fix()
    outcome = await fix.run(await fix.preview(""))
    assert outcome.outcome == "accepted"
    assert "nothing proves yet" in str(outcome.summary)
    await fix.close()


async def test_a_bot_that_is_not_known_to_be_broken_keeps_its_messages(scene: Scene) -> None:
    fix = scene.fix()
    plan = await fix.preview("")
    scene.down = ""
    assert "both would answer" in str((await fix.preview("")).refused)
    with pytest.raises(FixError, match="both would answer"):  # it came back between preview and run
        await fix.run(plan)
    assert scene.puts == 0
    await fix.close()


@pytest.mark.parametrize(("back", "unwell"), [(False, "standby"), (True, "bot")])
async def test_messages_are_never_moved_to_one_that_is_not_well(scene: Scene, back: bool, unwell: str) -> None:
    scene.well[unwell] = False
    if back:
        scene.config["webhooks"][0]["url"] = f"{scene.standby}/webhook"
    fix = scene.fix(back=back)
    plan = await fix.preview("")
    assert "the other one is not well" in str(plan.refused)
    with pytest.raises(FixError):
        await fix.run(plan)
    assert scene.puts == 0
    await fix.close()


async def test_a_webhook_of_the_gateways_environment_is_left_alone(scene: Scene) -> None:
    scene.config = {"debug": True}
    fix = scene.fix()
    with pytest.raises(FixError, match="set in the gateway's environment"):
        await fix.preview("")
    await fix.close()


async def test_a_gateway_that_refuses_is_asked_once(scene: Scene) -> None:
    fix = scene.fix()
    plan = await fix.preview("")
    scene.put_status = 500
    with pytest.raises(FixError):
        await fix.run(plan)
    assert (scene.puts, scene.posts_to()) == (1, f"{scene.bot}/webhook")
    await fix.close()


async def test_without_a_standby_it_says_so() -> None:
    scene = Scene()
    scene.url = scene.bot = "http://127.0.0.1:9"
    assert str(scene.fix(standby=False).unavailable) == "no standby configured"
    assert str(scene.fix(back=True, standby=False).unavailable) == "no standby configured"
