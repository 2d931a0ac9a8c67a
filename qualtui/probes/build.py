"""The probes that one agent's configuration asks for."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

import msgspec

from qualtui.config.values import AgentSettings, DatabaseSettings, GatewaySettings, Goals, Mapping
from qualtui.database import Database
from qualtui.eventlog.customers import BacklogMarked
from qualtui.gateways.gateway import GatewayCapability
from qualtui.gateways.registry import kind_of
from qualtui.hosts.registry import keeps_log
from qualtui.probes.audit import Audit
from qualtui.probes.backup import AskBackups, BackupProbe
from qualtui.probes.budget import BudgetProbe
from qualtui.probes.chat_matching import ChatMatching
from qualtui.probes.control import ControlProbe
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.deep import DeepProbe
from qualtui.probes.gateway import GatewayProbe
from qualtui.probes.gateway_chats import GatewayChatsProbe
from qualtui.probes.gateway_uptime import GatewayUptimeProbe
from qualtui.probes.goals import GoalsProbe, History, no_history
from qualtui.probes.health import HealthProbe
from qualtui.probes.host import HostProbe
from qualtui.probes.host_logs import HostLogsProbe
from qualtui.probes.inbound_silence import InboundSilenceProbe
from qualtui.probes.json_series import JsonSeriesProbe
from qualtui.probes.metrics import MetricsProbe
from qualtui.probes.postgres import DatabaseProbe
from qualtui.probes.probe import Probe
from qualtui.probes.rows_past import RowsPastProbe
from qualtui.probes.serial_database import SerialDatabase
from qualtui.probes.session_list import SessionList
from qualtui.probes.slow_lane import SlowLaneProbe
from qualtui.probes.sql_series import SqlSeriesProbe
from qualtui.probes.tls import TlsProbe, tls_hosts
from qualtui.series.rows_past import blob_name
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
    by_hand: Callable[[str], Closed] = lambda _agent: {}  # by agent: customers that a person answered
    backlog_before: Callable[[str], float | None] = lambda _agent: None  # by agent: the edge of its backlog
    owed: Callable[[str, Collection[str]], None] = lambda _agent, _leads: None  # all who wait by rows and chats
    despite: Callable[[str], Saying] = lambda _agent: ""  # why a session that is WORKING is to be restarted
    logged_out: Callable[[str], Saying] = lambda _agent: ""  # its status, where a person must log in
    unreachable: Callable[[str], Saying] = lambda _agent: ""  # why its gateway takes no calls, such as refused
    broken_for: Callable[[str], float] = lambda _agent: 0.0  # by agent: s for which its gateway is not WORKING
    answered: Callable[[str], float | None] = lambda _agent: None  # when its /health last answered well
    down: Callable[[str], Saying] = lambda _agent: ""  # why the bot counts as down; empty: it works, or not known
    heard: Callable[[str], float | None] = lambda _agent: None  # when a customer's newest message was stored
    acted_on: Callable[[str, str], Collection[str]] = lambda _agent, _fix: ()  # the subjects of a fix's runs
    speed: float = 1.0  # a demo's time is faster
    retry_text: str = ""  # what the fix `retry` sends: no answer of the bot
    minute: float = 60.0  # s that a sample of goal.minute stands for: less in a fast demo
    goals: Goals = Goals()
    backups: dict[str, AskBackups] = {}  # by agent: of the first one, where backups are kept

    def edge(self, agent: str) -> float | None:
        """Since when chats are somebody's; None: the first look is still running."""
        edge = self.backlog_before(agent)
        return self.born(agent) if edge is None else edge


def probes_of(name: str, agent: AgentSettings, deps: Deps) -> list[Probe]:
    """The probes of an agent. At most two database connections, and one for the user's own series.

    Raises DatabaseError on a bad mapping.
    """
    match: ChatMatching | None = None
    chats = _chats_probe(name, agent, deps, lambda: RowsToday() if match is None else match.rows)
    probes = [*_bot_probes(name, agent), *_gateway_probes(name, agent), *([] if chats is None else [chats])]
    settings = (agent.health, agent.metrics, agent.gateway)
    targets = tls_hosts([one.url for one in settings if one is not None])
    if targets:
        probes.append(TlsProbe(name, targets, agent.tls))
    if agent.control is not None:
        probes.append(ControlProbe(name, agent.control))
    if agent.host is not None:
        probes.append(HostProbe(name, agent.host))
        if keeps_log(agent.host):
            probes.append(HostLogsProbe(name, agent.host))
    probes += own_probes(name, agent)
    if (backups := deps.backups.get(name)) is not None:
        probes.append(BackupProbe(name, backups))
    if not probes and agent.database is None:
        return probes
    probes.append(GoalsProbe(name, deps.history, deps.minute))
    if agent.database is None:
        return [*probes, BudgetProbe(name, deps.history, deps.minute, deps.goals)]
    if chats is not None:
        match = _matching(name, agent, deps, chats)
    found = _database_probes(name, agent, agent.database, deps, match)
    customers = customers_of(found, name)
    decided = None if customers is None else customers.decided
    return [*probes, *found, BudgetProbe(name, deps.history, deps.minute, deps.goals, decided)]


def _bot_probes(name: str, agent: AgentSettings) -> list[Probe]:
    probes: list[Probe] = []
    if agent.health is not None:
        probes.append(HealthProbe(name, agent.health))
        if agent.health.deep:
            probes.append(DeepProbe(name, agent.health))
    if agent.metrics is not None:
        probes.append(MetricsProbe(name, agent.metrics))
    return probes


def _gateway_probes(name: str, agent: AgentSettings) -> list[Probe]:
    if agent.gateway is None:
        return []
    probes: list[Probe] = [GatewayProbe(name, agent.gateway)]
    if GatewayCapability.UPTIME in kind_of(agent.gateway).capabilities:
        probes.append(GatewayUptimeProbe(name, agent.gateway))
    return probes


def _chats_probe(
    name: str, agent: AgentSettings, deps: Deps, rows: Callable[[], RowsToday]
) -> GatewayChatsProbe | None:
    """`rows`: what the database's rows show, to check the chats by."""
    if agent.gateway is None or not agent.gateway.chats_interval or not lists_chats(agent.gateway):
        return None
    edge = partial(deps.edge, name)
    return GatewayChatsProbe(name, agent.gateway, edge, rows, speed=deps.speed, retry_text=deps.retry_text)


def _matching(name: str, agent: AgentSettings, deps: Deps, chats: GatewayChatsProbe) -> ChatMatching:
    fresh_for = 3 * chats.interval + chats.timeout
    secret = f"chats/{name}"
    keep = partial(deps.load, secret), partial(deps.save, secret)
    return ChatMatching(agent.mapping, lambda: chats.chats, chats.refresh, fresh_for, *keep)


def _database_probes(
    name: str, agent: AgentSettings, settings: DatabaseSettings, deps: Deps, match: ChatMatching | None
) -> list[Probe]:
    """What is read of the bot's database, over one pool of two connections."""
    timeout, slow_timeout = float(settings.timeout), float(settings.slow_timeout)
    # One pool of two: a cycle of the fast lane must not make the question "are you there" wait.
    shared = Database(settings.dsn, pooler=settings.pooler, connect_timeout=timeout, size=2)
    audit, key = Audit(agent.mapping), f"ledger/{name}"
    customers = CustomersProbe(
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
    # The slow ones share one of the two connections: the other is for the fast lane and "are you there".
    turn, every = SerialDatabase(shared), float(settings.slow_interval)
    sessions = SessionList(name, turn, agent.mapping, slow_timeout)
    probes: list[Probe] = [
        DatabaseProbe(name, shared, float(settings.interval), timeout),
        customers,
        SlowLaneProbe(name, turn, agent.mapping, every, slow_timeout, audit, sessions),
        _rows_past(name, turn, agent.mapping, settings, deps),
    ]
    if agent.gateway is not None:
        probes.append(InboundSilenceProbe(name, turn, agent.mapping, every / 10, slow_timeout))
    return probes


def _rows_past(
    name: str, turn: SerialDatabase, mapping: Mapping, settings: DatabaseSettings, deps: Deps
) -> RowsPastProbe:
    blob = blob_name(name)
    return RowsPastProbe(
        name,
        turn,
        mapping,
        float(settings.slow_timeout),
        float(settings.reply_within),
        born=lambda: deps.born(name),
        load=partial(deps.load, blob),
        save=partial(deps.save, blob),
    )


def lists_chats(settings: GatewaySettings) -> bool:
    """Whether this kind of gateway lists its chats."""
    return GatewayCapability.CHATS in kind_of(settings).capabilities


def own_probes(name: str, agent: AgentSettings) -> list[Probe]:
    """The user's own series. Their statements share a separate connection: no lane waits for them."""
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


def sessions_of(probes: Sequence[Probe], agent: str) -> SessionList | None:
    """What lists the sessions of an agent; None where it has no database."""
    found = (probe for probe in probes if isinstance(probe, SlowLaneProbe))
    return next((probe.sessions for probe in found if probe.name == f"{agent}/counts"), None)


def learning_of(probes: Sequence[Probe], agent: str) -> float | None:
    """How far an agent's fast lane has read the past, 0..1, while it does."""
    probe = customers_of(probes, agent)
    return None if probe is None else probe.learning
