"""The hosts that an agent's control target speaks for: is each this machine, and how long is it waited for?"""

from urllib.parse import urlsplit

from qualtui.config.values import Agent, Secret
from qualtui.doctor.asking import near
from qualtui.doctor.link import link_of
from qualtui.signals.control import Host


def hosts(agent: Agent) -> dict[str, Host]:
    """By link (signals.control.LINKS)."""
    found = {}
    if agent.health is not None:
        found["health"] = Host(near(urlsplit(agent.health.url).hostname or ""), float(agent.health.timeout))
    if agent.database is not None:
        found["db"] = Host(_near(agent.database.dsn), float(agent.database.timeout))
    if agent.waha is not None:
        found["waha"] = Host(near(urlsplit(agent.waha.url).hostname or ""), float(agent.waha.timeout))
    return found


def _near(dsn: Secret) -> bool:
    try:
        return link_of(dsn).near
    except ValueError:  # a DSN that is none: its own probe says so
        return False
