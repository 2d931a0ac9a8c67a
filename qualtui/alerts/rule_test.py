"""Runs the tests of a rule file: what each moment expects against what a replay finds. Pure."""

from collections.abc import Mapping

import msgspec

from qualtui.alerts.replay import Alerts, Timeline, replay
from qualtui.config.rule_tests import Expected, RuleTest
from qualtui.config.values import Rule
from qualtui.model import Phase, Sample

AGENT = "test"


class Difference(msgspec.Struct, frozen=True):
    """An expectation that is not met: the names that were expected and those that were found."""

    at: float
    phase: Phase
    expected: tuple[str, ...]
    found: tuple[str, ...]


def run_test(test: RuleTest, rules: Mapping[str, Rule], interval: float) -> tuple[Difference, ...]:
    """Return what differs, in the order of the file. A moment between two looks shows the earlier one."""
    timeline = Timeline({f"{AGENT}/{name}": _samples(name, test, interval) for name in test.series})
    # As the engine: a value is old after more than two intervals; half of one is the time to answer.
    stale = {f"{AGENT}/{name}": 2.5 * interval for name in test.series}
    steps = int(max((one.at for one in test.expected), default=0.0) / interval + 1e-9) + 1
    seen = [alerts for _at, alerts in replay(AGENT, rules, timeline, stale, (n * interval for n in range(steps)))]
    return tuple(
        difference
        for one in test.expected
        for difference in _differences(one, seen[int(one.at / interval + 1e-9)])
    )


def _samples(name: str, test: RuleTest, interval: float) -> tuple[Sample, ...]:
    values = test.series[name]
    return tuple(Sample(f"{AGENT}/{name}", n * interval, value) for n, value in enumerate(values))


def _differences(one: Expected, alerts: Alerts) -> list[Difference]:
    found = []
    for phase, expected in ((Phase.PENDING, one.pending), (Phase.FIRING, one.firing)):
        names = sorted(alert.rule for alert in alerts.values() if alert.phase is phase)
        if names != sorted(set(expected)):
            found.append(Difference(one.at, phase, tuple(sorted(set(expected))), tuple(names)))
    return found
