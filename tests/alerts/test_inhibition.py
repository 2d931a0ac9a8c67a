"""An alert inhibits others as Alertmanager's inhibit_rules say."""

import pytest

from qualtui.alerts.inhibition import Inhibition, Labelled, inhibited
from qualtui.alerts.mute import MuteKind
from qualtui.model.matchers import matcher_of

DOWN = Labelled("down@a", {"rule": "database-down", "agent": "a", "severity": "critical"})
SLOW = Labelled("slow@a", {"rule": "reply-slow", "agent": "a", "severity": "warning"})
OTHER = Labelled("slow@b", {"rule": "reply-slow", "agent": "b", "severity": "warning"})
RULE = Inhibition((matcher_of("rule=database-down"),), (matcher_of("rule=reply-slow"),), ("agent",))


@pytest.mark.parametrize(
    ("alert", "firing", "rule", "mutes"),
    [
        (SLOW, (DOWN, SLOW), RULE, True),
        (SLOW, (SLOW,), RULE, False),  # the source does not fire
        (OTHER, (DOWN, OTHER), RULE, False),  # of another agent
        (OTHER, (DOWN, OTHER), Inhibition(RULE.source, RULE.target), True),
        (OTHER, (DOWN, OTHER), Inhibition(RULE.source, RULE.target, ("team",)), True),  # both have none
        (DOWN, (DOWN, SLOW), RULE, False),  # it is no target
    ],
)
def test_the_source_mutes_the_target(
    alert: Labelled, firing: tuple[Labelled, ...], rule: Inhibition, mutes: bool
) -> None:
    mute = inhibited(alert, firing, (rule,))
    assert (mute is not None) is mutes
    if mute is not None:
        assert (mute.kind, mute.key, mute.until) == (MuteKind.INHIBITION, "down@a", None)
        assert str(mute.reason) == "it is inhibited while database-down of a fires"


def test_alerts_that_are_both_source_and_target_do_not_inhibit_each_other() -> None:
    every = (matcher_of("agent=a"),)
    rule = Inhibition(every, every)
    assert inhibited(SLOW, (DOWN, SLOW), (rule,)) is None
    assert inhibited(SLOW, (SLOW,), (rule,)) is None
