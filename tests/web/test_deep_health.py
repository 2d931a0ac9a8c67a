"""The worst link decides, only fresh evidence is ok, and our own fault is never theirs."""

import pytest

from qualtui.model import Evidence, Link, Severity
from qualtui.web.deep_health import ServiceHealth, ServiceStatus, deep_health
from qualtui.wire import AgentDetail, Figure, LinkView, NowView

NOW = 1000.0
CALM = NowView(None, True, "everyone is answered")


def agent(*links: LinkView, now: NowView = CALM) -> AgentDetail:
    figure = Figure("db.up", 1.0, "", Evidence.FRESH, at=NOW - 4)
    return AgentDetail("bot", now, links, {"db.up": figure})


def database(status: str, evidence: Evidence = Evidence.FRESH) -> LinkView:
    return LinkView(Link.DATABASE, status, "4ms", evidence)


def test_a_service_has_status_evidence_age_and_text() -> None:
    found = deep_health([agent(database("ok"))], "", NOW)
    assert found.status is ServiceStatus.OK
    assert found.services["bot/database"] == ServiceHealth(ServiceStatus.OK, Evidence.FRESH, 4.0, "4ms")


@pytest.mark.parametrize(
    ("link", "service", "whole"),
    [
        (database("busy"), ServiceStatus.DEGRADED, ServiceStatus.DEGRADED),
        (database("bad"), ServiceStatus.CRITICAL, ServiceStatus.CRITICAL),
        (database("unknown", Evidence.NO_DATA), ServiceStatus.UNKNOWN, ServiceStatus.DEGRADED),
        (database("ok", Evidence.DISAGREE), ServiceStatus.UNKNOWN, ServiceStatus.DEGRADED),
        (database("no_source", Evidence.NO_SOURCE), ServiceStatus.NO_SOURCE, ServiceStatus.OK),
    ],
)
def test_the_worst_link_decides(link: LinkView, service: ServiceStatus, whole: ServiceStatus) -> None:
    found = deep_health([agent(database("ok")), agent(link)], "", NOW)
    assert (found.services["bot/database"].status, found.status) == (service, whole)


@pytest.mark.parametrize(
    ("now", "whole"),
    [
        (NowView(Severity.CRITICAL, False, "3 wait"), ServiceStatus.CRITICAL),
        (NowView(Severity.WARNING, False, "3 wait"), ServiceStatus.DEGRADED),
        (NowView(None, False, "CANNOT TELL"), ServiceStatus.DEGRADED),
    ],
)
def test_what_the_screen_says_of_an_agent_counts_too(now: NowView, whole: ServiceStatus) -> None:
    assert deep_health([agent(database("ok"), now=now)], "", NOW).status is whole


def test_a_fault_of_the_engine_is_degraded_never_critical() -> None:
    found = deep_health([agent(database("ok"))], "the disk is full", NOW)
    assert found.status is ServiceStatus.DEGRADED
    assert found.services["engine"].text == "the disk is full"
