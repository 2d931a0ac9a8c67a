"""The composition root of the engine: what a configuration names becomes probes, remedies and targets."""

from qualtui.config.values import Config
from qualtui.engine.setup import Setup
from qualtui.fixes.remedy import Remedy
from qualtui.fixes.sessions import SessionCleanup
from qualtui.fixes.waha_restart import WahaRestart
from qualtui.notify.target import Target
from qualtui.probes.build import Deps, probes_of
from qualtui.probes.probe import Probe


def build(config: Config, deps: Deps) -> Setup:
    """Everything that a configuration asks for; nothing is opened or asked yet."""
    probes: list[Probe] = []
    remedies: dict[tuple[str, str], Remedy] = {}
    for name, agent in config.agents.items():
        probes += probes_of(name, agent, deps)
        if agent.database is not None and config.fixes.session_cleanup.enabled:
            cleanup = SessionCleanup(name, agent.database, agent.mapping, config.fixes.session_cleanup)
            remedies[name, cleanup.name] = cleanup
        if agent.waha is not None and config.fixes.waha_restart.enabled:
            restart = WahaRestart(name, agent.waha, config.fixes.waha_restart)
            remedies[name, restart.name] = restart
    targets = tuple(Target(name, target.url, target.timeout) for name, target in config.notify.targets.items())
    return Setup(config, tuple(probes), remedies, targets)
