"""What `GET /health/deep` answers: every link of every agent with its status, evidence and age. Pure."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from qualtui.diagnosis.chain import BAD, BUSY, NO_SOURCE, OK
from qualtui.model import Evidence, Link, Severity
from qualtui.text.message import Saying, render
from qualtui.wire import AgentDetail, LinkView

# The series whose newest answer a link's status rests on.
WITNESSES: dict[Link, tuple[str, ...]] = {
    Link.US: ("health.up", "db.up", "gateway.up"),
    Link.WEBHOOK: ("customers.last_inbound",),
    Link.BOT: ("health.up",),
    Link.DATABASE: ("db.up",),
    Link.GATEWAY: ("gateway.working", "gateway.up"),
    Link.CUSTOMER: ("customers.waiting",),
}
FIGURES = tuple(dict.fromkeys(name for names in WITNESSES.values() for name in names))


class ServiceStatus(StrEnum):
    """How a service is. UNKNOWN: no fresh evidence; NO_SOURCE: nothing polls it."""

    OK = "ok"
    DEGRADED = "degraded"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    NO_SOURCE = "no_source"


_STATUS = {
    OK: ServiceStatus.OK,
    BUSY: ServiceStatus.DEGRADED,
    BAD: ServiceStatus.CRITICAL,
    NO_SOURCE: ServiceStatus.NO_SOURCE,
}


class ServiceHealth(msgspec.Struct, frozen=True):
    """One service. `age_s`: seconds since the newest answer that it rests on, None where there is none."""

    status: ServiceStatus
    evidence: Evidence
    age_s: float | None
    text: str


class DeepHealth(msgspec.Struct, frozen=True):
    """All services by name: `engine`, `AGENT/LINK`. `status`: ok (by fresh evidence), degraded, critical."""

    status: ServiceStatus
    services: dict[str, ServiceHealth]


def deep_health(agents: Sequence[AgentDetail], fault: Saying, now: float) -> DeepHealth:
    """Return how everything is. `fault`: of the engine itself, which is never the bot's: degraded at most."""
    own = ServiceStatus.DEGRADED if fault else ServiceStatus.OK
    services = {"engine": ServiceHealth(own, Evidence.FRESH, 0.0, render(fault) or "watching")}
    for agent in agents:
        for view in agent.chain:
            services[f"{agent.name}/{view.link.value}"] = _service(agent, view, now)
    levels = {agent.now.level for agent in agents}
    if Severity.CRITICAL in levels or _any(services, ServiceStatus.CRITICAL):
        return DeepHealth(ServiceStatus.CRITICAL, services)
    calm = all(agent.now.calm and agent.now.level is None and agent.chain for agent in agents)
    good = calm and not _any(services, ServiceStatus.DEGRADED) and not _any(services, ServiceStatus.UNKNOWN)
    return DeepHealth(ServiceStatus.OK if good else ServiceStatus.DEGRADED, services)


def _service(agent: AgentDetail, view: LinkView, now: float) -> ServiceHealth:
    figures = (agent.figures.get(name) for name in WITNESSES.get(view.link, ()))
    times = [figure.at for figure in figures if figure is not None and figure.at is not None]
    age = round(max(0.0, now - max(times)), 1) if times else None
    status = _STATUS.get(view.status, ServiceStatus.UNKNOWN)
    if status is ServiceStatus.OK and view.evidence is not Evidence.FRESH:
        status = ServiceStatus.UNKNOWN  # only fresh evidence may say that all is well
    return ServiceHealth(status, view.evidence, age, render(view.text))


def _any(services: dict[str, ServiceHealth], status: ServiceStatus) -> bool:
    return any(one.status is status for one in services.values())
