"""Alerts and incidents as the tests of mutes need them."""

from qualtui.model import AlertState, Incident, Origin, Phase, Severity


def alert(
    rule: str = "customers-waiting",
    *,
    agent: str = "bot",
    severity: Severity = Severity.CRITICAL,
    link: str = "customer",
    number: int = 1,
) -> AlertState:
    """An alert that fires."""
    return AlertState(rule, agent, Phase.FIRING, severity, 100.0, number, link=link)


def incident(*, origin: Origin = Origin.APART, link: str = "", revision: int = 0) -> Incident:
    """An open incident."""
    return Incident(
        1,
        "customers-waiting",
        "bot",
        Severity.CRITICAL,
        Phase.FIRING,
        100.0,
        100.0,
        "customers wait",
        origin=origin,
        link=link,
        revision=revision,
    )
