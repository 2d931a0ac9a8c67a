"""What a configuration makes: probes, remedies, targets, and when each series is stale."""

import asyncio
from collections.abc import Mapping

import msgspec

from qualtui.config.values import Config
from qualtui.fixes.remedy import Remedy
from qualtui.notify.target import Target
from qualtui.probes.probe import Probe


class Setup(msgspec.Struct, frozen=True):
    """Everything that is rebuilt when the configuration is read again."""

    config: Config
    probes: tuple[Probe, ...]
    remedies: dict[tuple[str, str], Remedy]  # by agent and name
    targets: tuple[Target, ...]

    def intervals(self) -> Mapping[str, tuple[float, float]]:
        """By series: the interval and the timeout of the probe that answers it, in seconds."""
        return {series: (probe.interval, probe.timeout) for probe in self.probes for series in probe.series}

    async def close(self) -> None:
        """Gives back what the probes, remedies and targets hold; all at once, for some may be slow to part."""
        parting = [probe.close() for probe in self.probes]
        parting += [remedy.close() for remedy in self.remedies.values()]
        await asyncio.gather(*parting)
        for target in self.targets:
            target.close()


def windows(config: Config) -> dict[str, float]:
    """By series of each agent the longest window that a rule looks at, in seconds."""
    found: dict[str, float] = {}
    for agent in config.agents:
        for rule in config.rules.values():
            series = f"{agent}/{rule.series}"
            found[series] = max(found.get(series, 0.0), float(rule.window))
    return {series: window for series, window in found.items() if window}
