"""What only a guard before the webhook could know, and what is measured without one. Pure."""

from collections.abc import Callable

from qualtui.model.findings import Finding
from qualtui.text import _
from qualtui.widgets.catalogue import Entry
from qualtui.widgets.figures import mark
from qualtui.widgets.line import BLANK, Line, Span, column, safe, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.words import evidence_text, quantity, unasked
from qualtui.wire import AgentDetail

NAME = 26  # cells of the first column
# The doctor's checks that say who gets in, and what they can read or change.
CHECKS = frozenset(
    {
        *("agent.leak", "agent.tls", "agent.endpoints", "agent.variant"),
        *("gateway.open", "gateway.tls", "gateway.webhook"),
        *("database.tls", "database.readonly", "database.private", "database.narrow", "database.rows"),
        *("write.rights", "write.rows"),
    }
)
_MEASURED: tuple[tuple[str, Callable[[], str]], ...] = (
    ("customers.flood", lambda: _("Flood of one sender")),
    ("agent.deduped_1h", lambda: _("Repeated texts held back")),
    ("tls.days", lambda: _("First certificate ends in")),
)


def concerns(finding: Finding) -> bool:
    """Whether a finding of the doctor is about access or secrets."""
    return finding.check in CHECKS


def guard_lines(agent: str, cells: int, look: Look) -> list[Line]:
    """The title, and the four things that nothing watches yet: said so, and not shown as zero."""
    lines: list[Line] = [
        (Span(f" {_('Security')}", "title"), Span(f"   {safe(agent, 60)}", "faint")),
        (Span(" " + _("No guard stands before the bot's webhook: what it would see is not known."), "strong"),),
    ]
    unknown = (
        (_("Rate limit"), _("not known: posts to the webhook are not counted")),
        (
            _("Origin of messages"),
            _("not known: the bot checks no signature; who knows its address can post"),
        ),
        (_("Suspicious attempts"), _("not known: nothing logs them")),
        (_("Spam"), _("not known, but for the floods below")),
    )
    for name, text in unknown:
        first, *rest = wrapped(text, max(10, cells - NAME - 4))
        start = (Span(f" {look.glyphs.unknown} ", "faint"), Span(column(name, NAME), "label"))
        lines.append((*start, Span(first, "label")))
        lines += [(Span(" " * (NAME + 3)), Span(row, "label")) for row in rest]
    return lines


def measured_lines(agent: AgentDetail, now: float, look: Look) -> list[Line]:
    """What is measured without a guard: floods, texts held back, certificates."""
    lines: list[Line] = [BLANK]
    for name, title in _MEASURED:
        figure = agent.figures.get(name)
        if figure is None:
            continue
        glyph, token = mark(Entry("", name, zero=name == "customers.flood"), figure, look)
        if name == "customers.flood" and figure.value:
            glyph, token = look.glyphs.info, "busy"
        elif glyph == " ":  # neither good nor bad
            glyph, token = look.glyphs.dot, "faint"
        wrong = evidence_text(figure, now)
        value = wrong if figure.value is None else quantity(figure.value, figure.unit)
        if name == "customers.flood" and figure.value == 0:
            value = _("none")
        shade = "faint" if unasked(figure) else "unknown" if wrong else "text"
        note = safe(figure.note, 80)
        lines.append(
            (
                Span(f" {glyph} ", token),
                Span(column(title(), NAME), "label"),
                Span(column(value, 12), shade),
                Span(note, "faint"),
            )
        )
    return [*lines, BLANK] if len(lines) > 1 else [BLANK]
