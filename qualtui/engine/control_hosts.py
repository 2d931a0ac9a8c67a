"""The hosts that an agent's control target speaks for: is each this machine, and how long is it waited for?"""

from urllib.parse import urlsplit

from qualtui.config.dsn import DsnError, parse
from qualtui.config.values import AgentSettings, Secret
from qualtui.diagnosis.own_network import ControlledHost
from qualtui.doctor.http_request import near
from qualtui.doctor.link import link_of


def control_hosts(agent: AgentSettings) -> dict[str, ControlledHost]:
    """By link (diagnosis.own_network.LINKS)."""
    found = {}
    if agent.health is not None:
        found["health"] = ControlledHost(
            near(urlsplit(agent.health.url).hostname or ""), float(agent.health.timeout)
        )
    if agent.database is not None:
        found["db"] = ControlledHost(_near(agent.database.dsn), float(agent.database.timeout))
    if agent.gateway is not None:
        found["gateway"] = ControlledHost(
            near(urlsplit(agent.gateway.url).hostname or ""), float(agent.gateway.timeout)
        )
    return found


def _near(dsn: Secret) -> bool:
    try:
        parse(dsn.reveal())
    except DsnError:  # its own probe says so
        return False
    return link_of(dsn).near
