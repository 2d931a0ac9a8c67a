"""Why no fix may run by itself for an incident: somebody works on it, as maintenance or a silence says. Pure."""

from collections.abc import Collection, Iterable

from qualtui.alerts.maintenance import in_maintenance
from qualtui.alerts.mutes import MuteRules
from qualtui.alerts.silences import silenced
from qualtui.model import AlertState, Incident, Silence
from qualtui.text.message import Saying


def quiet_reason(
    members: Iterable[AlertState],
    incident: Incident,
    silences: Collection[Silence],
    rules: MuteRules,
    now: float,
) -> Saying:
    """Return the maintenance window or silence that covers one of its alerts; empty where none does."""
    running = [one for one in silences if one.runs(now)]
    if not running and not rules.windows:
        return ""
    for alert in members:
        labels = rules.labels(alert)
        mute = in_maintenance(labels, rules.windows, now) or silenced(labels, incident, running, now)
        if mute is not None:
            return mute.reason
    return ""
