"""The chart of an incident's rule: its series, its threshold, and when it fired."""

from qualtui.text import _, span
from qualtui.widgets.chart import Stretch
from qualtui.widgets.line import Line, Span
from qualtui.widgets.look import Look
from qualtui.widgets.machines import titles
from qualtui.widgets.time_range import TimeRange
from qualtui.widgets.words import clock
from qualtui.wire import IncidentView, SeriesHistory


def plot_cells(cells: int) -> int:
    """How many cells there is room for beside the value axis."""
    return max(10, min(120, cells - 14))


def rule_title(series: SeriesHistory, shown: TimeRange, look: Look) -> Line:
    """What the chart shows, and over which time."""
    name = titles().get(series.name, series.name)
    text = _("last {range}").format(range=shown.name)
    return (Span(f" {look.glyphs.dash} ", "rule"), Span(name, "title"), Span(f"   {text}", "faint"))


def fired_after(incident: IncidentView, series: SeriesHistory, zone: str) -> Stretch:
    """The time from when the condition held until the rule fired, with what the rule waits for."""
    fired = _("fired {clock}").format(clock=clock(incident.fired_at, zone))
    hold = max((limit.hold for limit in series.limits if limit.severity is incident.severity), default=0.0)
    if not hold:
        return Stretch(incident.fired_at, incident.fired_at, fired)
    text = _("for {hold}, {fired}").format(hold=span(hold), fired=fired)
    return Stretch(incident.since, incident.fired_at, text)
