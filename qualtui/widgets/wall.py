"""The wall: four facts to be read from four metres, and what else there is room for. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from qualtui.text import _, plural
from qualtui.widgets.letters import BROAD, LARGE, PLAIN, ROWS, LetterScale, lettered, letters
from qualtui.widgets.line import BLANK, Line, Span, fit, side_by_side, width, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ViewState
from qualtui.widgets.wall_edges import GAP, beside, bottom_rows, head_rows
from qualtui.widgets.wall_facts import (
    WallFacts,
    calm_words,
    facts,
    oncall_words,
    waits,
)
from qualtui.widgets.words import clock
from qualtui.wire import AgentSummary, Snapshot, Today

COLUMN = 30  # cells of a fact in large letters at least


class Shape(NamedTuple):
    """How large the parts are: rows of the head, scale of the numbers (None: plain), whether words are large."""

    head: int
    numbers: LetterScale | None
    words: bool


SHAPES = (
    Shape(7, LARGE, words=True),
    Shape(7, BROAD, words=True),
    Shape(3, BROAD, words=True),
    Shape(7, BROAD, words=False),
    Shape(3, BROAD, words=False),
    Shape(1, BROAD, words=False),
    Shape(1, None, words=False),
)


class Wall(NamedTuple):
    """What stands above the charts and below them."""

    top: list[Line]
    bottom: list[Line]


def wall(
    sight: ViewState,
    snapshot: Snapshot,
    agent: AgentSummary,
    now: float,
    cells: int,
    rows: int,
    look: Look,
    limit: str,
    today: Today | None = None,
) -> Wall:
    """The wall about this agent in so many cells, as large as its rows allow."""
    said = facts(sight, snapshot, agent, now)
    bottom = bottom_rows(snapshot, agent, now, cells, look)
    for shape in SHAPES:
        head = head_rows(said.state, agent, clock(now, snapshot.zone), cells, shape.head, look)
        body = _body(snapshot, agent, said, now, cells, shape, look, limit, today)
        if body and len(head) + len(body) + len(bottom) < rows:
            return _cut(Wall([*head, BLANK, *body], bottom), cells)
    few = [*head, *(row for row in body if row)]
    return _cut(Wall(few[: max(1, rows - 1)], bottom[-1:] if rows > 1 else []), cells)


def _cut(made: Wall, cells: int) -> Wall:
    """With no row that is wider."""
    return Wall(*([fit(row, cells) if width(row) > cells else row for row in part] for part in made))


def _body(
    snapshot: Snapshot,
    agent: AgentSummary,
    said: WallFacts,
    now: float,
    cells: int,
    shape: Shape,
    look: Look,
    limit: str,
    today: Today | None,
) -> list[Line]:
    """The facts below the head; none where this shape is too wide."""
    parts = [_numbers(said, cells, shape.numbers, look, limit)]
    calm = agent.now.calm and not said.cause
    if calm:
        parts.append(_calm(calm_words(snapshot, agent, now, today), cells, look, large=shape.words))
        if words := oncall_words(snapshot):
            parts.append(_words(words, "", cells, "strong", look, large=shape.words))
    else:
        token = "crit" if said.state.badge == "critbadge" else "warn"
        parts.append(_words(said.cause, said.why, cells, token, look, large=shape.words))
        if said.who:
            parts.append(_owner(said, cells, look, large=shape.words))
    if not parts[0]:
        return []
    return [row for part in parts if part for row in (*part, BLANK)]


def _numbers(said: WallFacts, cells: int, scale: LetterScale | None, look: Look, limit: str) -> list[Line]:
    """How many wait, and for how long; none where this scale is too wide."""
    token = _tone(said)
    many = "?" if said.waiting is None else str(said.waiting)
    label = plural("customer waiting", "customers waiting", said.waiting or 0)
    longest = waits(said.oldest)
    if scale is None:
        oldest = f"   {_('oldest')} {longest}   {limit}".rstrip() if longest else ""
        return [(Span(f" {many} {label}", token), Span(oldest, "strong"))]
    fill = look.glyphs.fill
    below: list[Line] = [(Span(part, "strong"),) for part in label.split(" ", 1)]
    blocks = [letters(many, token, fill, scale), _label(below, scale, fill)]
    if longest:
        passed = [(Span(limit, "label"),)] if limit else []
        blocks += [
            letters(longest, token, fill, scale),
            _label([(Span(_("oldest"), "strong"),), *passed], scale, fill),
        ]
    if not all(blocks):
        return []
    rows = beside(blocks, GAP)
    return [(Span("  "), *row) for row in rows] if width(rows[0]) + 2 <= cells else []


def _label(lines: list[Line], scale: LetterScale, fill: str) -> list[Line]:
    """Words beside a number, as high as it: in letters beside the largest."""
    tall = ROWS * scale.tall
    if scale is LARGE:
        large = [letters(line[0].text.upper(), line[0].token, fill) for line in lines[:1]]
        rest = lines[1:]
        lines = [*(large[0] if large else []), BLANK, *rest]
    above = max(0, (tall - len(lines)) // 2)
    rows = [*[BLANK] * above, *lines]
    size = max(width(line) for line in rows)
    return [fit(line, size) for line in [*rows, *[BLANK] * (tall - len(rows))]][:tall]


def _words(text: str, more: str, cells: int, token: str, look: Look, *, large: bool) -> list[Line]:
    """A fact in large letters where it can be, and what is to be said of it below."""
    fill = look.glyphs.fill
    rows: list[Line] = []
    if large:
        rows = lettered(text.upper(), cells - 2, ROWS, token, fill, (BROAD, PLAIN))
        rows = rows or lettered(text.upper(), cells - 2, 2 * ROWS + 1, token, fill, (PLAIN,))
        rows = [(Span("  "), *row) for row in rows]
    if not rows and more.startswith(text):
        return [(Span(f"  {part}", token),) for part in wrapped(more, max(2, cells - 4))[:2]]
    rows = rows or [(Span(f"  {part}", token),) for part in wrapped(text, max(2, cells - 4))[:2]]
    below = [(Span(f"  {part}", "text"),) for part in wrapped(more, max(2, cells - 4))[:2]] if more else []
    return [*rows, *([BLANK] if large and below else []), *below]


def _owner(said: WallFacts, cells: int, look: Look, *, large: bool) -> list[Line]:
    """Who has it, and who is next: both large, where no one has it."""
    token = "strong" if said.owned else "warn"
    if said.owned or not said.next:
        return _words(said.who, said.next, cells, token, look, large=large)
    if not large:
        row: Line = (Span(f"  {said.who}", token), Span(f"   {said.next}", "strong"))
        return [row] if width(row) <= cells else [row[:1], (Span(f"  {said.next}", "strong"),)]
    whole = lettered(f"{said.who}: {said.next}".upper(), cells - 2, ROWS, token, look.glyphs.fill, (PLAIN,))
    if whole:
        return [(Span("  "), *row) for row in whole]
    return [*_words(said.who, "", cells, token, look, large=True), BLANK,
            *_words(said.next, "", cells, "strong", look, large=True)]  # fmt: skip


def _calm(known: Sequence[tuple[str, str]], cells: int, look: Look, *, large: bool) -> list[Line]:
    """What is good to know: each figure in letters above its words, in columns."""
    drawn = [(letters(figure, "strong", look.glyphs.fill), word) for figure, word in known]
    columns = max(1, min(len(drawn), cells // COLUMN))
    room = cells // columns - GAP
    if not drawn:
        return []
    if not large or not all(rows and width(rows[0]) <= room for rows, _word in drawn):
        text = "   ".join(f"{figure} {word}" for figure, word in known)
        return [(Span(f"  {part}", "strong"),) for part in wrapped(text, max(2, cells - 4))]
    lines: list[Line] = []
    for n in range(0, len(drawn), columns):
        part = [[*rows, BLANK, (Span(word, "label"),)] for rows, word in drawn[n : n + columns]]
        part += [[BLANK]] * (columns - len(part))
        lines += [*([BLANK] if lines else []), *((Span("  "), *row) for row in side_by_side(part, cells - 2, GAP))]
    return lines


def _tone(said: WallFacts) -> str:
    return {"critbadge": "crit", "warnbadge": "warn"}.get(said.state.badge, "strong")
