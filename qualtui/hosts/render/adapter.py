"""One service at Render behind the Protocol of hosts."""

import asyncio
import time
from collections.abc import Callable
from typing import ClassVar, Protocol, TypeVar, cast

import msgspec

from qualtui.config.values import HostSettings
from qualtui.hosts.host import (
    Deploy,
    DeployId,
    HostCapability,
    HostError,
    HostEvent,
    HostFault,
    Instance,
    Latency,
    LogLine,
    Requests,
    ServiceState,
    Usage,
)
from qualtui.hosts.render import calls, metrics
from qualtui.hosts.render.answers import (
    READ,
    Created,
    DeployRow,
    EventRow,
    InstanceRow,
    LogRows,
    Service,
    ServiceRow,
    stamp,
)
from qualtui.hosts.render.calls import Query, RenderCall
from qualtui.hosts.render.client import RenderClient
from qualtui.text.message import message

PAGE = 100  # elements: the most that Render gives
PAGES = 5  # of one list, at most: who has more will be asked again
_RUNNING = ("web_service", "private_service", "background_worker", "cron_job")
_BACK = 600.0  # s of points requested


class _Row(Protocol):
    @property
    def cursor(self) -> str:
        """Where the next page begins."""


R = TypeVar("R", bound=_Row)


class RenderHost:
    """Implements Host. It reads; what `allow` has, it may also write."""

    capabilities: ClassVar[frozenset[HostCapability]] = frozenset(HostCapability)

    def __init__(self, settings: HostSettings, clock: Callable[[], float] = time.time) -> None:
        self._client = RenderClient(settings, clock)
        self._webhook = settings.webhook
        self._owner = ""  # of the service, which GET /logs needs

    async def service(self) -> ServiceState:
        """GET /services/{service}."""
        found = await self._client.get(calls.SERVICE, Service)
        self._owner = found.owner_id
        return found.state()

    async def visible(self) -> int:
        """How many services the key's user may see and change: GET /services."""
        return len(await self._pages(calls.SERVICES, list[ServiceRow], (("type", _RUNNING),)))

    async def usage(self, now: float) -> Usage:
        """GET /metrics/cpu, /memory and their limits."""
        window = _window(now - _BACK, now)
        most = (*window, ("aggregationMethod", "MAX"))
        cpu, cpu_limit, memory, memory_limit = await asyncio.gather(
            self._points(calls.CPU, most),
            self._points(calls.CPU_LIMIT, window),
            self._points(calls.MEMORY, window),
            self._points(calls.MEMORY_LIMIT, window),
        )
        return Usage(
            metrics.use_of(cpu, cpu_limit, metrics.CPU_UNITS, now),
            metrics.use_of(memory, memory_limit, metrics.MEMORY_UNITS, now),
        )

    async def instances(self) -> tuple[Instance, ...]:
        """GET /services/{service}/instances."""
        return tuple(row.value() for row in await self._client.get(calls.INSTANCES, list[InstanceRow]))

    async def events(self, since: float) -> tuple[HostEvent, ...]:
        """GET /services/{service}/events."""
        rows = await self._pages(calls.EVENTS, list[EventRow], (("startTime", stamp(since)), ("type", READ)))
        by_id = {row.event.id: row.value() for row in rows}
        return tuple(sorted(by_id.values(), key=lambda one: one.at))

    async def deploys(self, since: float) -> tuple[Deploy, ...]:
        """GET /services/{service}/deploys, newest first; the live one may be older than `since`."""
        found: list[Deploy] = []
        query: Query = ()
        for _ in range(PAGES):
            rows = await self._client.get(calls.DEPLOYS, list[DeployRow], (*query, ("limit", str(PAGE))))
            found += [row.value() for row in rows]
            done = any(one.live for one in found) and min(one.at for one in found) < since
            if len(rows) < PAGE or done:
                break
            query = (("cursor", rows[-1].cursor),)
        return tuple(sorted(found, key=lambda one: -one.at))

    async def requests(self, since: float, now: float) -> Requests:
        """GET /metrics/http-requests. A plan without HTTP metrics, or without their filter, is no data."""
        query = (*_window(since, now), ("path", self._webhook), ("aggregateBy", "statusCode"))
        try:
            found = await self._points(calls.REQUESTS, query)
        except HostError as error:
            if error.http in (400, 402):
                return Requests(None, message("the host's plan has no counts of the webhook's requests"))
            raise
        return metrics.counts_of(found, since)

    async def latency(self, now: float) -> Latency:
        """GET /metrics/http-latency. Its unit is read from the answer: it has been seen as seconds and as ms."""
        query = (*_window(now - _BACK, now), ("path", self._webhook), ("quantile", "0.95"))
        try:
            return metrics.latency_of(await self._points(calls.LATENCY, query), now)
        except HostError as error:
            if error.http in (400, 402):
                return Latency(None, message("the host's plan has no latency of the webhook"))
            raise

    async def logs(self, since: float, now: float) -> tuple[LogLine, ...]:
        """GET /logs, page by page, each id once."""
        if not self._owner:
            await self.service()
        begin, end = stamp(since), stamp(now)
        lines: dict[str, LogLine] = {}
        for _ in range(PAGES):
            query = (
                ("ownerId", self._owner), ("startTime", begin), ("endTime", end),
                ("direction", "forward"), ("type", ["app"]), ("limit", str(PAGE)),
            )  # fmt: skip
            page = await self._client.get(calls.LOGS, LogRows, query)
            lines |= {line.id: line for line in page.lines()}
            if not page.has_more or (page.next_start_time, page.next_end_time) == (begin, end):
                break
            begin, end = page.next_start_time, page.next_end_time
        return tuple(sorted(lines.values(), key=lambda line: line.at))

    async def restart(self) -> None:
        """POST /services/{service}/restart."""
        await self._client.send(calls.RESTART)

    async def rollback(self, deploy: DeployId) -> DeployId:
        """POST /services/{service}/rollback; automatic deploys stay as they are."""
        answer = await self._client.send(calls.ROLLBACK, {"deployId": deploy})
        try:
            return msgspec.json.decode(answer.body, type=Created).id
        except msgspec.MsgspecError:
            raise HostError(HostFault.UNREADABLE, message("not Render's answer"), http=answer.status) from None

    async def stop_automatic_deploys(self) -> None:
        """PATCH /services/{service}."""
        await self._client.send(calls.UPDATE, {"autoDeploy": "no"})

    async def close(self) -> None:
        """Gives back the connection."""
        await self._client.close()

    async def _points(self, call: RenderCall, query: Query) -> metrics.Collection:
        return await self._client.get(call, cast(type[metrics.Collection], metrics.Collection), query)

    async def _pages(self, call: RenderCall, of: type[list[R]], query: Query) -> list[R]:
        """The elements of a list, page by page."""
        rows: list[R] = []
        cursor: Query = ()
        for _ in range(PAGES):
            page = await self._client.get(call, of, (*query, *cursor, ("limit", str(PAGE))))
            rows += page
            if len(page) < PAGE:
                break
            cursor = (("cursor", page[-1].cursor),)
        return rows


def _window(since: float, now: float) -> Query:
    return (("startTime", stamp(since)), ("endTime", stamp(now)), ("resolutionSeconds", f"{metrics.STEP:.0f}"))
