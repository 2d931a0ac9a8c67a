"""One look at a rule: ratios need events, and who waits is not answered because nobody else writes."""

from collections.abc import Sequence

import pytest

from qualtui.alerts.judge import RuleVerdict
from qualtui.alerts.look import events_of, look
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import Level, Rule, Seconds
from qualtui.model import AlertState, Link, Phase, Sample, Severity, alert_key

NOW = 100.0
RATE = Rule(series="failures.rate", warning=Level(5), critical=Level(25), min_events=20, held_by="waits")


class Given:
    """Newest samples by series."""

    def __init__(self, **values: float | None) -> None:
        self.samples = {
            f"bot/failures.{name}": Sample(f"bot/failures.{name}", 99.0, v) for name, v in values.items()
        }

    def since(self, series: str, at: float) -> Sequence[Sample]:
        found = self.samples.get(series)
        return () if found is None else (found,)


def firing(rule: str, phase: Phase = Phase.FIRING) -> dict[str, AlertState]:
    return {alert_key(rule, "bot"): AlertState(rule, "bot", phase, Severity.CRITICAL, 50.0)}


def seen(given: Given, alerts: dict[str, AlertState] | None = None, rule: Rule = RATE) -> RuleVerdict | None:
    stale = {"bot/failures.rate": 30.0, "bot/failures.messages": 30.0}
    return look("bot", "rate", rule, given, stale, alerts or {}, NOW)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Given(rate=30.0, messages=20.0), (True, Severity.CRITICAL)),
        (Given(rate=30.0, messages=19.0), (True, None)),
        (Given(rate=30.0, messages=None), (False, None)),
        (Given(rate=30.0), (False, None)),
        (Given(rate=1.0), (True, None)),  # no trouble whatever their number
    ],
)
def test_a_ratio_needs_its_events(given: Given, expected: tuple[bool, Severity | None]) -> None:
    verdict = seen(given)
    assert verdict is not None
    assert (verdict.known, verdict.severity) == expected


def test_a_rule_that_is_held_goes_on_at_its_mildest_while_the_other_one_fires() -> None:
    good = Given(rate=0.0, messages=0.0)
    both = firing("rate") | firing("waits")
    for alerts, severity in (
        (both, Severity.WARNING),
        (firing("rate"), None),
        (firing("waits"), None),  # holding begins nothing
        (firing("rate") | firing("waits", Phase.PENDING), None),
        (firing("rate", Phase.PENDING) | firing("waits"), None),
    ):
        verdict = seen(good, alerts)
        assert verdict is not None
        assert verdict.severity is severity, alerts


def test_of_too_few_events_nothing_is_said_while_the_other_rule_holds() -> None:
    few = Given(rate=30.0, messages=19.0)
    assert seen(few, firing("rate") | firing("waits")) is None  # neither milder nor another figure
    alone = seen(few, firing("rate"))
    assert alone is not None
    assert (alone.known, alone.severity) == (True, None)


def test_what_was_never_polled_is_absent_only_where_it_should_be_polled() -> None:
    absent = Rule(series="failures.rate", absent=Severity.WARNING, for_=Seconds(60))
    nothing = Given()
    assert seen(nothing) is None
    assert look("bot", "a", absent, nothing, {}, {}, NOW) is None
    verdict = seen(nothing, rule=absent)
    assert verdict is not None
    assert verdict.severity is Severity.WARNING


def test_one_blindness_is_one_alert() -> None:
    """What `blind` or a broken database explains begins no alert of its own, and what fires stays."""
    rule, fresh = BUILT_IN["loops-unseen"], {"bot/sessions.looping": 1230.0}

    def looked(alerts: dict[str, AlertState]) -> RuleVerdict | None:
        return look("bot", "loops-unseen", rule, Given(), fresh, alerts, NOW)

    verdict = looked({})
    assert verdict is not None
    assert verdict.severity is Severity.WARNING
    assert looked(firing("blind", Phase.PENDING)) == verdict
    assert looked(firing("blind")) is None
    assert looked(firing("blind") | firing("loops-unseen")) is None
    assert rule.link is Link.DATABASE
    assert look("bot", "loops-unseen", rule, Given(), {}, {}, NOW) is None  # a bot without a database


def test_every_ratio_of_the_built_in_rules_needs_twenty_events_of_a_series() -> None:
    ratios = [rule for rule in BUILT_IN.values() if rule.series.endswith("rate")]
    assert [(rule.min_events, events_of(rule)) for rule in ratios] == [(20, "failures.messages")]


def test_alerts_about_failed_customers_are_held_while_customers_wait() -> None:
    """The figures of `failures.*` fall when their window passes or nobody writes. Timeouts are the gateway's."""
    about = {name: rule for name, rule in BUILT_IN.items() if rule.series.startswith("failures.")}
    free = {name for name, rule in about.items() if rule.held_by != "customers-waiting"}
    assert free == {"webhook-timeouts"}
    assert {"customers-waiting", "customers-lost", "open-before-start"} <= {
        name for name, rule in BUILT_IN.items() if rule.series.startswith("customers.")
    }
