"""What Render's answers about a service say: its state, deploys, instances, events, log lines. Pure."""

from datetime import UTC, datetime

import msgspec

from qualtui.hosts.host import Deploy, HostEvent, HostEventKind, Instance, LogLine, ServiceState
from qualtui.text import clean
from qualtui.text.message import Saying, message

_FAILED = frozenset({"build_failed", "pre_deploy_failed", "update_failed"})
_RUNNING = frozenset({"created", "queued", "build_in_progress", "pre_deploy_in_progress", "update_in_progress"})


class _Details(msgspec.Struct, frozen=True):
    plan: str = ""


class Service(msgspec.Struct, frozen=True, rename="camel"):
    """GET /services/{id}, as far as it is read."""

    id: str
    owner_id: str
    name: str = ""
    suspended: str = ""
    suspenders: tuple[str, ...] = ()
    dashboard_url: str = ""
    service_details: _Details = _Details()
    auto_deploy: str = ""

    def state(self) -> ServiceState:
        """What probes know of it."""
        by = tuple(clean(one, 40) for one in self.suspenders)
        return ServiceState(
            clean(self.name, 60),
            self.suspended == "suspended",
            by,
            clean(self.service_details.plan, 20),
            clean(self.dashboard_url, 200),
            self.auto_deploy == "yes",
        )


class _Commit(msgspec.Struct, frozen=True):
    id: str = ""


class _Deploy(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    status: str = ""
    trigger: str = ""
    commit: _Commit | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class DeployRow(msgspec.Struct, frozen=True):
    """An element of GET /services/{id}/deploys."""

    cursor: str
    deploy: _Deploy

    def value(self) -> Deploy:
        """The deploy; one without a time is as old as can be."""
        one = self.deploy
        began = one.created_at or one.started_at
        return Deploy(
            one.id,
            0.0 if began is None else began.timestamp(),
            clean(one.status, 40),
            one.status == "live",
            one.status in _FAILED,
            one.status in _RUNNING,
            None if one.finished_at is None else one.finished_at.timestamp(),
            "" if one.commit is None else clean(one.commit.id, 40),
            one.status == "deactivated",
            one.trigger == "rollback",
        )


class InstanceRow(msgspec.Struct, frozen=True, rename="camel"):
    """An element of GET /services/{id}/instances."""

    id: str
    created_at: datetime

    def value(self) -> Instance:
        """The instance."""
        return Instance(self.id, self.created_at.timestamp())


class _Memory(msgspec.Struct, frozen=True, rename="camel"):
    memory_limit: str = ""


class _Reason(msgspec.Struct, frozen=True, rename="camel"):
    oom_killed: _Memory | None = None
    non_zero_exit: int | None = None
    unhealthy: str | None = None
    evicted: bool = False
    early_exit: bool = False


class _EventDetails(msgspec.Struct, frozen=True):
    reason: msgspec.Raw = msgspec.Raw(b"")  # of another form in deploys and builds


class _Event(msgspec.Struct, frozen=True):
    id: str
    timestamp: datetime
    type: str
    details: _EventDetails | None = None  # of what a person did they have an address: only `reason` is read


class EventRow(msgspec.Struct, frozen=True):
    """An element of GET /services/{id}/events."""

    cursor: str
    event: _Event

    def value(self) -> HostEvent:
        """The event; an unknown type is OTHER."""
        one = self.event
        kind = _KINDS.get(one.type, HostEventKind.OTHER)
        text: Saying = clean(one.type.replace("_", " "), 60)
        if kind is HostEventKind.FAILED:
            kind, text = _failure(one.details)
        return HostEvent(one.id, one.timestamp.timestamp(), kind, text)


_KINDS = {
    "server_failed": HostEventKind.FAILED,
    "server_hardware_failure": HostEventKind.FAILED,
    "server_available": HostEventKind.AVAILABLE,
    "server_restarted": HostEventKind.RESTARTED,
    "service_suspended": HostEventKind.SUSPENDED,
    "service_resumed": HostEventKind.RESUMED,
}
READ = tuple(_KINDS)  # the types of events requested


def _failure(details: _EventDetails | None) -> tuple[HostEventKind, Saying]:
    """Why an instance failed."""
    try:
        reason = msgspec.json.decode(details.reason, type=_Reason) if details and details.reason else _Reason()
    except msgspec.MsgspecError:
        reason = _Reason()
    if reason.oom_killed is not None:
        limit = clean(reason.oom_killed.memory_limit, 20)
        text = message("out of memory (limit {limit})", limit=limit) if limit else message("out of memory")
        return HostEventKind.OUT_OF_MEMORY, text
    if reason.non_zero_exit is not None:
        return HostEventKind.FAILED, message("exited with {code:whole}", code=reason.non_zero_exit)
    if reason.unhealthy:
        return HostEventKind.FAILED, message("health check: {said}", said=clean(reason.unhealthy, 60))
    if reason.evicted:
        return HostEventKind.FAILED, message("evicted")
    return HostEventKind.FAILED, message("ended early") if reason.early_exit else message("instance failed")


class _Log(msgspec.Struct, frozen=True):
    id: str
    timestamp: datetime
    message: str = ""


class LogRows(msgspec.Struct, frozen=True, rename="camel"):
    """GET /logs: a page, and the window of the next one."""

    has_more: bool = False
    next_start_time: str = ""
    next_end_time: str = ""
    logs: tuple[_Log, ...] = ()

    def lines(self) -> tuple[LogLine, ...]:
        """The lines, made safe to read."""
        return tuple(LogLine(one.id, one.timestamp.timestamp(), clean(one.message, 500)) for one in self.logs)


class ServiceRow(msgspec.Struct, frozen=True):
    """An element of GET /services."""

    cursor: str
    service: Service


class Created(msgspec.Struct, frozen=True):
    """The new deploy of a rollback."""

    id: str


def stamp(at: float) -> str:
    """A time as Render takes it: RFC 3339."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
