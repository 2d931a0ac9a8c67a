"""Which silence mutes an alert. Pure."""

from collections.abc import Iterable, Mapping

from qualtui.alerts.mute import Mute, MuteKind
from qualtui.model import Incident, Silence
from qualtui.model.matchers import all_hold
from qualtui.text import clean
from qualtui.text.message import message


def holding(incident: Incident, silences: Iterable[Silence]) -> list[Silence]:
    """Return the silences that keep people from being called: not those that a notice has passed since."""
    passed = incident.passed_at
    return [one for one in silences if passed is None or one.created_at > passed]


def silenced(
    labels: Mapping[str, str], incident: Incident, silences: Iterable[Silence], now: float
) -> Mute | None:
    """Return the mute of the silence that runs longest over an alert with these labels, None where there is none.

    A silence does not cover a cause that is newer than the silence.
    """
    running = [
        one
        for one in silences
        if one.runs(now)
        and incident.revision <= one.causes.get(incident.number, incident.revision)
        and all_hold(one.matchers, labels)
    ]
    if not running:
        return None
    longest = max(running, key=lambda one: (one.until, one.id))
    reason = message(
        "silenced by {author} until {until:clock}: {why}",
        author=clean(longest.author, 60),
        until=longest.until,
        why=clean(longest.reason),
    )
    return Mute(MuteKind.SILENCE, longest.id, reason, longest.until)
