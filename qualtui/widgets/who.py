"""Who has an incident, or who was and will be called, as pieces of one line: what matters most comes first."""

from qualtui.text import _
from qualtui.widgets.line import Line, Span, safe, width
from qualtui.widgets.look import Look
from qualtui.widgets.words import age, call_words, clock, lasting
from qualtui.wire import IncidentView, PagedView


def who_line(incident: IncidentView, since: str, now: float, zone: str, cells: int, look: Look) -> Line:
    """Return the pieces that fit into so many cells. `since`: the owner with the time, as the engine says it."""
    whole = _joined(_pieces(incident, since, now, zone), 10**6, look)
    if width(whole) <= cells:
        return whole
    return _joined(_pieces(incident, since, now, zone, look.glyphs.good), cells, look)


def _joined(pieces: list[Line], cells: int, look: Look) -> Line:
    spans: list[Span] = []
    between = Span(f" {look.glyphs.dot} ", "faint")
    for piece in pieces:
        added = [between, *piece] if spans else [*piece]
        if spans and width((*spans, *added)) > cells:
            break
        spans += added
    return tuple(spans)


def _pieces(incident: IncidentView, since: str, now: float, zone: str, good: str = "") -> list[Line]:
    """`good`: a sign that stands for a delivery, where there is no room for words."""
    return [*((one,) for one in _facts(incident, since, now, zone, good)), *_countdown(incident, now)]


def _countdown(incident: IncidentView, now: float) -> list[Line]:
    """Who is called next; the figures are a separate span, so that a second repaints them alone."""
    if incident.owner or incident.call is None:
        return []
    text = call_words(incident.call, now)
    before, _space, left = text.rpartition(" ")
    return [(Span(f"{before} ", "text"), Span(left, "strong"))]


def _facts(incident: IncidentView, since: str, now: float, zone: str, good: str) -> list[Span]:
    if not incident.owner:
        pieces = [Span(_("no one"), "warn")]
        if incident.paged is not None:
            pieces.append(_paged(incident.paged, zone, good))
        return pieces
    left = lasting(max(0.0, incident.lapses_at - now)) if incident.lapses_at is not None else ""
    if incident.link:
        who, channel = safe(incident.link_who, 40), safe(incident.link, 40)
        template = _("{who}, link sent to {channel}") if who else _("link sent to {channel}")
        text = template.format(who=who, channel=channel)
        lapses = _("{who} (lapses in {left})").format(who=text, left=left)
        return [Span(lapses, "warn"), Span(_("a person must confirm"), "text")]
    pieces = [Span(since or safe(incident.owner, 60), "text")]
    if incident.snoozed_until is not None and incident.snoozed_until > now:
        quiet = _("no reminders for {left}").format(left=lasting(incident.snoozed_until - now))
        return [*pieces, Span(quiet, "label")]
    if incident.scheduled:
        return pieces
    if incident.reminded_at is not None:
        pieces.append(Span(_("reminded {age} ago").format(age=age(now, incident.reminded_at)), "warn"))
    if left:
        token = "warn" if incident.reminded_at is not None else "label"
        pieces.append(Span(_("lapses in {left} without a sign").format(left=left), token))
    return pieces


def _paged(paged: PagedView, zone: str, good: str) -> Span:
    who, channel, at = safe(paged.who, 40), safe(paged.channel, 40), clock(paged.at, zone)
    if good and paged.status == "delivered":
        return Span(_("{who} paged {time} {good}").format(who=who, time=at, good=good), "text")
    match paged.status:
        case "delivered":
            template = _("{who} paged {time}, {channel} delivered")
        case "failed":
            template = _("{who} paged {time}, {channel} NOT DELIVERED")
        case _other:
            template = _("{who} paged {time}, {channel} not yet delivered")
    token = "text" if paged.status == "delivered" else "warn"
    return Span(template.format(who=who, time=at, channel=channel), token)
