"""Rows of the activity list: who did what, what was sent where."""

from qualtui.model import Severity
from qualtui.text import _
from qualtui.widgets.line import Line, Span, padded, safe
from qualtui.widgets.look import Look
from qualtui.widgets.table import TableRow
from qualtui.widgets.words import day_clock
from qualtui.wire import ActivityView


def activity_rows(
    activity: tuple[ActivityView, ...], now: float, zone: str, cells: int, look: Look
) -> list[TableRow]:
    """One row a line of activity, in the order given; its key is what it says and when."""
    rows: list[TableRow] = []
    for n, line in enumerate(activity):
        key = f"{line.at}/{line.number}/{safe(line.text, 40)}/{n if n and activity[n - 1] == line else 0}"
        rows.append(TableRow(key, activity_row(line, now, zone, cells, look)))
    return rows


def activity_row(line: ActivityView, now: float, zone: str, cells: int, look: Look) -> Line:
    """Time, who, what."""
    who = 9 if cells < 100 else 14
    glyph, token = (
        look.severity(line.severity) if line.severity is not Severity.INFO else (look.glyphs.dot, "faint")
    )
    return (
        Span(" " + padded(day_clock(line.at, zone, now), 13 if abs(now - line.at) >= 64800 else 9), "faint"),
        Span(f"{glyph} ", token),
        Span(padded(safe(line.who, 40), who) + " ", "label"),
        Span(safe(line.text, 400), "text"),
    )


def activity_head() -> Line:
    """The title of the list."""
    return (Span(f" {_('Activity')}", "title"),)
