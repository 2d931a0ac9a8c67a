"""The wall when it may not be believed: one word over all of it, and since when. Pure."""

from qualtui.text import _
from qualtui.widgets.header import START
from qualtui.widgets.letters import BROAD, LARGE, PLAIN, LetterScale, lettered
from qualtui.widgets.line import BLANK, Line, Span, cut_line, fit, safe, width
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ViewState
from qualtui.widgets.wall_facts import Blackout, ranked, state_of
from qualtui.widgets.words import age, clock, count

HUGE, GREAT = LetterScale(8, 4), LetterScale(6, 3)


def blackout_lines(sight: ViewState, kind: Blackout, now: float, size: tuple[int, int], look: Look) -> list[Line]:
    """Exactly so many rows, all of them in the colour of an alarm. `size`: cells and rows."""
    cells, rows = size
    badge = "infobadge" if kind is Blackout.CONNECTING else "critbadge"
    word, more = _said(sight, kind, now)
    fill = look.glyphs.fill
    room = max(1, rows - len(more) - 3)
    large = lettered(word, cells - 4, room, badge, fill, (HUGE, GREAT, LARGE, BROAD, PLAIN))
    large = large or [(Span(word, badge),)]
    lines = [*large, BLANK, *((Span(cut_line(one, max(1, cells - 2)), badge),) for one in more)][:rows]
    above = max(0, (rows - len(lines)) // 2)
    placed = [*[BLANK] * above, *(_centred(line, cells) for line in lines)]
    placed += [BLANK] * (rows - len(placed))
    return [fit(tuple(Span(span.text, badge) for span in line), cells, badge) for line in placed]


def _said(sight: ViewState, kind: Blackout, now: float) -> tuple[str, list[str]]:
    """The word, and what stands below it."""
    snapshot = sight.snapshot
    more: list[str] = []
    if kind is Blackout.CONNECTING:
        return _("CONNECTING"), [safe(sight.reason, 200) or _("waiting for the engine")]
    if snapshot is not None:
        times = {"age": age(now, snapshot.at), "time": clock(snapshot.at, snapshot.zone, seconds=True)}
        more.append(_("no update for {age}, since {time}").format(**times))
    if kind is Blackout.NO_ENGINE:
        more += [safe(sight.reason, 200), _("start it: {command}").format(command=START)]
    if snapshot is not None and (agents := ranked(snapshot)):
        worst = agents[0]
        waiting = worst.values.get("customers.waiting")
        text = (
            _("last known: {agent} {state}, {n} waiting")
            if waiting is not None
            else _("last known: {agent} {state}")
        )
        state = state_of(snapshot, worst).word
        more.append(text.format(agent=safe(worst.name, 40), state=state, n=count(waiting or 0)))
    return (_("NO ENGINE") if kind is Blackout.NO_ENGINE else _("STALE")), [one for one in more if one]


def _centred(line: Line, cells: int) -> Line:
    return (Span(" " * max(0, (cells - width(line)) // 2)), *line)
