"""The rows of the customers page: who is listed in which order, and how each is drawn. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from qualtui.text import _, plural
from qualtui.widgets.line import Line, Span, column, padded, safe
from qualtui.widgets.list_keys import matches
from qualtui.widgets.look import Look
from qualtui.widgets.words import age, clock, lasting
from qualtui.wire import CustomerView

WARNING, CRITICAL = 180.0, 600.0  # s of waiting, as in the rules of customers
BAR = 12  # cells of the bar, a minute each
WAITS, SINCE, PHONE = 10, 12, 20  # cells of these columns
SHORT = 15  # cells of an id for which there is no more room
BAR_FROM, SINCE_FROM = 60, 116  # cells of a table that has room for these


class CauseGroup(NamedTuple):
    """Those who wait for the same reason: the heading above them."""

    cause: str
    number: int
    since: float  # of the longest wait


class CustomerColumns(NamedTuple):
    """Cells of the columns that depend on what is listed; 0: left out."""

    answer: int
    cause: int
    id: int


class Listed(NamedTuple):
    """What a list shows, worked out once for an answer, a filter and an order."""

    entries: tuple[CauseGroup | CustomerView, ...] = ()
    keys: tuple[str, ...] = ()
    headings: frozenset[int] = frozenset()
    widest: CustomerColumns = CustomerColumns(0, 0, 0)  # cells that nothing is cut in
    found: int = 0  # customers


def searchable(people: Sequence[CustomerView]) -> list[str]:
    """What a filter looks through, one text for each."""
    causes = {_kind(person): safe(person.cause) for person in people}
    return [f"{person.lead} {person.phone} {causes[_kind(person)]}".lower() for person in people]


def listed(people: Sequence[CustomerView], haystacks: Sequence[str], filter_text: str, grouped: bool) -> Listed:
    """Filter, order by age, and group by cause, the group of the longest wait first."""
    found = [one for one, text in zip(people, haystacks, strict=True) if matches(text, filter_text)]
    found.sort(key=lambda person: person.since)
    widest = CustomerColumns(
        _widest({safe(_answer(one), 120) for one in found if one.by_hand} | {_answer(one) for one in found[:1]}),
        0 if grouped else _widest({safe(one.cause, 200) for one in {_kind(one): one for one in found}.values()}),
        max((len(one.lead) for one in found), default=0),
    )
    if not grouped:
        return Listed(tuple(found), tuple(one.lead for one in found), frozenset(), widest, len(found))
    groups: dict[str, list[CustomerView]] = {}
    for one in found:
        groups.setdefault(_kind(one), []).append(one)
    entries: list[CauseGroup | CustomerView] = []
    headings = set()
    for members in groups.values():
        headings.add(len(entries))
        entries += [CauseGroup(safe(members[0].cause), len(members), members[0].since), *members]
    keys = tuple(one.lead if isinstance(one, CustomerView) else f"\n{one.cause}" for one in entries)
    return Listed(tuple(entries), keys, frozenset(headings), widest, len(found))


def arranged(widest: CustomerColumns, cells: int) -> CustomerColumns:
    """Cells for each column: what is needed, where there is room; the id gives way first, then the reason."""
    left = cells - _fixed(cells)
    answer = min(widest.answer + 2 if widest.answer else 0, max(0, left))
    left -= answer
    cause = min(widest.cause + 2 if widest.cause else 0, max(0, left))
    left -= cause
    whole = max(widest.id, len("leads.id")) + 1
    return CustomerColumns(
        answer, cause, whole if left >= whole else min(SHORT, whole) if left >= min(SHORT, whole) else 0
    )


def head(columns: CustomerColumns, cells: int, speed: float = 1.0) -> Line:
    """The titles of the columns; above the bar its limits, in a demo by its faster time."""
    text = "  " + column(_("waits"), WAITS)
    if cells >= BAR_FROM:
        first, second = int(WARNING // 60), int(CRITICAL // 60)
        limits = " " * first + padded(lasting(WARNING / speed), second - first) + lasting(CRITICAL / speed)
        text += padded(limits, BAR + 2)
    if cells >= SINCE_FROM:
        text += " " * SINCE
    text += column(_("phone"), PHONE)
    titles = ((_("answer"), columns.answer), (_("why"), columns.cause), ("leads.id", columns.id))
    return (Span(text + "".join(column(title, wide) for title, wide in titles), "faint"),)


def group_row(group: CauseGroup, now: float, look: Look) -> Line:
    """The heading of those who wait for the same reason."""
    number = plural("{n} customer", "{n} customers", group.number).format(n=group.number)
    longest = _("longest {age}").format(age=age(now, group.since))
    return (
        Span(f" {look.glyphs.dash * 2} ", "rule"),
        Span(group.cause, "strong"),
        Span(f"   {number}", "text"),
        Span(f"   {longest}", "faint"),
    )


def customer_row(
    person: CustomerView,
    columns: CustomerColumns,
    now: float,
    zone: str,
    cells: int,
    look: Look,
    speed: float = 1.0,
) -> Line:
    """One customer: how long, by which number, what can be done, why."""
    waited = max(0.0, now - person.since) * speed
    glyph, token = _level(waited, look)
    spans = [Span("  "), Span(column(f"{glyph} {age(now, person.since)}", WAITS), token)]
    if cells >= BAR_FROM:
        spans += bar(waited, look)
    if cells >= SINCE_FROM:
        spans.append(Span(column(_("since {clock}").format(clock=clock(person.since, zone)), SINCE), "faint"))
    spans.append(Span(column(safe(person.phone, 40), PHONE), "text"))
    spans.append(Span(column(safe(_answer(person), 120), columns.answer), "warn" if person.by_hand else "label"))
    spans.append(Span(column(safe(person.cause, 200), columns.cause), "label"))
    spans.append(Span(column(safe(person.lead, 60), columns.id), "faint"))
    return tuple(spans)


def bar(waited: float, look: Look) -> list[Span]:
    """A cell a minute, with signs at the limits of WARNING and CRITICAL where it has not come that far."""
    full = min(BAR, int(waited // 60))
    token = "critspark" if waited > CRITICAL else "warnspark" if waited > WARNING else "spark"
    limits = {int(WARNING // 60): "warnspark", int(CRITICAL // 60): "critspark"}
    spans = [Span(look.glyphs.fill * full, token)]
    for place in range(full, BAR):
        sign, colour = (look.glyphs.bar, limits[place]) if place in limits else (look.glyphs.gap, "gap")
        spans.append(Span(sign, colour))
    return [*spans, Span("  ")]


def _level(waited: float, look: Look) -> tuple[str, str]:
    if waited > CRITICAL:
        return look.glyphs.critical, "crit"
    return (look.glyphs.warning, "warn") if waited > WARNING else (" ", "strong")


def _kind(person: CustomerView) -> str:
    """What those who wait for the same reason have in common."""
    return person.code or str(person.cause)


def _answer(person: CustomerView) -> str:
    """Who can answer, as far as the list knows."""
    if person.by_hand:
        return _("by hand: {why}").format(why=safe(person.by_hand, 100))
    return _("fix or by hand")


def _fixed(cells: int) -> int:
    return 2 + WAITS + (BAR + 2 if cells >= BAR_FROM else 0) + (SINCE if cells >= SINCE_FROM else 0) + PHONE


def _widest(texts: set[str]) -> int:
    return max(map(cell_len, texts), default=0)
