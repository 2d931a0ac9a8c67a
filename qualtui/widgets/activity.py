"""Rows of the activity list: who did what, what was sent where."""

from qualtui.model import Severity
from qualtui.text import _
from qualtui.widgets.line import Line, Span, padded, safe, width, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.table import TableRow
from qualtui.widgets.words import clock, day_clock
from qualtui.wire import ActivityView

BROAD = 100  # cells from which who did it has a column
TIME, WHO, NUMBER = 14, 16, 8  # cells of the columns of the page
DAY = 64800.0  # s after which a time needs its date
PROGRAMS = {"qualtui", "engine", "notice"}  # who says of itself that it did something


def activity_rows(
    activity: tuple[ActivityView, ...], now: float, zone: str, cells: int, look: Look, room: int = 0
) -> list[TableRow]:
    """One row a line of activity, in the order given; its key is what it says and when.

    While there are rows left of `room`, what is too long for one goes on in a second one.
    """
    rows: list[TableRow] = []
    for n, line in enumerate(activity):
        key = f"{line.at}/{line.number}/{safe(line.text, 40)}/{n if n and activity[n - 1] == line else 0}"
        told = activity_row(line, now, zone, cells, look)
        rest: Line = ()
        if cells < BROAD and width(told) > cells and len(rows) + 1 < room:
            told, rest = _broken(told, cells)
        rows.append(TableRow(key, told))
        if rest:
            rows.append(TableRow(f"{key}/2", rest))
    return rows


def _broken(line: Line, cells: int) -> tuple[Line, Line]:
    """The line in two rows, broken between words."""
    *start, text = line
    left = width(tuple(start))
    first, *rest = wrapped(text.text, cells - left)
    return (*start, Span(first, text.token)), (Span(" " * left), Span(" ".join(rest), text.token))


def activity_row(line: ActivityView, now: float, zone: str, cells: int, look: Look) -> Line:
    """Time, who, what; in a narrow list who did it stands in the text, unless the engine did."""
    if cells < BROAD:
        return _brief(line, now, zone, look)
    who = 14
    glyph, token = (
        look.severity(line.severity) if line.severity is not Severity.INFO else (look.glyphs.dot, "faint")
    )
    return (
        Span(" " + padded(day_clock(line.at, zone, now), 13 if abs(now - line.at) >= DAY else 9), "faint"),
        Span(f"{glyph} ", token),
        Span(padded(safe(line.who, 40), who) + " ", "label"),
        Span(safe(line.text, 400), "text"),
    )


def _brief(line: ActivityView, now: float, zone: str, look: Look) -> Line:
    """Every cell for what happened."""
    glyph, token = look.severity(line.severity)
    if line.severity is Severity.INFO:
        glyph, token = look.glyphs.dot, "faint"
    at = clock(line.at, zone) if abs(now - line.at) < DAY else day_clock(line.at, zone, now)
    who = safe(line.who, 40)
    by = "" if who in PROGRAMS else who
    return (
        Span(f" {at} ", "faint"),
        Span(f"{glyph} ", token),
        *((Span(f"{by}: ", "label"),) if by else ()),
        Span(safe(line.text, 400), "text"),
    )


def activity_head() -> Line:
    """The title of the list."""
    return (Span(f" {_('Activity')}", "title"),)


def log_row(line: ActivityView, now: float, zone: str, cells: int, look: Look) -> Line:
    """A line of the page: when, how bad, who, the incident that it is about, what."""
    if cells < BROAD:
        return _brief(line, now, zone, look)
    info = line.severity is Severity.INFO
    glyph, token = (look.glyphs.dot, "faint") if info else look.severity(line.severity)
    number = f"#{line.number}" if line.number else ""
    return (
        Span(" " + padded(day_clock(line.at, zone, now), TIME), "faint"),
        Span(f"{glyph} ", token),
        Span(padded(safe(line.who, 40), WHO - 1) + " ", "label" if line.who in PROGRAMS else "strong"),
        Span(padded(number, NUMBER - 1) + " ", "faint"),
        Span(safe(line.text, 400), "text"),
    )


def log_columns(cells: int) -> Line:
    """The titles of the page's columns."""
    if cells < BROAD:
        return (Span(f" {_('when')}  {_('what')}", "faint"),)
    head = padded(" " + _("when"), TIME + 1) + "  " + padded(_("who"), WHO) + padded(_("about"), NUMBER)
    return (Span(head + _("what"), "faint"),)
