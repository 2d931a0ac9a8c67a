"""The control server: faults, the story, the customers' own truth, and the caught notices."""

from typing import Any

import msgspec
from aiohttp import web

from qualtui.demo.faults import FaultError, Faults, UnknownFaultError
from qualtui.demo.story import Teller
from qualtui.demo.world import World

_JUST_NOW = 120.0  # virtual seconds in which the bot still writes its reply
_KNOWN = web.AppKey("known", list[str])


class Control:
    """`/faults`, `PUT` and `DELETE /faults/NAME`, `/story`, `/truth`, `POST /customers`, `/notices`."""

    def __init__(self, world: World, faults: Faults, teller: Teller) -> None:
        self._world = world
        self._faults = faults
        self._teller = teller

    def application(self) -> web.Application:
        """The HTTP service."""
        app = web.Application(middlewares=[_translated])
        app[_KNOWN] = list(self._faults.names)
        app.router.add_get("/faults", self._list)
        app.router.add_put("/faults/{name}", self._on)
        app.router.add_delete("/faults/{name}", self._off)
        app.router.add_get("/story", self._story)
        app.router.add_get("/truth", self._truth)
        app.router.add_post("/customers", self._call_in)
        self._world.catcher.add_routes(app)
        return app

    async def act(self, action: str) -> None:
        """Performs an action of a story. Raises UnknownFaultError, FaultError, ValueError."""
        verb, _, rest = action.partition(" ")
        if verb in {"on", "off"}:
            await self._faults.switch(rest, verb == "on", call_in=False)  # a story brings its own people
        elif verb == "write":
            self._world.call_in(name=rest)
        else:
            raise ValueError(f"unknown action: {action}")

    def holds(self, given: str) -> bool:
        """Whether a story's condition holds: `on NAME`, or `answered`. Raises ValueError."""
        verb, _, name = given.partition(" ")
        if verb == "on":
            return self._faults.is_on(name)
        if verb == "answered":
            now = self._world.pace.now()
            since = [one.waiting_since for one in self._world.traffic.waiting()]
            return all(at is None or now - at < _JUST_NOW for at in since)
        raise ValueError(f"unknown condition: {given}")

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response(msgspec.to_builtins(self._faults.views()))

    async def _on(self, request: web.Request) -> web.Response:
        await self._faults.switch(request.match_info["name"], True)
        if request.match_info["name"] == "sends-failing" and request.query.get("cause") == "qr":
            self._world.gateway.needs_qr = True
        return self._one(request)

    async def _off(self, request: web.Request) -> web.Response:
        await self._faults.switch(request.match_info["name"], False)
        return self._one(request)

    def _one(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        view = next(one for one in self._faults.views() if one.name == name)
        return web.json_response(msgspec.to_builtins(view))

    async def _story(self, _: web.Request) -> web.Response:
        told = msgspec.to_builtins(self._teller.told)
        clock = self._world.pace.clock()
        return web.json_response({"clock": clock, "told": told, "over": self._teller.over})

    async def _truth(self, _: web.Request) -> web.Response:
        """What the customers themselves know: no names, no phones."""
        world = self._world
        now = world.pace.now()
        ages = [now - one.waiting_since for one in world.traffic.waiting() if one.waiting_since is not None]
        return web.json_response(
            {
                "clock": world.pace.clock(),
                "speed": world.pace.speed,
                "waiting": len(ages),
                "oldest": world.pace.real(max(ages, default=0.0)),
                "customers": len(world.traffic.customers),
                "written": world.traffic.written,
                "delivered": world.traffic.delivered_count,
                "webhooks_in_flight": world.gateway.in_flight,
                "waha": world.gateway.status.value,
                "postgres_pid": world.cluster.pid,
            }
        )

    async def _call_in(self, _: web.Request) -> web.Response:
        customer = self._world.call_in()
        return web.json_response({"phone": customer.persona.phone}, status=201)


@web.middleware
async def _translated(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        answer: web.StreamResponse = await handler(request)
    except UnknownFaultError as error:
        known = request.app[_KNOWN]
        return web.json_response({"error": f"unknown fault: {error}", "known": known}, status=404)
    except FaultError as error:
        return web.json_response({"error": str(error)}, status=409)
    return answer
