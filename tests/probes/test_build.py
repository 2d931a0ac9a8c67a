"""What a configuration asks for is built, nothing else, with two database connections at most."""

import time

from qualtui.config.values import AgentSettings, DatabaseSettings, GatewaySettings, HealthSettings, MetricsSettings
from qualtui.engine.supervisor import ask_once
from qualtui.probes.build import Deps, customers_of, probes_of
from qualtui.tracking.deliverability import no_gateway
from tests.postgres import AgentDatabase


async def load(name: str) -> bytes | None:
    return None


async def save(name: str, blob: bytes) -> None:
    assert name == "ledger/bot"


DEPS = Deps(
    load=load, save=save, learned=lambda mark: None, gateway=lambda agent: no_gateway, born=lambda agent: None
)


async def test_all_probes_of_an_agent_hold_two_connections_at_most(agent_db: AgentDatabase) -> None:
    agent = AgentSettings(
        health=HealthSettings(url="http://127.0.0.1:1/health"),
        metrics=MetricsSettings(url="http://127.0.0.1:1/metrics"),
        database=DatabaseSettings(dsn=agent_db.dsn),
        gateway=GatewaySettings(url="http://127.0.0.1:1"),
    )
    probes = probes_of("bot", agent, DEPS)
    names = [
        "health",
        "metrics",
        "gateway",
        "uptime",
        "chats",
        "goals",
        "database",
        "customers",
        "counts",
        "past",
        "deaf",
    ]
    names.append("budget")
    try:
        assert [probe.name for probe in probes] == [f"bot/{name}" for name in names]
        series = [name for probe in probes for name in probe.series]
        assert len(series) == len(set(series))
        for probe in probes:
            answered = await ask_once(probe, time.time)
            assert {sample.series for sample in answered} == set(probe.series)
        held = await agent_db.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qualtui'")
        assert 1 <= held <= 2
        assert customers_of(probes, "bot") is probes[7]
        assert customers_of(probes, "other") is None
    finally:
        for probe in probes:
            await probe.close()
    await agent_db.until("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'qualtui'")


def test_what_is_not_configured_has_no_probe() -> None:
    assert probes_of("bot", AgentSettings(), DEPS) == []
