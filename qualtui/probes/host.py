"""What does the host say of the bot's service, its instances and its deploys?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from qualtui.config.values import HostSettings as Settings
from qualtui.hosts.host import (
    Deploy,
    HostCapability,
    HostError,
    HostEvent,
    HostEventKind,
    Instance,
    Latency,
    Requests,
    ServiceState,
    Usage,
    Use,
    webhook_errors,
)
from qualtui.hosts.registry import host_of, kind_of
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.text.message import Saying, message

HOUR, DAY = 3600.0, 86_400.0
WEBHOOK = 600.0  # s of answers that the share of errors speaks of
_FAILURES = (HostEventKind.FAILED, HostEventKind.OUT_OF_MEMORY)
_OF_EVENTS = ("failing", "failures_1h", "out_of_memory_1h", "restarts_1h")
_WORDS = ("suspended", "cpu", "memory", "instances", "age", *_OF_EVENTS)
_OF_DEPLOYS = ("deploys", "deploy_age", "deploy_failed")
_OF_REQUESTS = ("http_errors", "requests", "deploy_harm")
_ENOUGH = 5  # answers since a deploy, before a share of them says anything

Found = tuple[float | None, Saying, str]  # value, note, code
T = TypeVar("T")


class HostProbe:
    """host.*: each call stands for itself, so that one which fails leaves the others' figures.

    No answer of the host's API is *no data*: it says nothing of the bot.
    """

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/host"
        can = kind_of(settings).capabilities
        self._deploys = HostCapability.DEPLOYS in can
        self._requests = HostCapability.REQUESTS in can
        words = (
            *_WORDS,
            *((*_OF_REQUESTS, "latency") if self._requests else ()),
            *(_OF_DEPLOYS if self._deploys else ()),
        )
        self.series = tuple(f"{agent}/host.{word}" for word in words)
        self._words = words
        self.interval = float(settings.interval)
        self.timeout = 2 * float(settings.timeout)  # the service first, then all else side by side
        self._host = host_of(settings)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. Raises ProbeError where the host does not answer for the service itself."""
        clock = asyncio.get_running_loop().time
        started, host = clock(), self._host
        try:
            service = await host.service()
        except HostError as error:
            raise ProbeError(error.text) from None
        parts: list[Awaitable[dict[str, Found]]] = [
            _part(host.usage(now), ("cpu", "memory"), usage_found),
            _part(host.instances(), ("instances", "age"), lambda found: instances_found(found, now)),
            # A day back: what failed long ago, and did not come back, is failing still.
            _part(host.events(now - DAY), _OF_EVENTS, lambda found: events_found(found, now)),
        ]
        if self._deploys:
            parts.append(self._of_deploys(now))
        if self._requests:
            parts.append(_part(host.latency(now), ("latency",), latency_found))
        said: dict[str, Found] = {"suspended": suspended_found(service)}
        for part in await asyncio.gather(*parts):
            said |= part
        at = now + clock() - started
        return tuple(
            Sample(series, at, *said[word]) for series, word in zip(self.series, self._words, strict=True)
        )

    async def _of_deploys(self, now: float) -> dict[str, Found]:
        """The deploys, and the webhook's answers before and after the live one."""
        live_since: float | None = None

        def found(deploys: Sequence[Deploy]) -> dict[str, Found]:
            nonlocal live_since
            live_since = next((one.ended or one.at for one in deploys if one.live), None)
            return deploys_found(deploys, now)

        said = await _part(self._host.deploys(now - DAY), _OF_DEPLOYS, found)
        if self._requests:
            said |= await _part(self._answers(live_since, now), _OF_REQUESTS, lambda answers: answers)
        return said

    async def _answers(self, live_since: float | None, now: float) -> dict[str, Found]:
        """Shares of errors; around a deploy of the last hour, too."""
        newest = await self._host.requests(now - WEBHOOK, now)
        counted = {"http_errors": requests_found(newest), "requests": count_found(newest)}
        if live_since is None or now - live_since > HOUR:
            return {**counted, "deploy_harm": (0.0, "", "")}
        before, since = await asyncio.gather(
            self._host.requests(live_since - HOUR, live_since), self._host.requests(live_since, now)
        )
        return {**counted, "deploy_harm": harm_found(before, since)}

    async def close(self) -> None:
        """Gives back the connection."""
        await self._host.close()


async def _part(
    call: Awaitable[T], words: Sequence[str], found: Callable[[T], dict[str, Found]]
) -> dict[str, Found]:
    """What a call says; where it failed, why."""
    try:
        return found(await call)
    except HostError as error:
        return dict.fromkeys(words, (None, error.text, ""))


def suspended_found(service: ServiceState) -> Found:
    """Whether the service is suspended, and who suspended it."""
    note: Saying = ", ".join(service.by) if service.suspended else ""
    return float(service.suspended), note, ""


def usage_found(usage: Usage) -> dict[str, Found]:
    """CPU and memory, of their limits."""
    return {"cpu": _use(usage.cpu), "memory": _use(usage.memory)}


def _use(use: Use) -> Found:
    return use.percent, use.note, ""


def instances_found(instances: Sequence[Instance], now: float) -> dict[str, Found]:
    """How many run, and since when the youngest does."""
    age = min((max(0.0, now - one.since) for one in instances), default=None)
    none = message("no instance runs")
    return {
        "instances": (float(len(instances)), "", ""),
        "age": (age, none if age is None else "", ""),
    }


def events_found(events: Sequence[HostEvent], now: float) -> dict[str, Found]:
    """Failures and restarts. What failed last is named, its kind as the code."""
    hour = [one for one in events if one.at >= now - HOUR]
    failures = [one for one in hour if one.kind in _FAILURES]
    killed = [one for one in failures if one.kind is HostEventKind.OUT_OF_MEMORY]
    restarts = [one for one in hour if one.kind in (*_FAILURES, HostEventKind.RESTARTED)]
    over = (*_FAILURES, HostEventKind.AVAILABLE, HostEventKind.RESTARTED, HostEventKind.RESUMED)
    last = next((one for one in reversed(events) if one.kind in over), None)
    failing = last if last is not None and last.kind in _FAILURES else None
    return {
        "failing": (float(failing is not None), *_named(failing)),
        "failures_1h": (float(len(failures)), *_named(failures[-1] if failures else None)),
        "out_of_memory_1h": (float(len(killed)), *_named(killed[-1] if killed else None)),
        "restarts_1h": (float(len(restarts)), "", ""),
    }


def _named(event: HostEvent | None) -> tuple[Saying, str]:
    if event is None:
        return "", ""
    return message("instance {what} at {at:clock}", what=event.text, at=event.at), event.kind.value


def deploys_found(deploys: Sequence[Deploy], now: float) -> dict[str, Found]:
    """How many there were in a day, how old the live one is, and whether the newest one failed."""
    live = next((one for one in deploys if one.live), None)
    done = [one for one in deploys if not one.running]
    failed = done[0] if done and done[0].failed else None
    age: Found = (None, message("no deploy is live"), "")
    if live is not None:
        age = (max(0.0, now - (live.ended or live.at)), live.commit[:7] or live.id, live.id)
    return {
        "deploys": (float(sum(one.at >= now - DAY for one in deploys)), "", ""),
        "deploy_age": age,
        "deploy_failed": (float(failed is not None), "" if failed is None else failed.status, ""),
    }


def requests_found(requests: Requests) -> Found:
    """The share of the webhook's answers that are errors, and how many answers it rests on."""
    if requests.by_status is None:
        return None, requests.note, ""
    share, _whole, _bad = webhook_errors(requests.by_status)
    if share is None:
        return None, message("no message in 10 min"), ""
    return share, message("{codes} in 10 min, by the host", codes=_codes(requests.by_status)), ""


def count_found(requests: Requests) -> Found:
    """How many requests the webhook had, by status code in the note."""
    if requests.by_status is None:
        return None, requests.note, ""
    return sum(requests.by_status.values()), _codes(requests.by_status), ""


def _codes(by_status: Mapping[str, float]) -> str:
    """`40 × 200, 3 × 500`: a client that went away has the code 0."""
    return ", ".join(f"{count:.0f} × {code}" for code, count in sorted(by_status.items()) if count)


def latency_found(latency: Latency) -> dict[str, Found]:
    """How long the webhook's answers took."""
    return {"latency": (latency.p95, latency.note, "")}


def harm_found(before: Requests, since: Requests) -> Found:
    """By how many points errors rose with a deploy; 0 where too few answers say anything."""
    if since.by_status is None:
        return None, since.note, ""
    share, whole, bad = webhook_errors(since.by_status)
    earlier, whole_before, bad_before = webhook_errors(before.by_status or {})
    if share is None or whole < _ENOUGH:
        return 0.0, "", ""
    note = message(
        "{bad:whole} of {whole:whole} answers failed since it, {bad_before:whole} of {whole_before:whole} before",
        bad=bad,
        whole=whole,
        bad_before=bad_before,
        whole_before=whole_before,
    )
    return max(0.0, share - (earlier or 0.0)), note, ""
