"""One incident before its timeline: how bad, why, by which proof, who has it, what to do. Pure."""

import re
from collections.abc import Sequence

from qualtui.model import Phase
from qualtui.text import _
from qualtui.widgets.line import Line, Span, safe, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ViewState
from qualtui.widgets.who import who_line
from qualtui.widgets.words import age, day_clock, lasting, severity_word
from qualtui.wire import AgentDetail, IncidentView

LABEL = 8  # cells of the word at the start of a row
Fact = tuple[str, str]


def incident_head(incident: IncidentView, now: float, zone: str, look: Look) -> list[Line]:
    """Severity, number and summary; below them agent, rule, and since when."""
    glyph, token = look.severity(incident.urgency)
    word = severity_word(incident)
    if incident.phase is not Phase.FIRING:
        glyph, token, word = look.glyphs.none, "label", _("RESOLVED")
    ended = incident.resolved_at
    lasts = age(now, incident.since) if ended is None else lasting(ended - incident.since)
    since = _("{lasts}, since {clock}").format(lasts=lasts, clock=day_clock(incident.since, zone, now))
    dot = f" {look.glyphs.dot} "
    return [
        (
            Span(f" {glyph} {word} ", token),
            Span(f" #{incident.number}  ", "label"),
            Span(safe(incident.summary), "strong"),
        ),
        (
            Span(f" {since}", "text"),
            Span(dot + safe(incident.agent, 60) + dot + safe(incident.rule, 60), "label"),
        ),
    ]


def incident_facts(
    incident: IncidentView,
    sight: ViewState,
    now: float,
    zone: str,
    cells: int,
    look: Look,
    more: Sequence[Fact] = (),
    notes: int = 1,
    *,
    runbook: bool = True,
) -> list[Line]:
    """The facts, each with its word. `more`: facts between owner and fix; `notes`: so many of the newest."""
    fires = incident.phase is Phase.FIRING
    view = sight.detail(incident.agent)
    live = view if view is not None and view.now.number == incident.number else None
    rows: list[Line] = []

    def fact(word: str, text: str) -> None:
        rows.extend(fact_lines(word, text, cells))

    if fires and incident.unseen_since is not None:
        text = _("no data for {age}: it neither gets worse nor ends")
        fact("", text.format(age=age(now, incident.unseen_since)))
    if incident.flapping:
        text = _("{flapping}; notices of its end and return are held")
        fact(_("FLAPS"), text.format(flapping=safe(incident.flapping, 60)))
    for word, text in _why(incident, live, look):
        fact(word, text)
    who: Line = (Span(safe(incident.owner, 60) or _("no one"), "text"),)
    if fires:
        who = who_line(incident, "", now, zone, max(1, cells - LABEL - 1), look)
    rows.append((Span(f" {_('WHO'):<{LABEL - 1}}", "label"), *who))
    if live is not None and live.now.tried:
        fact(_("TRIED"), safe(live.now.tried, 200))
    for word, text in more:
        fact(word, text)
    if incident.fix:
        fact(_("FIX"), fix_words(incident, live))
    if runbook and incident.runbook:
        fact(_("READ"), safe(incident.runbook, 300))
    for note in incident.notes[-notes:]:
        fact(_("NOTE"), safe(note, 300))
    return rows


def fix_words(incident: IncidentView, live: AgentDetail | None) -> str:
    """What the offered fix does, and its name."""
    name = safe(incident.fix, 80)
    title = safe(live.now.fix_title, 100) if live is not None and live.now.fix == incident.fix else ""
    return f"{title} ({name})" if title else name


def fact_lines(word: str, text: str, cells: int) -> list[Line]:
    """A word, and what is to say of it in as many lines as that takes."""
    parts = wrapped(text, max(1, cells - LABEL - 1)) or [""]
    return [
        (Span(f" {word if n == 0 else '':<{LABEL - 1}}", "label"), Span(part, "text"))
        for n, part in enumerate(parts)
    ]


def _why(incident: IncidentView, live: AgentDetail | None, look: Look) -> list[Fact]:
    """The reason as it is now; what it was at first, where that is another one; the proof in one sentence."""
    first = safe(incident.cause, 300)
    why = safe(live.now.why, 300) if live is not None else ""
    rows = [(_("WHY"), why or first or _("no cause is known"))]
    if why and first and not same_cause(first, why):
        rows.append((_("FIRST"), first))
    if live is not None:
        known = why.casefold()
        proof = [one for item in live.now.proof if (one := safe(item, 200)) and one.casefold() not in known]
        if proof:
            rows.append((_("PROOF"), f" {look.glyphs.dot} ".join(proof)))
    return rows


def same_cause(first: str, now: str) -> bool:
    """Whether two sentences about a cause differ in their numbers and in what one of them adds alone."""
    one, other = (re.sub(r"[\d\s]+[smhd]?\b", "", text.casefold()) for text in (first, now))
    return one in other or other in one
