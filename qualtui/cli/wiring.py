"""The engine's composition root: a configuration becomes probes, fixes and channels."""

import time
from functools import partial

from qualtui.config.values import AgentSettings, Config, GatewaySettings
from qualtui.diagnosis.deploy_test import BEFORE, FAILED_AFTER, DeployCounts, count_around
from qualtui.engine.setup import Setup
from qualtui.fixes.deploy_rollback import Around, DeployRollback, DeployTools
from qualtui.fixes.failover import Failover, FailoverTools
from qualtui.fixes.fix import Fix, FixError
from qualtui.fixes.gateway_restart import GatewayRestart
from qualtui.fixes.retry import Waiting, retry_of
from qualtui.fixes.service_restart import ServiceRestart
from qualtui.fixes.sessions import SessionCleanup
from qualtui.gateways.gateway import GatewayCapability
from qualtui.gateways.registry import kind_of
from qualtui.hosts.host import HostCapability
from qualtui.hosts.registry import kind_of as host_kind_of
from qualtui.notify.channels.registry import channel_of, reply_readers
from qualtui.probes.build import Deps, customers_of, probes_of
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.gateway_chats import GatewayChatsProbe
from qualtui.probes.probe import Probe, ProbeError
from qualtui.wire import CustomerView


def build(config: Config, deps: Deps) -> Setup:
    """Everything that a configuration names; nothing is opened or polled yet."""
    probes: list[Probe] = []
    fixes_by_name: dict[tuple[str, str], Fix] = {}
    for name, agent in config.agents.items():
        mine = probes_of(name, agent, deps)
        probes += mine
        chats = next((one for one in mine if isinstance(one, GatewayChatsProbe)), None)
        for fix in _fixes(name, agent, config, customers_of(mine, name), chats, deps):
            fixes_by_name[name, fix.name] = fix
    targets = tuple(channel_of(name, channel) for name, channel in config.notify.channels.items())
    return Setup(config, tuple(probes), fixes_by_name, targets, reply_readers(config.notify.channels))


def _fixes(
    name: str,
    agent: AgentSettings,
    config: Config,
    customers: CustomersProbe | None,
    chats: GatewayChatsProbe | None,
    deps: Deps,
) -> list[Fix]:
    """The fixes of an agent that are enabled and have what they need."""
    fixes = config.fixes
    found: list[Fix] = []
    if agent.database is not None and fixes.session_cleanup.enabled:
        waiting = None if customers is None else _waiting(customers)
        found.append(SessionCleanup(name, agent.database, agent.mapping, fixes.session_cleanup, waiting))
    if agent.gateway is not None and fixes.gateway_restart.enabled and _restarts(agent.gateway):
        despite, broken_for = partial(deps.despite, name), partial(deps.broken_for, name)
        logged_out, unreachable = partial(deps.logged_out, name), partial(deps.unreachable, name)
        found.append(
            GatewayRestart(
                name,
                agent.gateway,
                fixes.gateway_restart,
                despite=despite,
                broken_for=broken_for,
                logged_out=logged_out,
                unreachable=unreachable,
            )
        )
    if customers is not None and fixes.retry.enabled:
        retry = retry_of(
            name,
            agent,
            fixes.retry,
            _waiting(customers),
            time.time,
            _waiting(customers, certain=True),
            customers.chat_id,
            lambda: chats is not None and chats.acks_unreliable,
        )
        found += [retry] if retry is not None else []
    return [*found, *_host_fixes(name, agent, config, customers, deps), *_failovers(name, agent, deps)]


def _failovers(name: str, agent: AgentSettings, deps: Deps) -> list[Fix]:
    """The two directions between a bot and its standby."""
    if agent.gateway is None or agent.health is None or not _moves(agent.gateway):
        return []
    tools = FailoverTools(partial(deps.down, name), partial(deps.heard, name))
    health, standby = agent.health.url, agent.standby
    return [Failover(name, agent.gateway, health, standby, tools, back=back) for back in (False, True)]


def _host_fixes(
    name: str, agent: AgentSettings, config: Config, customers: CustomersProbe | None, deps: Deps
) -> list[Fix]:
    """The fixes of the bot's service at its host."""
    if agent.host is None:
        return []
    found: list[Fix] = []
    can, fixes = host_kind_of(agent.host).capabilities, config.fixes
    answered = None if agent.health is None else partial(deps.answered, name)
    if HostCapability.RESTART in can and fixes.service_restart.enabled:
        found.append(ServiceRestart(name, agent.host, fixes.service_restart, time.time, answered))
    if HostCapability.ROLLBACK in can and fixes.deploy_rollback.enabled:
        tools = DeployTools(
            time.time,
            None if customers is None else _around(customers, deps.speed),
            answered,
            partial(deps.acted_on, name, DeployRollback.name),
            speed=deps.speed,
        )
        found.append(DeployRollback(name, agent.host, fixes.deploy_rollback, tools))
    return found


def _around(probe: CustomersProbe, speed: float) -> Around:
    """The customers around a deploy; raises FixError."""
    day = 86_400.0 / speed

    async def around(at: float) -> DeployCounts:
        now = time.time()
        try:
            before = await probe.wrote(at - day, at, BEFORE)
            since = await probe.wrote(at, now)
            waiting = {one.lead: one.since for one in await probe.who()}
        except ProbeError as error:
            raise FixError(error.text) from None
        return count_around(at, before, since, waiting, now, max(5.0, FAILED_AFTER / speed))

    return around


def _restarts(settings: GatewaySettings) -> bool:
    return GatewayCapability.RESTART in kind_of(settings).capabilities


def _moves(settings: GatewaySettings) -> bool:
    return GatewayCapability.MOVE in kind_of(settings).capabilities


def _waiting(probe: CustomersProbe, *, certain: bool = False) -> Waiting:
    """Who waits; raises FixError."""

    async def waiting() -> tuple[CustomerView, ...]:
        try:
            return await probe.who(certain=certain)
        except ProbeError as error:
            raise FixError(error.text) from None

    return waiting
