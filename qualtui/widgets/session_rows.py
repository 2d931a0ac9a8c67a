"""The rows of the sessions page: what is stuck, what repeats, what is normal; and the states. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualtui.text import _, plural
from qualtui.widgets.line import BLANK, Line, Span, column, padded, safe
from qualtui.widgets.list_keys import matches
from qualtui.widgets.look import Look
from qualtui.widgets.words import count, lasting
from qualtui.wire import Sessions, SessionView

AGE, PHONE, SITUATION, STATE = 9, 20, 26, 25  # cells of the columns
PHONE_FROM, ID_FROM, WHOLE_ID_FROM = 60, 91, 124  # cells of a table that has room for these
SHORT = 8  # characters of an id for which there is no more room, as in the preview of the fix
LIMIT_FROM = 110  # cells of a window that has room to say what is stuck
SITUATIONS: dict[str, Callable[[], str]] = {
    "bot_owes": lambda: _("bot owes reply"),
    "unreadable": lambda: _("bot can't read its state"),
    "never_messaged": lambda: _("never messaged"),
    "waiting_client": lambda: _("waiting for client"),
}


class SessionGroup(NamedTuple):
    """The heading of a group of sessions."""

    title: str
    number: int
    advice: str
    bad: bool


class ListedSessions(NamedTuple):
    """What the list shows, worked out once for an answer and a filter."""

    entries: tuple[SessionGroup | SessionView, ...] = ()
    keys: tuple[str, ...] = ()
    headings: frozenset[int] = frozenset()
    found: int = 0  # sessions


def searchable(one: SessionView) -> str:
    """What a filter looks through."""
    word = SITUATIONS.get(one.situation)
    return f"{one.id} {one.phone} {one.state} {word() if word else ''}".lower()


def listed(answer: Sessions | None, filter_text: str, fix_key: str) -> ListedSessions:
    """Filter and group; the order is the answer's: the oldest of a group first."""
    found = [one for one in answer.sessions if matches(searchable(one), filter_text)] if answer is not None else []
    groups = {
        0: [one for one in found if one.stuck],
        1: [one for one in found if one.repeats and not one.stuck],
        2: [one for one in found if not one.stuck and not one.repeats],
    }
    titles = (
        (_("Stuck"), _("{key} closes them; their customers keep waiting").format(key=fix_key)),
        (_("Repeats its question"), _("the bot asks again what was answered")),
        (_("Normal"), ""),
    )
    entries: list[SessionGroup | SessionView] = []
    headings = set()
    for n, members in groups.items():
        if members:
            headings.add(len(entries))
            title, advice = titles[n]
            entries += [SessionGroup(title, len(members), advice, n < 2), *members]
    keys = tuple(one.id if isinstance(one, SessionView) else f"\n{one.title}" for one in entries)
    return ListedSessions(tuple(entries), keys, frozenset(headings), len(found))


def head(cells: int) -> Line:
    """The titles of the columns."""
    text = "   " + column(_("silent"), AGE)
    if cells >= PHONE_FROM:
        text += column(_("phone"), PHONE)
    text += column(_("situation"), SITUATION)
    text += column(_("state"), STATE) if cells >= ID_FROM else _("state")
    text += "sessions.id" if cells >= WHOLE_ID_FROM else "id" if cells >= ID_FROM else ""
    return (Span(text, "faint"),)


def group_row(group: SessionGroup, look: Look) -> Line:
    """The heading of a group, with what can be done."""
    number = plural("{n} session", "{n} sessions", group.number).format(n=group.number)
    return (
        Span(f" {look.glyphs.dash * 2} ", "rule"),
        Span(group.title, "strong" if group.bad else "label"),
        Span(f"   {number}", "text"),
        Span(f"   {group.advice}", "faint"),
    )


def session_row(one: SessionView, late: float, cells: int, look: Look) -> Line:
    """One session. `late`: seconds since the list was read."""
    sign, token = (look.glyphs.warning, "warn") if one.stuck else (look.glyphs.dot, "faint")
    if one.repeats and not one.stuck:
        sign, token = look.glyphs.info, "busy"
    word, state = SITUATIONS.get(one.situation), safe(one.state, 40)
    phone = (Span(column(safe(one.phone, 40), PHONE), "text"),) if cells >= PHONE_FROM else ()
    return (
        Span(f" {sign} ", token),
        Span(column(lasting(max(0.0, one.age + late)), AGE), token if one.stuck else "text"),
        *phone,
        Span(column(word() if word else safe(one.situation, 30), SITUATION), "text"),
        Span(column(state, STATE) if cells >= ID_FROM else state, "label"),
        Span(_id(one, cells), "faint"),
    )


def _id(one: SessionView, cells: int) -> str:
    if cells < ID_FROM:
        return ""
    return safe(one.id, 60) if cells >= WHOLE_ID_FROM else safe(one.id, 60)[:SHORT]


def states_pane(answer: Sessions, cells: int, look: Look) -> list[Line]:
    """Each state with its active sessions as a bar, and how many there are in all."""
    lines: list[Line] = [(Span(_("States"), "title"), Span("   " + _("active, all"), "faint")), BLANK]
    most = max((one.active for one in answer.states), default=0)
    room = max(4, cells - 45)
    for one in answer.states:
        bar = look.glyphs.fill * (max(1, round(one.active / most * room)) if one.active else 0)
        bad = one.unreadable and one.active > 0
        sign = look.glyphs.warning if bad else " "
        lines.append(
            (
                Span(f"{sign} ", "warn"),
                Span(column(safe(one.state, 40) or _("(empty)"), 25), "warn" if bad else "text"),
                Span(padded(count(one.active), 6, right=True), "strong" if one.active else "faint"),
                Span(padded(count(one.total), 8, right=True), "faint"),
                Span(f"  {bar}", "warnspark" if bad else "spark"),
            )
        )
    if any(one.unreadable and one.active for one in answer.states):
        note = Span(_("the bot fails on this state"), "label")
        lines += [BLANK, (Span(f"{look.glyphs.warning} ", "warn"), note)]
    return lines


def states_line(answer: Sessions) -> Line:
    """The states with active sessions in one row."""
    parts = [f"{safe(one.state, 40) or _('(empty)')} {one.active}" for one in answer.states if one.active]
    return (Span(" " + _("states") + "  ", "title"), Span("  ".join(parts), "label"))


def state_counts(answer: Sessions, cells: int, look: Look) -> Line:
    """How many sessions are active, stuck, and repeat a question: of all, not only of those listed."""
    stuck = plural("{n} stuck", "{n} stuck", answer.stuck).format(n=answer.stuck)
    repeat = plural("{n} repeats its question", "{n} repeat their question", answer.repeating)
    signs: Sequence[tuple[str, str, int]] = (
        (look.glyphs.warning, "warn", answer.stuck),
        (look.glyphs.info, "busy", answer.repeating),
    )
    words = (stuck, repeat.format(n=answer.repeating))
    spans = [Span("   " + _("{n} active").format(n=answer.active), "text")]
    for (sign, token, number), word in zip(signs, words, strict=True):
        shown = (sign, token) if number else (look.glyphs.good, "good")
        spans.append(Span(f"   {shown[0]} {word}", shown[1]))
    if cells >= LIMIT_FROM:
        limit = _("stuck: no word of the bot for {span}").format(span=lasting(answer.limit))
        spans.append(Span(f"   {limit}", "faint"))
    return tuple(spans)
