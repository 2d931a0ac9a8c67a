"""The composition root of the engine: what a configuration names becomes probes, remedies and targets."""

import time
from functools import partial

from qualtui.config.values import AgentSettings, Config
from qualtui.engine.setup import Setup
from qualtui.fixes.fix import Fix, FixError
from qualtui.fixes.gateway_restart import GatewayRestart
from qualtui.fixes.retry import Waiting, retry_of
from qualtui.fixes.sessions import SessionCleanup
from qualtui.notify.channel import AppriseChannel
from qualtui.probes.build import Deps, customers_of, probes_of
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.probe import Probe, ProbeError
from qualtui.wire import CustomerView


def build(config: Config, deps: Deps) -> Setup:
    """Everything that a configuration asks for; nothing is opened or asked yet."""
    probes: list[Probe] = []
    remedies: dict[tuple[str, str], Fix] = {}
    for name, agent in config.agents.items():
        mine = probes_of(name, agent, deps)
        probes += mine
        for remedy in _remedies(name, agent, config, customers_of(mine, name), deps):
            remedies[name, remedy.name] = remedy
    targets = tuple(
        AppriseChannel(name, target.url, target.timeout) for name, target in config.notify.targets.items()
    )
    return Setup(config, tuple(probes), remedies, targets)


def _remedies(
    name: str, agent: AgentSettings, config: Config, customers: CustomersProbe | None, deps: Deps
) -> list[Fix]:
    """The remedies of an agent that are switched on and have something to work on."""
    fixes = config.fixes
    found: list[Fix] = []
    if agent.database is not None and fixes.session_cleanup.enabled:
        waiting = None if customers is None else _waiting(customers)
        found.append(SessionCleanup(name, agent.database, agent.mapping, fixes.session_cleanup, waiting))
    if agent.waha is not None and fixes.waha_restart.enabled:
        despite, broken_for = partial(deps.despite, name), partial(deps.broken_for, name)
        found.append(GatewayRestart(name, agent.waha, fixes.waha_restart, despite=despite, broken_for=broken_for))
    if customers is not None and fixes.retry.enabled:
        retry = retry_of(
            name,
            agent,
            fixes.retry,
            _waiting(customers),
            time.time,
            _waiting(customers, certain=True),
            customers.chat_id,
        )
        found += [retry] if retry is not None else []
    return found


def _waiting(probe: CustomersProbe, *, certain: bool = False) -> Waiting:
    """Who waits, with a remedy's errors."""

    async def waiting() -> tuple[CustomerView, ...]:
        try:
            return await probe.who(certain=certain)
        except ProbeError as error:
            raise FixError(str(error)) from None

    return waiting
