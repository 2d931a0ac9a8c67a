"""The NOW box: the fact, the reason, the owner, the fix."""

from qualtui.model import Severity
from qualtui.text import _
from qualtui.widgets.header import START
from qualtui.widgets.line import Line, Span, fit, safe, spread, width, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.widgets.who import who_line
from qualtui.widgets.words import age, have_word
from qualtui.wire import AgentDetail, NowState, NowView

BOXED_FROM = 100  # cells; narrower screens have no boxes
LABEL = 5  # cells of the word at the start of a row


def now_box(sight: ViewState, now: float, cells: int, look: Look, keys: dict[str, str]) -> list[Line]:
    """Return the rows of the box, one if all is calm. `keys`: the keys of fix, have and open."""
    if not sight.watched and sight.snapshot is None:
        return _alone(sight, look, cells)
    view = sight.view
    if view is None:
        return [(Span(f" {look.glyphs.unknown} ", "unknown"), Span(_("No agent is configured."), "strong"))]
    if view.learning is not None and view.now.level is None:
        return [_learning(view, cells, look)]
    if view.now.level is None:
        if view.now.calm and not sight.watched:
            return [(Span(f" {look.glyphs.unknown} {_('LAST KNOWN')}: ", "strong"), *_calm(view, now, look)[1:])]
        return [_calm(view, now, look) if view.now.calm else _blind(view, look)]
    token = look.severity(view.now.level)[1]
    incident = sight.incident(view.now.number)
    owner = incident.owner if incident else ""
    have = have_word(owner, sight.who) if not owner or owner != sight.who else ""  # releasing it would fix nothing
    room = cells - (2 if cells < BOXED_FROM else 4)
    who: Line | None = None
    if incident is not None:
        zone = sight.snapshot.zone if sight.snapshot else "UTC"
        since = safe(view.now.who, 120) if incident.owner else ""
        who = who_line(incident, since, now, zone, room - LABEL, look)
    rows = _rows(view.now, look, keys, room, have, who)
    if cells < BOXED_FROM:
        return [(Span(" "), *row) for row in rows]
    return boxed(rows, _("NOW"), cells, look, token)


def _alone(sight: ViewState, look: Look, cells: int) -> list[Line]:
    """The rows before the first snapshot."""
    reason = safe(sight.reason, 200)
    if sight.bond is ConnectionState.CONNECTING:
        return [(Span(f" {look.glyphs.none} {_('Connecting to the engine')}  ", "label"), Span(reason, "faint"))]
    rows: list[Line] = [
        (Span(f" {look.glyphs.critical} {_('ENGINE NOT RUNNING')}", "crit"), Span(f"  {reason}", "text")),
        (Span("   " + _("Start it:"), "label"), Span(f"  {START}", "strong")),
        (Span("   " + _("This window connects as soon as it runs."), "faint"),),
    ]
    return boxed(rows, _("NOW"), cells, look, "crit") if cells >= BOXED_FROM else rows


def _learning(view: AgentDetail, cells: int, look: Look) -> Line:
    share = min(1.0, max(0.0, view.learning or 0.0))
    size = min(30, max(5, cells // 5))
    full = round(share * size)
    return (
        Span(f" {look.glyphs.none} {_('LEARNING')} ", "busy"),
        Span(look.glyphs.fill * full, "spark"),
        Span(look.glyphs.hollow * (size - full), "rule"),
        Span(f" {share:.0%}  ", "strong"),
        Span(_("reading past messages: less than a day old is waiting, older is backlog"), "label"),
    )


def _calm(view: AgentDetail, now: float, look: Look) -> Line:
    head = safe(view.now.headline, 120) or _("EVERYONE ANSWERED")
    detail = safe(view.now.detail, 120)
    if not detail and view.last_reply is not None:
        detail = _("last reply {age} ago").format(age=age(now, view.last_reply))
    if view.now.state is not NowState.PLAIN:  # calm, but not yet known to be well
        return (Span(f" {look.glyphs.none} ", "busy"), Span(head, "busy"), Span(f"  {detail}", "label"))
    return (Span(f" {look.glyphs.good} ", "good"), Span(head, "good"), Span(f"  {detail}", "label"))


def _blind(view: AgentDetail, look: Look) -> Line:
    head = safe(view.now.headline, 160) or _("CANNOT TELL")
    spans = [Span(f" {look.glyphs.unknown} {head} ", "warnbadge"), Span("  " + safe(view.now.detail, 160), "warn")]
    if view.now.why:
        spans.append(Span("  " + safe(view.now.why, 200), "text"))
    return tuple(spans)


def _rows(fact: NowView, look: Look, keys: dict[str, str], cells: int, have: str, who: Line | None) -> list[Line]:
    """Headline, WHY, WHO and TRIED, DO, next step. Headline and reason come first, so they are cut last."""
    glyph, token = look.severity(fact.level)
    if fact.level is not Severity.CRITICAL:
        token = "warn" if fact.level is Severity.WARNING else "strong"
    number = (Span(f"#{fact.number}", "label"),) if fact.number else ()
    head: Line = (
        Span(f"{glyph} {safe(fact.headline, 160)}", token),
        Span("   " + safe(fact.detail, 120), "strong"),
    )
    rows = [spread(head, number, cells)]
    if fact.why:
        rows += _why(fact, cells)
    owner = safe(fact.who, 120)
    who = (*_label(_("WHO")), *(who or (Span(owner or _("no one yet"), "text" if owner else "warn"),)))
    tried: Line = (Span(_("TRIED") + "  ", "label"), Span(safe(fact.tried, 120) or _("nothing"), "text"))
    gap = max(3, cells // 2 - width(who))
    if width(who) + gap + width(tried) <= cells:
        rows.append((*who, Span(" " * gap), *tried))
    else:
        rows += [who, (Span(_("TRIED") + " ", "label"), *tried[1:])] if fact.tried else [who]
    rows.append(_do(fact, keys, have))
    if fact.step:
        rows += [(*_label(""), Span(part, "text")) for part in wrapped(safe(fact.step, 240), cells - LABEL)[:2]]
    return rows


def _why(fact: NowView, cells: int) -> list[Line]:
    """Return the reason in one row, or in two if it is long."""
    first, *rest = wrapped(safe(fact.why, 240), cells - LABEL)
    if not rest:
        return [(*_label(_("WHY")), Span(first, "strong"), *_proof(fact, cells))]
    return [(*_label(_("WHY")), Span(first, "strong")), (*_label(""), Span(" ".join(rest), "strong"))]


def _proof(fact: NowView, cells: int) -> Line:
    """Return the evidence beside the reason, if there is room and the reason does not contain it."""
    why, seen = safe(fact.why, 240), (safe(item, 80) for item in fact.proof)
    proof = "; ".join(item for item in seen if item and item not in why)
    return (Span(f"   {proof}", "label"),) if proof and cells >= BOXED_FROM - 4 else ()


def _do(fact: NowView, keys: dict[str, str], have: str) -> Line:
    spans = list(_label(_("DO")))
    if fact.fix:
        spans += _key(keys.get("fix", "f"), safe(fact.fix_title or fact.fix, 60))
    if fact.number:
        spans += _key(keys.get("have", "a"), have) if have else []
        spans += _key(keys.get("open", "enter"), _("why"))
    if fact.state is NowState.SCHEDULED:
        spans += _key(keys.get("stop", "x"), _("cancel the answers"))
    spans += _key(keys.get("customers", "c"), _("who waits"))
    return tuple(spans)


def _key(key: str, text: str) -> list[Span]:
    return [Span(key, "key"), Span(f" {text}    ", "text")]


def _label(word: str) -> Line:
    return (Span(f"{word:<{LABEL}}", "label"),)


def boxed(rows: list[Line], title: str, cells: int, look: Look, token: str) -> list[Line]:
    """The rows in a frame with a title."""
    glyphs = look.glyphs
    tl, tr, bl, br = tuple(glyphs.corners)
    inner = max(0, cells - 4)
    head = f"{glyphs.dash} {title} "
    lines: list[Line] = [(Span(tl + head + glyphs.dash * max(0, cells - 2 - len(head)) + tr, token),)]
    lines += [(Span(glyphs.bar + " ", token), *fit(row, inner), Span(" " + glyphs.bar, token)) for row in rows]
    lines.append((Span(bl + glyphs.dash * max(0, cells - 2) + br, token),))
    return lines
