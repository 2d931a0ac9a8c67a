"""The panel of what needs attention this week. Pure."""

from collections.abc import Sequence

from qualtui.text import _
from qualtui.text.message import Saying
from qualtui.widgets.frame import ruled
from qualtui.widgets.line import Line, Span, safe
from qualtui.widgets.look import Look


def week_panel(lines: Sequence[Saying], cells: int, rows: int, look: Look) -> list[Line]:
    """At most so many rows with the heading; nothing to do: none. What has no room is counted."""
    if not lines or rows < 2:
        return []
    room = rows - 1
    shown = lines if len(lines) <= room else lines[: room - 1]
    drawn: list[Line] = [ruled(_("This week, no one is woken for it"), cells, look)]
    drawn += [(Span(f" {look.glyphs.dot} ", "busy"), Span(safe(one, 200), "text")) for one in shown]
    if more := len(lines) - len(shown):
        drawn.append((Span("   " + _("... and {n} more").format(n=more), "faint"),))
    return drawn
