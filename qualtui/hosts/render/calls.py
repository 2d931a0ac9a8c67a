"""Every request that may be sent to Render, as a table; what is not in it is not sent. Pure."""

from collections.abc import Collection, Sequence
from urllib.parse import urlencode

import msgspec

from qualtui.config.values import HostWrite
from qualtui.hosts.host import forbidden
from qualtui.text.message import message

ORIGIN = "https://api.render.com"
_BASE = "/v1"

Query = Sequence[tuple[str, str | Sequence[str]]]


class RenderCall(msgspec.Struct, frozen=True):
    """One request. `{service}` stands for the configured service's id, which `resource` must name, too.

    `write`: what `allow` must have. `comma`: arrays are joined by a comma, else the parameter is repeated.
    """

    method: str
    path: str
    write: HostWrite | None = None
    resource: bool = False
    comma: bool = False


SERVICES = RenderCall("GET", "/services", comma=True)
SERVICE = RenderCall("GET", "/services/{service}")
DEPLOYS = RenderCall("GET", "/services/{service}/deploys")
INSTANCES = RenderCall("GET", "/services/{service}/instances")
EVENTS = RenderCall("GET", "/services/{service}/events")
CPU = RenderCall("GET", "/metrics/cpu", resource=True)
CPU_LIMIT = RenderCall("GET", "/metrics/cpu-limit", resource=True)
MEMORY = RenderCall("GET", "/metrics/memory", resource=True)
MEMORY_LIMIT = RenderCall("GET", "/metrics/memory-limit", resource=True)
REQUESTS = RenderCall("GET", "/metrics/http-requests", resource=True)
LATENCY = RenderCall("GET", "/metrics/http-latency", resource=True)
LOGS = RenderCall("GET", "/logs", resource=True)
RESTART = RenderCall("POST", "/services/{service}/restart", HostWrite.RESTART)
ROLLBACK = RenderCall("POST", "/services/{service}/rollback", HostWrite.ROLLBACK)
UPDATE = RenderCall("PATCH", "/services/{service}", HostWrite.ROLLBACK)  # of automatic deploys alone

TABLE: tuple[RenderCall, ...] = (
    SERVICES, SERVICE, DEPLOYS, INSTANCES, EVENTS,
    CPU, CPU_LIMIT, MEMORY, MEMORY_LIMIT, REQUESTS, LATENCY, LOGS, RESTART, ROLLBACK, UPDATE,
)  # fmt: skip


def target(call: RenderCall, service: str, query: Query, allow: Collection[HostWrite]) -> str:
    """The path and query of a call. Raises HostError where the table, or `allow`, does not have it."""
    if call not in TABLE:
        raise forbidden(message("{method} {path} is not in the table", method=call.method, path=call.path))
    if call.write is not None and call.write not in allow:
        raise forbidden(message('allow in [agents.NAME.host] does not have "{what}"', what=call.write.value))
    about = (("resource", service), *query) if call.resource else query
    if any(name in ("resource", "service") and value != service for name, value in about):
        raise forbidden(message("a request about another service"))
    words = arrays(about, comma=call.comma)
    return f"{_BASE}{call.path.format(service=service)}{'?' + words if words else ''}"


def arrays(query: Query, *, comma: bool) -> str:
    """A query whose arrays are joined by a comma (GET /services), or repeated (all others)."""
    pairs: list[tuple[str, str]] = []
    for name, value in query:
        if isinstance(value, str):
            pairs.append((name, value))
        else:
            pairs += [(name, ",".join(value))] if comma else [(name, one) for one in value]
    return urlencode(pairs, safe=",:")
