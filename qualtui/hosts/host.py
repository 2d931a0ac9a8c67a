"""What a host is for probes, fixes and the doctor: one Protocol, its values, and one error."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

from qualtui.text.message import Saying, Text

DeployId = str


class HostCapability(StrEnum):
    """What a kind of host can report or do beside the service's state and use."""

    DEPLOYS = "deploys"
    REQUESTS = "requests"  # counts of the webhook's answers by status code
    LOGS = "logs"
    RESTART = "restart"
    ROLLBACK = "rollback"


class HostFault(StrEnum):
    """Why there is no good answer. All of them are *no data* of the bot: the host's API is not its machine."""

    LOCAL = "local"  # we could not ask
    BROKEN = "broken"  # refused, or it broke off
    SILENT = "silent"  # no answer in time
    UNAUTHORIZED = "unauthorized"  # it rejects our key
    NO_SERVICE = "no service"  # it has no such service
    LIMITED = "limited"  # too many requests: nothing is sent before a pause has passed
    STATUS = "status"  # it answers an error that has no word here
    UNREADABLE = "unreadable"  # an answer that is not the host's
    FORBIDDEN = "forbidden"  # our own table of requests, or `allow`, refuses it: nothing was sent


class HostError(Exception):
    """No good answer; `text` has no key and no address. `http`: the answer's status, 0 without one."""

    def __init__(self, fault: HostFault, text: Saying, *, http: int = 0) -> None:
        super().__init__(str(text))
        self.fault = fault
        self.text = text
        self.http = http


class ServiceState(msgspec.Struct, frozen=True):
    """The bot's service. `by`: who or what suspended it, in the host's words."""

    name: str
    suspended: bool
    by: tuple[str, ...] = ()
    plan: str = ""
    dashboard: str = ""  # where people look at it
    deploys_itself: bool = False  # a push makes a new deploy


class Deploy(msgspec.Struct, frozen=True):
    """One deploy of the bot. `at`: when it began, `ended`: when it became what it is; None: not known."""

    id: DeployId
    at: float
    status: str  # in the host's own word
    live: bool  # it is what runs now
    failed: bool = False
    running: bool = False  # it is in progress
    ended: float | None = None
    commit: str = ""
    once_live: bool = False  # it was live before, and is not now
    is_rollback: bool = False  # it is an older deploy's code again


class Instance(msgspec.Struct, frozen=True):
    """A running copy of the bot, and since when it runs: a younger one is a restart."""

    id: str
    since: float


class HostEventKind(StrEnum):
    """What happened to the service."""

    OUT_OF_MEMORY = "out of memory"
    FAILED = "failed"  # an instance ended, or failed its health check
    AVAILABLE = "available"  # an instance answers again
    RESTARTED = "restarted"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    OTHER = "other"


class HostEvent(msgspec.Struct, frozen=True):
    """One event. `text`: why, in a few words without a person's name."""

    id: str
    at: float
    kind: HostEventKind
    text: Saying = ""


class Use(msgspec.Struct, frozen=True):
    """How much of its limit the worst instance uses. `percent` None: `note` says why it is not known."""

    percent: float | None
    note: Saying = ""
    at: float | None = None  # of the measured point


class Usage(msgspec.Struct, frozen=True):
    """CPU and memory, of their limits."""

    cpu: Use
    memory: Use


class Requests(msgspec.Struct, frozen=True):
    """The webhook's answers of a time by status code, such as "200". `note` where there are none to be had."""

    by_status: dict[str, float] | None
    note: Saying = ""


class Latency(msgspec.Struct, frozen=True):
    """How long the webhook's answers took at the host, in seconds. None: `note` says why it is not known."""

    p95: float | None
    note: Saying = ""


class LogLine(msgspec.Struct, frozen=True):
    """A line of the bot's log. Its text is the bot's own: masked before anything shows or keeps it."""

    id: str
    at: float
    text: str


class Host(Protocol):
    """A place that runs the bot. An adapter translates its errors at its own edge: each call raises HostError."""

    async def service(self) -> ServiceState:
        """The service as it is."""

    async def visible(self) -> int:
        """How many services our key may see and change; 1 where there is no key."""

    async def usage(self, now: float) -> Usage:
        """CPU and memory of the newest measured point."""

    async def instances(self) -> tuple[Instance, ...]:
        """The running copies of the bot."""

    async def events(self, since: float) -> tuple[HostEvent, ...]:
        """What happened since a time, oldest first."""

    async def deploys(self, since: float) -> tuple[Deploy, ...]:
        """The deploys back to a time, newest first, and the one that is live."""

    async def requests(self, since: float, now: float) -> Requests:
        """The webhook's answers since a time."""

    async def latency(self, now: float) -> Latency:
        """95th percentile of the webhook's answers, of the newest measured point that has one."""

    async def logs(self, since: float, now: float) -> tuple[LogLine, ...]:
        """The lines of the bot's log since a time, oldest first, each id once."""

    async def restart(self) -> None:
        """Restarts the bot's service."""

    async def rollback(self, deploy: DeployId) -> DeployId:
        """Deploys an older deploy again; returns the new one."""

    async def stop_automatic_deploys(self) -> None:
        """A push makes no deploy from now on: it would undo a rollback."""

    async def close(self) -> None:
        """Gives back connections; never raises, never waits longer than a second."""


def forbidden(text: Text) -> HostError:
    """The error of a request that is not sent."""
    return HostError(HostFault.FORBIDDEN, text)


def webhook_errors(by_status: Mapping[str, float]) -> tuple[float | None, float, float]:
    """The share of 5xx among 2xx and 5xx in %, how many both are, and how many are 5xx.

    Redirects, 4xx and "0" (a client that went away) are no word of the bot on a message.
    """
    bad = sum(count for code, count in by_status.items() if code.startswith("5"))
    whole = bad + sum(count for code, count in by_status.items() if code.startswith("2"))
    return (100.0 * bad / whole if whole else None), whole, bad
