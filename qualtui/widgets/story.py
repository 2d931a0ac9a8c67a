"""The demo's story: its newest sentence in one quiet row, and at its end what the viewer can try."""

from collections.abc import Sequence

from qualtui.text import _
from qualtui.widgets.line import Line, Span, cut_line, safe
from qualtui.widgets.view_state import ViewState


def story_line(sight: ViewState, keys: Sequence[tuple[str, str]], cells: int) -> list[Line]:
    """No row, or one. `keys`: key and word of the commands, the fix, who waits, and the help, in this order."""
    story = sight.story
    if story is None or not sight.watched:
        return []
    if story.over:
        commands, fix, customers, help_ = (key for key, _word in keys)
        done = _(
            "Try it: {commands} switch a fault on, {fix} fix it, {customers} who waits, {help} all keys"
        ).format(commands=commands, fix=fix, customers=customers, help=help_)
        return [(Span(f" {cut_line(done, cells - 2)}", "label"),)]
    if not story.text:
        return []
    clock = f" {safe(story.clock, 10)}  "
    return [(Span(clock, "faint"), Span(cut_line(safe(story.text), cells - len(clock) - 1), "label"))]
