"""The HTTP API of the simulated Render, as far as a monitor uses it: paths, forms and refusals of v1."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from qualtui.demo.render import CPU_LIMIT, MEMORY_LIMIT, HostDeploy, SimulatedHost, stamp

_PER_MINUTE = 400  # requests that one user may send


def render_application(host: SimulatedHost, key: str, now: Callable[[], float]) -> web.Application:
    """The API; every call needs `key` as a bearer's."""
    api = _Api(host, key, now)
    app = web.Application(middlewares=[api.admitted])
    service = "/v1/services/{service}"
    app.router.add_get("/v1/services", api.services)
    app.router.add_get(service, api.of_service(api.service))
    app.router.add_patch(service, api.of_service(api.update))
    app.router.add_get(f"{service}/deploys", api.of_service(api.deploys))
    app.router.add_get(f"{service}/instances", api.of_service(api.instances))
    app.router.add_get(f"{service}/events", api.of_service(api.events))
    app.router.add_post(f"{service}/restart", api.of_service(api.restart))
    app.router.add_post(f"{service}/rollback", api.of_service(api.rollback))
    app.router.add_get("/v1/metrics/{what}", api.metrics)
    app.router.add_get("/v1/logs", api.logs)
    return app


class _Api:
    def __init__(self, host: SimulatedHost, key: str, now: Callable[[], float]) -> None:
        self._host = host
        self._key = key
        self._now = now
        self._minute, self._used = 0, 0

    @web.middleware
    async def admitted(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """401 without the right key, 429 beyond the limit; every answer names what is left."""
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode()):
            return _refused(401, "unauthorized")
        minute = int(self._now() // 60)
        self._minute, self._used = minute, self._used + 1 if minute == self._minute else 1
        left = 0 if self._host.limited else max(0, _PER_MINUTE - self._used)
        answer: web.StreamResponse
        if self._host.limited or self._used > _PER_MINUTE:
            answer = _refused(429, "rate limit exceeded")
        else:
            answer = await handler(request)
        reset = 2 if self._host.limited else 60 - int(self._now() % 60)
        limits = {"Limit": str(_PER_MINUTE), "Remaining": str(left), "Reset": str(reset)}
        answer.headers.update({f"Ratelimit-{name}": value for name, value in limits.items()})
        return answer

    def of_service(self, handler: Any) -> Any:
        """404 for another service."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.match_info["service"] != self._host.service:
                return _refused(404, "not found: " + request.match_info["service"])
            answer: web.StreamResponse = await handler(request)
            return answer

        return handle

    async def services(self, request: web.Request) -> web.Response:
        """The one service there is."""
        there = "web_service" in request.query.get("type", "web_service").split(",")
        rows = [{"cursor": "c1", "service": self._service()}] if there and "cursor" not in request.query else []
        return web.json_response(rows)

    async def service(self, _: web.Request) -> web.Response:
        return web.json_response(self._service())

    def _service(self) -> dict[str, Any]:
        host = self._host
        details = {
            "env": "python",
            "runtime": "python",
            "envSpecificDetails": {"buildCommand": "pip install .", "startCommand": "gunicorn app:app"},
            "plan": "starter",
            "region": "oregon",
            "numInstances": 1,
            "buildPlan": "starter",
            "healthCheckPath": "",
            "openPorts": [{"port": 10000, "protocol": "TCP"}],
            "url": "https://agente-qualificador.example.com",
        }
        return {
            "id": host.service,
            "autoDeploy": "yes" if host.auto_deploy else "no",
            "branch": "main",
            "createdAt": stamp(host.deploys[-1].at),
            "dashboardUrl": f"https://dashboard.render.com/web/{host.service}",
            "name": "agente-qualificador",
            "notifyOnFail": "default",
            "ownerId": host.owner,
            "rootDir": "",
            "slug": "agente-qualificador",
            "suspended": "suspended" if host.suspended else "not_suspended",
            "suspenders": ["billing"] if host.suspended else [],
            "type": "web_service",
            "updatedAt": stamp(host.deploys[0].ended),
            "serviceDetails": details,
        }

    async def update(self, request: web.Request) -> web.Response:
        """Automatic deploys on or off."""
        try:
            self._host.auto_deploy = {"yes": True, "no": False}[
                msgspec.json.decode(await request.read())["autoDeploy"]
            ]
        except (msgspec.DecodeError, KeyError, TypeError):
            return _refused(400, "invalid body")
        return web.json_response(self._service())

    async def deploys(self, request: web.Request) -> web.Response:
        return _page(request, [(one.id, "deploy", _deploy(one)) for one in self._host.deploys])

    async def instances(self, _: web.Request) -> web.Response:
        host = self._host
        there = [] if host.suspended else [{"id": host.instance, "createdAt": stamp(host.since)}]
        return web.json_response(there)

    async def events(self, request: web.Request) -> web.Response:
        types, begin = request.query.getall("type", []), _time(request, "startTime")
        found = [
            (one["id"], "event", one)
            for one in self._host.events
            if (not types or one["type"] in types)
            and datetime.fromisoformat(one["timestamp"]).timestamp() >= begin
        ]
        return _page(request, found)

    async def restart(self, _: web.Request) -> web.Response:
        if self._host.suspended:
            return _refused(400, "the service is suspended")
        await self._host.restart()
        return web.Response()

    async def rollback(self, request: web.Request) -> web.Response:
        try:
            deploy = str(msgspec.json.decode(await request.read())["deployId"])
        except (msgspec.DecodeError, KeyError, TypeError):
            return _refused(400, "invalid body")
        new = await self._host.rollback(deploy)
        if new is None:
            return _refused(400, "no earlier successful deploy of this id")
        return web.json_response(_deploy(new), status=201)

    async def metrics(self, request: web.Request) -> web.Response:
        """Time series; of another resource, or of a suspended service, there are none."""
        host, what = self._host, request.match_info["what"]
        begin, end = _time(request, "startTime"), _time(request, "endTime", self._now())
        step = float(request.query.get("resolutionSeconds", 60))
        if step < 30:
            return _refused(400, "resolutionSeconds must be at least 30")
        if host.suspended or request.query.getall("resource", []) != [host.service]:
            return web.json_response([])
        times = _times(max(begin, host.since), end, step)
        one = [_label("instance", host.instance), _label("resource", host.service)]
        series: dict[str, Callable[[], list[dict[str, Any]]]] = {
            "cpu": lambda: [_series(one, "cpu", [(at, host.cpu(at)) for at in times])],
            "cpu-limit": lambda: [_series(one, "cpu", [(at, CPU_LIMIT) for at in times])],
            "memory": lambda: [_series(one, "bytes", [(at, host.memory(at)) for at in times])],
            "memory-limit": lambda: [_series(one, "bytes", [(at, MEMORY_LIMIT) for at in times])],
            "http-latency": lambda: self._latency(_times(begin, end, step), step),
            "http-requests": lambda: self._requests(_times(begin, end, step), step),
        }
        return web.json_response(series[what]()) if what in series else _refused(404, "not found")

    def _requests(self, times: Sequence[float], step: float) -> list[dict[str, Any]]:
        found = []
        for status in sorted({status for _at, status, _took in self._host.answers}):
            when = [at for at, seen, _took in self._host.answers if seen == status]
            counts = [(at, float(sum(at - step < one <= at for one in when))) for at in times]
            found.append(_series([_label("statusCode", str(status))], "unitless", counts))
        return found

    def _latency(self, times: Sequence[float], step: float) -> list[dict[str, Any]]:
        """In seconds; a minute without an answer has no point."""
        took = {at: sorted(s for when, _code, s in self._host.answers if at - step < when <= at) for at in times}
        points = [(at, some[min(len(some) - 1, int(0.95 * len(some)))]) for at, some in took.items() if some]
        return [_series([_label("resource", self._host.service)], "seconds", points)] if points else []

    async def logs(self, request: web.Request) -> web.Response:
        host, limit = self._host, int(request.query.get("limit", 20))
        if request.query.get("ownerId") != host.owner or request.query.getall("resource", []) != [host.service]:
            return _refused(404, "not found")
        begin, end = _time(request, "startTime"), _time(request, "endTime", self._now())
        forward = request.query.get("direction") == "forward"
        lines = [(_at(one), one) for one in host.lines]
        lines = [(at, one) for at, one in lines if begin <= at <= end]
        page = lines[:limit] if forward else lines[::-1][:limit]
        more = len(lines) > limit
        # The next window begins with the last line's instant: who pages sees that line twice.
        start, stop = (page[-1][0], end) if more and forward else (begin, page[-1][0] if more else end)
        rows = [one for _at, one in page]
        following = {"nextStartTime": stamp(start), "nextEndTime": stamp(stop)}
        return web.json_response({"hasMore": more, **following, "logs": rows})


def _deploy(one: HostDeploy) -> dict[str, Any]:
    return {
        "id": one.id,
        "commit": {"id": one.commit, "message": "change the texts", "createdAt": stamp(one.at)},
        "status": one.status,
        "trigger": one.trigger,
        "createdAt": stamp(one.at),
        "startedAt": stamp(one.at),
        "finishedAt": stamp(one.ended),
        "updatedAt": stamp(one.ended),
    }


def _page(request: web.Request, rows: Sequence[tuple[str, str, dict[str, Any]]]) -> web.Response:
    """A page of a list, after a cursor."""
    limit, cursor = int(request.query.get("limit", 20)), request.query.get("cursor", "")
    first = next((number for number, row in enumerate(rows, 1) if row[0] == cursor), 0)
    return web.json_response([{"cursor": at, name: one} for at, name, one in rows[first : first + limit]])


def _at(one: dict[str, Any]) -> float:
    return datetime.fromisoformat(one["timestamp"]).timestamp()


def _time(request: web.Request, name: str, default: float = 0.0) -> float:
    text = request.query.get(name, "")
    return datetime.fromisoformat(text).timestamp() if text else default


def _times(begin: float, end: float, step: float) -> list[float]:
    """The instants of the points; the newest is the end, as the newest bucket is partial."""
    return [end - step * back for back in range(int(max(0.0, end - begin) // step) + 1)][::-1]


def _label(field: str, value: str) -> dict[str, str]:
    return {"field": field, "value": value}


def _series(labels: list[dict[str, str]], unit: str, points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    values = [{"timestamp": stamp(at), "value": value} for at, value in points]
    return {"labels": labels, "unit": unit, "values": values}


def _refused(status: int, text: str) -> web.Response:
    return web.json_response({"id": "", "message": text}, status=status)
