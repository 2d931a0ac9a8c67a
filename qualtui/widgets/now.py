"""The NOW box: the fact, the reason, the owner, the fix."""

from collections.abc import Sequence

from qualtui.text import _
from qualtui.widgets.frame import INSET, boxed
from qualtui.widgets.header import START
from qualtui.widgets.line import Line, Span, packed, safe, width
from qualtui.widgets.look import Look
from qualtui.widgets.now_rows import NowKeys, now_rows, tone
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.widgets.who import who_line
from qualtui.widgets.words import age, have_word
from qualtui.wire import AgentDetail, NowState, NowView

BOXED_FROM = 60  # cells; narrower screens have no boxes
CALM_BOX = 100  # cells from which what is calm has a box, too
TALL = 20  # rows from which there is room for the digits
SLIM = 40  # cells from which there is room for them without a box


def now_box(
    sight: ViewState,
    now: float,
    cells: int,
    look: Look,
    keys: dict[str, str],
    *,
    height: int = 48,
    chain: Sequence[Line] = (),
    limit: str = "",
) -> list[Line]:
    """Return the rows of the box. `keys`: of fix, have, open, customers. `chain`: shown under what is calm."""
    if not sight.watched and sight.snapshot is None:
        return _alone(sight, look, cells)
    view = sight.view
    if view is None:
        return [(Span(f" {look.glyphs.unknown} ", "unknown"), Span(_("No agent is configured."), "strong"))]
    if view.now.level is None:
        token, said = _quiet(sight, view, now, cells if cells < CALM_BOX else cells - INSET, look)
        if cells < CALM_BOX:
            return [*said, *chain]
        return boxed([*said, *chain], [_("NOW")], cells, look, token)
    incident = sight.incident(view.now.number)
    owner = incident.owner if incident else ""
    have = have_word(owner, sight.who) if not owner or owner != sight.who else ""  # releasing it would fix nothing
    offered = _offered(view.now, keys, have)
    framed = cells >= BOXED_FROM
    inner = cells - (INSET if framed else 2)
    zone = sight.snapshot.zone if sight.snapshot else "UTC"

    def who(room: int) -> Line | None:
        if incident is None:
            return None
        return who_line(incident, safe(view.now.who, 120) if owner else "", now, zone, room, look)

    rows = now_rows(
        view, incident, who, offered, inner, look,
        large=height >= TALL and cells >= SLIM, phone=not framed, limit=limit,
    )  # fmt: skip
    if not framed:
        return [(Span(" "), *row) for row in rows]
    number = [f"#{view.now.number}"] if view.now.number else []
    lasts = [age(now, incident.since)] if incident is not None else []
    return boxed(rows, [_("NOW"), *number, *lasts], cells, look, tone(view.now))


def _offered(fact: NowView, keys: dict[str, str], have: str) -> NowKeys:
    """What helps now, most useful first."""
    pairs: list[tuple[str, str]] = []
    if fact.fix:
        pairs.append((keys.get("fix", "f"), safe(fact.fix_title or fact.fix, 60)))
    if fact.number and have:
        pairs.append((keys.get("have", "a"), have))
    if fact.state is NowState.SCHEDULED:
        pairs.append((keys.get("stop", "x"), _("cancel the answers")))
    pairs.append((keys.get("customers", "c"), _("who waits")))
    if fact.number:
        everything = _("everything about #{number}").format(number=fact.number)
        pairs.append((keys.get("open", "enter"), everything))
    return NowKeys(tuple(pairs))


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
    return boxed(rows, [_("NOW")], cells, look, "crit") if cells >= BOXED_FROM else rows


def _quiet(sight: ViewState, view: AgentDetail, now: float, cells: int, look: Look) -> tuple[str, list[Line]]:
    """The frame's style and its rows, where no level says how bad it is."""
    if view.learning is not None:
        return "busy", [_learning(view, cells, look)]
    if not view.now.calm:
        return "warn", _blind(view, cells, look)
    return "faint", [_calm(sight, view, now, cells, look)]


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


def _calm(sight: ViewState, view: AgentDetail, now: float, cells: int, look: Look) -> Line:
    """Everyone is answered; what has no room is left out as a whole."""
    head = safe(view.now.headline, 120) or _("EVERYONE ANSWERED")
    detail = safe(view.now.detail, 120)
    if not detail and view.last_reply is not None:
        detail = _("last reply {age} ago").format(age=age(now, view.last_reply))
    plain = view.now.state is NowState.PLAIN  # else calm, but not yet known to be well
    glyph, token = (look.glyphs.good, "good") if plain else (look.glyphs.none, "busy")
    ended = [one for one in sight.incidents if one.agent == view.name and one.resolved_at is not None]
    newest = max(ended, key=lambda one: one.resolved_at or 0.0, default=None)
    since = _("{age} since #{number}") if newest is not None else ""
    quiet = since.format(age=age(now, newest.resolved_at), number=newest.number) if newest is not None else ""
    start = Span(f" {glyph} ", token)
    if not sight.watched:
        start = Span(f" {look.glyphs.unknown} {_('LAST KNOWN')}: ", "strong")
    line: Line = (start, Span(head, token))
    for fact in (detail, quiet):
        longer = (*line, Span(f"   {fact}", "label"))
        if not fact or width(longer) > cells:
            break
        line = longer
    return line


def _blind(view: AgentDetail, cells: int, look: Look) -> list[Line]:
    """What is unknown, and why: on a second row where one is too short."""
    head = safe(view.now.headline, 160) or _("CANNOT TELL")
    badge = Span(f" {look.glyphs.unknown} {head} ", "warnbadge")
    pieces = (badge, Span(safe(view.now.detail, 160), "warn"), Span(safe(view.now.why, 200), "text"))
    first, *rest = packed(pieces, max(1, cells - 2), 2, (2,))
    return [first, *((Span("  "), *line) for line in rest)]
