"""Two fixes behind one key: restart what is broken, then answer who waits; one preview shows both."""

from qualtui.screens.dialog import preview_lines
from qualtui.text.message import Text, message
from qualtui.widgets.line import BLANK, Line, Span, safe
from qualtui.widgets.look import Look
from qualtui.wire import Preview

THEN = {"gateway-restart": "retry"}  # what follows a fix, where customers wait


def chain_title(first: Preview, second: Preview) -> Text:
    """The consequence of both steps."""
    return message("{first}, then {second}", first=first.title, second=second.title)


def chain_lines(first: Preview, second: Preview, look: Look) -> list[Line]:
    """Both previews as rows. What is in the way of the second step now is what the first one repairs."""
    again = message("{title}: it is checked once more after the first step.", title=second.title)
    return [*preview_lines(first, look), BLANK, (Span(safe(again, 300), "strong"),), *preview_lines(second, look)]


def still_as_shown(shown: Preview, now: Preview) -> bool:
    """Whether the second step touches no one that the confirmed preview did not show."""
    people = {item.id for item in now.items} <= {item.id for item in shown.items}
    return bool(now.token) and not now.refused and now.total <= shown.total and people
