"""The kinds of failures: what each is measured by, its row with its past, and who can be shown for it. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualtui.model import Evidence
from qualtui.text import _
from qualtui.widgets.catalogue import Entry
from qualtui.widgets.figures import mark
from qualtui.widgets.levels import CellLevel, levels, shown
from qualtui.widgets.line import Line, Span, column, padded, safe
from qualtui.widgets.look import Look
from qualtui.widgets.words import evidence_text, quantity, unasked
from qualtui.wire import AgentDetail, CustomerView, Figure, SeriesHistory

WIDE = 120  # cells from which the most of the range has a column
NAME, NAME_WIDE, VALUE, MOST = 31, 34, 9, 9  # cells of the columns
_TOKENS = {
    CellLevel.UNKNOWN: "gap",
    CellLevel.OK: "spark",
    CellLevel.INFO: "spark",
    CellLevel.WARNING: "warnspark",
    CellLevel.CRITICAL: "critspark",
}


class FailureKind(NamedTuple):
    """A kind of failure: its series, and the codes of the causes of those customers who show it."""

    series: str
    title: Callable[[], str]
    causes: tuple[str, ...] = ()


# A message of a row has failed while it has no delivered answer, whatever the reason.
_OF_MESSAGES = ("stored, no reply", "said sent, not delivered")

KINDS = (
    FailureKind("failures.unanswered", lambda: _("Messages not answered"), _OF_MESSAGES),
    FailureKind("failures.consecutive", lambda: _("Failures in a row"), _OF_MESSAGES),
    FailureKind("failures.sends", lambda: _("Marked sent, not delivered"), ("said sent, not delivered",)),
    FailureKind("customers.unstored", lambda: _("Never stored by the bot"), ("never stored",)),
    FailureKind("customers.never_greeted", lambda: _("Leads never greeted"), ("never greeted",)),
    FailureKind("failures.timeouts", lambda: _("Sends that hung")),
    FailureKind("failures.unreached", lambda: _("/health without an answer")),
    FailureKind("agent.failed_1h", lambda: _("Sends the bot calls failed")),
    FailureKind("failures.logged", lambda: _("Errors in the bot's log table")),
    FailureKind("deep.broken", lambda: _("Services the bot calls broken")),
    FailureKind("failures.known_texts", lambda: _("Known errors in the host's log")),
    FailureKind("host.http_errors", lambda: _("Webhook answered an error")),
)
SERIES = tuple(kind.series for kind in KINDS)
KNOWN_TEXTS = "failures.known_texts"


def log_titles() -> dict[str, str]:
    """What the kinds of errors in the bot's log at the host are called, by series."""
    return {
        "logs.leads": _("Customer not stored"),
        "logs.sessions": _("Session not created"),
        "logs.sends": _("Send failed or simulated"),
        "logs.worker": _("Worker killed, start failed"),
        "logs.meetings": _("Meeting not recorded"),
        "logs.webhook": _("Webhook's exceptions, harmless events' too"),
        "logs.other": _("Other lines of level error"),
    }


def log_rows(agent: AgentDetail, cells: int) -> list[Line]:
    """The kinds of errors in the log that there were in the last hour, with the newest line of each."""
    rows: list[Line] = []
    for name, title in log_titles().items():
        figure = agent.figures.get(name)
        if figure is None or not figure.value:
            continue
        count = Span(f"   {quantity(figure.value, figure.unit):>5} ", "strong")
        newest = safe(figure.note, max(10, cells - 54))
        rows.append((count, Span(column(title, 44), "label"), Span(newest, "text")))
    return rows


def kind_of(series: str) -> FailureKind:
    """The kind that a series measures. Raises StopIteration."""
    return next(kind for kind in KINDS if kind.series == series)


def has_source(kind: FailureKind, agent: AgentDetail) -> bool:
    """Whether anything measures this kind."""
    figure = agent.figures.get(kind.series)
    return figure is not None and figure.evidence is not Evidence.NO_SOURCE


def highest(series: SeriesHistory | None) -> float | None:
    """The most of the range; None: nothing is known."""
    return max((value for value in shown(series) if value is not None), default=None) if series else None


def ordered(agent: AgentDetail, past: Callable[[str], SeriesHistory | None]) -> list[FailureKind]:
    """The kinds that have a source: those that fail now, then those that did in the range, then the others."""

    def rank(kind: FailureKind) -> int:
        if agent.figures[kind.series].value:
            return 0
        return 1 if highest(past(kind.series)) else 2

    return sorted((kind for kind in KINDS if has_source(kind, agent)), key=rank)


def left_of(cells: int) -> int:
    """The cells before the past of a row."""
    return 3 + (NAME_WIDE if cells >= WIDE else NAME) + VALUE


def bar_cells(cells: int) -> int:
    """How many cells there are for the past."""
    return max(10, min(120, cells - left_of(cells) - (MOST if cells >= WIDE else 1)))


def head(labels: str, cells: int) -> Line:
    """The titles of the columns, with the times above the past."""
    name = NAME_WIDE if cells >= WIDE else NAME
    most = padded(_("most"), MOST - 1, right=True) if cells >= WIDE else ""
    return (
        Span("   " + column(_("failure"), name) + column(_("now"), VALUE), "faint"),
        Span(labels + most, "faint"),
    )


def failure_row(
    kind: FailureKind,
    figure: Figure,
    past: SeriesHistory | None,
    now: float,
    cells: int,
    look: Look,
    cursor: int | None,
) -> Line:
    """A kind: its sign, how many now, its past, and the most of the range."""
    wrong = evidence_text(figure, now)
    glyph, token = mark(Entry("", kind.series, zero=True), figure, look)
    if glyph == " ":  # no rule speaks of it
        glyph, token = (look.glyphs.info, "busy") if figure.value else (look.glyphs.dot, "faint")
    value = wrong if figure.value is None else quantity(figure.value, figure.unit)
    bad = "faint" if unasked(figure) else "unknown" if wrong else "strong" if figure.value else "label"
    wide = cells >= WIDE
    start = (
        Span(f" {glyph} ", token),
        Span(column(kind.title(), NAME_WIDE if wide else NAME), "strong" if figure.value else "label"),
        Span(column(value, VALUE), bad),
    )
    if past is None:
        return start
    bar = failure_bar(past, look, cursor)
    most = highest(past)
    shown_most = padded("" if most is None else quantity(most, past.unit), MOST - 1, right=True)
    return (*start, *bar, Span(shown_most, "label")) if wide else (*start, *bar)


def failure_bar(past: SeriesHistory, look: Look, cursor: int | None) -> Line:
    """The cells as columns of one row: none is a dim foot, more is as high as its share of the most."""
    blocks, values = look.glyphs.blocks, shown(past)
    top = max((value for value in values if value is not None), default=0.0)
    spans: list[Span] = []
    for n, (value, level) in enumerate(zip(values, levels(past), strict=True)):
        if value is None:
            sign, token = (look.glyphs.bar if n == cursor else " "), "gap"
        elif value <= 0:
            sign, token = blocks[0], "good"
        else:
            sign, token = (
                blocks[max(1, min(len(blocks) - 1, round(value / top * len(blocks)) - 1))],
                _TOKENS[level],
            )
        spans.append(Span(sign, "cursor" if n == cursor else token))
    return tuple(spans)


def examples(kind: FailureKind, people: Sequence[CustomerView]) -> list[CustomerView]:
    """Those who wait because of this kind of failure."""
    return [person for person in people if person.code in kind.causes]
