"""What mutes each alert of an incident, and which notices pass all the same. Pure; a mute stops no check."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from qualtui.alerts.inhibition import Inhibition, Labelled, inhibited
from qualtui.alerts.labels import labels_of
from qualtui.alerts.maintenance import MaintenanceWindow, in_maintenance
from qualtui.alerts.mute import Mute, MuteKind
from qualtui.alerts.night import Night, at_night
from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind, grew
from qualtui.alerts.silences import silenced
from qualtui.eventlog.mutes import NoticeMuted
from qualtui.model import AlertState, Incident, Phase, Silence


class MuteRules(msgspec.Struct, frozen=True):
    """What a configuration mutes. `lost`: the rules that count lost customers."""

    windows: tuple[MaintenanceWindow, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    night: Night | None = None
    lost: frozenset[str] = frozenset()
    of_agent: Mapping[str, Mapping[str, str]] = {}
    of_rule: Mapping[str, Mapping[str, str]] = {}

    def labels(self, alert: AlertState) -> dict[str, str]:
        """The labels of an alert."""
        return labels_of(alert, self.of_agent, self.of_rule)


def mutes_of(
    members: Sequence[AlertState],
    incident: Incident,
    alerts: Iterable[AlertState],
    silences: Iterable[Silence],
    rules: MuteRules,
    waiting: int | None,
    now: float,
) -> dict[str, Mute]:
    """Return by alert key what mutes each of an incident's alerts now; what nothing mutes is left out.

    `alerts`: all of them, of which those that fire may inhibit. A silence is named only where nothing else
    mutes, because some notices pass it.
    """
    running = [one for one in silences if one.runs(now)]
    if not (running or rules.windows or rules.inhibitions or rules.night):
        return {}
    firing: tuple[Labelled, ...] = ()
    if rules.inhibitions:
        firing = tuple(Labelled(one.key, rules.labels(one)) for one in alerts if one.phase is Phase.FIRING)
    found: dict[str, Mute] = {}
    for alert in members:
        labels = rules.labels(alert)
        mute = (
            in_maintenance(labels, rules.windows, now)
            or inhibited(Labelled(alert.key, labels), firing, rules.inhibitions)
            or at_night(alert, incident, alert.rule in rules.lost, waiting, rules.night, now)
            or silenced(labels, incident, running, now)
        )
        if mute is not None:
            found[alert.key] = mute
    return found


def passes(due: NoticeDecision, mute: Mute, incident: Incident) -> bool:
    """Whether a muted notice is sent all the same: a silence does not hide that many more customers wait."""
    if mute.kind is not MuteKind.SILENCE:
        return False
    reported = [one.waiting for one in (incident.muted, incident.last) if one is not None]
    known = [one for one in reported if one is not None]
    return due.kind is NoticeKind.GROWTH or (bool(known) and grew(due.waiting, max(known)))


def muted_notice(due: NoticeDecision, mute: Mute, incident: Incident) -> NoticeMuted | None:
    """Return the record of a notice that is not sent, None where it is recorded already."""
    key = f"{due.severity}/{mute.kind}/{mute.key}"
    if incident.muted is not None and incident.muted.key == key:
        return None
    return NoticeMuted(key, incident.number, due.kind, due.severity, mute.reason, due.waiting)
