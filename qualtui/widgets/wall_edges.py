"""The wall's edges: the band with the state above, and below the other agents and how old all this is. Pure."""

from collections.abc import Sequence

from qualtui.text import _, plural
from qualtui.widgets.letters import BROAD, PLAIN, ROWS, letters
from qualtui.widgets.line import BLANK, Line, Span, cut_line, fit, safe, spread, width
from qualtui.widgets.look import Look
from qualtui.widgets.wall_facts import WallState, badness, ranked
from qualtui.widgets.words import age
from qualtui.wire import AgentSummary, Snapshot

GAP = 4  # cells between two things beside each other
BEATS = 8  # places of the heart


def head_rows(state: WallState, agent: AgentSummary, time: str, cells: int, tall: int, look: Look) -> list[Line]:
    """A band in the colour of the state: its word, the agent, the time; in letters from ROWS + 2 rows on."""
    glyphs, name = look.glyphs, safe(agent.name, 40)
    sign = {"✖": glyphs.critical, "▲": glyphs.warning, "●": glyphs.good, "○": glyphs.none}.get(state.sign, "?")
    rows = [spread((Span(f" {sign} {state.word}  {name}"),), (Span(f"{time} "),), cells)]
    if tall >= ROWS + 2:
        rows = _in_letters(state, name, time, cells, look) or rows
    if tall >= 3:
        rows = [BLANK, *rows, BLANK]
    return [fit(tuple(Span(span.text, state.badge) for span in row), cells, state.badge) for row in rows]


def _in_letters(state: WallState, name: str, time: str, cells: int, look: Look) -> list[Line]:
    """The word large, agent and time in letters where there is room, else beside it; none where it is too wide."""
    fill = look.glyphs.fill
    named = beside([letters(name.upper(), "", fill), letters(time, "", fill)], GAP)
    for scale in (BROAD, PLAIN):
        left = letters(f"{state.sign} {state.word}".upper(), "", fill, scale)
        room = cells - width(left[0]) - 3 * GAP if left else 0
        right: list[Line] = named
        if not named or width(named[0]) > room:
            if scale is BROAD and named:
                continue
            right = [BLANK, (Span(cut_line(name, room)),), BLANK, (Span(time),), BLANK]
        if room >= len(time):
            pairs = zip(left, right, strict=True)
            return [spread((Span("  "), *one), (*two, Span("  ")), cells) for one, two in pairs]
    return []


def bottom_rows(snapshot: Snapshot, agent: AgentSummary, now: float, cells: int, look: Look) -> list[Line]:
    """The other agents, the engine's own trouble, and how old this is."""
    others = [one for one in ranked(snapshot) if one.name != agent.name]
    troubles = [safe(text, 300) for text in snapshot.engine.troubles]
    rows = [_others(snapshot, others, cells, look)] if others else []
    rows += [(Span(f"  {look.glyphs.warning} {troubles[0]}", "warn"),)] if troubles else []
    return [*rows, _pulse(snapshot, agent, now, cells, look)]


def _others(snapshot: Snapshot, others: Sequence[AgentSummary], cells: int, look: Look) -> Line:
    """Each of the others with its sign and how many wait there, the worst first."""
    spans: list[Span] = [Span("  ")]
    for n, one in enumerate(others):
        left = plural("and {n} more", "and {n} more", len(others) - n).format(n=len(others) - n)
        level = badness(snapshot, one)
        sign = look.severity(level) if level or one.now.calm else (look.glyphs.unknown, "unknown")
        waiting = one.values.get("customers.waiting")
        many = f" {waiting:.0f}" if waiting and waiting < 1e6 else ""
        piece = [Span(f"{sign[0]} ", sign[1]), Span(f"{safe(one.name, 24)}{many}   ", "text")]
        if n and width((*spans, *piece)) + len(left) > cells:
            return (*spans, Span(left, "label"))
        spans += piece
    return tuple(spans)


def _pulse(snapshot: Snapshot, agent: AgentSummary, now: float, cells: int, look: Look) -> Line:
    """The age of the data, a heart that moves with each update, and how a person gets at it."""
    beat = int(snapshot.at) % BEATS
    track = look.glyphs.gap * beat + look.glyphs.heart + look.glyphs.gap * (BEATS - 1 - beat)
    old = _("data {age} old").format(age=age(now, snapshot.at))
    demo = "  " + _("DEMO") if snapshot.demo else ""
    left = (Span(f"  {old}  ", "label"), Span(track, "text"), Span(demo, "busy"))
    if not agent.now.number:
        return fit(left, cells)
    more = _("more: qualtui i {n}").format(n=agent.now.number)
    return spread(left, (Span(more, "label"), Span("  ")), cells)


def beside(blocks: Sequence[list[Line]], gap: int) -> list[Line]:
    """Blocks of equal height beside each other; none where one is empty."""
    if not blocks or not all(blocks):
        return []
    space = Span(" " * gap)
    rows: list[Line] = []
    for parts in zip(*blocks, strict=True):
        spans: list[Span] = []
        for part in parts:
            spans += [*([space] if spans else []), *part]
        rows.append(tuple(spans))
    return rows
