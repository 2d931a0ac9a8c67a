"""Rows of the incident table."""

from typing import NamedTuple

from rich.cells import cell_len

from qualtui.model import Phase, Severity
from qualtui.text import _
from qualtui.widgets.line import Line, Span, column, padded, safe
from qualtui.widgets.look import Look
from qualtui.widgets.table import TableRow
from qualtui.widgets.words import age, lasting, severity_word
from qualtui.wire import IncidentView

SHOWN = 40  # rows that the widths are made for


class Widths(NamedTuple):
    """Cells of the owner, of the notices (0: left out), and of what happened."""

    owner: int
    notices: int
    what: int


def incident_rows(
    incidents: tuple[IncidentView, ...], now: float, cells: int, look: Look, many_agents: bool
) -> list[TableRow]:
    """One row an incident, keyed by its number, in the order given."""
    widths = incident_widths(incidents, cells)
    return [
        TableRow(str(incident.number), incident_row(incident, now, widths, look, many_agents))
        for incident in incidents
    ]


def incident_widths(incidents: tuple[IncidentView, ...], cells: int) -> Widths:
    """As many cells for owner and notices as they need, the rest for what happened."""
    shown = incidents[:SHOWN]
    who = [_("who"), *(safe(one.owner, 40) or _nobody(one) for one in shown)]
    sent = [_("notices"), *(safe(one.notices, 40) for one in shown)]
    owner = min(14 if cells >= 90 else 8, max(map(cell_len, who)) + 1)
    notices = min(22 if cells >= 90 else 10, max(map(cell_len, sent))) if cells >= 70 else 0
    return Widths(owner, notices, max(0, cells - 7 - 12 - 9 - owner - notices))


def incident_head(incidents: tuple[IncidentView, ...], cells: int, firing: int) -> Line:
    """The titles of the columns, after the number of those that fire."""
    title = f"{_('Incidents')} {firing}" if firing else _("Incidents")
    return incident_columns(incident_widths(incidents, cells), title)


def incident_columns(widths: Widths, title: str = "") -> Line:
    """The titles of the columns."""
    owner, notices, what = widths
    return (
        Span(padded(f" {title}", 19), "title"),
        Span(padded(_("what"), what) + " " + column(_("for"), 8) + column(_("who"), owner), "faint"),
        Span(padded(_("notices"), notices), "faint"),
    )


def _nobody(incident: IncidentView) -> str:
    return _("no one") if incident.phase is Phase.FIRING else ""


def incident_row(incident: IncidentView, now: float, widths: Widths, look: Look, many_agents: bool) -> Line:
    """Number, severity, what happened and why, for how long, who has it, what became of its notices."""
    owner, notices, what = widths
    glyph, token = look.severity(incident.urgency)
    word = severity_word(incident)
    fires = incident.phase is Phase.FIRING
    if not fires:
        glyph, token, word = look.glyphs.none, "faint", _phase(incident.phase)
    text = safe(incident.summary) or safe(incident.rule, 60)
    cause = safe(incident.cause, 120)
    if cause and fires and cause.casefold() not in text.casefold():
        text = f"{cause} {look.glyphs.arrow} {text}"
    if fires and incident.unseen_since is not None:
        text = f"{_('NO DATA')} {age(now, incident.unseen_since)} {look.glyphs.dot} {text}"
    if incident.flapping:
        flapping = safe(incident.flapping, 60) if what >= 60 else _("flapping")
        text = f"{flapping} {look.glyphs.dot} {text}"
    if many_agents:
        text = f"{safe(incident.agent, 20)}: {text}"
    ended = incident.resolved_at
    since = age(now, incident.since) if ended is None else lasting(ended - incident.since)
    who = safe(incident.owner, 40) or _nobody(incident)
    return (
        Span(padded(str(incident.number), 5, right=True) + "  ", "faint" if not fires else "label"),
        Span(column(word if incident.recovering or incident.scheduled else f"{glyph} {word}", 12), token),
        Span(padded(text, what), "faint" if not fires else "text"),
        Span(" " + column(since, 8), "faint" if not fires else "strong"),
        Span(column(who, owner), _owner_token(incident, fires)),
        Span(padded(safe(incident.notices, 40), notices), "warn" if incident.undelivered else "faint"),
    )


def _owner_token(incident: IncidentView, fires: bool) -> str:
    if not fires or (not incident.owner and incident.severity is Severity.INFO):
        return "faint"  # INFO needs no one
    return "good" if incident.owner else "warn"


def _phase(phase: Phase) -> str:
    return {Phase.RESOLVED: _("resolved"), Phase.PENDING: _("pending")}.get(phase, phase.value)
