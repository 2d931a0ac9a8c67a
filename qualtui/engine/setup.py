"""What a configuration makes: probes, remedies, targets, and when each series is stale."""

import asyncio
import logging
from collections.abc import Callable, Mapping

import msgspec

from qualtui.config.values import Config
from qualtui.fixes.fix import Fix
from qualtui.notify.channels.channel import Channel
from qualtui.notify.channels.replies import ReplyReader
from qualtui.probes.probe import Probe

log = logging.getLogger(__name__)


class Setup(msgspec.Struct, frozen=True):
    """Everything that is rebuilt when the configuration is read again."""

    config: Config
    probes: tuple[Probe, ...]
    remedies: dict[tuple[str, str], Fix]  # by agent and name
    targets: tuple[Channel, ...]
    readers: tuple[ReplyReader, ...] = ()

    def intervals(self) -> Mapping[str, tuple[float, float]]:
        """By series: the interval and the timeout of the probe that answers it, in seconds."""
        return {series: (probe.interval, probe.timeout) for probe in self.probes for series in probe.series}

    async def close(self, but: frozenset[str] = frozenset()) -> None:
        """Returns what the probes, remedies and targets hold; all at once, for some are slow to close.

        `but`: agents whose probes and remedies are left open, because a fix uses them.
        """
        await self._close(lambda agent: agent not in but)
        for target in self.targets:
            target.close()

    async def close_agents(self, agents: frozenset[str]) -> None:
        """Returns what the probes and remedies of these agents hold."""
        await self._close(lambda agent: agent in agents)

    async def _close(self, wanted: Callable[[str], bool]) -> None:
        closing = [probe.close() for probe in self.probes if wanted(probe.name.partition("/")[0])]
        closing += [remedy.close() for (agent, _name), remedy in self.remedies.items() if wanted(agent)]
        for outcome in await asyncio.gather(*closing, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("a connection could not be closed", exc_info=outcome)


def windows(config: Config) -> dict[str, float]:
    """By series of each agent the longest window that a rule looks at, in seconds."""
    found: dict[str, float] = {}
    for agent in config.agents:
        for rule in config.rules.values():
            series = f"{agent}/{rule.series}"
            found[series] = max(found.get(series, 0.0), float(rule.window))
    return {series: window for series, window in found.items() if window}


def longer(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """By name the greater of two numbers of seconds."""
    return {name: max(one.get(name, 0.0), other.get(name, 0.0)) for name in {*one, *other}}
