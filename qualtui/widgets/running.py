"""The running fixes, one row each, with the key that stops them."""

from qualtui.text import _
from qualtui.widgets.line import Line, Span, safe
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ViewState
from qualtui.widgets.words import age, count
from qualtui.wire import RunningView

_ROWS = 2  # the rest is a number


def running(sight: ViewState, now: float, look: Look, key: str) -> list[Line]:
    """Return at most two rows; none if it is unknown what runs. `key` stops a fix."""
    runs = sight.snapshot.running if sight.snapshot is not None and sight.watched else ()
    rows = [_row(run, now, look, key) for run in runs[:_ROWS]]
    more = len(runs) - len(rows)
    if more:
        rows[-1] = (*rows[-1], Span("   " + _("+{n} more").format(n=more), "faint"))
    return rows


def _row(run: RunningView, now: float, look: Look, key: str) -> Line:
    """What matters most is leftmost: the end is cut where there is no room."""
    fix = safe(run.fix, 40)
    state = _("{fix} is stopping") if run.stopped_by else _("{fix} is running")
    spans = [Span(f" {look.glyphs.info} ", "busy"), Span(state.format(fix=fix) + "   ", "strong")]
    if run.stopped_by:
        stopped = _("{who} stopped it; the current step finishes first").format(who=safe(run.stopped_by, 40))
        spans.append(Span(stopped + "   ", "warn"))
    elif run.stoppable:
        spans += [Span(key, "key"), Span(" " + _("stops it") + "   ", "text")]
    about = _("{agent}, by {who} for {age}, {n} in all").format(
        agent=safe(run.agent, 40), who=safe(run.who, 40), age=age(now, run.started_at), n=count(run.subjects)
    )
    return (*spans, Span(about, "label"))
