"""The probes that one agent's configuration asks for."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

import msgspec

from qualtui.config.values import AgentSettings, GatewaySettings
from qualtui.database import Database
from qualtui.eventlog.customers import BacklogMarked
from qualtui.gateways.gateway import GatewayCapability
from qualtui.gateways.registry import kind_of
from qualtui.probes.audit import Audit
from qualtui.probes.chat_matching import ChatMatching
from qualtui.probes.control import ControlProbe
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.deep import DeepProbe
from qualtui.probes.gateway import GatewayProbe
from qualtui.probes.gateway_chats import GatewayChatsProbe
from qualtui.probes.gateway_uptime import GatewayUptimeProbe
from qualtui.probes.goals import GoalsProbe, History, no_history
from qualtui.probes.health import HealthProbe
from qualtui.probes.inbound_silence import InboundSilenceProbe
from qualtui.probes.json_series import JsonSeriesProbe
from qualtui.probes.metrics import MetricsProbe
from qualtui.probes.postgres import DatabaseProbe
from qualtui.probes.probe import Probe
from qualtui.probes.serial_database import SerialDatabase
from qualtui.probes.slow_lane import SlowLaneProbe
from qualtui.probes.sql_series import SqlSeriesProbe
from qualtui.probes.tls import TlsProbe, tls_hosts
from qualtui.text.message import Saying
from qualtui.tracking.deliverability import GatewayAt, no_gateway
from qualtui.tracking.gateway_witness import RowsToday
from qualtui.tracking.manual_closes import Closed


class Deps(msgspec.Struct, frozen=True):
    """What the probes need of the engine. `load` and `save` keep blobs by name in our store; neither raises."""

    load: Callable[[str], Awaitable[bytes | None]]
    save: Callable[[str, bytes], Awaitable[None]]
    learned: Callable[[BacklogMarked], None]
    gateway: Callable[[str], GatewayAt]  # by agent; asked for where a gateway is configured
    born: Callable[[str], float | None]  # by agent: BacklogMarked.before, if the log has one
    history: History = no_history  # of our own samples
    by_hand: Callable[[str], Closed] = lambda _agent: {}  # by agent: customers whom a person answered
    backlog_before: Callable[[str], float | None] = lambda _agent: None  # by agent: the edge of its backlog
    owed: Callable[[str, Collection[str]], None] = lambda _agent, _leads: None  # all whom rows and chats owe
    despite: Callable[[str], Saying] = lambda _agent: ""  # why a session that is WORKING is to be restarted
    logged_out: Callable[[str], Saying] = lambda _agent: ""  # its status, where a person must log in
    unreachable: Callable[[str], Saying] = lambda _agent: ""  # why its gateway takes no calls, such as refused
    broken_for: Callable[[str], float] = lambda _agent: 0.0  # by agent: s for which its gateway is not WORKING
    speed: float = 1.0  # a demo's time is faster
    retry_text: str = ""  # what the fix `retry` sends: no answer of the bot
    minute: float = 60.0  # s that a sample of goal.minute stands for: less in a fast demo

    def edge(self, agent: str) -> float | None:
        """Since when chats are somebody's; None: the first look is under way."""
        edge = self.backlog_before(agent)
        return self.born(agent) if edge is None else edge


def probes_of(name: str, agent: AgentSettings, deps: Deps) -> list[Probe]:
    """The probes of an agent. At most two database connections, and one for the user's own series.

    Raises DatabaseError on a bad mapping.
    """
    probes: list[Probe] = []
    if agent.health is not None:
        probes.append(HealthProbe(name, agent.health))
        if agent.health.deep:
            probes.append(DeepProbe(name, agent.health))
    if agent.metrics is not None:
        probes.append(MetricsProbe(name, agent.metrics))
    if agent.gateway is not None:
        probes.append(GatewayProbe(name, agent.gateway))
        if GatewayCapability.UPTIME in kind_of(agent.gateway).capabilities:
            probes.append(GatewayUptimeProbe(name, agent.gateway))
    chats: GatewayChatsProbe | None = None
    match: ChatMatching | None = None
    if agent.gateway is not None and agent.gateway.chats_interval and lists_chats(agent.gateway):
        chats = GatewayChatsProbe(
            name,
            agent.gateway,
            lambda: deps.edge(name),
            lambda: RowsToday() if match is None else match.rows,
            speed=deps.speed,
            retry_text=deps.retry_text,
        )
        probes.append(chats)
    targets = tls_hosts(
        [settings.url for settings in (agent.health, agent.metrics, agent.gateway) if settings is not None]
    )
    if targets:
        probes.append(TlsProbe(name, targets, agent.tls))
    if agent.control is not None:
        probes.append(ControlProbe(name, agent.control))
    probes += own_probes(name, agent)
    if probes or agent.database is not None:
        probes.append(GoalsProbe(name, deps.history, deps.minute))
    settings = agent.database
    if settings is None:
        return probes
    timeout, slow_timeout = float(settings.timeout), float(settings.slow_timeout)
    # One pool of two: a cycle of the fast lane must not make the question "are you there" wait.
    shared = Database(settings.dsn, pooler=settings.pooler, connect_timeout=timeout, size=2)
    key = f"ledger/{name}"
    if chats is not None:
        fresh_for = 3 * chats.interval + chats.timeout
        secret = f"chats/{name}"
        keep = partial(deps.load, secret), partial(deps.save, secret)
        match = ChatMatching(agent.mapping, lambda: chats.chats, chats.refresh, fresh_for, *keep)
    audit = Audit(agent.mapping)
    probes.append(DatabaseProbe(name, shared, float(settings.interval), timeout))
    probes.append(
        CustomersProbe(
            name,
            shared,
            settings,
            agent.mapping,
            gateway=no_gateway if agent.gateway is None else deps.gateway(name),
            load=partial(deps.load, key),
            save=partial(deps.save, key),
            learned=deps.learned,
            born=deps.born(name),
            backlog_before=deps.backlog_before(name),
            by_hand=lambda: deps.by_hand(name),
            owed=partial(deps.owed, name),
            match=match,
            audit=audit,
            speed=deps.speed,
        )
    )
    # The slow ones share one of the two connections: the other is for the fast lane and "are you there".
    turn, every = SerialDatabase(shared), float(settings.slow_interval)
    probes.append(SlowLaneProbe(name, turn, agent.mapping, every, slow_timeout, audit))
    if agent.gateway is not None:
        probes.append(InboundSilenceProbe(name, turn, agent.mapping, every / 10, slow_timeout))
    return probes


def lists_chats(settings: GatewaySettings) -> bool:
    """Whether this kind of gateway lists its chats."""
    return GatewayCapability.CHATS in kind_of(settings).capabilities


def own_probes(name: str, agent: AgentSettings) -> list[Probe]:
    """The user's own series. Their statements take a connection of their own in turn: no lane waits for them."""
    probes: list[Probe] = [JsonSeriesProbe(name, each, one) for each, one in agent.series.items() if one.url]
    settings = agent.database
    if settings is not None:
        timeout = float(settings.timeout)
        turn = SerialDatabase(Database(settings.dsn, pooler=settings.pooler, connect_timeout=timeout))
        probes += [SqlSeriesProbe(name, each, one, turn) for each, one in agent.series.items() if one.sql.strip()]
    return probes


def customers_of(probes: Sequence[Probe], agent: str) -> CustomersProbe | None:
    """The fast lane of an agent; None where it has no database."""
    found = (probe for probe in probes if isinstance(probe, CustomersProbe))
    return next((probe for probe in found if probe.name == f"{agent}/customers"), None)


def learning_of(probes: Sequence[Probe], agent: str) -> float | None:
    """How far an agent's fast lane has read the past, 0..1, while it does."""
    probe = customers_of(probes, agent)
    return None if probe is None else probe.learning
