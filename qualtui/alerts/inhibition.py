"""Which alert inhibits another one, as Alertmanager's inhibit_rules. Pure."""

from collections.abc import Iterable, Mapping

import msgspec

from qualtui.alerts.mute import Mute, MuteKind
from qualtui.model.matchers import Matcher, all_hold
from qualtui.text.message import message


class Inhibition(msgspec.Struct, frozen=True):
    """While an alert that fulfils `source` fires, those that fulfil `target` are muted.

    Both must have the same values of the labels in `equal`; a label that is missing is empty.
    """

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()


class Labelled(msgspec.Struct, frozen=True):
    """A firing alert: its key and its labels."""

    key: str
    labels: Mapping[str, str]


def inhibited(alert: Labelled, firing: Iterable[Labelled], rules: Iterable[Inhibition]) -> Mute | None:
    """Return the mute of an alert that another one inhibits, None where none does.

    An alert that fulfils both sides of a rule is not inhibited by one that does so too, itself included.
    """
    fire = tuple(firing)
    for rule in rules:
        if not all_hold(rule.target, alert.labels):
            continue
        both = all_hold(rule.source, alert.labels)
        for source in fire:
            if source.key == alert.key or not all_hold(rule.source, source.labels):
                continue
            if both and all_hold(rule.target, source.labels):
                continue
            if all(source.labels.get(name, "") == alert.labels.get(name, "") for name in rule.equal):
                reason = message(
                    "it is inhibited while {rule} of {agent} fires",
                    rule=source.labels.get("rule", ""),
                    agent=source.labels.get("agent", ""),
                )
                return Mute(MuteKind.INHIBITION, source.key, reason)
    return None
