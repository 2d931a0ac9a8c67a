"""A summary to paste into a chat: what, why, who; phones masked."""

from qualtui.model import Phase
from qualtui.text import _, masked
from qualtui.widgets.line import safe
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.widgets.words import age, clock, quantity, severity_word


def summary(sight: ViewState, now: float) -> str:
    """Lines of plain text."""
    view, snapshot = sight.view, sight.snapshot
    if snapshot is None or view is None:
        return _("qualtui: no data")
    fact = view.now
    lines = [f"{safe(view.name, 60)} {clock(snapshot.at, snapshot.zone, name=True)}"]
    if sight.bond is not ConnectionState.LIVE:
        lines.append(_("NO ENGINE, figures are {age} old").format(age=age(now, snapshot.at)))
    lines.append(" ".join(part for part in (safe(fact.headline), safe(fact.detail)) if part))
    if fact.why:
        lines.append(f"{_('WHY')} {safe(fact.why, 300)}")
    if fact.step:
        lines.append(f"{_('NEXT')} {safe(fact.step, 300)}")
    if fact.level is not None:
        lines.append(f"{_('WHO')} {safe(fact.who) or _('no one yet')}")
    for incident in sight.incidents:
        if incident.phase is Phase.FIRING:
            words = (f"#{incident.number}", severity_word(incident), safe(incident.summary))
            lines.append(
                f"{' '.join(words)} ({age(now, incident.since)}, {safe(incident.owner, 40) or _('no one')})"
            )
    for name in ("customers.waiting", "customers.lost", "sessions.bot_owes"):
        figure = view.figures.get(name)
        if figure is not None and figure.value is not None:
            lines.append(f"{name} {quantity(figure.value, figure.unit)}")
    return masked("\n".join(lines))
