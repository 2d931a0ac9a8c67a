"""What the NOW box says of trouble: who waits in large digits; beside them facts, reason, owner, remedy."""

from collections.abc import Callable

import msgspec

from qualtui.model import Evidence, Severity
from qualtui.text import _
from qualtui.widgets.chips import chips
from qualtui.widgets.digits import ROWS, digits
from qualtui.widgets.line import BLANK, Line, Span, fit, packed, safe, width, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.words import level_word
from qualtui.wire import AgentDetail, IncidentView, NowView

BROAD = 110  # cells from which there is room for proof, and for what makes it so severe
GAP = 3  # cells between the digits and the facts
LABEL = 7  # cells of the word at the start of a row
WHY_ROWS = 3


class NowKeys(msgspec.Struct, frozen=True):
    """Keys and words of what a person can do now, in the order of use."""

    pairs: tuple[tuple[str, str], ...] = ()


def now_rows(
    view: AgentDetail,
    incident: IncidentView | None,
    who: Callable[[int], Line | None],
    keys: NowKeys,
    cells: int,
    look: Look,
    *,
    large: bool,
    phone: bool = False,
    limit: str = "",
) -> list[Line]:
    """The rows inside the box. `large`: with who waits in digits; `who`: the owner in so many cells.

    `phone`: so narrow that only the words about the number stand beside it.
    """
    fact = view.now
    if phone:
        return _phone(view, who, keys, cells, look, large=large, limit=limit)
    token = tone(fact)
    figure = _waiting(view, token, look, slim=cells < BROAD) if large else []
    wide = width(figure[0]) + GAP if figure else 0
    facts = _facts(fact, incident, who(cells - wide - LABEL), cells - wide, look, limit)
    do = _do(keys, cells - (wide if cells >= BROAD else 0))
    steps = [(*label(""), Span(part, "text")) for part in wrapped(safe(fact.step, 240), cells - wide - LABEL)[:2]]
    below = steps if fact.step else []
    if cells >= BROAD:
        return _beside(figure, [*facts, *do, *below], wide)
    return [*_beside(figure, [*facts, *below], wide), *do]


def _phone(
    view: AgentDetail,
    who: Callable[[int], Line | None],
    keys: NowKeys,
    cells: int,
    look: Look,
    *,
    large: bool,
    limit: str,
) -> list[Line]:
    """The number with the words about it; below, in the whole width, why, who, and what helps first."""
    fact = view.now
    figure = _waiting(view, tone(fact), look, slim=True) if large else []
    wide = width(figure[0]) + GAP if figure else 0
    rows = _beside(figure, _head(fact, limit, cells - wide, ROWS if figure else 2), wide)
    rows += _labelled(_("WHY"), fact.why, cells, 2, "strong") if fact.why else []
    owner = safe(fact.who, 160)
    rows.append(
        (*label(_("WHO")), *(who(cells - LABEL) or (Span(owner or _("no one yet"), "text" if owner else "warn"),)))
    )
    if fact.step:
        rows += [(*label(""), Span(part, "text")) for part in wrapped(safe(fact.step, 240), cells - LABEL)[:2]]
    return [*rows, chips(keys.pairs, cells)]


def tone(fact: NowView) -> str:
    """The style of a level."""
    if fact.level is Severity.CRITICAL:
        return "crit"
    return "warn" if fact.level is Severity.WARNING else "strong"


def label(word: str) -> Line:
    """The word at the start of a row."""
    return (Span(f"{word:<{LABEL}}", "label"),)


def _waiting(view: AgentDetail, token: str, look: Look, *, slim: bool) -> list[Line]:
    """How many wait, where that is known and not no one."""
    figure = view.figures.get("customers.waiting")
    if figure is None or figure.evidence is not Evidence.FRESH or not figure.value:
        return []
    whole = figure.value
    if not 1 <= whole < 1e6:
        return []
    return digits(int(whole), token, look.glyphs.fill, slim=slim)


def _beside(figure: list[Line], facts: list[Line], wide: int) -> list[Line]:
    if not figure:
        return facts
    rows = [*facts, *[BLANK] * (ROWS - len(facts))]
    tall = [*figure, *[BLANK] * (len(rows) - ROWS)]
    return [(*fit(left, wide), *right) for left, right in zip(tall, rows, strict=True)]


def _facts(
    fact: NowView, incident: IncidentView | None, who: Line | None, cells: int, look: Look, limit: str
) -> list[Line]:
    """Headline, severity, WHY, PROOF, WHO, TRIED: what comes first is cut last."""
    rows = _head(fact, limit, cells, 2)
    whys = WHY_ROWS - (len(rows) - 1)
    broad = cells >= BROAD - 30
    if broad and fact.level is not None and incident is not None:
        rows += _because(fact, incident)
    if fact.why:
        rows += _labelled(_("WHY"), fact.why, cells, whys, "strong")
    if broad:
        why = safe(fact.why, 300)
        proof = f" {look.glyphs.dot} ".join(item for one in fact.proof if (item := safe(one, 100)) not in why)
        rows += _labelled(_("PROOF"), proof, cells, 2, "text") if proof else []
    owner = safe(fact.who, 160)
    rows.append((*label(_("WHO")), *(who or (Span(owner or _("no one yet"), "text" if owner else "warn"),))))
    rows.append((*label(_("TRIED")), Span(safe(fact.tried, 200) or _("nothing"), "text")))
    return rows


def _head(fact: NowView, limit: str, cells: int, rows: int) -> list[Line]:
    """The fact, for how long, and its limit: on one row where that fits."""
    pieces = (
        Span(safe(fact.headline, 160), tone(fact)),
        Span(safe(fact.detail, 160), "strong"),
        Span(limit, "label"),
    )
    return packed(pieces, cells, rows) or [BLANK]


def _because(fact: NowView, incident: IncidentView) -> list[Line]:
    """What makes it so severe, where the headline does not say it."""
    reason = safe(incident.summary, 160)
    if not reason or fact.level is None or reason.casefold() in safe(fact.headline, 160).casefold():
        return []
    text = _("{severity} because: {reason}")
    return [(Span(text.format(severity=level_word(fact.level), reason=reason), "text"),)]


def _labelled(word: str, text: object, cells: int, most: int, token: str) -> list[Line]:
    """A fact in at most so many rows."""
    parts = wrapped(safe(text, 400), cells - LABEL)
    shown = [*parts[: most - 1], " ".join(parts[most - 1 :])]
    return [(*label(word if not n else ""), Span(part, token)) for n, part in enumerate(shown) if part or not n]


def _do(keys: NowKeys, cells: int) -> list[Line]:
    if not keys.pairs:
        return []
    start: Callable[[str], Line] = label if cells >= BROAD - 30 else lambda _word: ()
    first = start(_("DO"))
    return [(*first, *chips(keys.pairs, cells - width(first)))]
