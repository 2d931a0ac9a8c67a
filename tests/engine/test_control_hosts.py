"""Which of the asked hosts are this machine: their answers prove nothing of our network."""

import pytest

from qualtui.config.values import AgentSettings, DatabaseSettings, GatewaySettings, HealthSettings, Secret
from qualtui.diagnosis.own_network import ControlledHost
from qualtui.engine.control_hosts import control_hosts


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
    health = HealthSettings(url="https://bot.example.com/health")
    agent = AgentSettings(
        health=health, database=DatabaseSettings(dsn=Secret(dsn)), gateway=GatewaySettings(url="http://[::1]:3000")
    )
    assert control_hosts(agent) == {
        "health": ControlledHost(False, 30),
        "db": ControlledHost(near, 5),
        "gateway": ControlledHost(True, 5),
    }
    assert control_hosts(AgentSettings()) == {}
