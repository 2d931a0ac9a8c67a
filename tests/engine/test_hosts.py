"""Which of the asked hosts are this machine: their answers prove nothing of our network."""

import pytest

from qualtui.config.values import Agent, DatabaseProbe, HealthProbe, Secret, WahaProbe
from qualtui.engine.hosts import hosts
from qualtui.signals.control import Host


@pytest.mark.parametrize(
    ("dsn", "near"),
    [
        ("postgresql://u:p@db.example.com:6543/x", False),
        ("postgresql://u:p@127.0.0.1/x", True),
        ("postgresql://u@/x?host=/run/postgresql", True),
        ("postgresql://u:pa[ss@db.example.com/x", False),
    ],
)
def test_each_host_is_this_machine_or_not(dsn: str, near: bool) -> None:
    health = HealthProbe(url="https://bot.example.com/health")
    agent = Agent(health=health, database=DatabaseProbe(dsn=Secret(dsn)), waha=WahaProbe(url="http://[::1]:3000"))
    assert hosts(agent) == {"health": Host(False, 30), "db": Host(near, 5), "waha": Host(True, 5)}
    assert hosts(Agent()) == {}
