"""Whether a key can do anything now, and if not, why. The footer dims such a key; pressed, it says the reason."""

from collections.abc import Callable

from qualtui.model import Phase
from qualtui.text import _
from qualtui.widgets.line import safe
from qualtui.widgets.view_state import ViewState
from qualtui.wire import IncidentView

Reason = Callable[[ViewState, IncidentView | None], str]


def why_not(name: str, sight: ViewState, incident: IncidentView | None) -> str:
    """Return why the key of this binding does nothing for the incident under the cursor; empty where it does."""
    if reason := only_looks(name, sight):
        return reason
    why = REASONS.get(name)
    return why(sight, incident) if why is not None else ""


def only_looks(name: str, sight: ViewState) -> str:
    """Return why the engine refuses what the key of this binding does; empty where it does not."""
    if sight.acts or name not in CHANGES:
        return ""
    return _("This window only looks (--read-only, the commands, or [store] others): it changes nothing.")


def _fix(sight: ViewState, incident: IncidentView | None) -> str:
    view = sight.view
    if incident is not None and incident.phase is Phase.RESOLVED:
        return _("#{n} is resolved: there is nothing to fix.").format(n=incident.number)
    offered = (incident is not None and incident.fix) or (view is not None and view.now.fix)
    return "" if offered else _("There is no fix for this.")


def _open(none: Callable[[], str], over: Callable[[], str]) -> Reason:
    """A key that needs an incident that is not over."""

    def reason(_sight: ViewState, incident: IncidentView | None) -> str:
        if incident is None:
            return none()
        return over().format(n=incident.number) if incident.phase is Phase.RESOLVED else ""

    return reason


def _release(sight: ViewState, incident: IncidentView | None) -> str:
    if incident is None:
        return _("No incident to release.")
    if incident.phase is Phase.RESOLVED:
        return _("#{n} is resolved: there is nothing to release.").format(n=incident.number)
    if not incident.owner:
        return _("No one owns #{n}.").format(n=incident.number)
    if incident.owner != sight.who:
        return _("{owner} owns #{n}, not you.").format(owner=safe(incident.owner, 60), n=incident.number)
    return ""


# Keys that the engine refuses to a window that may only look.
CHANGES = frozenset(
    {
        "fix",
        "have",
        "release",
        "snooze",
        "note",
        "silence",
        "answered",
        "reveal",
        "stop",
        "automatic",
        "undo",
        "refresh",
    }
)
REASONS: dict[str, Reason] = {
    "fix": _fix,
    "have": _open(
        lambda: _("No incident to acknowledge."),
        lambda: _("#{n} is resolved: there is nothing to acknowledge."),
    ),
    "snooze": _open(
        lambda: _("No incident to snooze."),
        lambda: _("#{n} is resolved: there is nothing to snooze."),
    ),
    "silence": _open(
        lambda: _("No incident to silence."),
        lambda: _("#{n} is resolved: there is nothing to silence."),
    ),
    "release": _release,
    "note": lambda _sight, incident: _("No incident to add a note to.") if incident is None else "",
    "open": lambda _sight, incident: _("No incident to open.") if incident is None else "",
}
